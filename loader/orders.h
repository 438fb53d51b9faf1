/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator orders that changes nothing in flash, however it comes: as a
 * typed command or in a frame. For those two. */
#ifndef LOADER_ORDERS_H
#define LOADER_ORDERS_H

#include <berth/messages.h>
#include <loader/operator.h>

/* `what` may be any number: NOSUPPORT if it is none, or not on this board.
 * NODEVICE: there is no such process; INVAL: its state does not allow it. Those
 * about a process take effect as kernel/process_admin.h says. */
MUST_CHECK err_t order_give(uint32_t what, pid_handle_t pid);

#endif
