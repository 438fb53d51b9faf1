/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that crt0.S needs as plain constants; start.c checks them against
 * the headers that define them. */
#ifndef RT_CRT0_H
#define RT_CRT0_H

#define CRT0_CLASS_MEMOP 5
#define CRT0_CLASS_EXIT 6
#define CRT0_MEMOP_BRK 0
#define CRT0_MEMOP_STACK_TOP 10
#define CRT0_MEMOP_HEAP_START 11
#define CRT0_EXIT_TERMINATE 0
#define CRT0_SUCCESS 128
#define CRT0_CODE_NO_MEMORY 9

#endif
