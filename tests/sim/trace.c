/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/sim/trace.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tests/sim/core.h>
#include <tests/sim/symbols.h>
#include <tests/sim/watch.h>

struct trace {
    FILE *lines;
    uint64_t *counts; /* one per symbol, one more for what has none */
    size_t symbols;
    const struct symbol *symbol; /* of the last instruction */
    /* Before the instruction: */
    struct instruction instruction;
    uint32_t pc, encoding;
    uint64_t executed;
    struct trap_record trap;
};

static const char *const names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
};

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("berth-sim: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

struct trace *trace_start(struct machine *machine, FILE *lines, bool counts)
{
    struct trace *trace = must(calloc(1, sizeof(*trace)));

    trace->lines = lines;
    trace->symbols = machine->symbols != NULL ? machine->symbols->count : 0;
    if (counts)
        trace->counts =
            must(calloc(trace->symbols + 1, sizeof(trace->counts[0])));
    watch_of(machine)->trace = trace;
    return trace;
}

void trace_free(struct trace *trace)
{
    if (trace == NULL)
        return;
    free(trace->counts);
    free(trace);
}

/* As far as memory tells; what cannot be fetched traps anyhow. */
static void look_at(struct trace *trace, struct machine *machine, uint32_t pc)
{
    uint16_t halves[2] = { 0, 0 };

    if (!machine_peek(machine, pc, halves, sizeof(halves)))
        machine_peek(machine, pc, halves, sizeof(halves[0]));
    trace->encoding = halves[0];
    if (!encoding_is_short(halves[0]))
        trace->encoding |= (uint32_t)halves[1] << 16;
    trace->instruction = decode(trace->encoding, machine->hart.config.has_a);
}

/* One that was taken just now, instead of the instruction at its mepc. */
static void write_interrupt(struct trace *trace, const struct machine *machine)
{
    const struct trap_record *trap = &machine->hart.last_trap;
    char place[128];

    if (!trap->is_valid || (trap->cause >> 31) == 0 ||
        trap->instructions != machine_instructions(machine))
        return;
    fprintf(trace->lines, "%08x %c %-28s interrupt %u\n", trap->epc,
            trap->from == PRIVILEGE_M ? 'M' : 'U',
            symbols_place(machine->symbols, trap->epc, place, sizeof(place)),
            trap->cause & 0x7fffffff);
}

void trace_before(struct trace *trace, struct machine *machine)
{
    if (trace->lines != NULL)
        write_interrupt(trace, machine);
    trace->pc = machine->hart.pc;
    trace->executed = machine_instructions(machine);
    trace->trap = machine->hart.last_trap;
    machine->hart.last_trap.is_valid = false;
    look_at(trace, machine, trace->pc);
}

static void count(struct trace *trace, const struct machine *machine)
{
    const struct symbol *symbol = trace->symbol;
    size_t index;

    if (symbol == NULL || trace->pc < symbol->address ||
        trace->pc - symbol->address >= symbol->size)
        symbol = symbols_find(machine->symbols, trace->pc);
    trace->symbol = symbol;
    index = symbol != NULL ? (size_t)(symbol - machine->symbols->list)
                           : trace->symbols;
    if (index <= trace->symbols)
        trace->counts[index]++;
}

static void write_line(struct trace *trace, const struct machine *machine,
                       bool trapped)
{
    const struct hart *hart = &machine->hart;
    char place[128];

    fprintf(trace->lines, "%08x %c %-28s %0*x", trace->pc,
            (trapped ? hart->last_trap.from : hart->privilege) == PRIVILEGE_M
                ? 'M'
                : 'U',
            symbols_place(machine->symbols, trace->pc, place, sizeof(place)),
            encoding_is_short(trace->encoding) ? 4 : 8, trace->encoding);
    if (trapped)
        fprintf(trace->lines, " trap %u %08x", hart->last_trap.cause,
                hart->last_trap.tval);
    else if (trace->instruction.rd != 32)
        fprintf(trace->lines, " %s=%08x", names[trace->instruction.rd & 31],
                hart->x[trace->instruction.rd]);
    fputc('\n', trace->lines);
}

void trace_after(struct trace *trace, struct machine *machine)
{
    bool trapped = machine->hart.last_trap.is_valid;

    if (trace->counts != NULL &&
        machine_instructions(machine) > trace->executed)
        count(trace, machine);
    if (trace->lines != NULL)
        write_line(trace, machine, trapped);
    if (!trapped)
        machine->hart.last_trap = trace->trap;
}

/* ---- the counts ------------------------------------------------------------ */

struct row {
    const char *name;
    uint64_t count;
};

static int more_first(const void *left, const void *right)
{
    const struct row *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->name, b->name);
}

void trace_report(struct machine *machine, FILE *out)
{
    const struct trace *trace =
        machine->watch != NULL ? machine->watch->trace : NULL;
    struct row *rows;
    uint64_t total = 0;

    if (trace == NULL || trace->counts == NULL)
        return;
    rows = must(calloc(trace->symbols + 1, sizeof(rows[0])));
    for (size_t i = 0; i <= trace->symbols; i++) {
        rows[i].name =
            i < trace->symbols ? machine->symbols->list[i].name : "?";
        rows[i].count = trace->counts[i];
        total += trace->counts[i];
    }
    qsort(rows, trace->symbols + 1, sizeof(rows[0]), more_first);
    for (size_t i = 0; i <= trace->symbols && rows[i].count > 0; i++)
        fprintf(out, "%12" PRIu64 " %5.1f %% %s\n", rows[i].count,
                100.0 * (double)rows[i].count / (double)total, rows[i].name);
    fprintf(out, "%12" PRIu64 " instructions\n", total);
    free(rows);
}
