/* SPDX-License-Identifier: Apache-2.0 */
/* _start of an app that moves. The kernel has prepared everything: data is in
 * place with all its addresses, bss is zero, sp, gp and tp are set, stack and
 * heap are known to it. What is left is constructors and main.
 *
 * FROM     the kernel, at the start and at every restart of the process
 * LIVE IN  a0 address of the app binary   a1 RAM start   a2 RAM length
 *          a3 end of the RAM that is accessible (the break)
 *          sp end of the stack            gp, tp as compiled code has them
 *
 * An app that wants to begin without all this defines a _start of its own;
 * this one is in the library and then stays out of the link. */

    .section .start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    tail    rt_start
    .size _start, . - _start
