/* SPDX-License-Identifier: Apache-2.0 */
/* The machine around the hart: what it is made of, its time, its events, how
 * runs begin and end. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <tests/sim/core.h>
#include <tests/sim/gdb.h>
#include <tests/sim/symbols.h>
#include <tests/sim/trace.h>
#include <tests/sim/watch.h>

/* In one go, so that machine_stop() is heard. */
#define SLICE 1000000u
/* As much of a RAM is garbage after power on; the rest is zero, for it would
 * cost more than it finds. */
#define GARBAGE (256u * 1024)
/* Devices that want to be served again and again at the same time. */
enum { SERVES_MOST = 10000 };

/* ---- parts ----------------------------------------------------------------- */

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "berth-sim: %s: %s\n", name, what);
    exit(1);
}

uint8_t *memory_bytes(size_t size)
{
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (bytes == MAP_FAILED)
        give_up(strerror(errno), "memory");
    return bytes;
}

static bool spans_overlap(uint32_t base, uint32_t size, uint32_t other,
                          uint32_t other_size)
{
    return (uint64_t)base < (uint64_t)other + other_size &&
           (uint64_t)other < (uint64_t)base + size;
}

static void refuse_overlap(const struct machine *machine, const char *name,
                           uint32_t base, uint32_t size)
{
    for (uint32_t i = 0; i < machine->memory_count; i++)
        if (spans_overlap(base, size, machine->memories[i]->base,
                          machine->memories[i]->size))
            give_up("lies where a memory is", name);
    for (uint32_t i = 0; i < machine->device_count; i++)
        if (spans_overlap(base, size, machine->devices[i]->base,
                          machine->devices[i]->size))
            give_up("lies where a device is", name);
}

void machine_add_memory(struct machine *machine, struct memory *memory)
{
    if (((memory->base | memory->size) & 255u) != 0 || memory->size == 0)
        give_up("base and size have to be multiples of 256", memory->name);
    if (machine->memory_count == MACHINE_MEMORIES)
        give_up("is one memory too many", memory->name);
    refuse_overlap(machine, memory->name, memory->base, memory->size);
    memory->machine = machine;
    memory->decoded = NULL;
    memory->has_code = NULL;
    machine->memories[machine->memory_count++] = memory;
}

void memory_set_direct(struct memory *memory, uint32_t direct)
{
    memory->direct = direct;
    hart_forget(&memory->machine->hart);
}

void machine_add_device(struct machine *machine, struct device *device)
{
    if (machine->device_count == MACHINE_DEVICES)
        give_up("is one device too many", device->name);
    if (device->size > 0)
        refuse_overlap(machine, device->name, device->base, device->size);
    device->machine = machine;
    machine->devices[machine->device_count++] = device;
    machine_wake(machine);
}

struct memory *machine_memory_at(const struct machine *machine,
                                 uint32_t address, uint32_t size)
{
    for (uint32_t i = 0; i < machine->memory_count; i++) {
        struct memory *memory = machine->memories[i];
        uint32_t offset = address - memory->base;

        if (offset < memory->size && memory->size - offset >= size)
            return memory;
    }
    return NULL;
}

struct device *machine_device_at(const struct machine *machine,
                                 uint32_t address)
{
    for (uint32_t i = 0; i < machine->device_count; i++)
        if (address - machine->devices[i]->base < machine->devices[i]->size)
            return machine->devices[i];
    return NULL;
}

bool machine_peek(struct machine *machine, uint32_t address, void *bytes,
                  size_t length)
{
    uint8_t *to = bytes;

    for (size_t i = 0; i < length; i++) {
        uint32_t at = address + (uint32_t)i;
        const struct memory *memory = machine_memory_at(machine, at, 1);

        if (memory == NULL)
            return false;
        to[i] = memory->bytes[at - memory->base];
    }
    return true;
}

