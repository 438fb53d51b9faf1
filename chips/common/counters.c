/* SPDX-License-Identifier: Apache-2.0 */
/* See counters.h. */
#include <chips/common/counters.h>

void counters_allow(uint32_t counters)
{
    __asm__ volatile("csrw mcounteren, %0" : : "r"(counters));
}
