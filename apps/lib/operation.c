/* SPDX-License-Identifier: Apache-2.0 */
/* See operation.h. The wait with a time-out is in operation_timeout.c, so that
 * an app that has none links no alarm code. */
#include <operation.h>

static void come(struct operation *operation, struct event event)
{
    bool wanted = operation->state == OPERATION_RUNS;
    void (*deliver)(struct event) = operation->deliver;
    operation->release();
    operation->state = wanted && !deliver ? OPERATION_ENDED : OPERATION_IDLE;
    operation->event = event;
    operation->has_come = true;
    if (wanted && deliver) {
        deliver(event);
    }
}

static void upcall(uint32_t value0, uint32_t value1, uint32_t value2,
                   void *userdata)
{
    struct event event = { { value0, value1, value2 } };
    come(userdata, event);
}

err_t operation_open(struct operation *operation)
{
    if (operation->state != OPERATION_IDLE) {
        return ERR_BUSY;
    }
    return berth_error_of(syscall_subscribe(
        operation->driver, operation->number, upcall, operation));
}

struct event operation_wait(struct operation *operation)
{
    struct event event =
        syscall_yield_wait_for(operation->driver, operation->number);
    come(operation, event);
    if (operation->state == OPERATION_ENDED) {
        operation->state = OPERATION_IDLE;
    }
    return event;
}

void operation_settle(struct operation *operation)
{
    if (operation->state == OPERATION_ABANDONED) {
        (void)operation_wait(operation);
    }
}

void operation_abandon(struct operation *operation)
{
    operation->release();
    operation->state = OPERATION_ABANDONED;
}

err_t operation_run(struct operation *operation, err_t error, uint32_t command,
                    uint32_t argument0, uint32_t argument1,
                    void (*deliver)(struct event event))
{
    operation->has_come = false;
    operation->deliver = deliver;
    if (error == OK) {
        error = berth_error_of(
            syscall_command(operation->driver, command, argument0, argument1));
    }
    if (error == OK) {
        operation->state = OPERATION_RUNS;
    } else {
        operation->release();
    }
    return error;
}

err_t operation_lend_ro(const struct operation *operation, err_t error,
                        uint32_t buffer, const void *bytes, size_t length)
{
    return error != OK ? error
                       : berth_error_of(syscall_allow_ro(
                             operation->driver, buffer, bytes, length));
}

err_t operation_lend_rw(const struct operation *operation, err_t error,
                        uint32_t buffer, void *bytes, size_t length)
{
    return error != OK ? error
                       : berth_error_of(syscall_allow_rw(
                             operation->driver, buffer, bytes, length));
}
