/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the TBF parser. The input is taken for a region of flash
 * and walked as the kernel walks it: once as it is, and once with every header
 * checksum made right, which lets the fuzzer reach what lies behind it.
 * SOURCES: pic/tbf.c pic/footer.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pic/footer.h>
#include <pic/reloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void span_check(const struct tbf *t, struct tbf_span span)
{
    if (span.len == 0)
        return;
    require(span.offset >= TBF_BASE_SIZE + 4);
    require(span.offset <= t->header_size);
    require(span.len <= t->header_size - span.offset);
}

/* Footers lie one behind the other from the binary's end on. */
static void footers_check(const uint8_t *base, const struct tbf *t)
{
    struct footer f;
    uint32_t at = t->binary_end, before = at;
    while (footer_next(base, t, &at, &f)) {
        require(f.whole.offset == before && f.whole.len >= FOOTER_TLV_SIZE);
        require(at == before + f.whole.len && at <= t->total_size);
        before = at;
        if (!f.is_credential)
            continue;
        require(f.data.offset == f.whole.offset + FOOTER_DATA);
        require(f.data.len == f.whole.len - FOOTER_DATA);
        uint32_t size = credential_size(f.format);
        require(size == 0 ? f.format == CREDENTIAL_RESERVED
                          : f.data.len == size);
        require(credential_modulus_size(f.format) <= size);
    }
    require(at == before);
}

/* Reads every byte that an accepted object points at: the sanitizer objects to
 * those that are not there. */
static void object_check(const uint8_t *base, const struct tbf *t)
{
    require(t->header_size >= TBF_BASE_SIZE && t->header_size % 4 == 0);
    require(t->header_size <= t->total_size);
    if (t->is_padding) {
        require(t->header_size == TBF_BASE_SIZE);
        return;
    }
    require(t->protected_size >= t->header_size);
    require(t->init_offset >= t->protected_size);
    require(t->init_offset < t->binary_end);
    require(t->init_offset % 2 == t->header_size % 2);
    require(t->binary_end <= t->total_size);
    footers_check(base, t);
    span_check(t, t->name);
    span_check(t, t->permissions);
    span_check(t, t->storage);
    require(t->descriptor == 0 ||
            (t->descriptor % 4 == 0 && t->descriptor >= t->protected_size &&
             t->descriptor + RELOC_DESCRIPTOR_SIZE <= t->binary_end));
    (void)tbf_short_id_of_name(base + t->name.offset, t->name.len);
    (void)tbf_kernel_fits(t);

    struct tbf_permission permission;
    uint32_t n = 0;
    while (tbf_permission(base, t, n, &permission))
        n++;
    require(t->permissions.len == 0 || t->permissions.len == 2 + 16 * n);

    struct tbf_span region;
    for (n = 0; tbf_writeable(base, t, n, &region); n++) {
        require(region.offset >= t->protected_size);
        require(region.offset <= t->binary_end);
        require(region.len <= t->binary_end - region.offset);
    }
    require(n <= t->header_size / 8u);
}

static void checksum_repair(uint8_t *base, uint32_t avail)
{
    uint32_t header =
        avail < TBF_BASE_SIZE ? 0 : base[2] | (uint32_t)base[3] << 8;
    if (header < TBF_BASE_SIZE || header > avail)
        return;
    memset(base + TBF_AT_CHECKSUM, 0, 4);
    uint8_t lanes[4] = { 0 };
    for (uint32_t i = 0; i < header; i++)
        lanes[i % 4] ^= base[i];
    memcpy(base + TBF_AT_CHECKSUM, lanes, 4);
}

static void walk(uint8_t *flash, uint32_t size, bool repair)
{
    uint32_t at = 0;
    for (;;) {
        struct tbf t;
        require(at <= size);
        if (repair)
            checksum_repair(flash + at, size - at);
        enum tbf_error e = tbf_parse(flash + at, size - at, &t);
        require(strlen(tbf_error_text(e)) > 0);
        if (tbf_ends_walk(e))
            return;
        require(t.total_size >= TBF_BASE_SIZE && t.total_size % 4 == 0);
        require(t.total_size <= size - at);
        if (e == TBF_OK)
            object_check(flash + at, &t);
        at += t.total_size;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 20)
        return 0;
    uint8_t *odd = malloc(size + 1); /* nothing may depend on alignment */
    require(odd != NULL);
    if (size)
        memcpy(odd + 1, data, size);
    walk(odd + 1, (uint32_t)size, false);
    walk(odd + 1, (uint32_t)size, true);
    free(odd);
    return 0;
}
