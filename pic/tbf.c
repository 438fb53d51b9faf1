/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of TBF objects. Every byte is untrusted: an offset is used only after
 * it has been compared with the header it points into. On a machine of 32 bits
 * objects lie at words, as all flash has them; elsewhere they may lie anywhere. */
#include <pic/tbf.h>

#include <berth/abi.h>
#include <berth/words.h>
#include <pic/reloc.h>

struct tlv {
    uint32_t type;
    uint32_t offset; /* of the payload, from the object's start */
    uint32_t len;
};

/* What can be judged only when the whole header has been read. */
struct findings {
    const uint8_t *main;    /* payload of the first Main TLV, or NULL */
    const uint8_t *program; /* likewise Program */
    uint32_t from, to;      /* what all writeable regions lie within */
};

enum tbf_error tbf_sizes(const uint8_t *base, uint32_t avail, struct tbf *out)
{
    if (avail < TBF_AT_FLAGS)
        return TBF_END_OF_REGION;
    if (half_at(base + TBF_AT_VERSION) != TBF_VERSION)
        return TBF_END;
    uint32_t total = word_at(base + TBF_AT_TOTAL_SIZE);
    if (total < TBF_BASE_SIZE || total % 4 != 0 || total > avail)
        return TBF_BAD_TOTAL_SIZE;
    uint32_t header = half_at(base + TBF_AT_HEADER_SIZE);
    out->total_size = total;
    out->header_size = header;
    if (header < TBF_BASE_SIZE || header > total || header % 4 != 0)
        return TBF_BAD_HEADER_SIZE;
    return TBF_OK;
}

/* The checksum is the XOR of all other words: with it, all cancel out. */
static bool checksum_holds(const uint8_t *base, uint32_t header_size)
{
    uint32_t sum = 0;
    for (const uint8_t *p = base; p != base + header_size; p += 4)
        sum ^= word_at(p);
    return sum == 0;
}

/* Reads the TLV at *at and steps over it. header_size and *at are multiples of
 * 4, so four bytes are there. A payload that fits leaves *at within the header,
 * padding included; one that does not is for the caller to find. */
static bool tlv_next(const uint8_t *base, uint32_t header_size, uint32_t *at,
                     struct tlv *tlv)
{
    if (*at >= header_size)
        return false;
    tlv->type = half_at(base + *at);
    tlv->len = half_at(base + *at + 2);
    tlv->offset = *at + 4;
    *at = tlv->offset + ((tlv->len + 3) & ~3u);
    return true;
}

/* UTF-8 in its shortest form, no surrogates, no NUL. */
static bool name_is_text(const uint8_t *s, const uint8_t *end)
{
    while (s != end) {
        uint32_t code = *s++;
        if (code == 0)
            return false;
        if (code < 0x80)
            continue;
        if (code < 0xC2 || code > 0xF4)
            return false;
        uint32_t more = code < 0xE0 ? 1 : code < 0xF0 ? 2 : 3;
        code &= 0x3Fu >> more;
        for (uint32_t i = 0; i < more; i++) {
            if (s == end || (*s & 0xC0) != 0x80)
                return false;
            code = code << 6 | (*s++ & 0x3Fu);
        }
        bool is_longer_than_needed = code >> (5 * more + 1) == 0;
        bool is_surrogate = code >> 11 == 0xD800 >> 11;
        if (is_longer_than_needed || is_surrogate || code > 0x10FFFF)
            return false;
    }
    return true;
}

static bool permissions_hold(const uint8_t *payload, uint32_t len)
{
    return len >= 2 && len == 2 + 16 * half_at(payload);
}

/* u32 write id, u16 n, n read ids, u16 m, m modify ids. */
static bool storage_holds(const uint8_t *payload, uint32_t len)
{
    if (len < 8)
        return false;
    uint32_t read_bytes = 4 * half_at(payload + 4);
    if (read_bytes > len - 8)
        return false;
    return len == 8 + read_bytes + 4 * half_at(payload + 6 + read_bytes);
}

/* True for an unknown type too: those are skipped. */
static bool length_holds(const struct tlv *tlv)
{
    static const uint8_t exact[] = {
        [TBF_TLV_MAIN] = 12,          [TBF_TLV_FIXED_ADDRESSES] = 8,
        [TBF_TLV_KERNEL_VERSION] = 4, [TBF_TLV_PROGRAM] = 20,
        [TBF_TLV_SHORT_ID] = 4,
    };
    if (tlv->type < ARRAY_COUNT(exact) && exact[tlv->type] != 0)
        return tlv->len == exact[tlv->type];
    if (tlv->type == TBF_TLV_WRITEABLE_FLASH)
        return tlv->len % 8 == 0;
    return tlv->type != TBF_TLV_RELOCATION || tlv->len == RELOC_TLV_SIZE;
}

