/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model: one hart, its memories, its devices, and a clock that only
 * instructions and sleep move. Whoever builds a board model, a device or a
 * front end includes this file; hart.h has what is inside the core.
 *
 * Nothing here ever asks the host for the time or for randomness: two runs with
 * the same input are the same run, instruction by instruction.
 *
 * Time. One instruction takes 1 << shift nanoseconds of virtual time, whatever
 * it does, as with QEMU's -icount. An instruction that faults on a memory
 * access or on a CSR takes none; ecall, ebreak, wfi and an encoding that means
 * nothing take theirs, then trap (as in QEMU). Within an access machine_now()
 * has the accessing instruction counted already. wfi jumps to the next event.
 *
 * Events. Each device may say when it wants to be served next (due). The
 * machine asks all of them again after every access to any device, after every
 * serve and reset, and after machine_wake(); so a device that changes its mind
 * outside of these calls machine_wake(). Those due are served between two
 * instructions, as soon as machine_now() >= due, in the order in which they
 * were added; a device must move its due beyond `now` when it is served. */
#ifndef TESTS_SIM_MACHINE_H
#define TESTS_SIM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <tests/sim/hart.h>

#define NEVER UINT64_MAX

enum { MACHINE_MEMORIES = 16, MACHINE_DEVICES = 64 };

struct machine;
struct symbols;         /* symbols.h */
struct machine_options; /* options.h: what the command line said */

/* ---- memories ------------------------------------------------------------ */

enum memory_kind { MEMORY_READ = 1, MEMORY_WRITE = 2, MEMORY_FETCH = 4 };

/* What becomes of the accesses that do not go straight to the bytes. A missing
 * function is an access fault, and so is an answer of false. `bytes` is 1, 2 or
 * 4 and the offset a multiple of it; a fetch is of 2 bytes each. Values are
 * little-endian and zero-extended. */
struct memory_ops {
    bool (*load)(struct memory *, uint32_t offset, uint32_t bytes,
                 uint32_t *value);
    bool (*store)(struct memory *, uint32_t offset, uint32_t bytes,
                  uint32_t value);
    bool (*fetch)(struct memory *, uint32_t offset, uint32_t *halfword);
    /* Where not all of a memory is direct at a time: cuts the offsets [*from,
     * *to) down to a stretch around `offset` that is, in whole words; false:
     * there is none, the access goes to the ops above. Missing: all of it is.
     * memory_set_direct() makes the core ask again. */
    bool (*narrow)(struct memory *, uint32_t offset, uint32_t *from,
                   uint32_t *to);
};

/* RAM, ROM, or the window through which a flash is seen. Board models fill in
 * the first part and keep the struct alive; base and size are multiples of
 * 256. `direct` says which kinds of access (enum memory_kind) go straight to
 * the bytes, at full speed; the others go to ops. So a ROM is READ | FETCH
 * without ops; a flash whose stores are commands is READ | FETCH with
 * ops.store; and while it is busy memory_set_direct(.., 0) sends everything
 * to ops, which may call machine_violation().
 * Two memories may share their bytes (one SRAM at two addresses): then each
 * names the other as its alias. */
struct memory {
    const char *name;
    uint32_t base, size;
    uint8_t *bytes;
    uint32_t direct;
    const struct memory_ops *ops;
    void *owner; /* whatever ops want */
    struct memory *alias;
    bool is_volatile; /* its bytes are garbage after power was lost */

    struct machine *machine;     /* set by machine_add_memory() */
    struct instruction *decoded; /* the core's: one per halfword */
    uint8_t *has_code;           /* the core's: one per 256 bytes */
};

/* Zeroed memory of `size` bytes that costs nothing until it is touched, and
 * after fork(2) nothing until it is written. Ends the program if there is
 * none. */
uint8_t *memory_bytes(size_t size);

void machine_add_memory(struct machine *, struct memory *);
void memory_set_direct(struct memory *, uint32_t direct);

/* To be called after bytes were changed other than by a store of the guest. */
void memory_changed(struct memory *, uint32_t offset, uint32_t size);

/* The memory that holds [address, address + size) whole, or NULL. */
struct memory *machine_memory_at(const struct machine *, uint32_t address,
                                 uint32_t size);

/* ---- devices ------------------------------------------------------------- */

enum reset_kind {
    RESET_POWER_ON, /* power was away: all state is lost */
    RESET_WARM,     /* watchdog, reset register, reset button */
    RESET_CPU       /* of the hart alone; no device hears of it */
};

