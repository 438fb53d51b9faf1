/* SPDX-License-Identifier: Apache-2.0 */
/* See guard.h: a core that is known to have no Smepmp. */
#include "guard.h"

void text_wall_raise(void)
{
}