static void writeable_take(const uint8_t *region, const uint8_t *end,
                           struct findings *found)
{
    for (; region != end; region += 8) {
        uint32_t from = word_at(region), to = from + word_at(region + 4);
        if (from < found->from)
            found->from = from;
        if (to < from)
            to = UINT32_MAX;
        if (to > found->to)
            found->to = to;
    }
}

/* Takes what one TLV of right length says. Of Main and Program the first
 * counts, writeable regions add up, of all others the last counts. */
static enum tbf_error tlv_take(const uint8_t *payload, const struct tlv *tlv,
                               struct findings *found, struct tbf *out)
{
    const struct tbf_span span = { tlv->offset, tlv->len };
    switch (tlv->type) {
    case TBF_TLV_MAIN:
        if (!found->main)
            found->main = payload;
        break;
    case TBF_TLV_PROGRAM:
        if (!found->program)
            found->program = payload;
        break;
    case TBF_TLV_WRITEABLE_FLASH:
        out->has_writeable = true;
        writeable_take(payload, payload + tlv->len, found);
        break;
    case TBF_TLV_NAME:
        out->name = span;
        return name_is_text(payload, payload + tlv->len) ? TBF_OK
                                                         : TBF_BAD_NAME;
    case TBF_TLV_FIXED_ADDRESSES:
        out->fixed_ram = word_at(payload);
        out->fixed_flash = word_at(payload + 4);
        break;
    case TBF_TLV_PERMISSIONS:
        out->permissions = span;
        return permissions_hold(payload, tlv->len) ? TBF_OK
                                                   : TBF_BAD_PERMISSIONS;
    case TBF_TLV_STORAGE:
        out->storage = span;
        return storage_holds(payload, tlv->len) ? TBF_OK : TBF_BAD_STORAGE;
    case TBF_TLV_KERNEL_VERSION:
        out->has_kernel_version = true;
        out->kernel_major = half_at(payload);
        out->kernel_minor = half_at(payload + 2);
        break;
    case TBF_TLV_SHORT_ID:
        out->short_id = word_at(payload);
        break;
    case TBF_TLV_RELOCATION:
        out->descriptor = word_at(payload + RELOC_TLV_DESCRIPTOR);
        if (word_at(payload) != RELOC_VERSION || out->descriptor == 0)
            return TBF_BAD_RELOCATION;
        break;
    default:
        break;
    }
    return TBF_OK;
}

static enum tbf_error tlvs_read(const uint8_t *base, struct findings *found,
                                struct tbf *out)
{
    uint32_t at = TBF_BASE_SIZE;
    struct tlv tlv;
    while (tlv_next(base, out->header_size, &at, &tlv)) {
        if (tlv.len > out->header_size - tlv.offset)
            return TBF_TLV_OVERRUN;
        if (!length_holds(&tlv))
            return TBF_BAD_TLV;
        enum tbf_error e = tlv_take(base + tlv.offset, &tlv, found, out);
        if (e != TBF_OK)
            return e;
    }
    return TBF_OK;
}

static bool descriptor_fits(const struct tbf *tbf)
{
    return tbf->descriptor % 4 == 0 && tbf->descriptor >= tbf->protected_size &&
           tbf->descriptor <= tbf->binary_end &&
           RELOC_DESCRIPTOR_SIZE <= tbf->binary_end - tbf->descriptor;
}

/* Where the binary begins, is entered, and ends. An object without Main and
 * Program is all binary behind its header and is entered at its first byte. */
static enum tbf_error layout_read(const struct findings *found, struct tbf *out)
{
    const uint8_t *tlv = found->program ? found->program : found->main;
    uint32_t init = 0, trailer = 0;
    out->binary_end = out->total_size;
    if (tlv) {
        init = word_at(tlv);
        trailer = word_at(tlv + 4);
        out->minimum_ram = word_at(tlv + 8);
    }
    if (found->program) {
        out->binary_end = word_at(tlv + 12);
        out->version = word_at(tlv + 16);
    }
    uint32_t header = out->header_size;
    if (out->binary_end > out->total_size || out->binary_end < header ||
        trailer > out->binary_end - header)
        return TBF_BAD_BINARY_END;
    if (init < trailer || init >= out->binary_end - header || init % 2 != 0)
        return TBF_BAD_ENTRY;
    out->protected_size = header + trailer;
    out->init_offset = header + init;
    return out->descriptor == 0 || descriptor_fits(out) ? TBF_OK
                                                        : TBF_BAD_RELOCATION;
}

