/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks over IPC share: the client's side. */
#ifndef ATTACK_IPC_H
#define ATTACK_IPC_H

#include "attack.h"

enum { IPC_DISCOVER = 1, IPC_SERVICE = 2, IPC_CLIENT = 3 };
#define IPC_LATER_MS 10u /* the thief waits longer */

static uint32_t ipc_words[8] __attribute__((aligned(16)));

static UNUSED struct sysret ipc_find(const char *name, uint32_t length)
{
    syscall_allow_ro(DRIVER_IPC, 0, name, length);
    return syscall_command(DRIVER_IPC, IPC_DISCOVER, 0, 0);
}

/* Waits until that service listens. */
#define ipc_service(name) ipc_service_of((name), sizeof(name) - 1)
static UNUSED uint32_t ipc_service_of(const char *name, uint32_t length)
{
    struct sysret found;
    do {
        sleep_ticks(ticks_of_ms(5)); /* it may still be starting */
        found = ipc_find(name, length);
    } while (!sysret_is_success(found));
    return found.value[0];
}

static UNUSED void ipc_share(uint32_t service, uint32_t order)
{
    ipc_words[0] = order;
    expect_error(OK, syscall_allow_rw(DRIVER_IPC, service, ipc_words, 16));
}

static UNUSED void ipc_notify(uint32_t service)
{
    expect_error(OK, syscall_command(DRIVER_IPC, IPC_SERVICE, service, 0));
}

/* The thief, with an order and 16 bytes; it has seen them when this ends. */
static UNUSED uint32_t ipc_thief(uint32_t order)
{
    uint32_t thief = ipc_service("ipc_thief");
    ipc_share(thief, order);
    ipc_notify(thief);
    sleep_ticks(ticks_of_ms(IPC_LATER_MS));
    return thief;
}

#endif
