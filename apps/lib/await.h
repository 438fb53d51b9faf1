/* SPDX-License-Identifier: Apache-2.0 */
/* For the library itself: operations that begin with a command and end with an
 * event, waited for. What an earlier operation left in the queue is dropped
 * before, so that nothing else can be taken for the end of this one. */
#ifndef LIB_AWAIT_H
#define LIB_AWAIT_H

#include <berth/error.h>

struct await_command {
    uint32_t driver, number, arg0, arg1;
    uint32_t event; /* number of it */
};

err_t await(const struct await_command *command, struct event *event);

/* ERR_CANCEL after `ms` milliseconds; the operation goes on. Callbacks of other
 * things run meanwhile. */
err_t await_timeout(const struct await_command *command, uint32_t ms,
                    struct event *event);

/* Calls `function` when it ends. */
err_t await_async(const struct await_command *command, upcall_fn *function,
                  void *userdata);

#endif