struct device;

/* All but load and store may be missing. `bytes` is 1, 2 or 4, the offset a
 * multiple of it. false is an access fault (cause 5 or 7). */
struct device_ops {
    bool (*load)(struct device *, uint32_t offset, uint32_t bytes,
                 uint32_t *value);
    bool (*store)(struct device *, uint32_t offset, uint32_t bytes,
                  uint32_t value);
    uint64_t (*due)(const struct device *); /* NEVER: nothing is planned */
    void (*serve)(struct device *, uint64_t now);
    void (*reset)(struct device *, enum reset_kind);
};

/* Put first into the struct of each device. */
struct device {
    const struct device_ops *ops;
    const char *name;
    uint32_t base, size;     /* size 0: has no registers, only events */
    struct machine *machine; /* set by machine_add_device() */
};

/* The device stays the caller's and has to live as long as the machine. Neither
 * devices nor memories may overlap: that ends the program. */
void machine_add_device(struct machine *, struct device *);

/* ---- inputs of the hart -------------------------------------------------- */

/* Levels. `line` is the bit of mip and the cause of the interrupt. */
void machine_set_interrupt(struct machine *, uint32_t line, bool level);
void machine_set_msip(struct machine *, bool level);
void machine_set_mtip(struct machine *, bool level);
void machine_set_meip(struct machine *, bool level);

/* ---- time ---------------------------------------------------------------- */

uint64_t machine_now(const struct machine *);          /* nanoseconds */
uint64_t machine_instructions(const struct machine *); /* executed so far */
void machine_wake(struct machine *); /* some device's due may have changed */

/* ---- how a run ends ------------------------------------------------------ */

enum machine_end {
    END_NONE,      /* it runs */
    END_EXIT,      /* the guest said so; exit_status is its verdict */
    END_VIOLATION, /* it did what real hardware does not allow */
    END_LIMIT,     /* the instructions or the time allowed are used up */
    END_IDLE,      /* it sleeps and nothing will ever wake it */
    END_CUT,       /* power was cut, see machine_cut() */
    END_STOP       /* someone outside wants it stopped, see machine_stop() */
};

/* What the process's exit status is where it is not the guest's own. */
enum { STATUS_VIOLATION = 120, STATUS_LIMIT = 121, STATUS_IDLE = 122 };

void machine_exit(struct machine *, uint32_t status);

/* The guest did something that hardware does not allow, or that cannot end
 * well. Writes a report to machine->report: the text, where the guest was (pc,
 * symbol, virtual time, instruction count) and its last trap; keeps the text in
 * machine->violation; the run ends before the next instruction. The first one
 * counts. */
__attribute__((format(printf, 2, 3))) void machine_violation(struct machine *,
                                                             const char *format,
                                                             ...);

/* The power goes, in the middle of whatever is being done. The current
 * instruction still ends; the caller of machine_run() may save the flash, or
 * give power again with machine_reset(.., RESET_POWER_ON), and run on. */
void machine_cut(struct machine *);

/* For a signal handler, a debugger or a front end: machine_run() returns at the
 * next event, at the latest after about a million instructions. */
void machine_stop(struct machine *);

/* A device asks for a reset of the whole machine. It happens before the next
 * instruction, so the device may go on with what it does. */
void machine_request_reset(struct machine *);
/* The same for the hart alone: devices and their interrupts stay as they are. */
void machine_request_cpu_reset(struct machine *);

/* Now: devices, hart; memories that are volatile turn to garbage (the same
 * garbage each time) at RESET_POWER_ON. */
void machine_reset(struct machine *, enum reset_kind);

/* ---- the machine --------------------------------------------------------- */

/* A kind of machine: one const table per board model, in tests/sim/models/. */
struct machine_model {
    const char *name;
    const char *what; /* one line for people */
    struct hart_config hart;
    uint32_t apps_at;     /* where an image of apps goes by default */
    bool can_have_smepmp; /* if the options say so */
    /* Adds memories and devices, with state of its own behind model_state.
     * false: it said on stderr why it cannot. */
    bool (*build)(struct machine *, const struct machine_options *);
    /* Where a loader from outside puts bytes that belong at an address, and
     * what is left to do once a kernel is in place; false: it said why not.
     * Missing: they are poked into the memory there, nothing is left. */
    bool (*place)(struct machine *, uint32_t address, const void *bytes,
                  size_t length);
    bool (*placed)(struct machine *, uint32_t entry);
    /* Someone outside drives a pin; false: there is no such pin. Missing:
     * there are none. */
    bool (*pin)(struct machine *, uint32_t pin, bool level);
};

