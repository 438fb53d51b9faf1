/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for other apps, but not for ever. By itself, so that an app that has
 * no time-outs links no alarm code. */
#include <berth/event.h>
#include <berth/ipc.h>

err_t berth_ipc_wait_timeout(struct berth_ipc_port *port, uint32_t ms,
                             struct berth_ipc_message *message)
{
    if (!berth_wait_until_timeout(&port->has_message, ms)) {
        return ERR_CANCEL;
    }
    *message = port->message;
    port->has_message = false;
    return OK;
}

err_t berth_ipc_call_timeout(struct berth_ipc_port *port, uint32_t ms,
                             struct berth_ipc_message *message)
{
    err_t error = berth_ipc_open(port, port->index);
    if (error == OK) {
        error = berth_ipc_notify_service(port->index);
    }
    return error == OK ? berth_ipc_wait_timeout(port, ms, message) : error;
}
