/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for a long checksum again and again, and waits for none of them: there is
 * always work of the kernel's for it, and it is always in a system call. */
#include <berth/abi.h>
#include <stdio.h>
#include <syscall.h>

enum { BYTES = 0, COMPUTE = 1, CALLS_PER_REPORT = 500 };

static const uint8_t bytes[8192] = { 1 };

int main(void)
{
    (void)syscall_allow_ro(DRIVER_CRC, BYTES, bytes, sizeof bytes);
    for (uint32_t calls = 1;; calls++) {
        (void)syscall_command(DRIVER_CRC, COMPUTE, 0, sizeof bytes);
        if (calls % CALLS_PER_REPORT == 0) {
            printf("demander: %lu calls\n", (unsigned long)calls);
        }
    }
}
