/* SPDX-License-Identifier: Apache-2.0 */
/* arch/context.h on the host: the target's very file. Only the offsets that it
 * shares with trap.S are not asserted: they hold where pointers have 32 bits. */
#include <stddef.h>
#include <stdint.h>

#define _Static_assert(condition, text) struct context
#include "../../../arch/riscv32/include/arch/context.h"
#undef _Static_assert
