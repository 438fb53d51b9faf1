/* SPDX-License-Identifier: Apache-2.0 */
/* An empty port: what the kernel needs of a chip (include/berth/hil/chip.h).
 * Each function says what it has to do, and
 * panics until it does.
 *
 * A chip with SiFive's core-local timer and interrupt controller needs none of
 * this: it takes chips/common/clint.c and chips/common/plic.c. */
#include <berth/hil/chip.h>

#include <arch/interrupts.h>
#include <chips/template/missing.h>

/* What the counter counts in a second. Inline: so that the compiler makes shifts
 * and products of what is computed with it. */
inline uint32_t chip_timer_hz(void)
{
    return 1000000;
}

/* The counter, 64 bits. A chip that has 32 counts their overflows; where the
 * halves are read one by one, the low one may wrap between. */
uint64_t chip_now(void)
{
    missing("write chip_now() in chips/template/chip.c");
    return 0;
}

/* Its low half, as cheaply as can be: alarms ask for it at each call. */
uint32_t chip_now_low(void)
{
    missing("write chip_now_low() in chips/template/chip.c");
    return 0;
}

/* One comparator. A value that has passed interrupts at once, UINT64_MAX never.
 * It must arrive as the machine timer interrupt, mcause 0x80000007. Written in
 * halves, no value in between may be due too early. */
void chip_timer_set(uint64_t due)
{
    (void)due;
    missing("write chip_timer_set() in chips/template/chip.c");
}

/* Ask the interrupt controller who interrupts and call that device's function,
 * for as many devices as there are, but no endless number of times: one that
 * never goes quiet must not keep the kernel from the apps. */
void chip_service(void)
{
    missing("write chip_service() in chips/template/chip.c");
}

/* Interrupts are off in the kernel, and an interrupt that pends still ends wfi. */
void chip_wait(void)
{
    interrupts_wait();
}
