/* SPDX-License-Identifier: Apache-2.0 */
/* The C half of start-up: constructors, main, exit. crt0.S jumps here with
 * stack, thread pointer, data and bss in place. */
#include "crt0.h"

#include <berth/abi.h>
#include <berth/err.h>
#include <stdlib.h>

_Static_assert(CRT0_CLASS_MEMOP == SYSCALL_MEMOP, "crt0.S disagrees");
_Static_assert(CRT0_CLASS_EXIT == SYSCALL_EXIT, "crt0.S disagrees");
_Static_assert(CRT0_MEMOP_BRK == MEMOP_BRK, "crt0.S disagrees");
_Static_assert(CRT0_MEMOP_STACK_TOP == MEMOP_DEBUG_STACK_TOP,
               "crt0.S disagrees");
_Static_assert(CRT0_MEMOP_HEAP_START == MEMOP_DEBUG_HEAP_START,
               "crt0.S disagrees");
_Static_assert(CRT0_EXIT_TERMINATE == EXIT_TERMINATE, "crt0.S disagrees");
_Static_assert(CRT0_SUCCESS == SYSRET_SUCCESS, "crt0.S disagrees");
_Static_assert(CRT0_CODE_NO_MEMORY == ERR_NOMEM, "crt0.S disagrees");

typedef void constructor_fn(void);

/* From linker/app.ld. */
extern constructor_fn *const __init_array_start[];
extern constructor_fn *const __init_array_end[];

extern int main(int argc, char **argv);
_Noreturn void rt_start(void);

_Noreturn void rt_start(void)
{
    for (constructor_fn *const *c = __init_array_start; c < __init_array_end;
         c++) {
        (*c)();
    }
    exit(main(0, NULL));
}
