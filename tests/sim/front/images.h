/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine starts with, as its command line says. */
#ifndef TESTS_SIM_IMAGES_H
#define TESTS_SIM_IMAGES_H

#include <tests/sim/front/settings.h>

/* false: it said on stderr what is wrong. */
bool images_load(struct machine *machine, const struct settings *settings);

#endif
