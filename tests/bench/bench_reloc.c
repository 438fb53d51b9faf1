/* SPDX-License-Identifier: Apache-2.0 */
/* What the relocation engine costs, counted in an app that runs it over an
 * image of its own: a word of a dense table, a clear bit of a bitmap, and
 * copying. Compiled as for a board with little flash. */
#include <pic/reloc.h>
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define WORDS 1240u /* 40 bitmaps of 31 */
#define LINK_FLASH 0x10000000u
#define LINK_RAM 0x60000000u

static uint32_t flash[RELOC_WORDS + 64 + WORDS];
static uint32_t ram[WORDS];

static void put(uint32_t data_words, const uint32_t *table, uint32_t count)
{
    const uint32_t descriptor[RELOC_WORDS] = {
        [RELOC_FLASH_BASE] = LINK_FLASH,
        [RELOC_FLASH_LENGTH] = 64,
        [RELOC_RAM_BASE] = LINK_RAM,
        [RELOC_RAM_LENGTH] = sizeof ram,
        [RELOC_DATA_OFFSET] = sizeof descriptor + 4 * 64,
        [RELOC_DATA_LENGTH] = 4 * data_words,
        [RELOC_RAM_ALIGNMENT] = 4,
        [RELOC_FLASH_ALIGNMENT] = 4,
        [RELOC_TABLE_OFFSET] = sizeof descriptor,
        [RELOC_TABLE_LENGTH] = 4 * count,
        [RELOC_TABLE_ENCODING] = RELOC_RELR,
    };
    memcpy(flash, descriptor, sizeof descriptor);
    memcpy(flash + RELOC_WORDS, table, 4 * count);
    for (uint32_t i = 0; i < WORDS; i++)
        flash[RELOC_WORDS + 64 + i] =
            i % 2 ? LINK_RAM + i : LINK_FLASH + i % 64;
}

/* Instructions of one whole preparation. */
static uint32_t run(uint32_t data_words, const uint32_t *table, uint32_t count)
{
    const struct tbf tbf = { .total_size = sizeof flash,
                             .binary_end = sizeof flash };
    const struct reloc_place place = { flash, ram, 0x20000000, 0x80000000,
                                       sizeof ram };
    struct reloc reloc;
    struct reloc_job job;
    uint32_t entry = 0;
    put(data_words, table, count);
    /* tbf.descriptor is 0: here the descriptor is the first thing. */
    enum reloc_error e = reloc_read(&reloc, &entry, flash, &tbf);
    if (e == RELOC_OK)
        e = reloc_begin(&job, &entry, &reloc, &tbf, &place);
    if (e == RELOC_OK) {
        uint32_t before = instret();
        e = reloc_step(&job, &entry, UINT32_MAX);
        uint32_t after = instret();
        if (e == RELOC_OK)
            return after - before;
    }
    printf("bench_reloc: %s at %lu\n", reloc_error_text(e),
           (unsigned long)entry);
    return 0;
}

static uint32_t per(uint32_t instructions, uint32_t count)
{
    return (instructions + count - 1) / count;
}

int main(void)
{
    uint32_t dense[40] = { 0 }, early[40] = { 0 }, late[40] = { 0 };
    for (uint32_t i = 1; i < 40; i++) {
        dense[i] = UINT32_MAX;
        early[i] = 0x00000003u; /* one bit, the first */
        late[i] = 0x80000001u;  /* 30 clear bits before it */
    }
    uint32_t copy = run(WORDS, NULL, 0);
    uint32_t all = run(WORDS, dense, 40);
    uint32_t clear = run(WORDS, late, 40) - run(WORDS, early, 40);
    printf("bench reloc_per_word %lu\n",
           (unsigned long)per(all - copy, 1 + 39 * 31));
    printf("bench reloc_per_clear_bit %lu\n",
           (unsigned long)per(clear, 39 * 30));
    printf("bench reloc_copy_1024 %lu\n",
           (unsigned long)per(copy * 256, WORDS));
    printf("bench done\n");
    return 0;
}
