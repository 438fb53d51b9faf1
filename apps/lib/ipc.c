/* SPDX-License-Identifier: Apache-2.0 */
/* Other apps. The event is (index of the sender, length, address). */
#include <berth/ipc.h>

#include <string.h>

enum { IPC_DISCOVER = 1, IPC_SERVICE = 2, IPC_CLIENT = 3 };
enum { IPC_NAME = 0 };

err_t berth_ipc_find(const char *name, uint32_t *index)
{
    struct sysret result =
        syscall_allow_ro(DRIVER_IPC, IPC_NAME, name, strlen(name));
    if (!sysret_is_success(result)) {
        return berth_error_of(result);
    }
    result = syscall_command(DRIVER_IPC, IPC_DISCOVER, 0, 0);
    (void)syscall_allow_ro(DRIVER_IPC, IPC_NAME, NULL, 0);
    return berth_error_or_value(result, index);
}

err_t berth_ipc_share(uint32_t index, void *bytes, size_t length)
{
    return berth_error_of(syscall_allow_rw(DRIVER_IPC, index, bytes, length));
}

err_t berth_ipc_notify_service(uint32_t index)
{
    return berth_error_of(syscall_command(DRIVER_IPC, IPC_SERVICE, index, 0));
}

err_t berth_ipc_notify_client(uint32_t index)
{
    return berth_error_of(syscall_command(DRIVER_IPC, IPC_CLIENT, index, 0));
}

static struct berth_ipc_message message_of(uint32_t from, uint32_t length,
                                           uint32_t address)
{
    struct berth_ipc_message message = { from, (void *)(uintptr_t)address,
                                         length };
    return message;
}

static void message_comes(uint32_t from, uint32_t length, uint32_t address,
                          void *userdata)
{
    struct berth_ipc_port *port = userdata;
    struct berth_ipc_message message = message_of(from, length, address);
    if (port->listener) {
        port->listener(&message, port->userdata);
        return;
    }
    port->message = message;
    port->has_message = true;
}

/* Subscribing drops what is queued. */
static err_t port_begin(struct berth_ipc_port *port)
{
    port->has_message = false;
    return berth_error_of(
        syscall_subscribe(DRIVER_IPC, port->index, message_comes, port));
}

err_t berth_ipc_open(struct berth_ipc_port *port, uint32_t index)
{
    port->index = index;
    port->listener = NULL;
    return port_begin(port);
}

void berth_ipc_listen(struct berth_ipc_port *port, berth_ipc_fn *listener,
                      void *userdata)
{
    port->listener = listener;
    port->userdata = userdata;
}

static void message_take(struct berth_ipc_port *port,
                         struct berth_ipc_message *message)
{
    *message = port->message;
    port->has_message = false;
}

void berth_ipc_wait(struct berth_ipc_port *port,
                    struct berth_ipc_message *message)
{
    if (port->has_message) {
        message_take(port, message);
        return;
    }
    struct event event = syscall_yield_wait_for(DRIVER_IPC, port->index);
    *message = message_of(event.value[0], event.value[1], event.value[2]);
}

err_t berth_ipc_call(struct berth_ipc_port *port,
                     struct berth_ipc_message *message)
{
    err_t error = port_begin(port);
    if (error == OK) {
        error = berth_ipc_notify_service(port->index);
    }
    if (error == OK) {
        berth_ipc_wait(port, message);
    }
    return error;
}
