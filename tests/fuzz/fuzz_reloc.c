/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the relocation engine. The input is a short preface that
 * says where things are to lie, then the app binary with descriptor and table;
 * a sound TBF header is put before it. Every job is done twice, in one piece
 * and in the smallest steps, in blocks of exactly their size: both have to come
 * to the same end, flash stays as it is, and nothing is written outside data
 * and bss.
 * SOURCES: pic/reloc.c pic/tbf.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pic/reloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM_MAX 4096u
#define FLASH_MAX 65536u
#define HEADER (TBF_BASE_SIZE + 4u + 20u + 4u + RELOC_TLV_SIZE)
#define CANARY 0xC7

struct preface {
    uint32_t flash_address, ram_address;
    uint16_t ram_words, descriptor; /* in words, from the binary's start */
    uint16_t trailer, footer;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void put32(uint8_t *p, uint32_t v)
{
    for (uint32_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

/* The checksum too. */
static void header_put(uint8_t *flash, const struct preface *f, uint32_t total)
{
    uint32_t sum = 0, word;
    uint32_t trailer = f->trailer % 8u * 4, footer = f->footer % 8u * 4;
    if (footer > total - HEADER)
        footer = 0;
    put32(flash, TBF_VERSION | HEADER << 16);
    put32(flash + 4, total);
    put32(flash + 16, TBF_TLV_PROGRAM | 20u << 16);
    put32(flash + 20, trailer);
    put32(flash + 24, trailer);
    put32(flash + 32, total - footer);
    put32(flash + 40, TBF_TLV_RELOCATION | RELOC_TLV_SIZE << 16);
    put32(flash + 44, RELOC_VERSION);
    put32(flash + 48, HEADER + 4u * f->descriptor);
    for (uint32_t i = 0; i < HEADER; i += 4) {
        memcpy(&word, flash + i, 4);
        sum ^= word;
    }
    put32(flash + TBF_AT_CHECKSUM, sum);
}

/* Bounded by what is there to be done. */
static enum reloc_error job_do(struct reloc_job *job, uint32_t *entry,
                               uint32_t budget, uint32_t limit)
{
    enum reloc_error e;
    do {
        e = reloc_step(job, entry, budget);
        require(limit-- != 0);
    } while (e == RELOC_MORE);
    return e;
}

static uint8_t *ram_new(uint32_t len)
{
    uint8_t *ram = malloc(len + (len == 0));
    require(ram != NULL);
    memset(ram, CANARY, len);
    return ram;
}

static void place_try(const uint8_t *flash, const struct tbf *tbf,
                      const struct reloc *reloc, const struct preface *f)
{
    uint32_t len = f->ram_words % (RAM_MAX / 4) * 4;
    uint8_t *ram[2] = { ram_new(len), ram_new(len) };
    uint32_t entry[2] = { 0 };
    enum reloc_error e[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct reloc_job job;
        const struct reloc_place place = { flash, ram[i], f->flash_address,
                                           f->ram_address, len };
        e[i] = reloc_begin(&job, &entry[i], reloc, tbf, &place);
        if (e[i] == RELOC_OK)
            e[i] = job_do(&job, &entry[i], i == 0 ? UINT32_MAX : 64,
                          2 + (tbf->total_size + RAM_MAX) / 4);
    }
    require(e[0] == e[1] && entry[0] == entry[1]);
    require(memcmp(ram[0], ram[1], len) == 0);
    uint32_t from = reloc->word[RELOC_DATA_AT], to = reloc_break(reloc);
    for (uint32_t i = 0; i < len; i++)
        require(ram[0][i] == CANARY ||
                (e[0] != RELOC_NO_ROOM && i >= from && i < to));
    free(ram[0]);
    free(ram[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct preface f;
    if (size < sizeof f || size > FLASH_MAX)
        return 0;
    memcpy(&f, data, sizeof f);
    uint32_t binary = (uint32_t)(size - sizeof f) & ~3u;
    uint32_t total = HEADER + binary;
    uint8_t *flash = calloc(1, total), *copy = malloc(total);
    require(flash != NULL && copy != NULL);
    memcpy(flash + HEADER, data + sizeof f, binary);
    header_put(flash, &f, total);
    memcpy(copy, flash, total);

    struct tbf tbf;
    struct reloc reloc;
    uint32_t entry = 0;
    if (tbf_parse(flash, total, &tbf) == TBF_OK &&
        reloc_read(&reloc, &entry, flash, &tbf) == RELOC_OK)
        place_try(flash, &tbf, &reloc, &f);
    require(memcmp(flash, copy, total) == 0);
    require(strlen(reloc_error_text((enum reloc_error)entry)) != 0);
    free(copy);
    free(flash);
    return 0;
}