enum tbf_error tbf_parse(const uint8_t *base, uint32_t avail, struct tbf *out)
{
    *out = (struct tbf){
        .fixed_ram = TBF_NO_ADDRESS,
        .fixed_flash = TBF_NO_ADDRESS,
    };
    enum tbf_error e = tbf_sizes(base, avail, out);
    if (e != TBF_OK)
        return e;
    if (!checksum_holds(base, out->header_size))
        return TBF_BAD_CHECKSUM;
    out->flags = word_at(base + TBF_AT_FLAGS);
    out->is_padding = out->header_size == TBF_BASE_SIZE;
    if (out->is_padding)
        return TBF_OK;
    struct findings found = { .from = UINT32_MAX };
    e = tlvs_read(base, &found, out);
    if (e == TBF_OK)
        e = layout_read(&found, out);
    if (e == TBF_OK &&
        (found.from < out->protected_size || found.to > out->binary_end))
        e = TBF_BAD_WRITEABLE;
    return e;
}

const char *tbf_error_text(enum tbf_error e)
{
    /* In the order of the errors, each with its NUL. */
    const char *text = "no error\0"
                       "no object here\0"
                       "end of the region\0"
                       "impossible total size\0"
                       "impossible header size\0"
                       "wrong header checksum\0"
                       "header entry of bad length\0"
                       "header entry past the end\0"
                       "bad permissions\0"
                       "bad storage permissions\0"
                       "name is not UTF-8\0"
                       "entry outside binary\0"
                       "binary end out of place\0"
                       "writeable flash outside binary\0"
                       "bad relocation entry\0"
                       "unknown error";
    uint32_t n = (uint32_t)e;
    if (n > TBF_BAD_RELOCATION)
        n = TBF_BAD_RELOCATION + 1;
    while (n > 0)
        n -= *text++ == '\0';
    return text;
}

bool tbf_writeable(const uint8_t *base, const struct tbf *tbf, uint32_t index,
                   struct tbf_span *out)
{
    uint32_t at = TBF_BASE_SIZE;
    struct tlv tlv;
    while (tlv_next(base, tbf->header_size, &at, &tlv)) {
        if (tlv.type != TBF_TLV_WRITEABLE_FLASH)
            continue;
        if (index < tlv.len / 8) {
            const uint8_t *region = base + tlv.offset + 8 * index;
            *out = (struct tbf_span){ word_at(region), word_at(region + 4) };
            return true;
        }
        index -= tlv.len / 8;
    }
    return false;
}

uint32_t tbf_writeable_count(const uint8_t *base, const struct tbf *tbf)
{
    uint32_t at = TBF_BASE_SIZE, count = 0;
    struct tlv tlv;
    while (tlv_next(base, tbf->header_size, &at, &tlv))
        if (tlv.type == TBF_TLV_WRITEABLE_FLASH)
            count += tlv.len / 8;
    return count;
}

/* A word that begins in the middle of one. */
static uint32_t halves_at(const uint8_t *p)
{
    return half_at(p) | half_at(p + 2) << 16;
}

bool tbf_permission(const uint8_t *base, const struct tbf *tbf, uint32_t index,
                    struct tbf_permission *out)
{
    if (index >= tbf->permissions.len / 16) /* 16 a piece, and 2 of count */
        return false;
    const uint8_t *entry = base + tbf->permissions.offset + 2 + 16 * index;
    out->driver = halves_at(entry);
    out->offset = halves_at(entry + 4);
    out->commands = halves_at(entry + 8) | (uint64_t)halves_at(entry + 12)
                                               << 32;
    return true;
}

bool tbf_kernel_fits(const struct tbf *tbf)
{
    return tbf->has_kernel_version && tbf->kernel_major == ABI_KERNEL_MAJOR &&
           tbf->kernel_minor <= ABI_KERNEL_MINOR;
}

uint32_t tbf_short_id_of_name(const uint8_t *name, uint32_t len)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= (uint32_t)name[i] << 24;
        for (uint32_t bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 ? 0x04C11DB7u : 0);
    }
    return ~crc;
}
