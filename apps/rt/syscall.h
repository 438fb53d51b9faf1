/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls as inline functions, one per class and yield kind, and
 * nothing above them: no state, no checks, no policy. Usable from C and C++,
 * with or without a C library. The numbers are those of <berth/abi.h>.
 *
 * What the kernel promises and these stubs rely on: every register but the
 * return registers comes back as it was. Only yield-wait and yield-no-wait run
 * an upcall, an ordinary function call into the app, which may leave anything
 * in the caller-saved registers. */
#ifndef RT_SYSCALL_H
#define RT_SYSCALL_H

#include <berth/abi.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a system call gives back: the variant (enum sysret_variant) and its
 * values. For a failure value[0] is the error number. Values that the variant
 * does not have are whatever the argument registers held. */
struct sysret {
    uint32_t variant;
    uint32_t value[3];
};

/* What a driver tells the app when something has happened. */
struct event {
    uint32_t value[3];
};

typedef void upcall_fn(uint32_t value0, uint32_t value1, uint32_t value2,
                       void *userdata);

static inline struct sysret syscall4(enum syscall_class number, uint32_t arg0,
                                     uint32_t arg1, uint32_t arg2,
                                     uint32_t arg3)
{
    register uint32_t a0 __asm__("a0") = arg0;
    register uint32_t a1 __asm__("a1") = arg1;
    register uint32_t a2 __asm__("a2") = arg2;
    register uint32_t a3 __asm__("a3") = arg3;
    register uint32_t a4 __asm__("a4") = (uint32_t)number;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3)
                     : "r"(a4)
                     : "memory");
    struct sysret result = { a0, { a1, a2, a3 } };
    return result;
}

static inline uint32_t syscall_address(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static inline int sysret_is_success(struct sysret result)
{
    return result.variant >= SYSRET_SUCCESS;
}

static inline struct sysret syscall_command(uint32_t driver, uint32_t number,
                                            uint32_t arg0, uint32_t arg1)
{
    return syscall4(SYSCALL_COMMAND, driver, number, arg0, arg1);
}

/* `function` may be null: then the event can only be awaited. */
static inline struct sysret syscall_subscribe(uint32_t driver, uint32_t number,
                                              upcall_fn *function,
                                              void *userdata)
{
    return syscall4(SYSCALL_SUBSCRIBE, driver, number,
                    (uint32_t)(uintptr_t)function, syscall_address(userdata));
}

static inline struct sysret syscall_allow_rw(uint32_t driver, uint32_t number,
                                             void *bytes, uint32_t length)
{
    return syscall4(SYSCALL_ALLOW_RW, driver, number, syscall_address(bytes),
                    length);
}

static inline struct sysret syscall_allow_ro(uint32_t driver, uint32_t number,
                                             const void *bytes, uint32_t length)
{
    return syscall4(SYSCALL_ALLOW_RO, driver, number, syscall_address(bytes),
                    length);
}

/* A buffer that the app may go on reading while the driver writes to it. */
static inline struct sysret syscall_allow_ur(uint32_t driver, uint32_t number,
                                             volatile void *bytes,
                                             uint32_t length)
{
    return syscall4(SYSCALL_ALLOW_UR, driver, number, syscall_address(bytes),
                    length);
}

static inline struct sysret syscall_memop(enum memop operation,
                                          uint32_t argument)
{
    return syscall4(SYSCALL_MEMOP, (uint32_t)operation, argument, 0, 0);
}

/* Yield, in the kinds that may run an upcall inside the ecall. */
static inline void syscall_yield_running_upcall(uint32_t kind,
                                                uint32_t argument)
{
    register uint32_t a0 __asm__("a0") = kind;
    register uint32_t a1 __asm__("a1") = argument;
    register uint32_t a4 __asm__("a4") = SYSCALL_YIELD;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a4)
                     :
                     : "memory", "ra", "a2", "a3", "a5", "a6", "a7", "t0", "t1",
                       "t2", "t3", "t4", "t5", "t6");
}

/* Sleeps until an upcall has run. */
static inline void syscall_yield_wait(void)
{
    syscall_yield_running_upcall(YIELD_WAIT, 0);
}

/* Runs an upcall if one is due, never sleeps. Nonzero if one was due. */
static inline int syscall_yield_no_wait(void)
{
    volatile uint8_t ran = 0;
    syscall_yield_running_upcall(YIELD_NO_WAIT, syscall_address(&ran));
    return ran;
}

/* Sleeps until that one event has come and takes it. No upcall runs, and other
 * events stay queued. */
static inline struct event syscall_yield_wait_for(uint32_t driver,
                                                  uint32_t number)
{
    struct sysret taken =
        syscall4(SYSCALL_YIELD, YIELD_WAIT_FOR, driver, number, 0);
    struct event event = { { taken.variant, taken.value[0], taken.value[1] } };
    return event;
}

__attribute__((noreturn)) static inline void syscall_exit(enum exit_kind kind,
                                                          uint32_t code)
{
    for (;;) {
        syscall4(SYSCALL_EXIT, (uint32_t)kind, code, 0, 0);
    }
}

#ifdef __cplusplus
}
#endif

#endif
