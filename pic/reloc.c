/* SPDX-License-Identifier: Apache-2.0 */
/* The relocation engine. What is checked once, in reloc_read and reloc_begin,
 * bounds every pointer of the job; what the table says is checked word by word
 * as it is read, before anything is written.
 *
 * Flash and RAM are seen as words of the machine, so it runs on little-endian
 * machines. Loops over words are written out: this is most of the time that
 * the start of an app takes. */
#include <pic/reloc.h>

#include <stdbool.h>

/* Words that one turn of the copying and of the zeroing loop covers. */
#define STRIDE 32u
#define ZERO_STRIDE 4u
/* What one word of the table costs of a step's budget: it may stand for 31. */
#define TABLE_COST 64u

static enum reloc_error fail(uint32_t *entry, uint32_t at, enum reloc_error e)
{
    *entry = at;
    return e;
}

/* ---- the descriptor ---------------------------------------------------------- */

/* Whole words inside the binary? No sum overflows. */
static bool is_in_binary(const struct tbf *tbf, uint32_t offset, uint32_t len)
{
    return (offset | len) % 4 == 0 && offset >= tbf->protected_size &&
           offset <= tbf->binary_end && len <= tbf->binary_end - offset;
}

static bool is_alignment(uint32_t n)
{
    return n >= 4 && (n & (n - 1)) == 0;
}

/* Ranges are closed: their ends belong to them. */
static enum reloc_error ranges_check(const uint32_t *w, uint32_t *entry)
{
    uint32_t flash_end = w[RELOC_FLASH_BASE] + w[RELOC_FLASH_LENGTH];
    uint32_t ram_end = w[RELOC_RAM_BASE] + w[RELOC_RAM_LENGTH];
    if (flash_end < w[RELOC_FLASH_BASE])
        return fail(entry, RELOC_FLASH_LENGTH, RELOC_BAD_RANGES);
    if (ram_end < w[RELOC_RAM_BASE] ||
        (w[RELOC_FLASH_BASE] <= ram_end && w[RELOC_RAM_BASE] <= flash_end))
        return fail(entry, RELOC_RAM_LENGTH, RELOC_BAD_RANGES);
    return RELOC_OK;
}

/* Where it begins, and behind that how long it is. */
static bool part_fits(const uint32_t *w, uint32_t *entry, const struct tbf *tbf,
                      uint32_t begin)
{
    *entry = begin;
    if (!is_in_binary(tbf, w[begin], 0))
        return false;
    *entry = begin + 1;
    return is_in_binary(tbf, w[begin], w[begin + 1]);
}

static enum reloc_error flash_check(const uint32_t *w, uint32_t *entry,
                                    const struct tbf *tbf)
{
    if (w[RELOC_FLASH_LENGTH] > tbf->binary_end - tbf->protected_size)
        return fail(entry, RELOC_FLASH_LENGTH, RELOC_BAD_FLASH_LENGTH);
    if (!part_fits(w, entry, tbf, RELOC_DATA_OFFSET))
        return RELOC_BAD_DATA;
    return part_fits(w, entry, tbf, RELOC_TABLE_OFFSET) ? RELOC_OK
                                                        : RELOC_BAD_TABLE;
}

/* Stack, data and bss lie in the linked RAM, thread-local data in the last
 * two. Each difference is of what was compared before. */
static enum reloc_error ram_check(const uint32_t *w, uint32_t *entry)
{
    uint32_t at = w[RELOC_DATA_AT];
    uint32_t room = w[RELOC_RAM_LENGTH] - at;
    if (at % 16 != 0 || at > w[RELOC_RAM_LENGTH])
        return fail(entry, RELOC_DATA_AT, RELOC_BAD_STACK);
    if (w[RELOC_BSS_LENGTH] % 4 != 0 || w[RELOC_DATA_LENGTH] > room ||
        w[RELOC_BSS_LENGTH] > room - w[RELOC_DATA_LENGTH])
        return fail(entry, RELOC_BSS_LENGTH, RELOC_BAD_BSS);
    if (w[RELOC_TLS_LENGTH] == 0)
        return RELOC_OK;
    uint32_t tls = w[RELOC_TLS_AT] - at;
    uint32_t kept = w[RELOC_DATA_LENGTH] + w[RELOC_BSS_LENGTH];
    if (w[RELOC_TLS_AT] < at || tls > kept)
        return fail(entry, RELOC_TLS_AT, RELOC_BAD_TLS);
    if (w[RELOC_TLS_LENGTH] > kept - tls)
        return fail(entry, RELOC_TLS_LENGTH, RELOC_BAD_TLS);
    return RELOC_OK;
}

