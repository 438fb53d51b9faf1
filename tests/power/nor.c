/* SPDX-License-Identifier: Apache-2.0 */
/* See nor.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/power/nor.h>

#define SHOWN_MAX (64u * 1024)
#define STATUS 0x80

static void rule(bool holds, const char *text, uint32_t at)
{
    if (holds)
        return;
    fprintf(stderr, "flash rule broken at 0x%x: %s\n", (unsigned)at, text);
    abort();
}

uint32_t nor_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

static struct nor *nor_of(struct flash *flash)
{
    return CONTAINER_OF(flash, struct nor, flash);
}

/* Small devices show status while they are busy. */
static void shown_hide(struct nor *nor)
{
    if (nor->shown != nor->cells)
        memset(nor->shown, STATUS, nor->geometry.size);
}

static void shown_restore(struct nor *nor)
{
    if (nor->shown != nor->cells)
        memcpy(nor->shown, nor->cells, nor->geometry.size);
}

static void start(struct nor *nor)
{
    rule(!nor->is_busy, "it is busy", nor->at);
    nor->is_busy = true;
    shown_hide(nor);
}

static bool is_all_ones(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        if (bytes[i] != 0xFF)
            return false;
    return true;
}

static err_t nor_program(struct flash *flash, uint32_t at, const uint8_t *bytes,
                         uint32_t len)
{
    struct nor *nor = nor_of(flash);
    const struct flash_geometry *g = &nor->geometry;
    rule(at < g->size && len != 0 && len <= g->size - at, "outside", at);
    rule(at % g->word_size == 0 && len % g->word_size == 0, "no words", at);
    rule(at / g->burst == (at + len - 1) / g->burst, "crosses a burst", at);
    for (uint32_t i = 0; i < len; i++)
        rule((nor->cells[at + i] & bytes[i]) == bytes[i], "sets a bit", at + i);
    for (uint32_t i = 0; i < len && !g->reprogram; i += g->word_size) {
        rule(is_all_ones(nor->cells + at + i, g->word_size), "not blank",
             at + i);
        rule(!nor->programmed[(at + i) / g->word_size], "a second time",
             at + i);
    }
    nor->is_erase = false;
    nor->at = at;
    nor->len = len;
    nor->bytes = bytes;
    start(nor);
    return OK;
}

static err_t nor_erase(struct flash *flash, uint32_t at)
{
    struct nor *nor = nor_of(flash);
    rule(at < nor->geometry.size, "outside", at);
    rule(at % nor->geometry.sector_size == 0, "no sector", at);
    nor->is_erase = true;
    nor->at = at;
    nor->len = nor->geometry.sector_size;
    start(nor);
    return OK;
}

void nor_make(struct nor *nor, const struct flash_geometry *geometry)
{
    static const struct flash_ops ops = { nor_program, nor_erase };
    *nor = (struct nor){ .geometry = *geometry,
                         .flash = { .ops = &ops },
                         .cut_at = NOR_NEVER,
                         .fail_at = NOR_NEVER,
                         .chance = 1 };
    nor->cells = malloc(geometry->size);
    nor->shown = nor->cells;
    if (geometry->size <= SHOWN_MAX && !geometry->read_while_busy)
        nor->shown = malloc(geometry->size);
    nor->programmed = calloc(geometry->size / geometry->word_size, 1);
    nor->wear =
        calloc(geometry->size / geometry->sector_size, sizeof *nor->wear);
    rule(nor->cells && nor->shown && nor->programmed && nor->wear,
         "no memory for it", 0);
    memset(nor->cells, 0xFF, geometry->size);
    shown_restore(nor);
    nor->flash.geometry = &nor->geometry;
    nor->flash.base = nor->shown;
}

void nor_free(struct nor *nor)
{
    if (nor->shown != nor->cells)
        free(nor->shown);
    free(nor->cells);
    free(nor->programmed);
    free(nor->wear);
}

void nor_power_up(struct nor *nor)
{
    nor->is_dead = nor->is_busy = false;
    nor->operations = 0;
    nor->cut_at = nor->fail_at = NOR_NEVER;
    shown_restore(nor);
}

void nor_copy(struct nor *to, const struct nor *from)
{
    uint32_t size = from->geometry.size;
    uint32_t sectors = size / from->geometry.sector_size;
    memcpy(to->cells, from->cells, size);
    memcpy(to->programmed, from->programmed, size / from->geometry.word_size);
    memcpy(to->wear, from->wear, sectors * sizeof *to->wear);
    to->chance = from->chance;
    nor_power_up(to);
}

