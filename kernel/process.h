/* SPDX-License-Identifier: Apache-2.0 */
/* The process record and what the files of the kernel do with it. Only
 * kernel/ includes this; drivers see kernel/driver.h, the loader and boards
 * kernel/process_admin.h.
 *
 * A life's RAM, its block, low to high: the app's part [RAM start, app_break),
 * a gap, the grants [grant_break, ram_end), and on boards where code is in RAM
 * the copy of the TBF. A process has a block while it lives, each time another
 * one.
 *
 * The record stays where it is for as long as the process is known. It lies in
 * a piece of app RAM of its own that no app can reach: system-call filter,
 * grant pointers, record. */
#ifndef KERNEL_PROCESS_H
#define KERNEL_PROCESS_H

#include <kernel/arch.h>
#include <kernel/ipc.h>
#include <kernel/kernel.h>
#include <kernel/process_admin.h>

/* Room for undelivered events. The one event a blocked process waits for
 * needs none: it is written straight into its registers (upcall.c). */
#define UPCALL_QUEUE 8

/* Which event: a grant, by where its pointer is, and a subscribe number. */
#define EVENT_KEY(grant, number) ((uint32_t)(grant)->offset << 16 | (number))
/* Of no grant; the number that was asked for. */
#define EVENT_NONE(number) ((uint32_t)(number))

/* An event that has not been delivered yet. */
struct upcall_event {
    uint32_t what; /* EVENT_KEY */
    uint32_t arg[3];
};

/* Requests that the kernel's loop carries out. One wins over those before. */
enum process_request {
    REQUEST_NONE,
    REQUEST_FAULT,
    REQUEST_TERMINATE,
    REQUEST_RESTART,
};

struct process {
    struct context context; /* first: trap.S */
    struct protection protection;
    uint32_t app_break;
    uint32_t grant_break; /* lowest grant address */
    uint32_t ram_end;     /* end of the block, and of the grants */
    uint32_t high_water;  /* end of the highest buffer ever allowed */
    uint32_t zeroed_to;   /* a brk under way has cleared up to here */
    uint32_t protected_size;
    uint32_t object; /* where its TBF lies, for the kernel. To the app it is at
                      * process_flash_start() */
    pid_handle_t pid;
    uint8_t state; /* enum process_state, without PROCESS_STOPPED */
    bool stopped;
    uint8_t request; /* enum process_request */
    bool filtered;   /* filter[] decides about commands */
    uint8_t filter_count;
    uint8_t queue_first, queue_count;
    bool report_pending; /* a fault nobody has reported yet */
    bool tell_resumed;   /* process_tell_resumed() */
    bool has_block;      /* else its bounds are those of its last life */
    bool preparing;      /* its RAM is being made, it is not live yet */
    bool has_run;        /* in this life, or has ended one */
    bool hears;          /* events of the IPC driver have been queued */
    uint16_t unyielded;  /* slices used up since it last yielded, where there is
                          * a watchdog */
    union {
        struct {
            uint32_t driver;
            uint32_t what;   /* the event; EVENT_NONE if it can never come */
        } wait;              /* PROCESS_YIELDED_FOR */
        uint32_t completion; /* PROCESS_TERMINATED, or REQUEST_... */
        struct trap fault;   /* PROCESS_FAULTED */
    };
    uint32_t slices; /* time slices used up */
    uint16_t restarts;
    uint16_t dropped;                 /* events lost */
    uint16_t debug_stack, debug_heap; /* from RAM start, in 16 bytes */
    union {
        struct upcall_event queue[UPCALL_QUEUE];
        struct ktimer restart_timer; /* PROCESS_FAULTED */
    };
};

static inline uint32_t process_flash_start(const struct process *p)
{
    return protection_start(&p->protection, PROTECTION_FLASH);
}

static inline uint32_t process_flash_end(const struct process *p)
{
    return protection_end(&p->protection, PROTECTION_FLASH);
}

/* Bytes of RAM behind its block that hold a copy of its TBF. */
static inline uint32_t process_code_ram(const struct process *p)
{
    if (!kernel_config.code_in_ram)
        return 0;
    return (process_flash_end(p) - process_flash_start(p) + RAM_UNIT - 1) &
           ~(RAM_UNIT - 1);
}

static inline const uint8_t *process_object(const struct process *p)
{
    return (const uint8_t *)(uintptr_t)p->object;
}

static inline uint32_t process_ram_start(const struct process *p)
{
    return protection_start(&p->protection, PROTECTION_RAM);
}

