/* SPDX-License-Identifier: Apache-2.0 */
/* What a board tells the kernel about itself, and the kernel's entry points
 * for it. For boards and the loader. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <kernel/driver.h>
#include <kernel/log.h>
#include <kernel/panic.h>
#include <kernel/ram.h>
#include <kernel/sched.h>

struct ipc;
struct process;

/* One place for a process. Zeroed; the board only provides the array. */
struct process_slot {
    struct process *process;
    uint32_t generation;
};

/* What happens to a process that breaks a rule. Reported in every case. */
enum fault_action {
    FAULT_STOP,    /* it stays down until the operator or the board acts */
    FAULT_RESTART, /* it starts anew, each time `backoff_ms` later than before,
                    * up to `limit` times (0: no limit); then it stays down */
    FAULT_PANIC,   /* the whole kernel panics: for debugging only */
};

struct fault_policy {
    enum fault_action action;
    uint16_t limit;
    uint16_t backoff_ms; /* doubles with each restart, at most 64-fold */
};

struct kernel_config {
    const char *board;
    const struct driver *drivers;
    uint32_t driver_count;
    struct process_slot *slots;
    uint32_t slot_count; /* at most 32 */
    const struct sched_ops *scheduler;
    struct sched *sched; /* its arrays set by the board */
    uint32_t slice_ms;
    struct fault_policy fault;
    /* A process that used up that much time without once yielding is treated
     * as if it had broken a rule; 0: never. */
    uint32_t watchdog_ms;
    /* Flash is dearer than time: system calls and upcalls take the long way
     * always, and their straight ways are left out of the image. */
    bool lean;
    /* Apps without a Permissions TLV may call no driver at all. */
    bool deny_by_default;
    struct ipc *ipc;                 /* of the row in drivers[]; or NULL */
    uint32_t ram_start, ram_end;     /* for apps */
    uint32_t flash_start, flash_end; /* likewise, where it is read */
    /* On chips where what can be executed is read at another address: how much
     * higher app flash, and RAM, is as code. */
    uint32_t flash_code_shift, ram_code_shift;
    /* Flash is not for execution: each life has a copy of its whole TBF, behind
     * its RAM. */
    bool code_in_ram;
    struct ram_range *reserved; /* room to note fixed-address RAM in */
    uint32_t reserved_cap;
    /* Where the latest lines of the log are kept: of `log_size` bytes the largest
     * power of two, with fewer than 4 none. A line costs its length and 2 bytes;
     * those above `log_level` are not kept. */
    uint8_t *log;
    uint32_t log_size;
    enum log_level log_level;
    struct trace_entry *trace; /* see trace.h */
    uint32_t trace_entries;    /* a power of two; 0: nothing is traced */
    /* Last words: one byte, polled; and what to do after them. */
    void (*panic_put)(uint8_t byte);
    void (*panic_end)(void);
};

/* Defined by the board. */
extern const struct kernel_config kernel_config;

/* Core and kernel into a known state. A board's main() has brought up its
 * clocks, its panic output and its drivers' state before. */
void kernel_init(void);

/* Registration is over; run apps for ever. */
NORETURN void kernel_run(void);

/* Version as people read it. */
extern const char kernel_version[];

#endif
