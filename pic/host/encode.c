/* SPDX-License-Identifier: Apache-2.0 */
/* The new instructions, each as long as what it replaces. */
#include <string.h>

#include <pic/host/insn.h>

#include "rewrite.h"

#define PAGE 4096u
#define PADDING_STEP 8u

static uint32_t rd_of(uint32_t insn)
{
    return insn >> 7 & 31;
}

static bool fits_all(const struct site *s, uint32_t base, uint32_t moved)
{
    return insn_is_lo((int32_t)(s->low + moved - base)) &&
           insn_is_lo((int32_t)(s->high + moved - base));
}

/* A base from which `pc` reaches all that the site's lower parts want, with
 * targets moved by `moved`. */
static bool flash_base_find(const struct site *s, uint32_t moved,
                            uint32_t *base)
{
    uint32_t pc = s->rel->addr;
    uint32_t first = pc + insn_hi(s->target + moved - pc);
    const uint32_t tries[] = { first, first + PAGE, first - PAGE };
    for (size_t i = 0; i < ARRAY_COUNT(tries); i++) {
        *base = tries[i];
        if (fits_all(s, tries[i], moved))
            return true;
    }
    return false;
}

static void base_set(struct site *s, enum site_form form, uint32_t base,
                     enum space space)
{
    s->form = form;
    s->base = base;
    s->base_space = space;
}

/* ---- words in RAM that hold an address ------------------------------------ */

static uint32_t pool_count(const struct rewrite *r)
{
    return (r->pool_end - r->pool) / 4;
}

/* The word for `target`; 0 if there is none left. */
static uint32_t word_find(struct rewrite *r, uint32_t target)
{
    uint32_t at = r->pool;
    for (; at != r->pool_end; at += 4) {
        uint32_t value = linked_get(&r->app.data, at);
        if (value == target)
            return at;
        if (value == 0)
            break;
    }
    if (at == r->pool_end)
        return 0;
    linked_set(&r->app.data, at, target);
    return at;
}

static void word_encode(struct rewrite *r, struct site *s)
{
    s->word = word_find(r, s->target);
    if (s->word == 0) {
        r->words_missing++;
        site_refuse(r, s->rel,
                    "wants a spare word in RAM, and the %u there "
                    "are do not suffice; link with more of them "
                    "(--defsym=APP_POOL)",
                    pool_count(r));
        return;
    }
    base_set(s, FORM_WORD, s->target, s->space);
    s->after =
        insn_lw(rd_of(s->before), REG_GP, (int32_t)(s->word - r->app.gp));
}

/* ---- upper parts --------------------------------------------------------- */

static void ram_encode(struct rewrite *r, struct site *s)
{
    uint32_t rd = rd_of(s->before), gp = r->app.gp;
    uint32_t hi = insn_hi(s->target - gp);
    base_set(s, FORM_GP, gp + hi, SPACE_RAM);
    if (hi == 0) {
        s->after = insn_addi(rd, REG_GP, 0);
    } else if (insn_fits_c_lui(hi)) {
        s->after = insn_lui_add(rd, hi, REG_GP);
    } else {
        r->words_missing++;
        site_refuse(r, s->rel,
                    "lies %+d bytes from gp, which reaches -128 KiB to +124 "
                    "KiB; place large arrays last, take them from the heap, or "
                    "link with spare words in RAM (--defsym=APP_POOL)",
                    (int32_t)(s->target - gp));
    }
}

static bool is_split(struct site *s)
{
    uint32_t base;
    return s->role == SITE_UPPER && s->space == SPACE_FLASH &&
           s->rel->type != REL_PCREL_HI20 && !s->through_word &&
           !flash_base_find(s, 0, &base);
}

static void flash_encode(struct rewrite *r, struct site *s)
{
    uint32_t pc = s->rel->addr;
    if (s->rel->type == REL_PCREL_HI20) {
        base_set(s, FORM_KEEP, pc + insn_hi(s->target - pc), SPACE_FLASH);
        return;
    }
    uint32_t base;
    if (!flash_base_find(s, 0, &base)) {
        site_refuse(r, s->rel,
                    "and what lies behind it fall into two windows of one "
                    "auipc; link with some bytes of padding between code and "
                    "read-only data (--defsym=APP_PADDING), or build that "
                    "object with -mcmodel=medany");
        return;
    }
    base_set(s, FORM_AUIPC, base, SPACE_FLASH);
    s->after = insn_auipc(rd_of(s->before), base - pc);
}

static void absolute_encode(struct site *s)
{
    base_set(s, s->rel->type == REL_HI20 ? FORM_KEEP : FORM_LUI,
             insn_hi(s->target), SPACE_ABSOLUTE);
    if (s->form == FORM_LUI)
        s->after = insn_lui(rd_of(s->before), s->base);
}