/* Has a life: may get events, keep grants, be scheduled. */
static inline bool process_is_live(const struct process *p)
{
    return p->state <= PROCESS_YIELDED_FOR;
}

static inline uint32_t process_slot(const struct process *p)
{
    return p->pid.handle & 0xFF;
}

/* ---- grant.c -------------------------------------------------------------- */

struct upcall_slot {
    uint32_t function, userdata;
};

/* The grant pointers stand right below the record, the first one highest. A
 * struct grant knows how far down its own is. */
static inline void **process_grants(struct process *p)
{
    return (void **)(void *)p - 1;
}

#define GRANT_OF(p, index) (process_grants(p)[-(int32_t)(index)])

static inline void **grant_pointer(const struct grant *g, struct process *p)
{
    return (void **)(void *)((char *)p + g->offset);
}

/* `offset`: of the pointer to it, from the process. */
static inline void grant_number(struct grant *g, int32_t offset)
{
    g->offset = (int16_t)offset;
    g->data = (uint16_t)(8 * (g->layout.upcalls + g->layout.allow_ro +
                              g->layout.allow_rw));
}

extern uint8_t grant_kinds; /* drivers with a grant: pointers per process */

/* The kernel's part of a grant lies before the driver's. */
static inline struct upcall_slot *grant_upcall(void *block, uint32_t number)
{
    return (struct upcall_slot *)block + number;
}

static inline struct uslice *grant_allow_ro(const struct grant *g, void *block,
                                            uint32_t number)
{
    return (struct uslice *)block + (g->layout.upcalls + number);
}

static inline struct uslice *grant_allow_rw(const struct grant *g, void *block,
                                            uint32_t number)
{
    return (struct uslice *)block +
           (g->layout.upcalls + g->layout.allow_ro + number);
}

/* The whole block, created on first use; NULL when there is no room. */
void *grant_block(const struct grant *g, struct process *p);

/* ---- upcall.c ------------------------------------------------------------- */

void syscall_yield(uint32_t kind, uint32_t a1, uint32_t a2, uint32_t a3,
                   struct process *p);

/* The event (arg0, 0, 0), if it is just what `p` waits for: then it has it and
 * can run, but nobody knows yet. Else false, and nothing is done. */
bool upcall_take(const struct grant *g, struct process *p, uint32_t number,
                 uint32_t arg0);

/* Does an event of that number with that first argument wait in its queue? */
bool upcall_is_queued(const struct grant *g, struct process *p, uint32_t number,
                      uint32_t arg0);

/* ---- ipc.c: only where kernel_config.ipc is there --------------------------- */

static inline bool ipc_has(const struct grant *g)
{
    return kernel_config.ipc != NULL && g == &kernel_config.ipc->grant;
}

struct sysret ipc_allow(uint32_t index, uint32_t base, uint32_t len,
                        struct process *p);
/* One of its events has been written into the registers of `p`. */
void ipc_open(struct process *p);
void ipc_ended(struct process *p);

/* ---- syscall.c, memop.c, filter.c ------------------------------------------ */

typedef struct sysret syscall_handler(uint32_t a0, uint32_t a1, uint32_t a2,
                                      uint32_t a3, struct process *p);
extern syscall_handler *const syscall_table[SYSCALL_CLASSES];
syscall_handler syscall_command, syscall_memop, syscall_unknown_class;
/* Set the break; the caller has checked it. */
void process_set_break(struct process *p, uint32_t app_break);

/* One entry of the filter, copied from the TBF header at load. */
struct filter_entry {
    uint32_t driver, offset, commands_low, commands_high;
};

static inline struct filter_entry *process_filter(struct process *p)
{
    return (struct filter_entry *)(void *)(process_grants(p) + 1 -
                                           grant_kinds) -
           1;
}

/* Only asked when p->filtered. */
bool filter_allows_command(struct process *p, uint32_t driver,
                           uint32_t command);
bool filter_allows_driver(struct process *p, uint32_t driver);
/* Copy an app's permissions into its record. */
uint32_t filter_entries(const struct tbf *tbf);
void filter_copy(struct process *p, const uint8_t *flash,
                 const struct tbf *tbf);

/* ---- driver.c --------------------------------------------------------------- */

/* A hash index over the board's rows; none on a lean board. */
#define DRIVER_INDEX_SIZE (1u << DRIVER_INDEX_BITS)
extern const struct driver *driver_index[DRIVER_INDEX_SIZE];
void driver_index_build(void);

