/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <string.h>

#define RELR_BITS 31u
#define STACK_ALIGN 16u

/* The bitmap, from bit 1 on, of the word at `next` and of those behind it, in all
 * `width`; takes what is in it out of the list. */
static uint32_t bitmap_take(const uint32_t *offsets, size_t count, size_t *i,
                            uint32_t next, uint32_t width)
{
    uint32_t bitmap = 0;
    for (; *i < count; (*i)++) {
        uint32_t bit = (offsets[*i] - next) / 4;
        if (bit >= width)
            break;
        bitmap |= 2u << bit;
    }
    return bitmap;
}

size_t relr_encode(uint32_t *out, const uint32_t *offsets, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count;) {
        uint32_t next = offsets[i] + 4;
        out[n++] = offsets[i++];
        for (;;) {
            uint32_t bitmap = bitmap_take(offsets, count, &i, next, RELR_BITS);
            if (bitmap == 0)
                break;
            out[n++] = bitmap | 1;
            next += 4 * RELR_BITS;
        }
    }
    return n;
}

/* A word of the table may be a bitmap of the next 31 words or an offset with
 * RELOC_NEAR_BITS: what reaches further is taken, so the table is as short as it
 * can be. */
size_t relr_near_encode(uint32_t *out, const uint32_t *offsets, size_t count)
{
    size_t n = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < count;) {
        uint32_t away = (offsets[i] - next) / 4;
        if (n != 0 && away + 1 + RELOC_NEAR_BITS <= RELR_BITS) {
            out[n++] = bitmap_take(offsets, count, &i, next, RELR_BITS) | 1;
            next += 4 * RELR_BITS;
            continue;
        }
        uint32_t first = offsets[i++];
        uint32_t near =
            bitmap_take(offsets, count, &i, first + 4, RELOC_NEAR_BITS);
        out[n++] = first | near >> 1 << (32 - RELOC_NEAR_BITS);
        next = first + 4 * (1 + RELOC_NEAR_BITS);
    }
    return n;
}

/* The shorter of the two encodings; plain RELR where both are as short. */
static void table_encode(struct table *out, struct rewrite *r,
                         const uint32_t *offsets)
{
    size_t count = r->word_count;
    uint32_t *near = job_alloc(r->job, count + 1, sizeof *near);
    out->relr = job_alloc(r->job, count + 1, sizeof *out->relr);
    out->relr_count = relr_encode(out->relr, offsets, count);
    out->descriptor[RELOC_TABLE_ENCODING] = RELOC_RELR;
    if (count == 0 || offsets[count - 1] > RELOC_NEAR_OFFSETS)
        return;
    size_t near_count = relr_near_encode(near, offsets, count);
    if (near_count >= out->relr_count)
        return;
    out->relr = near;
    out->relr_count = near_count;
    out->descriptor[RELOC_TABLE_ENCODING] = RELOC_RELR_NEAR;
}

static uint32_t round_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

/* The image may begin a little before the data, so that it begins at a multiple
 * of 16: with what happens to lie there, for nobody looks at it. */
static void image_describe(struct rewrite *r, uint32_t *w)
{
    const struct linked *app = &r->app;
    uint32_t pad = (app->data.base - app->ram.base) % STACK_ALIGN;
    uint32_t offset = 0, length = 0;
    if (app->data.length) {
        offset = (uint32_t)(app->data.bytes - app->flash.bytes);
        if (offset < pad)
            job_fail(r->job,
                     "%s: the data at 0x%08x does not begin at a "
                     "multiple of 16 from the start of RAM; align it",
                     r->path, app->data.base);
        length = round_up(pad + app->data.length, 4);
        for (uint32_t i = pad + app->data.length; i < length; i++) {
            if (app->data.bytes[i - pad] != 0)
                job_fail(r->job,
                         "%s: the data is %u bytes long; end it with "
                         "`. = ALIGN(4)` in the linker script",
                         r->path, app->data.length);
        }
        offset -= pad;
    }
    w[RELOC_DATA_OFFSET] = offset;
    w[RELOC_DATA_LENGTH] = length;
    w[RELOC_DATA_AT] = app->data.base - pad - app->ram.base;
    w[RELOC_BSS_LENGTH] = app->ram.length - w[RELOC_DATA_AT] - length;
    if (app->ram.length < w[RELOC_DATA_AT] + length)
        w[RELOC_BSS_LENGTH] = 0;
}

