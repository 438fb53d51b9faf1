/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: indexes, names and buffers that make no sense; itself; the witness
 * EXPECT: ipc_numbers: survived: \d+ right, 0 wrong
 * REJECT: WRONG
 * APPS: witness ipc_service
 * BOARDS: virt esp32
 */
#include "ipc.h"

static void indexes(void)
{
    static const uint32_t odd[] = { 3,       7,          8,          31,
                                    32,      255,        256,        0xFFFF,
                                    0x10000, 0x7FFFFFFF, 0xFFFFFFFFu };
    for (uint32_t i = 0; i < COUNT_OF(odd); i++) {
        for (uint32_t n = IPC_SERVICE; n <= IPC_CLIENT; n++) {
            expect_error(ERR_INVAL, syscall_command(DRIVER_IPC, n, odd[i], 0));
        }
        expect_error(odd[i] < 8 ? OK : ERR_NOSUPPORT,
                     syscall_allow_rw(DRIVER_IPC, odd[i], ipc_words, 4));
        expect_error(odd[i] < 8 ? OK : ERR_NOSUPPORT,
                     syscall_subscribe(DRIVER_IPC, odd[i], NULL, NULL));
        expect_error(odd[i] == 3 ? ERR_INVAL : ERR_NOSUPPORT,
                     syscall_command(DRIVER_IPC, odd[i], 99, 0));
    }
}

static void names(void)
{
    expect_error(ERR_NODEVICE, ipc_find("witnes", 6));
    expect_error(ERR_NODEVICE, ipc_find("witness", 8));
    expect_error(OK, ipc_find("witness", 7));
    expect_error(ERR_NODEVICE,
                 ipc_find((const char *)(uintptr_t)memory(MEMOP_RAM_START),
                          break_now() - memory(MEMOP_RAM_START)));
    syscall_allow_ro(DRIVER_IPC, 0, NULL, 0);
    expect_error(ERR_INVAL, syscall_command(DRIVER_IPC, IPC_DISCOVER, 0, 0));
}

int main(void)
{
    uint32_t service = ipc_service("ipc_service");
    names();
    indexes();
    for (uint32_t n = IPC_SERVICE; n <= IPC_CLIENT; n++) {
        expect_error(ERR_INVAL, syscall_command(DRIVER_IPC, n, 1, 0)); /* I */
        expect_error(ERR_NODEVICE, syscall_command(DRIVER_IPC, n, 0, 0));
    }
    for (uint32_t i = 1; i < 4; i++) {
        syscall_allow_rw(DRIVER_IPC, service, (char *)ipc_words + i, 8);
        expect_error(ERR_INVAL,
                     syscall_command(DRIVER_IPC, IPC_SERVICE, service, 0));
        syscall_allow_rw(DRIVER_IPC, service, ipc_words, 8 + i);
        expect_error(ERR_INVAL,
                     syscall_command(DRIVER_IPC, IPC_SERVICE, service, 0));
    }
    return tell_checks();
}
