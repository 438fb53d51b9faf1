/* SPDX-License-Identifier: Apache-2.0 */
/* Power over processes: create, start, stop, inspect. Only the loader, the
 * operator console and boards may include this: who has the header has the
 * authority. Nothing here may be called from inside a driver's command except
 * where it says so. */
#ifndef KERNEL_PROCESS_ADMIN_H
#define KERNEL_PROCESS_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include <kernel/driver.h>
#include <kernel/log.h>
#include <pic/tbf.h>

/* Numbers are those of the process-info driver (0x10002, command 5). */
enum process_state {
    PROCESS_RUNNING = 0,
    PROCESS_YIELDED = 1,
    PROCESS_YIELDED_FOR = 2,
    PROCESS_STOPPED = 3, /* shown; kept as a flag beside the three above */
    PROCESS_FAULTED = 4,
    PROCESS_TERMINATED = 5,
};

/* Why a process could not be made. */
enum load_error {
    LOAD_OK = 0,
    LOAD_NO_SLOT,        /* every process slot is in use (or exhausted) */
    LOAD_NO_RAM,         /* wanted: how many bytes are missing */
    LOAD_WRONG_FLASH,    /* linked for another flash address */
    LOAD_RAM_OUTSIDE,    /* its fixed RAM is not app RAM */
    LOAD_RAM_TAKEN,      /* its fixed RAM is in use by another app */
    LOAD_KERNEL_VERSION, /* needs another kernel version */
    LOAD_LONG_HEADER,    /* above TBF_HEADER_MAX */
    LOAD_BAD_RELOCATION, /* wanted: enum reloc_error; actual: its entry */
    LOAD_BAD_WRITEABLE,  /* a writeable region, at `wanted` in the object, lies
                            in what its RAM is made of, at `actual` */
};

struct load_report {
    enum load_error error;
    uint32_t wanted;  /* address or bytes wanted */
    uint32_t actual;  /* address found, or bytes there were */
    pid_handle_t pid; /* PID_NONE: no process was made */
};

const char *load_error_text(enum load_error e);

/* For people, without a full stop. */
void load_report_text(const struct load_report *r, char *to, uint32_t cap);

/* A line for the log: the object at `flash` was not started, and why. `tbf`:
 * NULL for what is none. */
void load_refusal_log(enum log_level level, uint32_t flash,
                      const struct tbf *tbf, const char *why);
void load_report_log(const struct load_report *r, uint32_t flash,
                     const struct tbf *tbf);

/* Make a process of the TBF object at `flash` and start it. The RAM of one that
 * may lie anywhere is prepared in steps, in the kernel's loop: if that fails
 * the log says so. When only RAM is missing the process is made all the same,
 * dead, and can be started later. `keep_reserved`: rather refuse it than use
 * RAM set aside for others. */
struct load_report process_load(uint32_t flash, const struct tbf *tbf,
                                bool keep_reserved);

/* Set RAM aside for a fixed-address app before relocatable apps are placed. */
struct load_report process_reserve(uint32_t flash, const struct tbf *tbf);

/* A snapshot of one process, dead ones included. */
struct process_info {
    pid_handle_t pid;
    uint32_t short_id; /* 0: unique to this board */
    flag_t filtered; /* it reaches the drivers alone that its header asks for */
    enum process_state state;
    flag_t stopped;                    /* then state says in which state */
    flag_t starting;                   /* its RAM is being made; no state yet */
    uint32_t wait_driver, wait_number; /* for PROCESS_YIELDED_FOR */
    uint32_t slices;                   /* time slices used up */
    uint32_t syscalls;
    uint32_t restarts;
    uint32_t dropped; /* upcalls lost because the queue was full */
    uint32_t queued;
    uint32_t grants_used, grants_total;
    uint32_t last_syscall; /* class of the latest system call */
    flag_t has_completion; /* else: faulted, has not ended or never begun */
    uint32_t completion;
    uint32_t object;                                 /* where its TBF lies, */
    uint32_t flash_start, flash_end, protected_size; /* and is to the app */
    uint32_t code_ram; /* bytes of RAM that a copy of it takes; 0: none */
    uint32_t ram_start, app_break, grant_start, ram_end;
    uint32_t stack_top, heap_start; /* as the app said; 0: it did not */
    char name[33];                  /* NUL-terminated, cut if longer */
};

