/* SPDX-License-Identifier: Apache-2.0 */
/* See operation.h. */
#include <operation.h>

#include <berth/event.h>

bool operation_wait_timeout(struct operation *operation, uint32_t ms,
                            struct event *event)
{
    if (!berth_wait_until_timeout(&operation->has_come, ms)) {
        operation->release();
        operation->state = OPERATION_ABANDONED;
        return false;
    }
    *event = operation->event;
    return true;
}