bool machine_poke(struct machine *machine, uint32_t address, const void *bytes,
                  size_t length)
{
    const uint8_t *from = bytes;

    for (size_t i = 0; i < length; i++) {
        uint32_t at = address + (uint32_t)i;
        struct memory *memory = machine_memory_at(machine, at, 1);

        if (memory == NULL)
            return false;
        memory->bytes[at - memory->base] = from[i];
        memory_changed(memory, at - memory->base, 1);
    }
    return true;
}

/* ---- time and events ------------------------------------------------------- */

uint64_t machine_instructions(const struct machine *machine)
{
    return hart_executed(&machine->hart);
}

uint64_t machine_now(const struct machine *machine)
{
    return (machine_instructions(machine) << machine->shift) + machine->slept;
}

void machine_wake(struct machine *machine)
{
    machine->due_is_stale = true;
    machine->hart.attention = true;
}

static uint64_t device_due(const struct device *device)
{
    return device->ops->due != NULL ? device->ops->due(device) : NEVER;
}

static void update_due(struct machine *machine)
{
    machine->due_is_stale = false;
    machine->next_due = NEVER;
    for (uint32_t i = 0; i < machine->device_count; i++) {
        uint64_t due = device_due(machine->devices[i]);

        if (due < machine->next_due)
            machine->next_due = due;
    }
}

static void serve_devices(struct machine *machine)
{
    uint64_t now = machine_now(machine);

    for (uint32_t serves = 0; machine->end == END_NONE; serves++) {
        if (machine->due_is_stale)
            update_due(machine);
        if (machine->next_due > now)
            return;
        if (serves == SERVES_MOST)
            give_up("some device never has enough of being served", "devices");
        for (uint32_t i = 0; i < machine->device_count; i++) {
            struct device *device = machine->devices[i];

            if (device_due(device) <= now && device->ops->serve != NULL)
                device->ops->serve(device, now);
        }
        machine->due_is_stale = true;
    }
}

/* The first count of instructions at which it is `when` or later. */
static uint64_t instructions_at(const struct machine *machine, uint64_t when)
{
    uint64_t round = (UINT64_C(1) << machine->shift) - 1;

    if (when == NEVER)
        return NEVER;
    if (when <= machine->slept)
        return 0;
    return (when - machine->slept + round) >> machine->shift;
}

/* ---- how a run ends -------------------------------------------------------- */

static void end_with(struct machine *machine, enum machine_end end)
{
    if (machine->end == END_NONE)
        machine->end = end;
    machine->hart.attention = true;
}

void machine_exit(struct machine *machine, uint32_t status)
{
    if (machine->end == END_NONE)
        machine->exit_status = status;
    end_with(machine, END_EXIT);
}

void machine_cut(struct machine *machine)
{
    end_with(machine, END_CUT);
}

void machine_stop(struct machine *machine)
{
    machine->stop_is_wanted = true;
}

static const char *cause_name(uint32_t cause)
{
    static const char *const exceptions[] = {
        "misaligned fetch", "fetch not allowed", "illegal instruction",
        "breakpoint",       "misaligned load",   "load not allowed",
        "misaligned store", "store not allowed", "ecall from U",
        "exception 9",      "exception 10",      "ecall from M"
    };

    if ((cause >> 31) != 0) {
        switch (cause & 0x7fffffff) {
        case 3:
            return "software interrupt";
        case 7:
            return "timer interrupt";
        case 11:
            return "external interrupt";
        default:
            return "interrupt";
        }
    }
    return cause < sizeof(exceptions) / sizeof(exceptions[0])
               ? exceptions[cause]
               : "exception";
}

