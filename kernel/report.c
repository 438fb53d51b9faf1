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

void report_add_va(char *to, const char *fmt, va_list args)
{
    size_t len = strlen(to);
    format_va(to + len, REPORT_LINE_MAX - len, fmt, args);
}

void report_add(char *to, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    report_add_va(to, fmt, args);
    va_end(args);
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

/* Where an address lies, as seen from the process. */
enum place {
    MISALIGNED,
    IN_RAM,
    ACROSS_BREAK,
    IN_FLASH,
    ACROSS_FLASH_END,
    IN_KERNEL_PART,
    BEYOND_BREAK,
    BELOW_STACK,
    BELOW_RAM,
    BEYOND_RAM,
    BELOW_FLASH,
    BEYOND_FLASH,
    NULL_POINTER,
    FOREIGN,
};

static const char place_texts[] = "which is misaligned\0"
                                  "in its RAM, which is not executable\0"
                                  "reaching across its break\0"
                                  "its own flash, which is read-only\0"
                                  "reaching across the end of its flash\0"
                                  "in the kernel's part of its RAM\0"
                                  "beyond its break\0"
                                  "below its stack\0"
                                  "below its RAM\0"
                                  "beyond its RAM\0"
                                  "below its flash\0"
                                  "beyond its flash\0"
                                  "a null pointer\0"
                                  "memory that is not its own";

/* The number of bytes to be said before it is put into *distance, or 0. */
static enum place place_find(const struct fault_facts *facts,
                             uint32_t *distance)
{
    const struct process_info *info = &facts->info;
    uint32_t a = facts->value;
    *distance = 0;
    if (facts->cause % 2 == 0)
        return MISALIGNED;
    if (a - info->ram_start < info->app_break - info->ram_start)
        return facts->cause == CAUSE_FETCH ? IN_RAM : ACROSS_BREAK;
    if (a - info->flash_start < info->flash_end - info->flash_start)
        return facts->cause == CAUSE_STORE ? IN_FLASH : ACROSS_FLASH_END;
    if (a - info->grant_start < info->ram_end - info->grant_start)
        return IN_KERNEL_PART;
    *distance = a - info->app_break + 1;
    if (is_within(*distance, info->grant_start - info->app_break))
        return BEYOND_BREAK;
    *distance = info->ram_start - a;
    if (stack_overflowed(facts))
        return BELOW_STACK;
    if (is_within(*distance, NEAR))
        return layout_known(info) ? BELOW_STACK : BELOW_RAM;
    *distance = a - info->ram_end + 1;
    if (is_within(*distance, NEAR))
        return BEYOND_RAM;
    *distance = info->flash_start - a;
    if (is_within(*distance, NEAR))
        return BELOW_FLASH;
    *distance = a - info->flash_end + 1;
    if (is_within(*distance, NEAR))
        return BEYOND_FLASH;
    *distance = 0;
    return a < NEAR ? NULL_POINTER : FOREIGN;
}

/* What an app did other than to touch or enter some place. */
enum deed { BREAKPOINT, ORDERED, WATCHDOG, UNKNOWN_CALL, ILLEGAL, TRAPPED };

static const char deed_texts[] = "ran into a breakpoint at\0"
                                 "was ordered to, at\0"
                                 "did not yield in time, at\0"
                                 "made a system call of the unknown class\0"
                                 "used the illegal instruction\0"
                                 "trapped for the cause";

/* The number that goes with it is put into *number. */
static enum deed deed_find(const struct fault_facts *facts, uint32_t *number)
{
    *number = facts->registers[0];
    switch (facts->cause) {
    case CAUSE_BREAKPOINT:
        return BREAKPOINT;
    case FAULT_ORDERED:
        return ORDERED;
    case FAULT_WATCHDOG:
        return WATCHDOG;
    case CAUSE_SYSCALL:
        *number = facts->registers[REGISTER_A4] & 0xFF;
        return UNKNOWN_CALL;
    case CAUSE_ILLEGAL:
        *number = facts->value;
        return ILLEGAL;
    default:
        *number = facts->cause;
        return TRAPPED;
    }
}

static bool is_access(uint32_t cause)
{
    return cause <= CAUSE_STORE && cause / 2 != CAUSE_ILLEGAL / 2;
}

static void rule_line(char *to, const struct fault_facts *facts)
{
    uint32_t cause = facts->cause, number;
    if (!is_access(cause)) {
        const char *deed = text_pick(deed_texts, deed_find(facts, &number));
        report_add(to, "%s 0x%08x", deed, (unsigned)number);
        return;
    }
    if (stack_overflowed(facts))
        report_add(to, "stack overflow: ");
    const char *place = text_pick(place_texts, place_find(facts, &number));
    report_add(to, "%s 0x%08x, ",
               text_pick("jumped to\0\0read\0wrote", cause / 2),
               (unsigned)facts->value);
    if (number)
        report_add(to, "%u byte%s ", (unsigned)number, &"s"[number == 1]);
    report_add(to, "%s", place);
}

/* ---- the lines before the map ------------------------------------------------ */

void report_add_state(char *to, const struct process_info *info)
{
    if (info->stopped)
        report_add(to, "Stopped(");
    report_add(
        to, "%s",
        text_pick("Running\0Yielded\0YieldedFor\0Stopped\0Faulted\0"
                  "Terminated\0Starting",
                  info->starting ? PROCESS_TERMINATED + 1 : info->state));
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

static void counters_line(char *to, const struct process_info *info,
                          uint32_t row)
{
    if (row == 0) {
        report_add(to, " 𝐀𝐩𝐩: %s   -   [", info->name);
        report_add_state(to, info);
        report_add(to, "]");
    } else if (row == 1) {
        report_add(to,
                   " Events Queued: %u   Syscall Count: %u   "
                   "Dropped Upcall Count: %u",
                   (unsigned)info->queued, (unsigned)info->syscalls,
                   (unsigned)info->dropped);
    } else if (row == 2) {
        report_add(to, " Restart Count: %u", (unsigned)info->restarts);
    } else if (row == 3) {
        report_add(
            to, " Last Syscall: %s",
            text_pick("None\0Yield\0Subscribe\0Command\0ReadWriteAllow\0"
                      "ReadOnlyAllow\0Memop\0Exit\0UserspaceReadableAllow",
                      info->syscalls ? info->last_syscall % 8 + 1 : 0));
    } else {
        report_add(to, " Completion Code: ");
        if (info->has_completion)
            report_add(to, "%u", (unsigned)info->completion);
        else
            report_add(to, "%s",
                       info->state == PROCESS_FAULTED ? "Faulted" : "None");
    }
}

void report_add_region(char *to, const struct map_region *region)
{
    report_add(to, "  0x%08X 0x%08X ", (unsigned)region->start,
               (unsigned)region->end);
    report_add(to, "%.3s %-9s%8u", region->rights, region->name,
               (unsigned)(region->end - region->start));
}

/* The regions from the top of RAM down, then flash. What is between the two is
 * not the app's; its place is taken by the RAM of an app whose layout is not
 * known. */
enum {
    KERNEL_PART,
    UNUSED,
    HEAP,
    DATA,
    STACK,
    APP_RAM,
    FLASH,
    PROTECTED,
    REGIONS
};

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
    if (row > STACK)
        row++;
    if (row >= REGIONS)
        return;
    uint32_t which = row, start = row + 1, sp = facts->registers[REGISTER_SP];
    if (row == HEAP && !known)
        which = start = APP_RAM;
    const char *text =
        text_pick("---Kernel\0---Unused\0rw-Heap\0rw-Data\0rw-Stack\0"
                  "rw-App RAM\0r-xApp Flash\0r-xProtected",
                  which);
    report_add_region(
        to, &(struct map_region){ edges[start], edges[row], text, text + 3 });
    if (row == STACK && sp <= edges[row])
        report_add(to, " used %u%s", (unsigned)(edges[row] - sp),
                   sp < edges[start] ? " EXCEEDED!" : "");
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
        registers_line(to, facts, line - REPORT_REGISTERS);
    else if (line < REPORT_MAP + 5)
        counters_line(to, &facts->info, line - REPORT_MAP);
    else
        map_line(to, facts, line - REPORT_MAP - 5);
    report_clean(to);
    return strlen(to);
}
