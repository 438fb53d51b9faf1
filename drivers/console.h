/* SPDX-License-Identifier: Apache-2.0 */
/* Console, driver 0x1: text from and to apps.
 *
 *  command 1(len)  write min(len, allowed) bytes of read-only buffer 1
 *                  always a success; event 1 (bytes written, 0, 0)
 *  command 2(len)  read min(len, allowed) bytes to read-write buffer 1
 *                  BUSY: this app is reading already
 *                  event 2 (status, bytes read, 0) when all have arrived
 *  command 3       end the read that is going on, if any, with CANCEL
 *  any             NOMEM: the app has no room for this driver's grant
 *
 * Each app has its own write and its own read; other apps never make either
 * fail. Every write and every read raises exactly one event, of length 0 too,
 * even when the app's queue is full at the time. One exception: a write or a
 * read that is asked for before the event of the one before takes its place.
 * What a first write has handed over still comes out, the rest of it does not;
 * the second is a unit of its own and waits for its turn, so that an app that
 * writes anew all the time keeps the line from nobody.
 *
 * A write's event tells that its buffer is no longer needed: the last bytes may
 * still be on their way, but nothing can stop or overtake them.
 *
 * Buffers are looked up again for every piece. A write whose buffer shrinks or
 * vanishes ends early and counts what came out. A read whose buffer vanishes
 * ends with NOMEM, one whose buffer has become too small with SIZE; what no
 * longer fits waits for the next read. Reads have no upper size.
 *
 * Input goes to the attached app alone; CONSOLE_AHEAD bytes wait for its next
 * read, more are refused and whoever delivers them is told. */
#ifndef DRIVERS_CONSOLE_H
#define DRIVERS_CONSOLE_H

#include <berth/hil/text.h>
#include <kernel/driver.h>

#define CONSOLE_AHEAD 32u

struct console {
    struct text_sink sink; /* where input for apps goes */
    struct grant grant;
    struct text_port *port;
    struct ktimer retry; /* of events that found a queue full */
};

extern const struct driver_ops console_ops;

void console_init(struct console *console, struct text_port *port);

#endif