static void report_place(const struct machine *machine, FILE *out)
{
    const struct hart *hart = &machine->hart;
    const struct trap_record *trap = &hart->last_trap;
    char place[128];

    fprintf(out,
            "berth-sim:   at pc 0x%08x (%s), mode %c, %" PRIu64 ".%09" PRIu64
            " s, %" PRIu64 " instructions\n",
            hart->pc,
            symbols_place(machine->symbols, hart->pc, place, sizeof(place)),
            hart->privilege == PRIVILEGE_M ? 'M' : 'U',
            machine_now(machine) / 1000000000,
            machine_now(machine) % 1000000000, machine_instructions(machine));
    if (!trap->is_valid) {
        fputs("berth-sim:   no trap so far\n", out);
        return;
    }
    fprintf(out,
            "berth-sim:   last trap: %s (mcause 0x%08x) from %c, mepc 0x%08x "
            "(%s), mtval 0x%08x, after %" PRIu64 " instructions\n",
            cause_name(trap->cause), trap->cause,
            trap->from == PRIVILEGE_M ? 'M' : 'U', trap->epc,
            symbols_place(machine->symbols, trap->epc, place, sizeof(place)),
            trap->tval, trap->instructions);
}

void machine_violation(struct machine *machine, const char *format, ...)
{
    FILE *out = machine->report != NULL ? machine->report : stderr;
    va_list arguments;

    if (machine->end != END_NONE)
        return;
    end_with(machine, END_VIOLATION);
    va_start(arguments, format);
    vsnprintf(machine->violation, sizeof(machine->violation), format,
              arguments);
    va_end(arguments);
    fprintf(out, "berth-sim: %s: %s\n", machine->model->name,
            machine->violation);
    report_place(machine, out);
    fflush(out);
}

int machine_status(const struct machine *machine)
{
    switch (machine->end) {
    case END_EXIT:
        return (int)(machine->exit_status & 255);
    case END_VIOLATION:
        return STATUS_VIOLATION;
    case END_LIMIT:
        return STATUS_LIMIT;
    case END_IDLE:
        return STATUS_IDLE;
    case END_NONE:
    case END_CUT:
    case END_STOP:
    default:
        return 0;
    }
}

/* ---- reset ----------------------------------------------------------------- */

void machine_request_reset(struct machine *machine)
{
    machine->reset_is_wanted = true;
    machine->hart.attention = true;
}

void machine_request_cpu_reset(struct machine *machine)
{
    machine->cpu_reset_is_wanted = true;
    machine->hart.attention = true;
}

static void reset_devices(struct machine *machine, enum reset_kind kind)
{
    for (uint32_t i = 0; i < machine->device_count; i++)
        if (machine->devices[i]->ops->reset != NULL)
            machine->devices[i]->ops->reset(machine->devices[i], kind);
}

static void fill_with_garbage(struct memory *memory)
{
    uint32_t size = memory->size < GARBAGE ? memory->size : GARBAGE;
    uint32_t value = 0x9e3779b9;

    madvise(memory->bytes, memory->size, MADV_DONTNEED);
    for (uint32_t i = 0; i < size; i += 4) {
        value = value * 1664525 + 1013904223;
        memcpy(memory->bytes + i, &value, 4);
    }
    if (memory->decoded != NULL)
        madvise(memory->decoded,
                (size_t)memory->size / 2 * sizeof(struct instruction),
                MADV_DONTNEED);
    if (memory->has_code != NULL)
        memset(memory->has_code, 0, memory->size / 256);
}

void machine_reset(struct machine *machine, enum reset_kind kind)
{
    uint32_t lines = machine->hart.mip;

    machine->cpu_reset_is_wanted = false;
    if (kind != RESET_CPU)
        machine->reset_is_wanted = false;
    if (machine->end == END_CUT)
        machine->end = END_NONE;
    for (uint32_t i = 0; kind == RESET_POWER_ON && i < machine->memory_count;
         i++)
        if (machine->memories[i]->is_volatile)
            fill_with_garbage(machine->memories[i]);
    hart_reset(machine, kind == RESET_POWER_ON);
    if (kind == RESET_CPU)
        machine->hart.mip = lines;
    else
        reset_devices(machine, kind);
    machine_wake(machine);
}

