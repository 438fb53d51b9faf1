/* SPDX-License-Identifier: Apache-2.0 */
/* What QEMU's virt machine counts its time with. Compiled into both halves of an
 * image (kernel/kernel.mk). */
#include <berth/hil/chip.h>

inline uint32_t chip_timer_hz(void)
{
    return 10000000;
}
