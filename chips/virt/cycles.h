/* SPDX-License-Identifier: Apache-2.0 */
/* The core's own cycle counter, for cores that have mcycle. */
#ifndef CHIPS_VIRT_CYCLES_H
#define CHIPS_VIRT_CYCLES_H

#include <berth/hil/cycles.h>

extern const struct cycles mcycle_cycles;

#endif
