/* SPDX-License-Identifier: Apache-2.0 */
/* See operation.h. */
#include <operation.h>

#include <berth/event.h>

void operation_poll(struct operation *operation)
{
    while (operation->state == OPERATION_ABANDONED && berth_poll()) {
    }
}

bool operation_wait_timeout(struct operation *operation, uint32_t ms,
                            struct event *event)
{
    if (!berth_wait_until_timeout(&operation->has_come, ms)) {
        operation_abandon(operation);
        return false;
    }
    *event = operation->event;
    operation->state = OPERATION_IDLE;
    return true;
}
