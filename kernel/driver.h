/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a system-call driver may use of the kernel.
 *
 * A driver is a const ops table, a state struct of its own, and one row in its
 * board's table. It owns no globals and looks nothing up: hardware is handed
 * to it in its state struct by the board. Rules the kernel relies on:
 *
 *  - command() answers at once and never blocks. What takes longer is answered
 *    by an upcall later. It is never re-entered.
 *  - A process pointer is valid during the call that handed it over and no
 *    longer. To remember a process keep its pid and look it up each time.
 *    gone() tells that a process has ended; nothing of it may be kept.
 *  - A buffer an app has allowed may change, shrink or vanish between any two
 *    calls: ask for it again each time, and copy what you decide on.
 *  - Callbacks never run inside a downcall: use a deferred call.
 */
#ifndef KERNEL_DRIVER_H
#define KERNEL_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/abi.h>
#include <berth/compiler.h>
#include <berth/err.h>

struct process;

/* ---- results of a system call -------------------------------------------- */

/* The first two return registers. A variant with more values puts the rest
 * into the process with one of the wide forms below. Aligned as the register
 * pair it is returned in, so that the compiler keeps it there. */
struct ALIGNED(8) sysret {
    uint32_t variant;
    uint32_t value;
};

/* Not a variant: the call's registers stay as they are. Kernel use. */
#define SYSRET_KEEP 0xFFFFFFFFu

static inline struct sysret sysret_keep(void)
{
    return (struct sysret){ SYSRET_KEEP, 0 };
}

static inline struct sysret sysret_success(void)
{
    return (struct sysret){ SYSRET_SUCCESS, 0 };
}

static inline struct sysret sysret_u32(uint32_t value)
{
    return (struct sysret){ SYSRET_SUCCESS_U32, value };
}

static inline struct sysret sysret_failure(err_t error)
{
    return (struct sysret){ SYSRET_FAILURE, (uint32_t)error };
}

/* Success or failure, as `error` says. */
static inline struct sysret sysret_of(err_t error)
{
    return error == OK ? sysret_success() : sysret_failure(error);
}

struct sysret sysret_2u32(struct process *p, uint32_t v0, uint32_t v1);
struct sysret sysret_u64(struct process *p, uint64_t value);
struct sysret sysret_3u32(struct process *p, uint32_t v0, uint32_t v1,
                          uint32_t v2);
struct sysret sysret_failure_2u32(struct process *p, err_t error, uint32_t v0,
                                  uint32_t v1);

/* ---- processes, by handle ------------------------------------------------ */

/* Names one life of one process: slot in the low 8 bits, generation above.
 * Never reused. 0 names nothing. */
typedef struct {
    uint32_t handle;
} pid_handle_t;

#define PID_NONE ((pid_handle_t){ 0 })

static inline bool pid_equal(pid_handle_t a, pid_handle_t b)
{
    return a.handle == b.handle;
}

pid_handle_t process_pid(const struct process *p);

/* The live process of that handle, or NULL if that life is over. */
struct process *process_find(pid_handle_t pid);

/* ---- grants: a driver's memory in a process ------------------------------ */

/* What a driver wants per process. A driver without any of it leaves the row's
 * grant pointer NULL: subscribe and allow then answer NOMEM. */
struct grant_layout {
    uint8_t upcalls;  /* subscribe numbers 0 .. upcalls - 1 */
    uint8_t allow_ro; /* read-only allow numbers likewise */
    uint8_t allow_rw;
    uint16_t size; /* bytes of the driver's own data, 8-aligned, zeroed */
};

/* A driver's key to its grants: lies in its state struct, filled at boot. */
struct grant {
    struct grant_layout layout; /* set by the driver's init */
    /* Set by the kernel at boot: */
    int16_t offset; /* of the pointer to it, from the process */
    uint16_t data;  /* of the driver's own data, in the grant */
};

/* The driver's data in `p`, created on first use; NULL if `p` has no room. */
MUST_CHECK void *grant_enter(const struct grant *g, struct process *p);

/* The same if it exists already, else NULL. Never creates. */
void *grant_peek(const struct grant *g, struct process *p);