/* ---- running --------------------------------------------------------------- */

bool machine_init(struct machine *machine, const struct machine_model *model,
                  const struct machine_options *options)
{
    memset(machine, 0, sizeof(*machine));
    machine->model = model;
    machine->time_limit = NEVER;
    machine->report = stderr;
    machine->hart.config = model->hart;
    machine->hart.pmp.entries = model->hart.pmp_entries;
    machine->hart.pmp.smepmp = model->hart.smepmp;
    if (!model->build(machine, options))
        return false;
    machine_reset(machine, RESET_POWER_ON);
    return true;
}

void machine_free(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->memory_count; i++) {
        struct memory *memory = machine->memories[i];

        if (memory->decoded == NULL)
            continue;
        munmap(memory->decoded,
               (size_t)memory->size / 2 * sizeof(struct instruction));
        munmap(memory->has_code, memory->size / 256);
        memory->decoded = NULL;
        memory->has_code = NULL;
    }
    if (machine->watch != NULL) {
        trace_free(machine->watch->trace);
        gdb_free(machine->watch->gdb);
        free(machine->watch);
        machine->watch = NULL;
    }
    symbols_free(machine->symbols);
    machine->symbols = NULL;
}

/* Time goes on to where something happens. */
static void sleep_on(struct machine *machine)
{
    uint64_t now = machine_now(machine), until = machine->next_due;

    if (machine->watch != NULL)
        watch_sleep(machine);
    if (machine->hooks.idle != NULL)
        until = machine->hooks.idle(machine, until);
    if (until == NEVER) {
        end_with(machine, END_IDLE);
        return;
    }
    if (until > machine->time_limit)
        until = machine->time_limit;
    if (until > now)
        machine->slept += until - now;
}

static bool is_over(struct machine *machine)
{
    if (machine->stop_is_wanted) {
        machine->stop_is_wanted = false;
        end_with(machine, END_STOP);
    }
    if (machine_instructions(machine) >= machine->limit ||
        machine_now(machine) >= machine->time_limit)
        end_with(machine, END_LIMIT);
    return machine->end != END_NONE;
}

static void plan_slice(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint64_t executed = hart_executed(hart), end = executed + SLICE;
    uint64_t due = instructions_at(machine, machine->next_due);
    uint64_t most = instructions_at(machine, machine->time_limit);

    end = machine->limit < end ? machine->limit : end;
    end = due < end ? due : end;
    end = most < end ? most : end;
    hart->end = end;
    hart->left = end - executed;
}

/* Between two instructions. false: none is to be executed now. */
static bool settle(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint32_t line;

    if (machine->reset_is_wanted)
        machine_reset(machine, RESET_WARM);
    if (machine->cpu_reset_is_wanted)
        machine_reset(machine, RESET_CPU);
    serve_devices(machine);
    if (machine->end != END_NONE || machine->reset_is_wanted ||
        machine->cpu_reset_is_wanted || is_over(machine))
        return false;
    if (hart->sleeps && hart_is_woken(hart))
        hart->sleeps = false;
    if (hart_interrupt(hart, &line))
        hart_trap(machine, (uint32_t)CAUSE_INTERRUPT | line, 0);
    if (hart->sleeps)
        sleep_on(machine);
    return !hart->sleeps && machine->end == END_NONE;
}

enum machine_end machine_run(struct machine *machine, uint64_t instructions)
{
    uint64_t executed = machine_instructions(machine);

    machine->limit =
        instructions < NEVER - executed ? executed + instructions : NEVER;
    if (machine->end == END_LIMIT || machine->end == END_STOP)
        machine->end = END_NONE;
    while (machine->end == END_NONE) {
        if (!settle(machine))
            continue;
        plan_slice(machine);
        machine->hart.attention = false;
        if (machine->watch != NULL)
            watch_step(machine);
        else
            hart_run(machine);
    }
    return machine->end;
}