enum reloc_error reloc_read(struct reloc *out, uint32_t *entry,
                            const void *base, const struct tbf *tbf)
{
    uint32_t *w = out->word;
    if (!is_in_binary(tbf, tbf->descriptor, RELOC_DESCRIPTOR_SIZE))
        return fail(entry, 0, RELOC_BAD_DESCRIPTOR);
    const uint32_t *from = (const uint32_t *)base + tbf->descriptor / 4;
    for (uint32_t i = 0; i < RELOC_WORDS; i++)
        w[i] = from[i];
    if (w[RELOC_TABLE_ENCODING] - RELOC_RELR > RELOC_RELR_NEAR - RELOC_RELR)
        return fail(entry, RELOC_TABLE_ENCODING, RELOC_BAD_ENCODING);
    for (uint32_t i = RELOC_RAM_ALIGNMENT; i <= RELOC_FLASH_ALIGNMENT; i++)
        if (!is_alignment(w[i]))
            return fail(entry, i, RELOC_BAD_ALIGNMENT);
    enum reloc_error e = ranges_check(w, entry);
    if (e == RELOC_OK)
        e = flash_check(w, entry, tbf);
    if (e == RELOC_OK)
        e = ram_check(w, entry);
    return e;
}

/* ---- the job ------------------------------------------------------------------- */

enum reloc_error reloc_begin(struct reloc_job *job, uint32_t *entry,
                             const struct reloc *r, const struct tbf *tbf,
                             const struct reloc_place *place)
{
    const uint32_t *w = r->word, *flash = place->flash;
    uint32_t binary = place->flash_address + tbf->protected_size;
    if (w[RELOC_RAM_LENGTH] > place->ram_len)
        return fail(entry, RELOC_RAM_LENGTH, RELOC_NO_ROOM);
    if (binary % w[RELOC_FLASH_ALIGNMENT] != 0)
        return fail(entry, RELOC_FLASH_ALIGNMENT, RELOC_MISPLACED_FLASH);
    if (place->ram_address % 16 != 0 ||
        place->ram_address % w[RELOC_RAM_ALIGNMENT] != 0)
        return fail(entry, RELOC_RAM_ALIGNMENT, RELOC_MISPLACED_RAM);
    job->from = flash + w[RELOC_DATA_OFFSET] / 4;
    job->from_end = job->from + w[RELOC_DATA_LENGTH] / 4;
    job->data = (uint32_t *)place->ram + w[RELOC_DATA_AT] / 4;
    job->data_end = job->data + w[RELOC_DATA_LENGTH] / 4;
    job->to = job->data;
    job->to_end = job->data_end + w[RELOC_BSS_LENGTH] / 4;
    job->table = job->table_at = flash + w[RELOC_TABLE_OFFSET] / 4;
    job->table_end = job->table + w[RELOC_TABLE_LENGTH] / 4;
    job->where = NULL;
    job->near = w[RELOC_TABLE_ENCODING] == RELOC_RELR ? 0 : RELOC_NEAR_BITS;
    job->ranges = (struct reloc_ranges){
        w[RELOC_FLASH_BASE],          w[RELOC_FLASH_LENGTH],
        binary - w[RELOC_FLASH_BASE], w[RELOC_RAM_BASE],
        w[RELOC_RAM_LENGTH],          place->ram_address - w[RELOC_RAM_BASE],
    };
    return RELOC_OK;
}

static inline void copy_4(uint32_t *to, const uint32_t *from)
{
    uint32_t a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
}

/* Tests stand at the ends of the loops: an instruction a turn less. */
static void words_copy(uint32_t *to, const uint32_t *from, uint32_t count)
{
    const uint32_t *end = from + count;
    const uint32_t *strides_end = end - count % STRIDE;
    if (from != strides_end)
        do {
            copy_4(to, from);
            copy_4(to + 4, from + 4);
            copy_4(to + 8, from + 8);
            copy_4(to + 12, from + 12);
            copy_4(to + 16, from + 16);
            copy_4(to + 20, from + 20);
            copy_4(to + 24, from + 24);
            copy_4(to + 28, from + 28);
            from += STRIDE;
            to += STRIDE;
        } while (from != strides_end);
    if (from != end)
        do
            *to++ = *from++;
        while (from != end);
}

static void words_zero(uint32_t *to, uint32_t count)
{
    uint32_t *end = to + count;
    uint32_t *strides_end = end - count % ZERO_STRIDE;
    for (; to != strides_end; to += ZERO_STRIDE)
        to[0] = to[1] = to[2] = to[3] = 0;
    while (to != end)
        *to++ = 0;
}

static uint32_t smaller(uint32_t a, size_t b)
{
    return a < b ? a : (uint32_t)b;
}

/* Copy, then zero: as much as the budget allows. What is left of it. */
static uint32_t image_step(struct reloc_job *job, uint32_t budget)
{
    uint32_t count = smaller(budget, (size_t)(job->from_end - job->from));
    words_copy(job->to, job->from, count);
    job->from += count;
    job->to += count;
    budget -= count;
    count = smaller(budget, (size_t)(job->to_end - job->to));
    words_zero(job->to, count);
    job->to += count;
    return budget - count;
}

