/* SPDX-License-Identifier: Apache-2.0 */
/* PMP registers: writes what pmp_encode.c decided, decides nothing. */
#include <kernel/arch.h>

#include "csr.h"

/* Whether entries 4 and 5, an IPC window, are in force. */
static uint32_t windows_loaded;

/* Entries 4 and 5 share their cfg register with the guards in 6 and 7. */
static void windows_load(const struct pmp_image *next)
{
    uint32_t guards = csr_read(pmpcfg1) & 0xFFFF0000u;
    csr_write(pmpcfg1, guards);
    windows_loaded = next->cfg[1];
    if (windows_loaded == 0)
        return;
    csr_write(pmpaddr4, next->addr[4]);
    csr_write(pmpaddr5, next->addr[5]);
    csr_write(pmpcfg1, guards | windows_loaded);
}

/* Rights go first and come last: in between, no address is half moved, no two
 * entries overlap, and the cfg write makes every core notice. */
void protection_load(const struct protection *p)
{
    const struct pmp_image *next = &p->image;
    csr_write(pmpcfg0, 0);
    if (UNLIKELY((next->cfg[1] | windows_loaded) != 0))
        windows_load(next);
    csr_write(pmpaddr0, next->addr[0]);
    csr_write(pmpaddr1, next->addr[1]);
    csr_write(pmpaddr2, next->addr[2]);
    csr_write(pmpaddr3, next->addr[3]);
    csr_write(pmpcfg0, next->cfg[0]);
}

void protection_drop(void)
{
    csr_write(pmpcfg0, 0);
    if (windows_loaded != 0)
        csr_write(pmpcfg1, csr_read(pmpcfg1) & 0xFFFF0000u);
    windows_loaded = 0;
}

err_t protection_set(struct protection *p, uint32_t flash, uint32_t flash_end,
                     uint32_t ram, uint32_t ram_end)
{
    const struct region regions[] = {
        { flash, flash_end, PMP_R | PMP_X },
        { ram, ram_end, PMP_R | PMP_W },
    };
    return pmp_encode(regions, ARRAY_COUNT(regions), &p->image);
}

err_t protection_window(struct protection *p, uint32_t start, uint32_t end)
{
    const struct region regions[] = {
        { protection_start(p, PROTECTION_FLASH),
          protection_end(p, PROTECTION_FLASH), PMP_R | PMP_X },
        { protection_start(p, PROTECTION_RAM),
          protection_end(p, PROTECTION_RAM), PMP_R | PMP_W },
        { start, end, PMP_R | PMP_W },
    };
    return pmp_encode(regions, ARRAY_COUNT(regions), &p->image);
}
