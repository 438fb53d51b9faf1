/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at each relocation once: what it is about, whether the bytes are what
 * it says, and whether they can be made to work anywhere. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pic/host/insn.h>

#include "rewrite.h"

#define NEAR 0x40000u /* an absolute value this near a range is no constant */

void site_refuse(struct rewrite *r, const struct linked_rel *rel,
                 const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    job_refuse(r->job, "%s: %s: %s `%s` (0x%08x): %s", r->path,
               linked_place(&r->app, r->job, rel->addr),
               linked_type_name(rel->type), linked_target(&r->app, r->job, rel),
               rel->target, text);
}

static bool is_near(uint32_t value, uint32_t base, uint32_t length)
{
    return value - (base - NEAR) <= length + 2 * NEAR;
}

/* What the target moves with; false if that was refused. */
static bool space_find(struct rewrite *r, const struct linked_rel *rel,
                       enum space *out)
{
    const struct linked *app = &r->app;
    const struct linked_symbol *s = &app->symbols[rel->symbol];
    *out = SPACE_ABSOLUTE;
    if (s->is_weak_undefined)
        return true;
    if (linked_in_ram(app, rel->target) ||
        (app->has_gp && rel->target == app->gp)) {
        *out = SPACE_RAM;
        return true;
    }
    if (linked_in_flash(app, rel->target)) {
        *out = SPACE_FLASH;
        return true;
    }
    bool near = is_near(rel->target, app->flash.base, app->flash.length) ||
                is_near(rel->target, app->ram.base, app->ram.length);
    if (s->is_absolute && !near)
        return true;
    site_refuse(r, rel,
                "points outside the app's flash and RAM; define the "
                "symbol inside them, or make it an absolute value that "
                "is no address of theirs");
    return false;
}

static struct site *site_add(struct rewrite *r, const struct linked_rel *rel,
                             enum site_role role)
{
    size_t half = (rel->addr - r->app.flash.base) / 2;
    if (r->site_at[half] >= 0) {
        site_refuse(r, rel,
                    "a second relocation of the same instruction; "
                    "nothing is known that makes one");
        return NULL;
    }
    r->site_at[half] = (int32_t)r->site_count;
    struct site *s = &r->sites[r->site_count++];
    *s = (struct site){
        .rel = rel,
        .role = role,
        .target = rel->target,
        .before = linked_get(&r->app.flash, rel->addr),
        .upper = -1,
        .low = rel->target,
        .high = rel->target,
    };
    s->after = s->before;
    return s;
}

static struct insn insn_at(const struct rewrite *r, uint32_t addr)
{
    uint32_t at = addr - r->app.flash.base;
    return insn_decode(r->app.flash.bytes + at, r->app.flash.length - at);
}

static void not_what_it_says(struct rewrite *r, const struct linked_rel *rel)
{
    site_refuse(r, rel,
                "the instruction there is not what the relocation "
                "says; was the file changed after the link?");
}

/* ---- upper parts --------------------------------------------------------- */

static bool upper_is_as_linked(const struct rewrite *r,
                               const struct linked_rel *rel,
                               const struct insn *i)
{
    switch (rel->type) {
    case REL_PCREL_HI20:
        return i->kind == INSN_AUIPC &&
               (uint32_t)i->imm == insn_hi(rel->target - rel->addr);
    case REL_HI20:
        return i->kind == INSN_LUI && (uint32_t)i->imm == insn_hi(rel->target);
    default: /* through a GOT whose place is the linker's */
        (void)r;
        return i->kind == INSN_AUIPC;
    }
}

static void upper_add(struct rewrite *r, const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    if (i.length != 4 || !upper_is_as_linked(r, rel, &i)) {
        not_what_it_says(r, rel);
        return;
    }
    enum space space = SPACE_ABSOLUTE;
    bool is_tls = rel->type == REL_TLS_GOT_HI20;
    if (!is_tls && !space_find(r, rel, &space))
        return;
    bool is_gp = i.rd == REG_GP && space == SPACE_RAM && r->app.has_gp &&
                 rel->target == r->app.gp;
    if (i.rd == 0 || ((i.rd == REG_SP || i.rd == REG_GP) && !is_gp)) {
        site_refuse(r, rel,
                    "loads it into %s, which cannot be rewritten; load "
                    "another register and move it",
                    i.rd == 0        ? "x0"
                    : i.rd == REG_SP ? "sp"
                                     : "gp");
        return;
    }
    struct site *s = site_add(r, rel, SITE_UPPER);
    if (!s)
        return;
    s->space = space;
    s->is_tls = is_tls;
    s->is_got = is_tls || rel->type == REL_GOT_HI20;
}

