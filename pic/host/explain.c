/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include <pic/host/insn.h>

static const char *const form_names[] = {
    [FORM_KEEP] = "kept",
    [FORM_GP] = "relative to gp",
    [FORM_AUIPC] = "relative to pc",
    [FORM_LUI] = "absolute",
    [FORM_WORD] = "through a word in RAM",
};

static const char *reg_name(uint32_t reg)
{
    static const char *const names[32] = {
        "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
    };
    return names[reg & 31];
}

/* One instruction, of the few kinds that sites are made of. */
static void insn_print(char *out, size_t size, const struct insn *i)
{
    const char *c = i->length == 2 ? "c." : "";
    switch (i->kind) {
    case INSN_LUI:
    case INSN_AUIPC:
        snprintf(out, size, "%s%s %s,0x%x", c,
                 i->kind == INSN_LUI ? "lui" : "auipc", reg_name(i->rd),
                 (uint32_t)i->imm >> 12);
        break;
    case INSN_ADDI:
        snprintf(out, size, "%saddi %s,%s,%d", c, reg_name(i->rd),
                 reg_name(i->rs1), i->imm);
        break;
    case INSN_ADD:
        snprintf(out, size, "%sadd %s,%s", c, reg_name(i->rd),
                 reg_name(i->rs2));
        break;
    case INSN_LW:
    case INSN_LOAD:
        snprintf(out, size, "load%u %s,%d(%s)", 8 * i->bytes, reg_name(i->rd),
                 i->imm, reg_name(i->rs1));
        break;
    case INSN_SW:
    case INSN_STORE:
        snprintf(out, size, "store%u %s,%d(%s)", 8 * i->bytes, reg_name(i->rs2),
                 i->imm, reg_name(i->rs1));
        break;
    case INSN_JALR:
        snprintf(out, size, "jalr %s,%d(%s)", reg_name(i->rd), i->imm,
                 reg_name(i->rs1));
        break;
    case INSN_BAD:
    case INSN_SUB:
    case INSN_JAL:
    case INSN_BRANCH:
    case INSN_ECALL:
    case INSN_OTHER:
    default:
        snprintf(out, size, "(another instruction)");
        break;
    }
}

static void word_print(char *out, size_t size, uint32_t word)
{
    uint8_t bytes[4];
    for (unsigned k = 0; k < 4; k++)
        bytes[k] = (uint8_t)(word >> 8 * k);
    struct insn i = insn_decode(bytes, 4);
    insn_print(out, size, &i);
    if (i.length == 4)
        return;
    size_t len = strlen(out);
    i = insn_decode(bytes + 2, 2);
    snprintf(out + len, size - len, "; ");
    len = strlen(out);
    insn_print(out + len, size - len, &i);
}

static void site_print(FILE *out, struct rewrite *r, const struct site *s)
{
    char before[80], after[80];
    const char *how = s->role == SITE_FIXED   ? "kept"
                      : s->role == SITE_UPPER ? form_names[s->form]
                                              : "lower part";
    word_print(before, sizeof before, s->before);
    word_print(after, sizeof after, s->after);
    fprintf(out, "  0x%08x  %-12s %s: %s\n", s->rel->addr,
            linked_type_name(s->rel->type),
            linked_target(&r->app, r->job, s->rel), how);
    if (s->before == s->after)
        fprintf(out, "              %08x  %s\n", s->before, before);
    else
        fprintf(out, "              %08x  %s\n              %08x  %s\n",
                s->before, before, s->after, after);
}

static void sites_print(FILE *out, struct rewrite *r)
{
    const char *last = "";
    for (size_t i = 0; i < r->site_count; i++) {
        const char *place =
            linked_place(&r->app, r->job, r->sites[i].rel->addr);
        const char *plus = strrchr(place, '+');
        size_t len = plus ? (size_t)(plus - place) : strlen(place);
        if (strncmp(last, place, len) != 0 || last[len] != '\0')
            fprintf(out, "%.*s\n", (int)len, place);
        last = job_text(r->job, "%.*s", (int)len, place);
        site_print(out, r, &r->sites[i]);
    }
}

struct cost {
    const char *object;
    uint32_t bytes;
};

static int by_object(const void *a, const void *b)
{
    const struct cost *x = a, *y = b;
    return strcmp(x->object, y->object);
}

static bool is_read_only(const char *section)
{
    static const char *const prefixes[] = { ".rodata", ".srodata", ".sdata2",
                                            ".data.rel.ro" };
    for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
        if (strncmp(section, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return false;
}

/* Read-only data that lies in RAM for the addresses in it. */
static void moved_print(FILE *out, struct rewrite *r)
{
    const struct map *map = r->app.map;
    if (!map) {
        fprintf(out, "read-only data in RAM: not known without --map\n");
        return;
    }
    struct cost *costs = job_alloc(r->job, map->count + 1, sizeof *costs);
    size_t n = 0;
    uint32_t sum = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct map_piece *p = &map->pieces[i];
        if (!is_read_only(p->section) || !linked_in_ram(&r->app, p->addr))
            continue;
        costs[n++] = (struct cost){ p->object, p->size };
        sum += p->size;
    }
    if (n)
        qsort(costs, n, sizeof *costs, by_object);
    fprintf(out, "read-only data in RAM, for the addresses in it: %u bytes\n",
            sum);
    for (size_t i = 0; i < n;) {
        const char *object = costs[i].object;
        uint32_t bytes = 0;
        for (; i < n && strcmp(costs[i].object, object) == 0; i++)
            bytes += costs[i].bytes;
        fprintf(out, "  %6u  %s\n", bytes, object);
    }
}

void explain(FILE *out, struct rewrite *r, const struct table *table)
{
    size_t forms[ARRAY_COUNT(form_names)] = { 0 }, uppers = 0, lowers = 0;
    for (size_t i = 0; i < r->site_count; i++) {
        uppers += r->sites[i].role == SITE_UPPER;
        lowers += r->sites[i].role == SITE_LOWER;
        if (r->sites[i].role == SITE_UPPER)
            forms[r->sites[i].form]++;
    }
    sites_print(out, r);
    fprintf(out, "%s: %zu upper parts (", r->path, uppers);
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
        fprintf(out, "%s%zu %s", i ? ", " : "", forms[i], form_names[i]);
    fprintf(out, "), %zu lower parts, %zu others kept\n", lowers,
            r->site_count - uppers - lowers);
    fprintf(out, "data words with addresses: %zu; their table: %zu bytes\n",
            r->word_count, 4 * table->relr_count);
    moved_print(out, r);
}