static void upper_encode(struct rewrite *r, struct site *s)
{
    if (s->through_word)
        word_encode(r, s);
    else if (s->space == SPACE_RAM)
        ram_encode(r, s);
    else if (s->space == SPACE_FLASH)
        flash_encode(r, s);
    else
        absolute_encode(s);
}

/* ---- lower parts --------------------------------------------------------- */

static bool is_store(uint32_t type)
{
    return type == REL_LO12_S || type == REL_PCREL_LO12_S;
}

static void lower_encode(struct rewrite *r, struct site *s)
{
    const struct site *upper = &r->sites[s->upper];
    int32_t imm = (int32_t)(s->target - upper->base);
    if (!insn_is_lo(imm)) {
        site_refuse(r, s->rel,
                    "lies too far from `%s`, from whose upper part it is "
                    "reached; %s",
                    linked_target(&r->app, r->job, upper->rel),
                    upper->space == SPACE_RAM
                        ? "align __global_pointer$ to 2 KiB from the RAM's "
                          "start, which is aligned too"
                        : "build that object with -mcmodel=medany");
        return;
    }
    if (s->is_got)
        s->after = insn_addi(rd_of(s->before), s->before >> 15 & 31, imm);
    else if (is_store(s->rel->type))
        s->after = insn_with_s(s->before, imm);
    else
        s->after = insn_with_i(s->before, imm);
}

/* ---- all ----------------------------------------------------------------- */

static bool padding_suits(struct rewrite *r, uint32_t data, uint32_t padding)
{
    uint32_t base;
    for (size_t i = 0; i < r->site_count; i++) {
        struct site *s = &r->sites[i];
        if (s->role != SITE_UPPER || s->space != SPACE_FLASH ||
            s->rel->type == REL_PCREL_HI20 || s->through_word)
            continue;
        uint32_t moved = s->target - data < PAGE * PAGE ? padding : 0;
        if (!flash_base_find(s, moved, &base))
            return false;
    }
    return true;
}

/* Where read-only data begins: the first section behind all code. */
static uint32_t read_only_start(const struct linked *app)
{
    uint32_t start = app->flash.base;
    for (size_t i = 0; i < app->section_count; i++) {
        const struct linked_section *s = &app->sections[i];
        if (s->is_code && linked_in_flash(app, s->addr) &&
            s->addr + s->size > start)
            start = s->addr + s->size;
    }
    return start;
}

/* How much padding in front of read-only data leaves no site split. */
static void padding_find(struct rewrite *r)
{
    uint32_t data = read_only_start(&r->app);
    for (uint32_t n = PADDING_STEP; n < PAGE; n += PADDING_STEP) {
        if (padding_suits(r, data, n)) {
            r->padding = n;
            return;
        }
    }
}

/* Splits go through spare words if there are some. */
static void splits_handle(struct rewrite *r)
{
    size_t splits = 0;
    for (size_t i = 0; i < r->site_count; i++) {
        if (!is_split(&r->sites[i]))
            continue;
        splits++;
        r->sites[i].through_word = r->pool != r->pool_end;
    }
    if (splits && r->pool == r->pool_end)
        padding_find(r);
}

static int32_t word_order(const struct rewrite *r, size_t i)
{
    return (int32_t)(r->words[i] - r->pool);
}

/* The pool's words join the list, in order. */
static void pool_words_add(struct rewrite *r)
{
    uint32_t used = r->pool;
    while (used != r->pool_end && linked_get(&r->app.data, used) != 0)
        used += 4;
    size_t more = (used - r->pool) / 4, at = 0;
    if (more == 0)
        return;
    r->words =
        job_grow(r->job, r->words, r->word_count, more, sizeof *r->words);
    while (at < r->word_count && word_order(r, at) < 0)
        at++;
    memmove(r->words + at + more, r->words + at,
            (r->word_count - at) * sizeof *r->words);
    for (size_t i = 0; i < more; i++)
        r->words[at + i] = r->pool + 4 * (uint32_t)i;
    r->word_count += more;
}

void sites_encode(struct rewrite *r)
{
    splits_handle(r);
    for (size_t i = 0; i < r->site_count; i++) {
        if (r->sites[i].role == SITE_UPPER)
            upper_encode(r, &r->sites[i]);
    }
    job_check(r->job);
    for (size_t i = 0; i < r->site_count; i++) {
        if (r->sites[i].role == SITE_LOWER)
            lower_encode(r, &r->sites[i]);
    }
    job_check(r->job);
    for (size_t i = 0; i < r->site_count; i++)
        linked_set(&r->app.flash, r->sites[i].rel->addr, r->sites[i].after);
    pool_words_add(r);
}
