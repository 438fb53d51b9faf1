/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs to have another app, bench_ipc_service, do something: from the
 * notification to its answer, with a buffer that it sees. */
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define ROUNDS 32u
#define SERVICE "bench_ipc_service"

static uint32_t shared[4];

static void note(uint32_t from, uint32_t length, uint32_t address, void *data)
{
    (void)from, (void)length, (void)address, (void)data;
}

static uint32_t round_trip(uint32_t service)
{
    uint32_t before = instret();
    syscall_command(DRIVER_IPC, 2, service, 0);
    syscall_yield_wait();
    return instret() - before;
}

int main(void)
{
    uint32_t least = UINT32_MAX;
    struct sysret found;
    syscall_allow_ro(DRIVER_IPC, 0, SERVICE, strlen(SERVICE));
    do {
        found = syscall_command(DRIVER_IPC, 1, 0, 0);
    } while (!sysret_is_success(found));
    uint32_t service = found.value[0];
    syscall_allow_rw(DRIVER_IPC, service, shared, sizeof shared);
    syscall_subscribe(DRIVER_IPC, service, note, NULL);
    while (syscall_command(DRIVER_IPC, 2, service, 0).variant !=
           SYSRET_SUCCESS) {
        syscall_command(DRIVER_ALARM, 5, 1000, 0); /* it is not there yet */
        syscall_yield_wait_for(DRIVER_ALARM, 0);
    }
    syscall_yield_wait();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t cost = round_trip(service);
        least = cost < least ? cost : least;
    }
    printf("bench ipc_round_trip %lu\n", (unsigned long)least);
    printf("served %lu\n", (unsigned long)shared[0]);
    printf("bench done\n");
    return 0;
}
