/* SPDX-License-Identifier: Apache-2.0 */
/* Process IPC, driver 0x10000: one app finds another by name, they notify each
 * other, and a notification brings a buffer with it. For boards; they put a
 * row into their table and name the same struct in kernel_config.ipc.
 *
 * An index is the slot of a process. It stands for the life that was found or
 * heard from: when that life is over, the index is stale until the app has
 * found or heard from another one there.
 *
 *  command 1          index of the process whose name is in read-only buffer 0,
 *                     itself included, as a u32
 *                     NODEVICE: there is none; INVAL: no such buffer
 *  command 2(index)   notify a service: its event number is its own index
 *  command 3(index)   notify a client: its event number is the sender's index
 *                     INVAL: no process has that index, or it is the app's
 *                     own, or the buffer shared with it is not whole words
 *                     NODEVICE: it runs no more, is not the life that was
 *                     found, or takes no IPC
 *                     NOMEM: its queue is full, or still holds an event of
 *                     this number from this app
 *  read-write buffer  n is shared with the process of index n, with the life
 *                     that is there at that time
 *  event n            (index of the sender, length, address): the buffer that
 *                     the sender shares, which can then be read and written;
 *                     0, 0 if there is none
 *  any                NOMEM: the app has no room for the grant
 *
 * A process sees one buffer of others at a time, that of the latest event it
 * took that had one. When the app that shares it ends, or allows something
 * under that number that does not hold all of it, the buffer is out of reach
 * before its call returns. */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include <kernel/driver.h>

struct ipc {
    struct grant grant;
};

extern const struct driver_ops ipc_ops;

void ipc_init(struct ipc *ipc);

#endif
