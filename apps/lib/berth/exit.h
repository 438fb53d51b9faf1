/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an app. exit() of <stdlib.h>, or returning from main, writes out
 * what printf still holds and then does what berth_exit does. */
#ifndef BERTH_EXIT_H
#define BERTH_EXIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ends the app. 0 means that all went well, 1 to 1024 are error numbers of
 * <berth/err.h>, anything else is the app's own. */
__attribute__((noreturn)) void berth_exit(uint32_t code);

/* Ends the app and has it started anew. */
__attribute__((noreturn)) void berth_restart(uint32_t code);

#ifdef __cplusplus
}
#endif

#endif
