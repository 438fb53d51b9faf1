/* SPDX-License-Identifier: Apache-2.0 */
/* The wall around one process, as PMP register values. Included through
 * kernel/arch.h. The image is also the one place where the bounds of a
 * process' flash and RAM are kept: the accessors read them back. */
#ifndef ARCH_PROTECTION_H
#define ARCH_PROTECTION_H

#include <stdint.h>

#include <arch/pmp_encode.h>
#include <berth/compiler.h>
#include <berth/err.h>

struct protection {
    struct pmp_image image;
};

/* Regions in the order the image holds them. */
enum { PROTECTION_FLASH = 0, PROTECTION_RAM = 1, PROTECTION_WINDOW = 2 };

static inline uint32_t protection_start(const struct protection *p,
                                        uint32_t region)
{
    return p->image.addr[2 * region] << 2;
}

static inline uint32_t protection_end(const struct protection *p,
                                      uint32_t region)
{
    return p->image.addr[2 * region + 1] << 2;
}

/* Flash [flash, flash_end) R-X and RAM [ram, ram_end) RW-, nothing else. The
 * ends must be multiples of 4. On an error the image is unchanged. */
MUST_CHECK err_t protection_set(struct protection *p, uint32_t flash,
                                uint32_t flash_end, uint32_t ram,
                                uint32_t ram_end);

/* RAM ends there from now on: a multiple of 4 behind its start, before which no
 * other region begins. */
static inline void protection_move_end(struct protection *p, uint32_t end)
{
    p->image.addr[2 * PROTECTION_RAM + 1] = end >> 2;
}

/* Beside flash and RAM of the image [start, end) RW-, in place of the window
 * there was; none if start == end. The same rules. */
MUST_CHECK err_t protection_window(struct protection *p, uint32_t start,
                                   uint32_t end);

/* Make it the one in force. */
void protection_load(const struct protection *p);

/* No process has any right until the next protection_load(). The kernel does
 * so before it reads app flash itself. */
void protection_drop(void);

#endif
