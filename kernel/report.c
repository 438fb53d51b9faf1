/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about a process as text. */
#include <kernel/report.h>

#include <kernel/format.h>
#include <kernel/string.h>

/* How far off an address may be to be told by its distance. */
#define NEAR 0x1000u
#define NEAR_STACK 0x10000u /* likewise when the stack pointer is off too */

enum { REGISTER_SP = 2, REGISTER_A4 = 14 };

enum {
    CAUSE_FETCH = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_STORE = 7,
    CAUSE_SYSCALL = 8,
};

/* A line in the making. */
struct line {
    char *to;
    size_t cap, length;
};

static void add(struct line *line, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void add(struct line *line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    size_t left = line->cap - line->length;
    size_t n = format_va(line->to + line->length, left, fmt, args);
    va_end(args);
    line->length += n < left ? n : left - 1;
}

/* Number `n` of texts that follow each other, each with its NUL. */
static const char *pick(const char *texts, uint32_t n)
{
    for (; n > 0; n--)
        texts += strlen(texts) + 1;
    return texts;
}

void report_clean(char *text)
{
    for (; *text; text++) {
        uint8_t a = (uint8_t)text[0], b = (uint8_t)text[1];
        if (a < ' ' || a == 0x7F)
            *text = '?';
        if (a == 0xC2 && b >= 0x80 && b < 0xA0) { /* U+0080 to U+009F */
            *text++ = '?';
            *text = '?';
        }
    }
}

/* ---- the rule that was broken ---------------------------------------------- */

/* Did the app tell a layout that can be? */
static bool layout_known(const struct process_info *info)
{
    return info->ram_start < info->stack_top &&
           info->stack_top <= info->heap_start &&
           info->heap_start <= info->app_break;
}

static bool is_within(uint32_t distance, uint32_t limit)
{
    return distance - 1 < limit;
}

static bool stack_overflowed(const struct fault_facts *facts)
{
    uint32_t bottom = facts->info.ram_start;
    return facts->cause > CAUSE_BREAKPOINT &&
           is_within(bottom - facts->value, NEAR_STACK) &&
           is_within(bottom - facts->registers[REGISTER_SP], NEAR_STACK);
}

/* Where the address lies, as seen from the process: what to say, and the
 * number of bytes to be said before it unless that is 0. */
static const char *place_text(const struct fault_facts *facts,
                              uint32_t *distance)
{
    const struct process_info *info = &facts->info;
    uint32_t a = facts->value;
    if (facts->cause % 2 == 0)
        return "which is misaligned";
    if (a - info->ram_start < info->app_break - info->ram_start)
        return facts->cause == CAUSE_FETCH
                   ? "in its RAM, which is not executable"
                   : "reaching across its break";
    if (a - info->flash_start < info->flash_end - info->flash_start)
        return facts->cause == CAUSE_STORE
                   ? "its own flash, which is read-only"
                   : "reaching across the end of its flash";
    if (a - info->grant_start < info->ram_end - info->grant_start)
        return "in the kernel's part of its RAM";
    *distance = a - info->app_break + 1;
    if (*distance <= info->grant_start - info->app_break)
        return "beyond its break";
    *distance = info->ram_start - a;
    if (stack_overflowed(facts))
        return "below its stack";
    if (is_within(*distance, NEAR))
        return layout_known(info) ? "below its stack" : "below its RAM";
    *distance = a - info->ram_end + 1;
    if (is_within(*distance, NEAR))
        return "beyond its RAM";
    *distance = info->flash_start - a;
    if (is_within(*distance, NEAR))
        return "below its flash";
    *distance = a - info->flash_end + 1;
    if (is_within(*distance, NEAR))
        return "beyond its flash";
    *distance = 0;
    return a < NEAR ? "a null pointer" : "memory that is not its own";
}

/* What it did other than to touch or enter some place, and the number that
 * goes with it. */
static const char *deed_text(const struct fault_facts *facts, uint32_t *number)
{
    *number = facts->registers[0];
    switch (facts->cause) {
    case CAUSE_BREAKPOINT:
        return "ran into a breakpoint at";
    case FAULT_ORDERED:
        return "was ordered to, at";
    case FAULT_WATCHDOG:
        return "did not yield in time, at";
    case CAUSE_SYSCALL:
        *number = facts->registers[REGISTER_A4] & 0xFF;
        return "made a system call of the unknown class";
    case CAUSE_ILLEGAL:
        *number = facts->value;
        return "used the illegal instruction";
    default:
        *number = facts->cause;
        return "trapped for the cause";
    }
}

static bool is_access(uint32_t cause)
{
    return cause <= CAUSE_STORE && cause / 2 != CAUSE_ILLEGAL / 2;
}

static void rule_line(struct line *line, const struct fault_facts *facts)
{
    uint32_t cause = facts->cause, number = facts->value, distance = 0;
    if (!is_access(cause)) {
        const char *deed = deed_text(facts, &number);
        add(line, "%s 0x%08x", deed, (unsigned)number);
        return;
    }
    if (stack_overflowed(facts))
        add(line, "stack overflow: ");
    const char *place = place_text(facts, &distance);
    add(line, "%s 0x%08x, ", pick("jumped to\0\0read\0wrote", cause / 2),
        (unsigned)number);
    if (distance)
        add(line, "%u byte%s ", (unsigned)distance, &"s"[distance == 1]);
    add(line, "%s", place);
}

/* ---- the lines before the map ------------------------------------------------ */

static void add_state(struct line *line, const struct process_info *info)
{
    if (info->stopped)
        add(line, "Stopped(");
    add(line, "%s",
        pick("Running\0Yielded\0YieldedFor\0Stopped\0Faulted\0Terminated",
             info->state));
    if (info->state == PROCESS_YIELDED_FOR)
        add(line, "(UpcallId { driver_num: %u, subscribe_num: %u })",
            (unsigned)info->wait_driver, (unsigned)info->wait_number);
    if (info->stopped)
        add(line, ")");
}

static void head_line(struct line *line, const struct fault_facts *facts)
{
    bool faulted = facts->info.state == PROCESS_FAULTED;
    add(line, "%s (pid %u) %s", facts->info.name,
        (unsigned)facts->info.pid.handle, faulted ? "faulted: " : "is ");
    if (faulted)
        rule_line(line, facts);
    else
        add_state(line, &facts->info);
}

/* An address in the app's code, as addr2line wants it too. */
static void add_code(struct line *line, const char *name,
                     const struct process_info *info, uint32_t address)
{
    uint32_t binary = info->flash_start + info->protected_size;
    add(line, " %s 0x%08x", name, (unsigned)address);
    if (address - binary < info->flash_end - binary)
        add(line, " (binary + 0x%x)", (unsigned)(address - binary));
    else
        add(line, " (not in its binary)");
}

static void code_line(struct line *line, const struct fault_facts *facts)
{
    add_code(line, "pc", &facts->info, facts->registers[0]);
    add_code(line, "ra", &facts->info, facts->registers[1]);
    if (facts->info.state == PROCESS_FAULTED)
        add(line, " mcause %u mtval 0x%08x", (unsigned)facts->cause,
            (unsigned)facts->value);
}

/* Four registers; `row` is 0 to 7. */
static void registers_line(struct line *line, const struct fault_facts *facts,
                           uint32_t row)
{
    static const char names[] = "pc ra sp gp tp t0 t1 t2 s0 s1 a0 "
                                "a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 "
                                "s6 s7 s8 s9 s10s11t3 t4 t5 t6 ";
    for (uint32_t i = row * 4; i < row * 4 + 4; i++)
        add(line, " %.3s 0x%08x", names + (size_t)3 * i,
            (unsigned)facts->registers[i]);
}

/* ---- the map ------------------------------------------------------------------ */

static void add_edge(struct line *line, uint32_t address, uint32_t edge)
{
    add(line, "  0x%08X %s────────────────────", (unsigned)address,
        pick("┬\0┼\0┴", edge));
}

static void add_region(struct line *line, const struct map_region *region)
{
    add(line, "             │ %.3s %-9s%8u", region->rights, region->name,
        (unsigned)region->used);
    if (region->allocated)
        add(line, " | %7u", (unsigned)region->allocated);
    if (region->allocated && region->used > region->allocated)
        add(line, " EXCEEDED!");
}

/* The map from the top of RAM down, then flash: between two edges a region. */
enum {
    REGION_KERNEL,
    REGION_UNUSED,
    REGION_HEAP, /* also all the app has, when it did not say what is what */
    REGION_DATA,
    REGION_STACK,
    REGION_GAP,
    REGION_BINARY,
    REGION_PROTECTED,
    REGIONS,
};

static void region_line(struct line *line, const struct fault_facts *facts,
                        const uint32_t edges[], uint32_t r)
{
    struct map_region region = {
        pick("Kernel\0Unused\0Heap\0Data\0Stack\0\0App Flash\0Protected", r),
        &"---rw-r-x"[r < REGION_HEAP ? 0 : r < REGION_GAP ? 3 : 6],
        edges[r] - edges[r + 1], 0
    };
    uint32_t sp = facts->registers[REGISTER_SP];
    if (r == REGION_HEAP)
        region.allocated = edges[REGION_UNUSED] - edges[REGION_DATA];
    if (r == REGION_STACK) {
        region.allocated = region.used;
        region.used = sp < edges[r] ? edges[r] - sp : 0;
    }
    add_region(line, &region);
}

static void table_line(struct line *line, const struct fault_facts *facts,
                       uint32_t row)
{
    const struct process_info *info = &facts->info;
    uint32_t edges[REGIONS + 1] = {
        info->ram_end,   info->grant_start,
        info->app_break, info->heap_start,
        info->stack_top, info->ram_start,
        info->flash_end, info->flash_start + info->protected_size,
        info->flash_start,
    };
    uint32_t edge = row / 2;
    if (!layout_known(info)) {
        edges[REGION_DATA] = info->ram_start;
        if (row > 2 * REGION_HEAP + 1)
            edge += 2;
    }
    if (edge > REGIONS)
        return;
    if (row % 2 == 0)
        add_edge(line, edges[edge], (uint32_t)"\0\1\1\1\1\2\0\1\2"[edge]);
    else if (edge == REGION_GAP)
        add(line, "             .....");
    else if (edge < REGIONS)
        region_line(line, facts, edges, edge);
}

static void counters_line(struct line *line, const struct process_info *info,
                          uint32_t row)
{
    static const char calls[] =
        "Yield\0Subscribe\0Command\0ReadWriteAllow\0ReadOnlyAllow\0Memop\0"
        "Exit\0UserspaceReadableAllow";
    if (row == 1)
        add(line,
            " Events Queued: %u   Syscall Count: %u   "
            "Dropped Upcall Count: %u",
            (unsigned)info->queued, (unsigned)info->syscalls,
            (unsigned)info->dropped);
    else if (row == 2)
        add(line, " Restart Count: %u", (unsigned)info->restarts);
    else if (row == 3)
        add(line, " Last Syscall: %s",
            info->syscalls ? pick(calls, info->last_syscall % 8) : "None");
    else if (info->has_completion)
        add(line, " Completion Code: %u", (unsigned)info->completion);
    else
        add(line, " Completion Code: %s",
            info->state == PROCESS_FAULTED ? "Faulted" : "None");
}

static void map_line(struct line *line, const struct fault_facts *facts,
                     uint32_t row)
{
    if (row == 0) {
        add(line, " 𝐀𝐩𝐩: %s   -   [", facts->info.name);
        add_state(line, &facts->info);
        add(line, "]");
    } else if (row < 5) {
        counters_line(line, &facts->info, row);
    } else if (row == 5) {
        add(line, "  Address    │     Region       Used | Allocated (bytes)");
    } else {
        table_line(line, facts, row - 6);
    }
}

/* ---- for everybody -------------------------------------------------------------- */

size_t report_line(const struct fault_facts *facts, uint32_t row, char *to,
                   size_t cap)
{
    struct line line = { to, cap, 0 };
    if (row == 0)
        head_line(&line, facts);
    else if (row == 1)
        code_line(&line, facts);
    else if (row < REPORT_MAP)
        registers_line(&line, facts, row - 2);
    else
        map_line(&line, facts, row - REPORT_MAP);
    return line.length;
}

size_t report_state(const struct process_info *info, char *to, size_t cap)
{
    struct line line = { to, cap, 0 };
    add_state(&line, info);
    return line.length;
}

size_t report_edge(char *to, size_t cap, uint32_t address, uint32_t edge)
{
    struct line line = { to, cap, 0 };
    add_edge(&line, address, edge);
    return line.length;
}

size_t report_region(char *to, size_t cap, const struct map_region *region)
{
    struct line line = { to, cap, 0 };
    add_region(&line, region);
    return line.length;
}