void table_make(struct table *out, struct rewrite *r)
{
    const struct linked *app = &r->app;
    uint32_t *w = out->descriptor;
    *out = (struct table){ 0 };
    image_describe(r, w);
    w[RELOC_FLASH_BASE] = app->flash.base;
    w[RELOC_FLASH_LENGTH] = app->flash.length;
    w[RELOC_RAM_BASE] = app->ram.base;
    w[RELOC_RAM_LENGTH] = app->ram.length;
    w[RELOC_GP] = app->gp - app->ram.base;
    if (app->has_tls && app->tls_size) {
        w[RELOC_TLS_AT] = app->tls - app->ram.base;
        w[RELOC_TLS_LENGTH] = app->tls_size;
        w[RELOC_TP] = w[RELOC_TLS_AT];
    }
    w[RELOC_RAM_ALIGNMENT] = app->ram_alignment;
    w[RELOC_FLASH_ALIGNMENT] = app->flash_alignment;
    uint32_t start = app->ram.base + w[RELOC_DATA_AT];
    uint32_t *offsets = job_alloc(r->job, r->word_count + 1, sizeof *offsets);
    for (size_t i = 0; i < r->word_count; i++)
        offsets[i] = r->words[i] - start;
    table_encode(out, r, offsets);
    w[RELOC_TABLE_LENGTH] = 4 * (uint32_t)out->relr_count;
}

/* ---- proof --------------------------------------------------------------- */

struct expected {
    struct rewrite *r;
    const uint8_t *tbf;
    struct reloc reloc;
    uint32_t flash, ram; /* where the binary and the RAM are said to lie */
};

static uint32_t moved(const struct expected *e, uint32_t value)
{
    const uint32_t *w = e->reloc.word;
    if (value - w[RELOC_FLASH_BASE] <= w[RELOC_FLASH_LENGTH])
        return value - w[RELOC_FLASH_BASE] + e->flash;
    return value - w[RELOC_RAM_BASE] + e->ram;
}

/* Word for word: listed ones moved, others as in the image, bss zero. */
static void prepared_compare(const struct expected *e, const uint32_t *ram)
{
    struct rewrite *r = e->r;
    const uint32_t *w = e->reloc.word;
    uint32_t start = w[RELOC_RAM_BASE] + w[RELOC_DATA_AT];
    size_t next = 0, at = w[RELOC_DATA_AT] / 4;
    for (uint32_t i = 0; i < w[RELOC_DATA_LENGTH]; i += 4) {
        uint32_t value;
        memcpy(&value, e->tbf + w[RELOC_DATA_OFFSET] + i, 4);
        if (next < r->word_count && r->words[next] == start + i) {
            value = moved(e, value);
            next++;
        }
        if (ram[at + i / 4] != value)
            job_internal(r->job,
                         "%s: the engine makes 0x%08x of the data word "
                         "at 0x%08x, not 0x%08x",
                         r->path, ram[at + i / 4], start + i, value);
    }
    for (uint32_t i = 0; i < w[RELOC_BSS_LENGTH]; i += 4) {
        if (ram[at + (w[RELOC_DATA_LENGTH] + i) / 4] != 0)
            job_internal(r->job, "%s: bss is not zero", r->path);
    }
    if (next != r->word_count)
        job_internal(r->job, "%s: a listed word lies outside the data image",
                     r->path);
}

static void engine_run(struct expected *e, const struct tbf *tbf, uint32_t *ram,
                       uint32_t ram_len)
{
    uint32_t entry = 0;
    struct reloc_job job;
    const struct reloc_place place = {
        .flash = e->tbf,
        .ram = ram,
        .flash_address = e->flash - tbf->protected_size,
        .ram_address = e->ram,
        .ram_len = ram_len,
    };
    enum reloc_error error = reloc_begin(&job, &entry, &e->reloc, tbf, &place);
    while (error == RELOC_OK || error == RELOC_MORE) {
        error = reloc_step(&job, &entry, UINT32_MAX);
        if (error == RELOC_OK)
            return;
    }
    job_internal(e->r->job, "%s: the engine refuses it: %s (entry %u)",
                 e->r->path, reloc_error_text(error), entry);
}

void table_prove(struct rewrite *r, const uint8_t *tbf, uint32_t len)
{
    static const uint32_t places[][2] = { { 0x20000000, 0x80000000 },
                                          { 0x9ABC3000, 0x3FC88000 } };
    struct tbf t;
    uint32_t entry = 0;
    uint8_t *copy = job_alloc(r->job, len, 1); /* aligned, as in flash */
    memcpy(copy, tbf, len);
    struct expected e = { .r = r, .tbf = copy };
    if (tbf_parse(copy, len, &t) != TBF_OK)
        job_internal(r->job, "%s: the object does not parse", r->path);
    enum reloc_error error = reloc_read(&e.reloc, &entry, copy, &t);
    if (error != RELOC_OK)
        job_internal(r->job,
                     "%s: the engine refuses the descriptor: %s "
                     "(entry %u)",
                     r->path, reloc_error_text(error), entry);
    uint32_t ram_len = e.reloc.word[RELOC_RAM_LENGTH];
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        uint32_t *ram = job_alloc(r->job, ram_len / 4 + 1, 4);
        memset(ram, 0xA5, ram_len);
        e.flash = places[i][0];
        e.ram = places[i][1];
        engine_run(&e, &t, ram, ram_len);
        prepared_compare(&e, ram);
    }
}
