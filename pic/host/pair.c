/* SPDX-License-Identifier: Apache-2.0 */
/* Which upper part each lower part belongs to. The PC-relative ones say so by
 * name; the absolute ones (%lo) do not, and the flow interpreter finds out. */
#include <string.h>

#include <pic/host/insn.h>

#include "rewrite.h"

#define ROUNDS_MAX 8

static bool is_named(uint32_t type)
{
    return type == REL_PCREL_LO12_I || type == REL_PCREL_LO12_S;
}

static int32_t site_index(const struct rewrite *r, uint32_t addr)
{
    if (!linked_holds(&r->app.flash, addr, 2) || addr % 2 != 0)
        return -1;
    return r->site_at[(addr - r->app.flash.base) / 2];
}

/* What an auipc and a low part add up to in the linked file. */
static uint32_t linked_sum(const struct rewrite *r, const struct site *upper,
                           const struct insn *lower)
{
    uint32_t at = upper->rel->addr - r->app.flash.base;
    struct insn auipc = insn_decode(r->before + at, 4);
    return upper->rel->addr + (uint32_t)auipc.imm + (uint32_t)lower->imm;
}

/* Linkers differ in whether they heed an addend of the low part: what was
 * linked decides. */
static bool named_target_find(const struct rewrite *r, struct site *s,
                              const struct site *upper, const struct insn *i)
{
    if (upper->is_got) {
        s->target = upper->target;
        return i->kind == INSN_LW && s->rel->addend == 0;
    }
    s->target = linked_sum(r, upper, i);
    return s->target == upper->target ||
           s->target == upper->target + (uint32_t)s->rel->addend;
}

static void named_pair(struct rewrite *r, struct site *s)
{
    uint32_t label = r->app.symbols[s->rel->symbol].value;
    int32_t at = site_index(r, label);
    const struct site *upper = at < 0 ? NULL : &r->sites[at];
    if (!upper || upper->role != SITE_UPPER || upper->rel->type == REL_HI20) {
        site_refuse(r, s->rel,
                    "belongs to an auipc at 0x%08x, and there is "
                    "none; was the file changed after the link?",
                    label);
        return;
    }
    uint32_t offset = s->rel->addr - r->app.flash.base;
    struct insn i = insn_decode(r->before + offset, 4);
    s->upper = at;
    s->space = upper->space;
    s->is_got = upper->is_got;
    s->is_tls = upper->is_tls;
    if (!named_target_find(r, s, upper, &i))
        site_refuse(r, s->rel,
                    "does not complete the address of `%s`; build "
                    "that object again",
                    linked_target(&r->app, r->job, upper->rel));
    r->flow_sites[s - r->sites].target = s->target;
    r->flow_sites[s - r->sites].makes_address = s->is_got;
}

/* Two words that are the same for upper parts that put the same into their
 * register, wherever the app lies. */
static void token_make(const struct rewrite *r, size_t index)
{
    const struct site *s = &r->sites[index];
    uint32_t *token = r->flow_sites[index].base;
    token[0] = 1;
    token[1] = (uint32_t)index;
    if (s->through_word) {
        token[0] = 2;
        token[1] = s->target;
    } else if (s->space == SPACE_RAM) {
        token[0] = 3;
        token[1] = insn_hi(s->target - r->app.gp);
    } else if (s->space == SPACE_ABSOLUTE) {
        token[0] = 4;
        token[1] = insn_hi(s->target);
    } else if (s->rel->type == REL_PCREL_HI20) {
        token[0] = 5;
        token[1] = s->rel->addr + insn_hi(s->target - s->rel->addr);
    }
}

static bool reaches(const struct rewrite *r, uint32_t target)
{
    uint32_t hi = insn_hi(target - r->app.gp);
    return hi == 0 || insn_fits_c_lui(hi);
}

static bool has_pool(const struct rewrite *r)
{
    return r->pool != r->pool_end;
}

/* What gp does not reach goes through a word, if there are any. */
static void far_ones_mark(struct rewrite *r)
{
    for (size_t i = 0; i < r->site_count; i++) {
        struct site *s = &r->sites[i];
        if (s->role == SITE_UPPER && s->space == SPACE_RAM &&
            !reaches(r, s->target) && has_pool(r))
            s->through_word = true;
    }
}

static bool same_symbol(const struct rewrite *r, const struct site *a,
                        const struct site *b)
{
    if (a->rel->symbol == b->rel->symbol)
        return true;
    const struct linked_symbol *x = &r->app.symbols[a->rel->symbol];
    const struct linked_symbol *y = &r->app.symbols[b->rel->symbol];
    return x->value == y->value || strcmp(x->name, y->name) == 0;
}