/* ---- lower parts --------------------------------------------------------- */

static bool is_store_type(uint32_t type)
{
    return type == REL_LO12_S || type == REL_PCREL_LO12_S ||
           type == REL_GPREL_S || type == REL_TPREL_S ||
           type == REL_TPREL_LO12_S;
}

static bool lower_kind_fits(uint32_t type, const struct insn *i)
{
    if (i->length != 4)
        return false;
    if (is_store_type(type))
        return i->kind == INSN_SW || i->kind == INSN_STORE;
    return i->kind == INSN_ADDI || i->kind == INSN_LW || i->kind == INSN_LOAD ||
           i->kind == INSN_JALR;
}

/* By %lo of an absolute address; its upper part has to be looked for, unless
 * the linker made it an access relative to x0. */
static void lower_add(struct rewrite *r, const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    if (!lower_kind_fits(rel->type, &i) || i.imm != insn_lo(rel->target)) {
        not_what_it_says(r, rel);
        return;
    }
    enum space space;
    if (!space_find(r, rel, &space))
        return;
    bool is_zero_based = i.rs1 == 0;
    if (is_zero_based &&
        (space != SPACE_ABSOLUTE || (uint32_t)i.imm != rel->target)) {
        site_refuse(r, rel,
                    "reached from x0, so it cannot move; link flash "
                    "and RAM more than 256 KiB from address 0");
        return;
    }
    struct site *s = site_add(r, rel, is_zero_based ? SITE_FIXED : SITE_LOWER);
    if (s)
        s->space = space;
}

/* Names the auipc it belongs to; that is looked up when all sites are known. */
static void named_lower_add(struct rewrite *r, const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    if (!lower_kind_fits(rel->type, &i)) {
        not_what_it_says(r, rel);
        return;
    }
    site_add(r, rel, SITE_LOWER);
}

/* ---- what the linker has relaxed, and thread-local offsets ---------------- */

static void gp_relative_check(struct rewrite *r, const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    enum space space;
    if (!lower_kind_fits(rel->type, &i)) {
        not_what_it_says(r, rel);
        return;
    }
    if (!space_find(r, rel, &space))
        return;
    bool by_gp = i.rs1 == REG_GP && space == SPACE_RAM && r->app.has_gp &&
                 r->app.gp + (uint32_t)i.imm == rel->target;
    bool by_zero =
        i.rs1 == 0 && space == SPACE_ABSOLUTE && (uint32_t)i.imm == rel->target;
    if (!by_gp && !by_zero) {
        site_refuse(r, rel,
                    "the linker made this an access relative to gp or "
                    "x0, but it uses x%u, or does not reach what is "
                    "meant; link with -Wl,--no-relax",
                    i.rs1);
        return;
    }
    struct site *s = site_add(r, rel, SITE_FIXED);
    if (s)
        s->space = space;
}

static void thread_relative_check(struct rewrite *r,
                                  const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    bool relaxed = rel->type == REL_TPREL_I || rel->type == REL_TPREL_S;
    bool fits = rel->type == REL_TPREL_HI20  ? i.kind == INSN_LUI
                : rel->type == REL_TPREL_ADD ? i.kind == INSN_ADD
                                             : lower_kind_fits(rel->type, &i);
    if (!fits || (relaxed && i.rs1 != REG_TP))
        not_what_it_says(r, rel);
    else
        site_add(r, rel, SITE_FIXED);
}

/* ---- calls and jumps ----------------------------------------------------- */

static void jump_target_check(struct rewrite *r, const struct linked_rel *rel,
                              uint32_t goes_to)
{
    enum space space;
    if (!space_find(r, rel, &space))
        return;
    if (r->app.symbols[rel->symbol].is_weak_undefined)
        return;
    if (space == SPACE_RAM)
        site_refuse(r, rel,
                    "a call or jump into RAM, where an app cannot "
                    "execute; keep the function in flash");
    else if (space == SPACE_ABSOLUTE)
        site_refuse(r, rel,
                    "a call or jump to a fixed address, which is not "
                    "the app's");
    else if (goes_to != rel->target)
        not_what_it_says(r, rel);
}