/* A link-time address becomes one of here. False: it is neither flash's nor
 * RAM's. */
static inline bool word_fix(uint32_t *where, const struct reloc_ranges r)
{
    uint32_t value = *where;
    if (value - r.flash_base <= r.flash_length)
        value += r.flash_delta;
    else if (value - r.ram_base <= r.ram_length)
        value += r.ram_delta;
    else
        return false;
    *where = value;
    return true;
}

static enum reloc_error target_fail(const struct reloc_job *job,
                                    uint32_t *entry, const uint32_t *where)
{
    return fail(entry, (uint32_t)(where - job->data) * 4, RELOC_BAD_TARGET);
}

static enum reloc_error table_fail(const struct reloc_job *job, uint32_t *entry,
                                   enum reloc_error e)
{
    return fail(entry, (uint32_t)(job->table_at - job->table), e);
}

/* Bit 0 of `bits` is about the word at `where`; they speak of as many words as
 * `width` says, or of those that are left. */
static enum reloc_error bits_take(struct reloc_job *job, uint32_t *entry,
                                  uint32_t *where, uint32_t bits,
                                  uint32_t width)
{
    const struct reloc_ranges ranges = job->ranges;
    size_t left = (size_t)(job->data_end - where);
    if (left < width && bits >> left != 0)
        return table_fail(job, entry, RELOC_BITMAP_OUTSIDE);
    job->where = where + smaller(width, left);
    for (; bits != 0; bits >>= 1, where++) {
        for (; (bits & 1) == 0; bits >>= 1)
            where++;
        if (!word_fix(where, ranges))
            return target_fail(job, entry, where);
    }
    return RELOC_OK;
}

static enum reloc_error offset_take(struct reloc_job *job, uint32_t *entry,
                                    uint32_t word)
{
    uint32_t len = (uint32_t)(job->data_end - job->data) * 4;
    uint32_t offset = word, bits = 1;
    if (job->near != 0) {
        offset &= RELOC_NEAR_OFFSETS;
        bits |= word >> (32 - RELOC_NEAR_BITS) << 1;
    }
    if (offset % 4 != 0)
        return table_fail(job, entry, RELOC_UNALIGNED);
    if (offset >= len)
        return table_fail(job, entry, RELOC_OFFSET_OUTSIDE);
    uint32_t *where = job->data + offset / 4;
    if (job->where != NULL && where < job->where)
        return table_fail(job, entry, RELOC_NOT_ASCENDING);
    return bits_take(job, entry, where, bits, 1 + job->near);
}

static enum reloc_error bitmap_take(struct reloc_job *job, uint32_t *entry,
                                    uint32_t bits)
{
    if (job->where == NULL)
        return table_fail(job, entry, RELOC_BITMAP_FIRST);
    if (job->where == job->data_end)
        return table_fail(job, entry, RELOC_BITMAP_OUTSIDE);
    return bits_take(job, entry, job->where, bits, 31);
}

enum reloc_error reloc_step(struct reloc_job *job, uint32_t *entry,
                            uint32_t budget)
{
    budget = image_step(job, budget);
    for (; job->table_at != job->table_end; job->table_at++) {
        if (budget < TABLE_COST)
            return RELOC_MORE;
        budget -= TABLE_COST;
        uint32_t word = *job->table_at;
        enum reloc_error e = (word & 1) == 0
                                 ? offset_take(job, entry, word)
                                 : bitmap_take(job, entry, word >> 1);
        if (e != RELOC_OK)
            return e;
    }
    return job->to == job->to_end ? RELOC_OK : RELOC_MORE;
}

const char *reloc_error_text(enum reloc_error e)
{
    /* In the order of the errors, each with its NUL. */
    const char *text = "no error\0"
                       "not done\0"
                       "no descriptor\0"
                       "unknown encoding\0"
                       "bad alignment\0"
                       "bad link ranges\0"
                       "bad flash length\0"
                       "bad data image\0"
                       "bad table\0"
                       "bad stack\0"
                       "bad bss\0"
                       "bad thread-local data\0"
                       "too little RAM\0"
                       "misplaced flash\0"
                       "misplaced RAM\0"
                       "bitmap first\0"
                       "unaligned offset\0"
                       "offsets not ascending\0"
                       "offset beyond the data\0"
                       "bitmap beyond the data\0"
                       "bad target\0"
                       "unknown error";
    uint32_t n = (uint32_t)e;
    if (n > RELOC_BAD_TARGET)
        n = RELOC_BAD_TARGET + 1;
    while (n > 0)
        n -= *text++ == '\0';
    return text;
}
