/* SPDX-License-Identifier: Apache-2.0 */
/* System calls as the app library makes them, on this machine: for tests of the
 * library with drivers that no board of the tests has. tests/fake/app.c answers,
 * as the test tells it. */
#ifndef RT_SYSCALL_H
#define RT_SYSCALL_H

#include <berth/abi.h>
#include <stddef.h>
#include <stdint.h>

struct sysret {
    uint32_t variant;
    uint32_t value[3];
};

struct event {
    uint32_t value[3];
};

typedef void upcall_fn(uint32_t value0, uint32_t value1, uint32_t value2,
                       void *userdata);

static inline int sysret_is_success(struct sysret result)
{
    return result.variant >= SYSRET_SUCCESS;
}

struct sysret syscall_command(uint32_t driver, uint32_t number, uint32_t arg0,
                              uint32_t arg1);
struct sysret syscall_subscribe(uint32_t driver, uint32_t number,
                                upcall_fn *function, void *userdata);
struct sysret syscall_allow_rw(uint32_t driver, uint32_t number, void *bytes,
                               size_t length);
struct sysret syscall_allow_ro(uint32_t driver, uint32_t number,
                               const void *bytes, size_t length);
struct sysret syscall_allow_ur(uint32_t driver, uint32_t number,
                               volatile void *bytes, size_t length);
struct event syscall_yield_wait_for(uint32_t driver, uint32_t number);

#endif