static void call_add(struct rewrite *r, const struct linked_rel *rel)
{
    if (!linked_holds(&r->app.flash, rel->addr, 8)) {
        not_what_it_says(r, rel);
        return;
    }
    struct insn upper = insn_at(r, rel->addr);
    struct insn lower = insn_at(r, rel->addr + 4);
    /* ld makes a call of an undefined weak function a jump to 0. */
    bool is_weak = r->app.symbols[rel->symbol].is_weak_undefined;
    if (upper.kind != INSN_AUIPC || lower.kind != INSN_JALR ||
        lower.length != 4 ||
        (lower.rs1 != upper.rd && !(is_weak && lower.rs1 == 0))) {
        not_what_it_says(r, rel);
        return;
    }
    jump_target_check(r, rel,
                      rel->addr + (uint32_t)upper.imm + (uint32_t)lower.imm);
    site_add(r, rel, SITE_FIXED);
}

static void jump_check(struct rewrite *r, const struct linked_rel *rel)
{
    struct insn i = insn_at(r, rel->addr);
    bool is_branch = rel->type == REL_BRANCH || rel->type == REL_RVC_BRANCH;
    if (i.kind != (is_branch ? INSN_BRANCH : INSN_JAL))
        not_what_it_says(r, rel);
    else
        jump_target_check(r, rel, rel->addr + (uint32_t)i.imm);
}

/* ---- data ---------------------------------------------------------------- */

static void word_add(struct rewrite *r, const struct linked_rel *rel)
{
    enum space space;
    bool in_data = linked_holds(&r->app.data, rel->addr, 4);
    bool in_flash = linked_holds(&r->app.flash, rel->addr, 4);
    if (!in_data && !in_flash)
        return; /* not loaded */
    if (!space_find(r, rel, &space) || space == SPACE_ABSOLUTE)
        return;
    const struct linked_section *in = linked_section_at(&r->app, rel->addr);
    if (in_flash && in && in->is_code) {
        site_refuse(r, rel,
                    "an address among instructions, and flash is never "
                    "changed; put it into a section of its own "
                    "(.data.rel.ro), or build that object with -fPIC");
        return;
    }
    if (in_flash) {
        site_refuse(r, rel,
                    "an address in read-only data, and flash is never "
                    "changed; build that object with -fPIE, or have "
                    "`berth prelink` move the section to RAM");
        return;
    }
    if (rel->addr % 4 != 0) {
        site_refuse(r, rel,
                    "an address at 0x%08x, which is no multiple of 4, "
                    "as in a packed structure; align that member",
                    rel->addr);
        return;
    }
    if (linked_get(&r->app.data, rel->addr) != rel->target)
        not_what_it_says(r, rel);
    else if (r->word_count && r->words[r->word_count - 1] == rel->addr)
        site_refuse(r, rel, "a second relocation of the same word");
    else
        r->words[r->word_count++] = rel->addr;
}

static bool is_difference(uint32_t type)
{
    return (type >= REL_ADD8 && type <= REL_SUB64) ||
           (type >= REL_SUB6 && type <= REL_SET32);
}

static bool is_minus(uint32_t type)
{
    return (type >= REL_SUB8 && type <= REL_SUB64) || type == REL_SUB6;
}

/* All of one place, from `i` on; how many they are. */
static size_t difference_check(struct rewrite *r, size_t i)
{
    const struct linked_rel *first = &r->app.rels[i];
    size_t n = 0, minus = 0;
    enum space space = SPACE_ABSOLUTE, other;
    bool fits = true;
    for (; i + n < r->app.rel_count; n++) {
        const struct linked_rel *rel = &first[n];
        if (rel->addr != first->addr || !is_difference(rel->type))
            break;
        minus += is_minus(rel->type);
        if (!space_find(r, rel, &other))
            return n + 1;
        if (n == 0)
            space = other;
        fits = fits && other == space;
    }
    if (!fits || minus * 2 != n)
        site_refuse(r, first,
                    "a difference of an address in flash and one in "
                    "RAM, or of one alone, which changes when the "
                    "app moves; keep both in one segment");
    return n;
}

