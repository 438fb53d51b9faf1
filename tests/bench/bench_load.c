/* SPDX-License-Identifier: Apache-2.0 */
/* Installs an app of 16 KiB that needs no credentials, and says what the counter
 * read when all of it was in flash. What is installed prints what the counter
 * reads at its first instruction. */
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define SIZE 16384u
#define PIECE 4096u

enum { HEADER = 56, SETUP = 1, WRITE, FINALIZE, LOAD };

static uint32_t piece[PIECE / 4];

static uint32_t ask(uint32_t command, uint32_t arg1, uint32_t arg2)
{
    struct sysret r = syscall_command(DRIVER_APP_LOADER, command, arg1, arg2);
    if (r.variant != SYSRET_SUCCESS)
        return r.value[0];
    return syscall_yield_wait_for(DRIVER_APP_LOADER, command - 1).value[0];
}

static void app_make(void)
{
    static const uint32_t code[] = {
        0xC0202673, /* csrr a2, instret */
        0x00800513, /* li a0, 8: low-level debug */
        0x00200593, /* li a1, 2: print a2 */
        0x00200713, /* li a4, 2: command */
        0x00000073, 0x00100513,
        0x00000713, 0x00000073, /* yield-wait, for ever */
        0xFF5FF06F,
    };
    const uint32_t header[HEADER / 4] = {
        2 | HEADER << 16, SIZE, 1, 0, 9 | 20 << 16, 0, 0, 512, SIZE, 1,
        8 | 4 << 16,      2, /* kernel 2.0 */
        10 | 4 << 16,     0x16,
    };
    for (uint32_t i = 0; i < PIECE / 4; i++)
        piece[i] = i * 2654435761u;
    memcpy(piece, header, sizeof header);
    memcpy(piece + HEADER / 4, code, sizeof code);
    for (uint32_t i = 0; i < HEADER / 4; i++)
        if (i != 3)
            piece[3] ^= header[i];
}

int main(void)
{
    app_make();
    uint32_t status = ask(SETUP, SIZE, 0);
    (void)syscall_allow_ro(DRIVER_APP_LOADER, 0, piece, sizeof piece);
    for (uint32_t at = 0; at < SIZE && status == 0; at += PIECE)
        status = ask(WRITE, at, PIECE);
    uint32_t complete = instret();
    if (status == 0)
        status = ask(FINALIZE, 0, 0);
    uint32_t installed = instret();
    if (status == 0)
        status = ask(LOAD, 0, 0);
    printf("bench complete 0x%lx installed 0x%lx status %lu\n",
           (unsigned long)complete, (unsigned long)installed,
           (unsigned long)status);
    return 0;
}