void nor_preset(struct nor *nor, uint32_t at, const void *bytes, uint32_t len)
{
    const struct flash_geometry *g = &nor->geometry;
    memcpy(nor->cells + at, bytes, len);
    for (uint32_t word = at / g->word_size;
         word <= (at + len - 1) / g->word_size; word++)
        nor->programmed[word] =
            !is_all_ones(nor->cells + word * g->word_size, g->word_size);
    shown_restore(nor);
}

/* ---- what a cut leaves ---------------------------------------------------- */

/* Which of the bits at byte `i` of the operation are done. */
static uint8_t bits_done(struct nor *nor, uint32_t i, uint32_t chosen_bit)
{
    uint8_t one = (uint8_t)(chosen_bit / 8 == i ? 1u << chosen_bit % 8 : 0u);
    switch (nor->cut) {
    case CUT_BEFORE:
        return 0;
    case CUT_AFTER:
        return 0xFF;
    case CUT_ONE_BIT:
        return one;
    case CUT_ALL_BUT_ONE:
        return (uint8_t)~one;
    case CUT_FIRST_HALF:
    case CUT_ZEROS:
        return i < nor->len / 2 ? 0xFF : 0;
    case CUT_LAST_HALF:
        return i < nor->len / 2 ? 0 : 0xFF;
    case CUT_RANDOM:
    case CUT_OTHER:
    case CUT_KINDS:
        break;
    }
    return (uint8_t)nor_random(&nor->chance);
}

/* A bit that the program has to clear, by chance. */
static uint32_t bit_to_clear(struct nor *nor)
{
    uint32_t count = 0, chosen = 0;
    for (uint32_t bit = 0; bit < nor->len * 8; bit++) {
        uint8_t clears = nor->cells[nor->at + bit / 8] & ~nor->bytes[bit / 8];
        if ((clears >> bit % 8 & 1) && nor_random(&nor->chance) % ++count == 0)
            chosen = bit;
    }
    return chosen;
}

static void program_cut(struct nor *nor)
{
    uint32_t chosen = bit_to_clear(nor);
    for (uint32_t i = 0; i < nor->len; i++) {
        uint8_t *cell = nor->cells + nor->at + i;
        uint8_t keep = (uint8_t)(nor->bytes[i] | ~bits_done(nor, i, chosen));
        if ((*cell & keep) != *cell)
            nor->programmed[(nor->at + i) / nor->geometry.word_size] = 1;
        *cell &= keep;
    }
}

static void erase_cut(struct nor *nor)
{
    uint8_t *sector = nor->cells + nor->at;
    uint32_t size = nor->geometry.sector_size;
    uint32_t sectors = nor->geometry.size / size;
    uint32_t chosen = nor_random(&nor->chance) % (nor->len * 8);
    uint32_t other = nor_random(&nor->chance) % sectors;
    for (uint32_t i = 0; i < nor->len; i++) {
        if (nor->cut == CUT_RANDOM)
            sector[i] = (uint8_t)nor_random(&nor->chance);
        else if (nor->cut == CUT_ZEROS)
            sector[i] = 0;
        else if (nor->cut == CUT_OTHER)
            sector[i] = nor->cells[other * size + i];
        else
            sector[i] |= bits_done(nor, i, chosen);
    }
    if (nor->cut == CUT_BEFORE)
        return;
    nor->wear[nor->at / size]++;
    /* Erased or not, a word that does not read as ones is not to be used. */
    for (uint32_t i = 0; i < nor->len; i += nor->geometry.word_size)
        nor->programmed[(nor->at + i) / nor->geometry.word_size] =
            !is_all_ones(sector + i, nor->geometry.word_size);
}

static void take_effect(struct nor *nor)
{
    uint32_t word = nor->geometry.word_size;
    if (nor->is_erase) {
        memset(nor->cells + nor->at, 0xFF, nor->len);
        memset(nor->programmed + nor->at / word, 0, nor->len / word);
        nor->wear[nor->at / nor->geometry.sector_size]++;
        return;
    }
    for (uint32_t i = 0; i < nor->len; i++)
        nor->cells[nor->at + i] &= nor->bytes[i];
    memset(nor->programmed + nor->at / word, 1, nor->len / word);
}

void nor_complete(struct nor *nor)
{
    if (!nor->is_busy || nor->is_dead)
        return;
    uint64_t number = nor->operations++;
    if (number == nor->cut_at) {
        if (nor->is_erase)
            erase_cut(nor);
        else
            program_cut(nor);
        nor->is_dead = true;
        return;
    }
    nor->is_busy = false;
    if (number != nor->fail_at)
        take_effect(nor);
    shown_restore(nor);
    nor->flash.client->done(nor->flash.client,
                            number == nor->fail_at ? ERR_FAIL : OK);
}
