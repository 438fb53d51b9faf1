/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the rewritten bytes as if they came from somebody else: decodes each
 * site again, follows the flow again, and computes under two placements what
 * every access reaches. It must be what was meant, moved with its segment. Of
 * how the bytes were made this uses nothing but the list of sites. */
#include <string.h>

#include <pic/host/insn.h>

#include "rewrite.h"

#define PLACES 2

/* How far flash and RAM have moved. */
static const struct {
    uint32_t flash, ram;
} moved[PLACES] = { { 0x1234A8C4, 0xE0F0D5B0 }, { 0xF5A9B00C, 0x07C41230 } };

static uint32_t move(uint32_t address, enum space space, int place)
{
    return address + (space == SPACE_FLASH ? moved[place].flash
                      : space == SPACE_RAM ? moved[place].ram
                                           : 0);
}

NORETURN static void wrong(struct rewrite *r, const struct site *s,
                           const char *what)
{
    job_internal(r->job, "%s: %s: %s `%s`: %s (0x%08x became 0x%08x)", r->path,
                 linked_place(&r->app, r->job, s->rel->addr),
                 linked_type_name(s->rel->type),
                 linked_target(&r->app, r->job, s->rel), what, s->before,
                 linked_get(&r->app.flash, s->rel->addr));
}

static struct insn insn_new(const struct rewrite *r, uint32_t addr)
{
    uint32_t at = addr - r->app.flash.base;
    return insn_decode(r->app.flash.bytes + at, r->app.flash.length - at);
}

static bool is_listed(const struct rewrite *r, uint32_t word)
{
    size_t low = 0, high = r->word_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->words[middle] < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->word_count && r->words[low] == word;
}

/* What the engine makes of a word of the data image. */
static bool word_value(const struct rewrite *r, uint32_t at, int place,
                       uint32_t *out)
{
    if (!linked_holds(&r->app.data, at, 4) || !is_listed(r, at))
        return false;
    uint32_t value = linked_get(&r->app.data, at);
    if (linked_in_flash(&r->app, value))
        *out = move(value, SPACE_FLASH, place);
    else if (linked_in_ram(&r->app, value))
        *out = move(value, SPACE_RAM, place);
    else
        return false;
    return true;
}

/* What the four bytes of an upper part put into rd. */
static bool upper_value(const struct rewrite *r, const struct site *s,
                        int place, uint32_t *rd, uint32_t *out)
{
    struct insn i = insn_new(r, s->rel->addr);
    uint32_t gp = move(r->app.gp, SPACE_RAM, place);
    *rd = i.rd;
    if (i.length == 2) {
        struct insn add = insn_new(r, s->rel->addr + 2);
        *out = (uint32_t)i.imm + gp;
        return i.kind == INSN_LUI && add.length == 2 && add.kind == INSN_ADD &&
               add.rd == i.rd && add.rs1 == i.rd && add.rs2 == REG_GP;
    }
    *out = (uint32_t)i.imm;
    if (i.kind == INSN_AUIPC)
        *out += move(s->rel->addr, SPACE_FLASH, place);
    else if (i.kind == INSN_ADDI && i.rs1 == REG_GP)
        *out += gp;
    else if (i.kind == INSN_LW && i.rs1 == REG_GP)
        return word_value(r, r->app.gp + (uint32_t)i.imm, place, out);
    else
        return i.kind == INSN_LUI;
    return true;
}

static void uppers_evaluate(struct rewrite *r)
{
    for (size_t k = 0; k < r->site_count; k++) {
        const struct site *s = &r->sites[k];
        struct flow_site *f = &r->flow_sites[k];
        f->found = (struct flow_value){ .kind = FLOW_UNSEEN };
        if (s->role != SITE_UPPER)
            continue;
        uint32_t rd;
        for (int place = 0; place < PLACES; place++) {
            if (!upper_value(r, s, place, &rd, &f->base[place]) || rd != f->rd)
                wrong(r, s, "no upper part");
        }
    }
}

/* But for the immediate, and lw that became addi, a lower part is the same. */
static bool lower_is_same(const struct site *s, const struct insn *i)
{
    uint8_t bytes[4];
    for (unsigned k = 0; k < 4; k++)
        bytes[k] = (uint8_t)(s->before >> 8 * k);
    struct insn old = insn_decode(bytes, 4);
    enum insn_kind kind = s->is_got ? INSN_ADDI : old.kind;
    return i->length == 4 && i->kind == kind && i->rd == old.rd &&
           i->rs1 == old.rs1 && i->rs2 == old.rs2 &&
           (s->is_got || i->bytes == old.bytes);
}

static void lower_prove(struct rewrite *r, size_t k)
{
    const struct site *s = &r->sites[k];
    const struct flow_value *found = &r->flow_sites[k].found;
    bool is_named =
        s->rel->type == REL_PCREL_LO12_I || s->rel->type == REL_PCREL_LO12_S;
    struct insn i = insn_new(r, s->rel->addr);
    if (!lower_is_same(s, &i))
        wrong(r, s, "another instruction");
    if (found->kind != FLOW_BASE && !is_named)
        wrong(r, s, "its upper part is lost");
    for (int place = 0; place < PLACES; place++) {
        uint32_t base = found->kind == FLOW_BASE
                            ? found->base[place]
                            : r->flow_sites[s->upper].base[place];
        enum space space = s->is_tls ? SPACE_ABSOLUTE : s->space;
        if (base + (uint32_t)i.imm != move(s->target, space, place))
            wrong(r, s, "reaches something else");
    }
}

/* Nothing but the sites and the spare words has changed. */
static void rest_prove(struct rewrite *r)
{
    const struct linked_image *flash = &r->app.flash;
    uint8_t *now = job_alloc(r->job, flash->length + 4, 1);
    memcpy(now, flash->bytes, flash->length);
    for (size_t k = 0; k < r->site_count; k++) {
        uint32_t at = r->sites[k].rel->addr - flash->base;
        memcpy(now + at, r->before + at, 4);
    }
    if (r->pool != r->pool_end) {
        size_t at = (size_t)(r->app.data.bytes - flash->bytes) + r->pool -
                    r->app.data.base;
        memcpy(now + at, r->before + at, r->pool_end - r->pool);
    }
    if (memcmp(now, r->before, flash->length) != 0)
        job_internal(r->job, "%s: bytes changed that nothing asked for",
                     r->path);
}

static void fixed_prove(struct rewrite *r)
{
    for (size_t k = 0; k < r->site_count; k++) {
        const struct site *s = &r->sites[k];
        if (s->role == SITE_FIXED &&
            linked_get(&r->app.flash, s->rel->addr) != s->before)
            wrong(r, s, "should have stayed");
    }
}

void rewrite_prove(struct rewrite *r)
{
    uppers_evaluate(r);
    r->code.bytes = r->app.flash.bytes;
    flow_run(&r->code, r->job);
    for (size_t k = 0; k < r->site_count; k++) {
        if (r->sites[k].role == SITE_LOWER)
            lower_prove(r, k);
    }
    fixed_prove(r);
    rest_prove(r);
}