static const char *site_place(const struct rewrite *r, int32_t site)
{
    if (site < 0)
        return "something else";
    return linked_place(&r->app, r->job, r->sites[site].rel->addr);
}

static const char remedy[] = "build that object with -mcmodel=medany or -fPIC";

static void flow_refuse(struct rewrite *r, const struct site *s,
                        const struct flow_value *v)
{
    if (v->kind == FLOW_MIXED && v->other >= 0)
        site_refuse(r, s->rel,
                    "its upper part comes from two places that "
                    "would differ, %s and %s; %s",
                    site_place(r, v->from), site_place(r, v->other), remedy);
    else if (v->kind == FLOW_MIXED)
        site_refuse(r, s->rel,
                    "its upper part comes from %s on one way, and "
                    "on another the register holds something "
                    "else; %s",
                    site_place(r, v->from), remedy);
    else if (v->kind == FLOW_UNSEEN)
        site_refuse(r, s->rel,
                    "no way through the code leads there, so its "
                    "upper part is not known; remove the dead code, "
                    "or %s",
                    remedy);
    else
        site_refuse(r, s->rel, "no lui of that symbol reaches it; %s", remedy);
}

/* Two upper parts of one symbol that meet may share a word. */
static bool word_helps(struct rewrite *r, const struct flow_value *v)
{
    if (v->kind != FLOW_MIXED || v->from < 0 || v->other < 0)
        return false;
    struct site *a = &r->sites[v->from], *b = &r->sites[v->other];
    if (a->target != b->target || a->space != b->space ||
        a->space == SPACE_ABSOLUTE || (a->through_word && b->through_word))
        return false;
    if (!has_pool(r)) {
        r->words_missing++;
        return false;
    }
    a->through_word = b->through_word = true;
    return true;
}

static void found_take(struct rewrite *r, struct site *s,
                       const struct flow_value *v)
{
    struct site *upper = &r->sites[v->from];
    const uint32_t *named = s->upper < 0 ? NULL : r->flow_sites[s->upper].base;
    if (named && (named[0] != v->base[0] || named[1] != v->base[1])) {
        site_refuse(r, s->rel,
                    "belongs to an auipc that does not reach it; "
                    "build that object again");
        return;
    }
    if (named)
        return;
    if (!same_symbol(r, s, upper)) {
        site_refuse(r, s->rel,
                    "the upper part that reaches it is that of "
                    "`%s`, by %s; %s",
                    linked_target(&r->app, r->job, upper->rel),
                    site_place(r, v->from), remedy);
        return;
    }
    s->upper = v->from;
}

/* True when something has changed by which the flow has to be seen again. */
static bool round_run(struct rewrite *r)
{
    bool again = false;
    for (size_t i = 0; i < r->site_count; i++) {
        r->flow_sites[i].found = (struct flow_value){ .kind = FLOW_UNSEEN };
        if (r->sites[i].role == SITE_UPPER)
            token_make(r, i);
    }
    flow_run(&r->code, r->job);
    for (size_t i = 0; i < r->site_count; i++) {
        const struct site *s = &r->sites[i];
        if (s->role == SITE_LOWER && s->upper < 0)
            again |= word_helps(r, &r->flow_sites[i].found);
    }
    return again;
}

static void targets_collect(struct rewrite *r)
{
    for (size_t i = 0; i < r->site_count; i++) {
        const struct site *s = &r->sites[i];
        if (s->role != SITE_LOWER || s->upper < 0)
            continue;
        struct site *upper = &r->sites[s->upper];
        if ((int32_t)(s->target - upper->low) < 0)
            upper->low = s->target;
        if ((int32_t)(s->target - upper->high) > 0)
            upper->high = s->target;
    }
}

void sites_pair(struct rewrite *r)
{
    code_make(r);
    for (size_t i = 0; i < r->site_count; i++) {
        if (r->sites[i].role == SITE_LOWER && is_named(r->sites[i].rel->type))
            named_pair(r, &r->sites[i]);
    }
    job_check(r->job);
    far_ones_mark(r);
    for (int round = 0; round < ROUNDS_MAX && round_run(r); round++)
        r->words_missing = 0;
    for (size_t i = 0; i < r->site_count; i++) {
        struct site *s = &r->sites[i];
        const struct flow_value *v = &r->flow_sites[i].found;
        if (s->role != SITE_LOWER)
            continue;
        if (v->kind == FLOW_BASE)
            found_take(r, s, v);
        else if (s->upper < 0)
            flow_refuse(r, s, v);
    }
    targets_collect(r);
}
