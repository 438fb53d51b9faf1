/* SPDX-License-Identifier: Apache-2.0 */
/* One operation at a time of a driver that answers by one event: what the
 * services of this library share. Private to it.
 *
 * A service opens its operation, lends its buffers, and runs the command; the
 * event is then awaited, or delivered by an upcall. After a time-out the
 * buffers are taken back and the operation is abandoned: its event is still to
 * come, and until it has come nothing new begins, so that it is never taken for
 * another's. */
#ifndef LIB_OPERATION_H
#define LIB_OPERATION_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <syscall.h>

enum operation_state {
    OPERATION_IDLE,
    OPERATION_RUNS,
    OPERATION_ABANDONED,
    OPERATION_ENDED, /* and who waits with a time-out has not taken its event */
};

/* Static, with the first three set. */
struct operation {
    uint32_t driver;
    uint32_t number;       /* of the event */
    void (*release)(void); /* takes the buffers back */
    enum operation_state state;
    void (*deliver)(struct event event); /* null: somebody waits */
    volatile bool has_come;
    struct event event;
};

/* ERR_BUSY unless it is idle. Also drops what may be queued. */
err_t operation_open(struct operation *operation);

/* Waits for the event of an abandoned operation, so that it is idle unless it
 * runs asynchronously. For plain synchronous calls, before they open. */
void operation_settle(struct operation *operation);

/* `error` is what lending the buffers came to; they are taken back if that, or
 * the command, failed. */
err_t operation_run(struct operation *operation, err_t error, uint32_t command,
                    uint32_t argument0, uint32_t argument1,
                    void (*deliver)(struct event event));

/* For calls with a time-out, before they open: takes the event of an abandoned
 * operation if it is there, running what callbacks are due. Never sleeps. */
void operation_poll(struct operation *operation);

/* Takes its buffers back; what it brings is nobody's. */
void operation_abandon(struct operation *operation);

/* Waits for the event of an operation that runs without deliver(). */
struct event operation_wait(struct operation *operation);

/* The same, running callbacks meanwhile; false, and the operation is
 * abandoned, if it has not come in time. */
bool operation_wait_timeout(struct operation *operation, uint32_t ms,
                            struct event *event);

/* Lends a buffer; `error` if it is not OK already, as nothing is done then. */
err_t operation_lend_ro(const struct operation *operation, err_t error,
                        uint32_t buffer, const void *bytes, size_t length);
err_t operation_lend_rw(const struct operation *operation, err_t error,
                        uint32_t buffer, void *bytes, size_t length);

#endif
