/* SPDX-License-Identifier: Apache-2.0 */
/* Other apps: find one by name, notify it, share a buffer with it.
 *
 * A service waits at the port of its own index; a client opens a port to the
 * index of the service. An index stands for one life of an app: after that has
 * ended, notifying it is ERR_NODEVICE until the app is found again.
 *
 * What the other side shares can be read and written until another event with
 * a buffer is taken, or the other side shares something else or ends; whoever
 * touches it then, faults. A service that does not trust its clients copies
 * what it needs at once and keeps no pointer. Shared buffers are whole,
 * aligned words: BERTH_IPC_BUFFER. */
#ifndef BERTH_IPC_H
#define BERTH_IPC_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BERTH_IPC_BUFFER __attribute__((aligned(4)))

/* `buffer` is null and `length` 0 when the sender shares none. */
struct berth_ipc_message {
    uint32_t from; /* index of the sender */
    void *buffer;
    size_t length;
};

typedef void berth_ipc_fn(const struct berth_ipc_message *message,
                          void *userdata);

/* In the caller's memory, in place for as long as it is open. */
struct berth_ipc_port {
    uint32_t index;
    berth_ipc_fn *listener; /* null: whoever waits */
    void *userdata;
    struct berth_ipc_message message;
    volatile bool has_message;
};

/* The app of that package name, oneself included; the first if there are
 * several. ERR_NODEVICE if none of that name runs. */
err_t berth_ipc_find(const char *name, uint32_t *index);

/* Lets the app of that index read and write the bytes when it is notified,
 * until the next share with it; a length of 0 ends it. */
err_t berth_ipc_share(uint32_t index, void *bytes, size_t length);

/* ERR_NOMEM while the one before has not been taken. */
err_t berth_ipc_notify_service(uint32_t index);
err_t berth_ipc_notify_client(uint32_t index);

/* Begins to listen; what came before is dropped. */
err_t berth_ipc_open(struct berth_ipc_port *port, uint32_t index);

/* Calls `listener` for each message while the app waits for callbacks; null:
 * no longer. */
void berth_ipc_listen(struct berth_ipc_port *port, berth_ipc_fn *listener,
                      void *userdata);

/* Sleeps until a message is there and takes it. For ports without a listener. */
void berth_ipc_wait(struct berth_ipc_port *port,
                    struct berth_ipc_message *message);

/* For at most `ms` milliseconds, else ERR_CANCEL. Callbacks of other things run
 * meanwhile. */
err_t berth_ipc_wait_timeout(struct berth_ipc_port *port, uint32_t ms,
                             struct berth_ipc_message *message);

/* Notifies the service of the port and waits for its answer. An answer to an
 * earlier call that came too late is not taken for it, if it is there already. */
err_t berth_ipc_call(struct berth_ipc_port *port,
                     struct berth_ipc_message *message);
err_t berth_ipc_call_timeout(struct berth_ipc_port *port, uint32_t ms,
                             struct berth_ipc_message *message);

#ifdef __cplusplus
}
#endif

#endif