/* The live process after `previous` (NULL: the first) in which `g` exists. */
struct process *grant_next(const struct grant *g, struct process *previous);

/* ---- upcalls -------------------------------------------------------------- */

/* Tell `p` that event `number` of this driver has happened. NODEVICE: `p` has
 * ended or has no such grant; NOMEM: its queue is full and it is not waiting
 * for this event (the event is dropped and counted). */
err_t upcall_queue(const struct grant *g, struct process *p, uint32_t number,
                   uint32_t arg0, uint32_t arg1, uint32_t arg2);

/* Drop the events of that number that have not been delivered yet. */
void upcall_drop(const struct grant *g, struct process *p, uint32_t number);

/* How many events, of all drivers, wait for `p` to yield. */
uint32_t upcall_pending(const struct process *p);

/* ---- user memory ---------------------------------------------------------- */

/* An address in an app: an allegation, never a pointer. */
typedef struct {
    uint32_t addr;
} uptr_t;

struct ALIGNED(8) uslice {
    uptr_t base;
    uint32_t len;
};

/* What `p` has allowed under that number; length 0 when nothing. */
struct uslice allowed_ro(const struct grant *g, struct process *p,
                         uint32_t number);
struct uslice allowed_rw(const struct grant *g, struct process *p,
                         uint32_t number);

/* Copy `len` bytes at `offset` of an app's slice. INVAL when they do not lie
 * in the slice, or the slice no longer lies in memory the app has; nothing is
 * copied then. user_write refuses flash. */
MUST_CHECK err_t user_read(struct process *p, void *to, struct uslice from,
                           uint32_t offset, size_t len);
MUST_CHECK err_t user_write(struct process *p, struct uslice to,
                            uint32_t offset, const void *from, size_t len);

/* ---- the driver itself ---------------------------------------------------- */

struct driver_ops {
    /* Command `number` (0: do you exist?). Required. */
    struct sysret (*command)(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p);
    /* `p` is ending; its grants are still there for the last time. Optional. */
    void (*gone)(void *self, struct process *p);
    /* Userspace-readable allow: validated slice in, previous one out.
     * Optional; without it the call answers NOSUPPORT. */
    err_t (*allow_ur)(void *self, struct process *p, uint32_t number,
                      struct uslice *slice);
    /* The kernel's loop is about to let `p` go on. Told only for processes
     * that process_tell_resumed() has named. Optional; one driver of a board
     * may have it. */
    void (*resumed)(void *self, struct process *p);
    /* Does this machine lack the hardware? Asked once, at boot; then the number
     * answers NODEVICE as if the board had no such row. Optional. */
    bool (*absent)(const void *self);
};

/* From now on call the driver's resumed() for `p`, or no longer. */
void process_tell_resumed(struct process *p, bool tell);

/* A row of the board's table. */
struct driver {
    uint32_t number;
    const struct driver_ops *ops;
    void *self;
    struct grant *grant; /* in *self; NULL: the driver keeps nothing per app */
};

/* ---- deferred calls ------------------------------------------------------- */

/* Work to do once the current call has returned to the kernel loop. */
struct deferred {
    struct deferred *next;
    void (*run)(struct deferred *self);
    flag_t queued, is_of_flash; /* see flash_hold.h */
};

/* Run `d` soon, once; asking again before it ran changes nothing. */
void deferred_call(struct deferred *d);

/* ---- time ----------------------------------------------------------------- */

/* Ticks since boot, and how many make a second. */
uint64_t ktime_now(void);
uint32_t ktime_hz(void);
uint32_t ktime_now_low(void);      /* the low half, cheaper */
uint64_t ktime_of_ms(uint32_t ms); /* rounded down */

/* Something to do at a time. Zeroed memory is an idle timer. */
struct ktimer {
    struct ktimer *next;
    uint64_t due;
    void (*fire)(struct ktimer *self);
    flag_t armed;
};

/* Call timer->fire at `due` or as soon after as may be; re-arms if armed. */
void ktimer_arm(struct ktimer *timer, uint64_t due);
void ktimer_arm_ms(struct ktimer *timer, uint32_t ms); /* from now */
void ktimer_disarm(struct ktimer *timer);

#endif