/* Front ends and observers. Each may be missing. */
struct machine_hooks {
    /* The hart sleeps until `until` (NEVER: for ever) or an interrupt. May wait
     * for the host and feed devices with input; returns the virtual time at
     * which to go on, at most `until`, after the devices were told of what
     * comes in. NEVER ends the run with END_IDLE. Without this hook time jumps
     * to `until`. */
    uint64_t (*idle)(struct machine *, uint64_t until);
    /* Semihosting WRITE0, WRITEC: text for people. Without it: stdout. */
    void (*text)(struct machine *, const char *text, size_t length);
    void *context;
};

struct machine {
    const struct machine_model *model;
    struct hart hart;
    struct memory *memories[MACHINE_MEMORIES];
    struct device *devices[MACHINE_DEVICES];
    uint32_t memory_count, device_count;
    void *model_state;

    /* The CLINT (or who has the time) sets this; what CSR time reads. */
    uint64_t (*time)(struct machine *);
    struct device *time_device;

    struct machine_hooks hooks;
    uint64_t time_limit;     /* ns at which a run ends; NEVER unless set */
    uint32_t shift;          /* an instruction takes 1 << shift ns */
    bool semihosting;        /* ebreak between its two marks is a host call */
    FILE *report;            /* violations; stderr unless set */
    struct symbols *symbols; /* may be NULL */
    struct watch *watch;     /* watch.h; NULL: nobody looks */

    enum machine_end end;
    uint32_t exit_status;
    char violation[512];

    /* private to machine.c */
    uint64_t slept;    /* ns that went by in wfi */
    uint64_t next_due; /* of all devices, ns */
    uint64_t limit;    /* where machine_run() returns, in instructions */
    bool due_is_stale, reset_is_wanted, cpu_reset_is_wanted;
    volatile bool stop_is_wanted;
};

/* Sets all up, builds the model's parts and resets it (RESET_POWER_ON). The
 * caller fills in shift, semihosting, hooks... after it. */
bool machine_init(struct machine *, const struct machine_model *,
                  const struct machine_options *);

/* Frees what the core allocated; memory_bytes() are the model's. */
void machine_free(struct machine *);

/* Runs until something ends it, or until `instructions` more were executed
 * (NEVER: no limit). END_LIMIT is no end for good: call again. */
enum machine_end machine_run(struct machine *, uint64_t instructions);

/* The process's exit status for how the run ended. */
int machine_status(const struct machine *);

/* Accesses from outside (loader, debugger): no PMP, no traps, no time. Memories
 * only, whatever `direct` says. false: not all of it is memory. */
bool machine_peek(struct machine *, uint32_t address, void *bytes,
                  size_t length);
bool machine_poke(struct machine *, uint32_t address, const void *bytes,
                  size_t length);

/* ---- loading (load.c) ---------------------------------------------------- */

bool machine_is_elf(const char *path);
/* Puts an ELF file's segments at their physical addresses and adds its symbols
 * to machine->symbols. *entry may be NULL. Says on stderr what is wrong. */
bool machine_load_elf(struct machine *, const char *path, uint32_t *entry);
/* Only the symbols, each moved by `offset` (apps that lie elsewhere). */
bool machine_load_symbols(struct machine *, const char *path, uint32_t offset);
/* A raw file. */
bool machine_load_raw(struct machine *, const char *path, uint32_t address);

/* ---- branches (branch.c) ------------------------------------------------- */

/* Runs `body` on a copy of the machine as it is now: registers, memories,
 * devices, the whole process, by fork(2), so that it costs what it changes.
 * Returns the body's result (0..255), or -1 if it crashed or was killed. Files
 * that the body writes to are shared: keep what a branch has to say in
 * `answer`, which is copied back. Up to `parallel` branches... are the
 * caller's business: branch_start() does not wait, branch_wait() does. */
struct branch {
    int pid;
    int pipe;
};
typedef int branch_body(struct machine *, void *context, void *answer,
                        size_t answer_size);
bool branch_start(struct branch *, struct machine *, branch_body *,
                  void *context, size_t answer_size);
int branch_wait(struct branch *, void *answer, size_t answer_size);
int machine_branch(struct machine *, branch_body *, void *context, void *answer,
                   size_t answer_size);

#endif
