/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for things to happen.
 *
 * A callback of this library runs only while the app waits in one of the
 * functions below or in a call whose name ends in _timeout: never between two
 * other statements. The plain synchronous calls (berth_console_write,
 * berth_sleep_ms, printf, ...) take just the one event they are about and run
 * no callback; whatever else happens meanwhile stays queued. */
#ifndef BERTH_EVENT_H
#define BERTH_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sleeps until one callback has run. */
void berth_wait(void);

/* The same for at most `ms` milliseconds; false if they are over first. Without an alarm
 * driver it is false at once. */
bool berth_wait_timeout(uint32_t ms);

/* Runs one callback if one is due; false if none was. Never sleeps. */
bool berth_poll(void);

/* Sleeps, running callbacks, until one of them has set `flag`. */
void berth_wait_until(const volatile bool *flag);

/* The event loop of an app that waits for several things: runs the callbacks of
 * all of them, and after each `work` if it is not null, until berth_loop_end().
 * An app has one loop; the loop may be entered again after its end. */
void berth_loop(void (*work)(void *userdata), void *userdata);
void berth_loop_end(void);

/* berth_wait_until() for at most `ms` milliseconds; false if `flag` is still unset.
 * Without an alarm driver it is false at once. */
bool berth_wait_until_timeout(const volatile bool *flag, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