/* Fill in for slot `slot`; false if it is empty. Slots run from 0 to
 * process_slots() - 1. */
uint32_t process_slots(void);
MUST_CHECK bool process_inspect(uint32_t slot, struct process_info *info);

/* Its name as the header has it: at most `cap` bytes, without a NUL. Returns the
 * length of the whole name; 0 for an empty slot. */
uint32_t process_name(uint32_t slot, char *to, uint32_t cap);

/* The handle of the process in a slot; PID_NONE if empty. */
pid_handle_t process_in_slot(uint32_t slot);

/* The same of the process of that handle, dead or alive; false: there is none. */
MUST_CHECK static inline bool process_inspect_pid(pid_handle_t pid,
                                                  struct process_info *info)
{
    uint32_t slot = pid.handle & 0xFF;
    return pid.handle != 0 && pid_equal(process_in_slot(slot), pid) &&
           process_inspect(slot, info);
}

enum process_order {
    PROCESS_STOP,   /* live and not stopped */
    PROCESS_RESUME, /* stopped */
    PROCESS_FAULT,  /* as if it had broken a rule */
    /* Terminated, faulted or never started: start anew, in RAM that is found now.
     * If that can not be the log says why. */
    PROCESS_BOOT,
    PROCESS_TERMINATE,
};

/* NODEVICE for a handle that names nothing, INVAL when the state does not allow
 * it. Takes effect when the kernel is next in its loop, so drivers with that
 * authority may call it from a command. */
err_t process_order(pid_handle_t pid, enum process_order what);

static inline err_t process_stop(pid_handle_t pid)
{
    return process_order(pid, PROCESS_STOP);
}

static inline err_t process_resume(pid_handle_t pid)
{
    return process_order(pid, PROCESS_RESUME);
}

static inline err_t process_fault(pid_handle_t pid)
{
    return process_order(pid, PROCESS_FAULT);
}

static inline err_t process_boot(pid_handle_t pid)
{
    return process_order(pid, PROCESS_BOOT);
}

static inline err_t process_terminate(pid_handle_t pid)
{
    return process_order(pid, PROCESS_TERMINATE);
}

/* Before its flash moves a dead process is parked: nobody can start it. Then it
 * is told where its flash begins now. BUSY: it lives, is about to start, or its
 * fault has not been reported yet. */
err_t process_park(pid_handle_t pid);
void process_unpark(pid_handle_t pid, uint32_t flash);
/* A dead process is no more: its slot and all its memory are free, its handle
 * names nothing. BUSY: as above. */
err_t process_forget(pid_handle_t pid);
/* Is its RAM still being made? */
bool process_is_starting(pid_handle_t pid);
/* Where its TBF lies; 0: there is no such process. */
uint32_t process_flash(pid_handle_t pid);
/* Where what it sees at an address of its flash lies. Any address is taken; that
 * of a byte of its TBF leads to that byte, others elsewhere. */
uint32_t process_lies(pid_handle_t pid, uint32_t address);

/* General registers x0..x31 (x0 replaced by pc) of a process, for reports. */
const uint32_t *process_registers(uint32_t slot);

/* `notify` is called when the RAM of a process has been made, or why that could
 * not be, which is in the log too. One listener. */
void process_on_prepared(void (*notify)(const struct load_report *report));

/* ---- reports (kernel/report.h makes text of them) ------------------------- */

struct fault_facts;

/* What a report says about the process in a slot, in whatever state; false if
 * the slot is empty. */
MUST_CHECK bool process_facts(uint32_t slot, struct fault_facts *facts);

/* `notify` is called, from anywhere, after a life has ended: by a fault, an
 * exit or an order. The board decides who listens: one listener. */
void process_on_end(void (*notify)(void));

/* A slot whose fault nobody has reported yet; process_slots() if there is
 * none. Until process_report_done() for it the process stays as it fell:
 * process_boot answers BUSY and the fault policy waits. Without a listener
 * nothing is ever due. */
uint32_t process_report_due(void);
void process_report_done(uint32_t slot);

#endif
