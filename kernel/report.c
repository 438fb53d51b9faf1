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

void report_add(char *to, const char *fmt, ...)
{
    va_list args;
    size_t len = strlen(to);
    va_start(args, fmt);
    format_va(to + len, REPORT_LINE_MAX - len, fmt, args);
    va_end(args);
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

static void rule_line(char *to, const struct fault_facts *facts)
{
    uint32_t cause = facts->cause, number = facts->value, distance = 0;
    if (!is_access(cause)) {
        const char *deed = deed_text(facts, &number);
        report_add(to, "%s 0x%08x", deed, (unsigned)number);
        return;
    }
    if (stack_overflowed(facts))
        report_add(to, "stack overflow: ");
    const char *place = place_text(facts, &distance);
    report_add(to, "%s 0x%08x, ", pick("jumped to\0\0read\0wrote", cause / 2),
               (unsigned)number);
    if (distance)
        report_add(to, "%u byte%s ", (unsigned)distance, &"s"[distance == 1]);
    report_add(to, "%s", place);
}

/* ---- the lines before the map ------------------------------------------------ */

void report_add_state(char *to, const struct process_info *info)
{
    if (info->stopped)
        report_add(to, "Stopped(");
    report_add(to, "%s",
               pick("Running\0Yielded\0YieldedFor\0Stopped\0Faulted\0"
                    "Terminated",
                    info->state));
    if (info->state == PROCESS_YIELDED_FOR)
        report_add(to, "(UpcallId { driver_num: %u, subscribe_num: %u })",
                   (unsigned)info->wait_driver, (unsigned)info->wait_number);
    if (info->stopped)
        report_add(to, ")");
}

static void head_line(char *to, const struct fault_facts *facts)
{
    report_add(to, "%s (pid %u) ", facts->info.name,
               (unsigned)facts->info.pid.handle);
    if (facts->info.state == PROCESS_FAULTED) {
        report_add(to, "faulted: ");
        rule_line(to, facts);
    } else {
        report_add_state(to, &facts->info);
    }
}

/* An address in the app's code, as addr2line wants it too. */
static void add_code(char *to, const char *name,
                     const struct process_info *info, uint32_t address)
{
    uint32_t binary = info->flash_start + info->protected_size;
    report_add(to, " %s 0x%08x", name, (unsigned)address);
    if (address - binary < info->flash_end - binary)
        report_add(to, " (binary + 0x%x)", (unsigned)(address - binary));
    else
        report_add(to, " (not in its binary)");
}

static void code_line(char *to, const struct fault_facts *facts)
{
    add_code(to, "pc", &facts->info, facts->registers[0]);
    add_code(to, "ra", &facts->info, facts->registers[1]);
    report_add(to, " mcause %u mtval 0x%08x", (unsigned)facts->cause,
               (unsigned)facts->value);
}

/* Four registers; `row` is 0 to 7. */
static void registers_line(char *to, const struct fault_facts *facts,
                           uint32_t row)
{
    static const char names[] = "pc ra sp gp tp t0 t1 t2 s0 s1 a0 "
                                "a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 "
                                "s6 s7 s8 s9 s10s11t3 t4 t5 t6 ";
    for (uint32_t i = row * 4; i < row * 4 + 4; i++)
        report_add(to, " %.3s 0x%08x", names + (size_t)3 * i,
                   (unsigned)facts->registers[i]);
}

/* ---- counters and map ---------------------------------------------------------- */

static void app_line(char *to, const struct process_info *info)
{
    report_add(to, " 𝐀𝐩𝐩: %s   -   [", info->name);
    report_add_state(to, info);
    report_add(to, "]");
}

static void counters_line(char *to, const struct process_info *info,
                          uint32_t row)
{
    if (row == 1)
        report_add(to,
                   " Events Queued: %u   Syscall Count: %u   "
                   "Dropped Upcall Count: %u",
                   (unsigned)info->queued, (unsigned)info->syscalls,
                   (unsigned)info->dropped);
    else if (row == 2)
        report_add(to, " Restart Count: %u", (unsigned)info->restarts);
    else if (row == 3)
        report_add(to, " Last Syscall: %s",
                   pick("None\0Yield\0Subscribe\0Command\0ReadWriteAllow\0"
                        "ReadOnlyAllow\0Memop\0Exit\0UserspaceReadableAllow",
                        info->syscalls ? info->last_syscall % 8 + 1 : 0));
    else if (info->has_completion)
        report_add(to, " Completion Code: %u", (unsigned)info->completion);
    else
        report_add(to, " Completion Code: %s",
                   info->state == PROCESS_FAULTED ? "Faulted" : "None");
}

void report_add_region(char *to, const struct map_region *region)
{
    report_add(to, "  0x%08X 0x%08X %.3s %-9s%8u", (unsigned)region->start,
               (unsigned)region->end, region->rights, region->name,
               (unsigned)(region->end - region->start));
}

/* The regions from the top of RAM down, then flash. */
enum { KERNEL_PART, UNUSED, HEAP, DATA, STACK, GAP, FLASH, PROTECTED, REGIONS };

static void map_line(char *to, const struct fault_facts *facts, uint32_t row)
{
    const struct process_info *info = &facts->info;
    const uint32_t edges[REGIONS + 1] = {
        info->ram_end,     info->grant_start,
        info->app_break,   info->heap_start,
        info->stack_top,   info->ram_start,
        info->flash_end,   info->flash_start + info->protected_size,
        info->flash_start,
    };
    bool known = layout_known(info);
    if (row > HEAP && !known)
        row += STACK - HEAP;
    if (row >= GAP)
        row++;
    if (row >= REGIONS)
        return;
    struct map_region region = {
        edges[row + 1], edges[row],
        &"---rw-r-x"[row < HEAP  ? 0
                     : row < GAP ? 3
                                 : 6],
        pick("Kernel\0Unused\0Heap\0Data\0Stack\0\0App Flash\0Protected", row)
    };
    if (row == HEAP && !known) {
        region.start = info->ram_start;
        region.name = "App RAM";
    }
    report_add_region(to, &region);
    uint32_t sp = facts->registers[REGISTER_SP];
    if (row == STACK && sp <= region.end)
        report_add(to, " used %u%s", (unsigned)(region.end - sp),
                   sp < region.start ? " EXCEEDED!" : "");
}

size_t report_line(const struct fault_facts *facts, uint32_t line, char *to,
                   size_t cap)
{
    if (cap < REPORT_LINE_MAX)
        return 0;
    *to = '\0';
    if (line == 0)
        head_line(to, facts);
    else if (line == 1)
        code_line(to, facts);
    else if (line < REPORT_MAP)
        registers_line(to, facts, line - 2);
    else if (line == REPORT_MAP)
        app_line(to, &facts->info);
    else if (line < REPORT_MAP + 5)
        counters_line(to, &facts->info, line - REPORT_MAP);
    else
        map_line(to, facts, line - REPORT_MAP - 5);
    report_clean(to);
    return strlen(to);
}