/* Found by trial: in an index of 64 no two of the numbers that Berth has, or
 * will have, a driver for meet, and in one of 16 none of a small board's. A
 * number that meets another takes the long way at each call. */
#define DRIVER_HASH_FACTOR 0xE6CE7841u

static inline uint32_t driver_hash(uint32_t number)
{
    uint64_t product = number * DRIVER_HASH_FACTOR; /* 0 bits: 0 */
    return (uint32_t)(product >> (32 - DRIVER_INDEX_BITS));
}

/* The row of that number, or &no_driver. */
extern const struct driver no_driver;
const struct driver *driver_find(uint32_t number);

/* Most rows stand where their hash says: look there without a loop. What comes
 * back may be another row. */
static inline const struct driver *driver_first(uint32_t number)
{
    return driver_index[driver_hash(number)];
}

/* ---- user.c ----------------------------------------------------------------- */

/* Is [base, base + len) inside [start, end)? No sum overflows. */
static inline bool range_inside(uint32_t base, uint32_t len, uint32_t start,
                                uint32_t end)
{
    uint32_t offset = base - start, size = end - start;
    return offset <= size && len <= size - offset;
}

/* Does it lie in memory that `p` may write: its RAM up to the break? */
static inline bool user_is_writable(const struct process *p, uint32_t base,
                                    uint32_t len)
{
    return range_inside(base, len, process_ram_start(p), p->app_break);
}

/* In its binary, which it may read and execute; not in the TBF header? */
static inline bool user_is_in_flash(const struct process *p, uint32_t base,
                                    uint32_t len)
{
    return range_inside(base, len, process_flash_start(p) + p->protected_size,
                        process_flash_end(p));
}

static inline bool user_is_readable(const struct process *p, uint32_t base,
                                    uint32_t len)
{
    return user_is_writable(p, base, len) || user_is_in_flash(p, base, len);
}

/* The process whose protection image is loaded, or NULL. */
extern const struct process *user_loaded;
void user_load(const struct process *p);
/* Open app flash to the kernel's own reading until the next user_load. */
void user_drop(void);

/* ---- start.c ------------------------------------------------------------------ */

void process_init(void);
/* Begin a new life of a dead process, in RAM that is found for it. False, and
 * the log says why: it can not be. */
bool process_start(struct process *p);
/* Its block is free again. */
void process_release(struct process *p);
/* A dead one's TBF lies there now. */
void process_move(struct process *p, uint32_t flash);
/* The record of a dead one is free. */
void process_record_free(struct process *p);

/* ---- process.c, life.c --------------------------------------------------------- */

/* The record a handle names, alive or dead. */
struct process *process_known(pid_handle_t pid);
/* Ask the loop to do something about `p` when the current call is done. */
void process_ask(struct process *p, enum process_request request);
/* Carry out what was asked for. */
extern bool process_requests; /* something was */
void process_carry_out(void);

static inline void process_attend(void)
{
    if (process_requests)
        process_carry_out();
}

/* It broke a rule. */
void process_break(struct process *p, struct trap why);
/* Runnable state changed: an event arrived, or it blocks. */
err_t process_wake(struct process *p); /* OK, for tail calls */
void process_block(struct process *p, enum process_state state);

/* ---- ktime.c, deferred.c -------------------------------------------------------- */

/* The running time slice ends then; UINT64_MAX: nobody's does. */
void ktime_slice(uint64_t end);
/* In order of time. */
extern struct ktimer *ktimer_first;

static inline bool ktimer_is_due(uint64_t now)
{
    return ktimer_first != NULL && ktimer_first->due <= now;
}

/* Fire what is due by `now`. False: nothing was. */
bool ktimer_run(uint64_t now);
/* The comparator has interrupted an app, which is not the end of its slice. */
void ktime_interrupt(void);
/* Run one deferred call; false if none was queued. */
bool deferred_run(void);
/* The same of those that run while app flash is held, too. */
bool flash_run(void);

/* Another process can run now because the running one wants something of it: it
 * has what is left of the turn when that one yields. */
extern struct process *kernel_heir;

static inline void process_hand_over(struct process *to)
{
    if (kernel_config.scheduler->over ==
        NULL) { /* it may have to run at once */
        process_wake(to);
        return;
    }
    if (!to->stopped)
        sched_ready(kernel_config.sched, process_slot(to));
    kernel_heir = to;
}

/* Why the way back to the app leads through the loop. */
static inline void kernel_reschedule(void)
{
    cpu.reschedule = true;
}

static inline void kernel_work(void)
{
    cpu.work = true;
}

#endif
