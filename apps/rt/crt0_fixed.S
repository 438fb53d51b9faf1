/* SPDX-License-Identifier: Apache-2.0 */
/* _start of an app at fixed addresses, for which the kernel prepares nothing:
 * from what it hands a new process to a C environment. Apps that move begin in
 * crt0.S.
 *
 * FROM     the kernel, at the start and at every restart of the process
 * LIVE IN  a0 address of the app binary   a1 RAM start   a2 RAM length
 *          a3 end of the RAM that is accessible (the break)
 *          sp RAM start: the stack is empty and below it nothing may be
 *          touched, so nothing is called before sp has been set
 *
 * An app that wants to begin without all this defines a _start of its own;
 * this one is left out of its link line then. */

#include "crt0.h"

    .section .start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax             /* relaxing would make gp from gp */
    la      gp, __global_pointer$
    .option pop
    mv      s0, a3              /* s0: RAM below this has an unknown content */

    /* Stack, data and bss become accessible; what is new is zero. */
    la      a1, _heap_start
    li      a0, CRT0_MEMOP_BRK
    li      a4, CRT0_CLASS_MEMOP
    ecall
    li      t0, CRT0_SUCCESS
    bne     a0, t0, no_memory

    la      sp, _stack_top
    la      tp, _tls_start

    /* For the kernel's reports only; neither call can fail. */
    mv      a1, sp
    li      a0, CRT0_MEMOP_STACK_TOP
    ecall
    la      a1, _heap_start
    li      a0, CRT0_MEMOP_HEAP_START
    ecall

    /* Data image: t0 source, t1 destination, t2 its end, t3 the word. */
    la      t0, _data_image
    la      t1, _data_start
    la      t2, _data_end
    bgeu    t1, t2, 2f
1:  lw      t3, 0(t0)
    sw      t3, 0(t1)
    addi    t0, t0, 4
    addi    t1, t1, 4
    bltu    t1, t2, 1b

    /* Zero what was accessible before of all that follows the data image, to
     * the end of bss: t1 (now the end of the data) next word, t2 the end. */
2:  la      t2, _bss_end
    bgeu    s0, t2, 3f
    mv      t2, s0
3:  bgeu    t1, t2, 5f
4:  sw      zero, 0(t1)
    addi    t1, t1, 4
    bltu    t1, t2, 4b

5:  tail    rt_start

no_memory:
    li      a0, CRT0_EXIT_TERMINATE
    li      a1, CRT0_CODE_NO_MEMORY
    li      a4, CRT0_CLASS_EXIT
    ecall
    j       no_memory
    .size _start, . - _start
