/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel asks of the processor. arch/riscv32 implements it; host
 * tests put a fake in its place. */
#ifndef KERNEL_ARCH_H
#define KERNEL_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/context.h>
#include <arch/protection.h>
#include <arch/run.h>
#include <berth/compiler.h>
#include <berth/err.h>
#include <kernel/panic.h>

/* arch/run.h: struct trap arch_run(struct context *) enters an app and
 * returns when it needs the kernel's loop. Interrupts are off in the kernel.
 *
 * arch/protection.h: struct protection, the register image that walls in one
 * process, and:
 *   protection_set()    regions to image; refuses what cannot be expressed
 *   protection_load()   image to registers
 */

/* Bring the core into a known state and raise the kernel's own guards. Stops
 * with a clear text if the chip has less than the board promised. */
void arch_init(void);

/* What the way in calls of the kernel, besides the system-call handlers. */
void kernel_interrupt(uint32_t cause);

/* The checked copies. The hardware checks the app's side of the copy with the
 * rights of the process whose image is loaded, where it can. Nonzero: denied
 * on the way. */
MUST_CHECK int arch_copy_from_app(void *to, uint32_t from, uint32_t len);
MUST_CHECK int arch_copy_to_app(uint32_t to, const void *from, uint32_t len);

/* Store one byte likewise; nothing happens if the hardware denies it. */
void arch_put_flag(uint32_t to, uint32_t flag);

#endif
