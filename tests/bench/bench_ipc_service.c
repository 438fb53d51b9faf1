/* SPDX-License-Identifier: Apache-2.0 */
/* The other side of bench_ipc: counts in the client's buffer and answers. */
#include <string.h>

#include <syscall.h>

#define NAME "bench_ipc_service"

static void serve(uint32_t from, uint32_t length, uint32_t address, void *data)
{
    (void)length, (void)data;
    (*(uint32_t *)(uintptr_t)address)++;
    syscall_command(DRIVER_IPC, 3, from, 0);
}

int main(void)
{
    syscall_allow_ro(DRIVER_IPC, 0, NAME, strlen(NAME));
    uint32_t self = syscall_command(DRIVER_IPC, 1, 0, 0).value[0];
    syscall_subscribe(DRIVER_IPC, self, serve, NULL);
    for (;;) {
        syscall_yield_wait();
    }
}