static void relative_word_check(struct rewrite *r, const struct linked_rel *rel)
{
    enum space space;
    enum space here =
        linked_in_ram(&r->app, rel->addr) ? SPACE_RAM : SPACE_FLASH;
    if (space_find(r, rel, &space) && space != here)
        site_refuse(r, rel,
                    "the distance from here to there changes when the "
                    "app moves; keep both in one segment");
}

/* ---- all ----------------------------------------------------------------- */

static void code_rel_take(struct rewrite *r, const struct linked_rel *rel)
{
    switch (rel->type) {
    case REL_PCREL_HI20:
    case REL_GOT_HI20:
    case REL_TLS_GOT_HI20:
    case REL_HI20:
        upper_add(r, rel);
        break;
    case REL_LO12_I:
    case REL_LO12_S:
        lower_add(r, rel);
        break;
    case REL_PCREL_LO12_I:
    case REL_PCREL_LO12_S:
        named_lower_add(r, rel);
        break;
    case REL_GPREL_I:
    case REL_GPREL_S:
        gp_relative_check(r, rel);
        break;
    case REL_TPREL_HI20:
    case REL_TPREL_ADD:
    case REL_TPREL_LO12_I:
    case REL_TPREL_LO12_S:
    case REL_TPREL_I:
    case REL_TPREL_S:
        thread_relative_check(r, rel);
        break;
    case REL_CALL:
    case REL_CALL_PLT:
        call_add(r, rel);
        break;
    case REL_JAL:
    case REL_BRANCH:
    case REL_RVC_JUMP:
    case REL_RVC_BRANCH:
        jump_check(r, rel);
        break;
    case REL_TLS_GD_HI20:
        site_refuse(r, rel,
                    "thread-local data by a call of __tls_get_addr; "
                    "build with -ftls-model=local-exec, or -fPIE");
        break;
    case REL_RVC_LUI:
        site_refuse(r, rel,
                    "the linker shortened this to c.lui, which cannot "
                    "be rewritten; link flash at 0x10000000 and RAM at "
                    "0x60000000");
        break;
    default:
        site_refuse(r, rel,
                    "relocation type %u is unknown here; build that "
                    "object with -fPIE and without exotic options",
                    rel->type);
        break;
    }
}

static size_t rel_take(struct rewrite *r, size_t i)
{
    const struct linked_rel *rel = &r->app.rels[i];
    if (rel->type == REL_32) {
        word_add(r, rel);
        return 1;
    }
    if (is_difference(rel->type))
        return difference_check(r, i);
    if (rel->type == REL_32_PCREL) {
        relative_word_check(r, rel);
        return 1;
    }
    if (linked_in_ram(&r->app, rel->addr)) {
        site_refuse(r, rel,
                    "an instruction in RAM, where an app cannot "
                    "execute; keep the function in flash");
        return 1;
    }
    if (!linked_holds(&r->app.flash, rel->addr, 2) || rel->addr % 2 != 0) {
        site_refuse(r, rel, "the place lies outside what is loaded");
        return 1;
    }
    code_rel_take(r, rel);
    return 1;
}

/* GNU ld subtracts gp from the addend of what it makes relative to gp. */
static void gp_addend_restore(struct rewrite *r, struct linked_rel *rel)
{
    if ((rel->type != REL_GPREL_I && rel->type != REL_GPREL_S) ||
        !linked_holds(&r->app.flash, rel->addr, 4))
        return;
    struct insn i = insn_at(r, rel->addr);
    if (i.rs1 != REG_GP || linked_in_ram(&r->app, rel->target))
        return;
    rel->target += r->app.gp;
    rel->addend = (int32_t)((uint32_t)rel->addend + r->app.gp);
}

void sites_find(struct rewrite *r)
{
    size_t halves = r->app.flash.length / 2 + 1;
    r->site_at = job_alloc(r->job, halves, sizeof *r->site_at);
    memset(r->site_at, 0xFF, halves * sizeof *r->site_at);
    r->sites = job_alloc(r->job, r->app.rel_count + 1, sizeof *r->sites);
    r->words = job_alloc(r->job, r->app.rel_count + 1, sizeof *r->words);
    for (size_t i = 0; i < r->app.rel_count; i++)
        gp_addend_restore(r, &r->app.rels[i]);
    for (size_t i = 0; i < r->app.rel_count;)
        i += rel_take(r, i);
}
