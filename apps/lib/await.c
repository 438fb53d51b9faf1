/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and the events that end them. */
#include "await.h"

#include <berth/event.h>
#include <stddef.h>

err_t await_async(const struct await_command *command, upcall_fn *function,
                  void *userdata)
{
    struct sysret result =
        syscall_subscribe(command->driver, command->event, function, userdata);
    if (sysret_is_success(result)) {
        result = syscall_command(command->driver, command->number,
                                 command->arg0, command->arg1);
    }
    return berth_error_of(result);
}

err_t await(const struct await_command *command, struct event *event)
{
    err_t error = await_async(command, NULL, NULL);
    if (error == OK) {
        *event = syscall_yield_wait_for(command->driver, command->event);
    }
    return error;
}

struct outcome {
    volatile bool is_done;
    struct event event;
};

static void note_end(uint32_t value0, uint32_t value1, uint32_t value2,
                     void *userdata)
{
    struct outcome *outcome = userdata;
    outcome->event = (struct event){ { value0, value1, value2 } };
    outcome->is_done = true;
}

err_t await_timeout(const struct await_command *command, uint32_t ms,
                    struct event *event)
{
    struct outcome outcome = { .is_done = false };
    err_t error = await_async(command, note_end, &outcome);
    if (error != OK) {
        return error;
    }
    bool is_done = berth_wait_until_timeout(&outcome.is_done, ms);
    /* The outcome goes out of scope: nothing may come to it any more. */
    (void)syscall_subscribe(command->driver, command->event, NULL, NULL);
    if (!is_done) {
        return ERR_CANCEL;
    }
    *event = outcome.event;
    return OK;
}
