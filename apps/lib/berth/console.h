/* SPDX-License-Identifier: Apache-2.0 */
/* The console: text out, and in while the operator has attached the app. For
 * printf and friends see <stdio.h>, whose streams end here.
 *
 * One write call is one unit for the kernel: no other app's text gets between
 * its bytes. At a time an app has one write and one read in progress. */
#ifndef BERTH_CONSOLE_H
#define BERTH_CONSOLE_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void berth_written_fn(size_t written, void *userdata);
typedef void berth_read_fn(err_t status, size_t length, void *userdata);

/* Writes all of it and comes back when it is out. A write that was started
 * asynchronously is completed first, callback included. */
err_t berth_console_write(const void *bytes, size_t length);

/* Gives up after `ms` milliseconds with ERR_CANCEL; how much has then got out
 * is not known. ERR_BUSY while an asynchronous write is in progress, or one that
 * was given up has not ended yet. Callbacks of other things run while it waits. */
err_t berth_console_write_timeout(const void *bytes, size_t length,
                                  uint32_t ms);

/* Starts a write; the bytes must stay as they are until `done` is called. ERR_BUSY
 * likewise. */
err_t berth_console_write_async(const void *bytes, size_t length,
                                berth_written_fn *done, void *userdata);

/* Reads exactly `length` bytes; `got` says how many were read, also after an
 * error. */
err_t berth_console_read(void *bytes, size_t length, size_t *got);

/* After `ms` milliseconds ERR_CANCEL, and `got` tells of what has come by
 * then. Callbacks of other things run while it waits. At most
 * BERTH_CONSOLE_READ_MAX bytes. */
err_t berth_console_read_timeout(void *bytes, size_t length, uint32_t ms,
                                 size_t *got);

/* Starts a read of at most BERTH_CONSOLE_READ_MAX bytes. */
err_t berth_console_read_async(void *bytes, size_t length, berth_read_fn *done,
                               void *userdata);

/* Ends the read in progress: `done` is called with ERR_CANCEL and what has
 * come by then. */
err_t berth_console_read_abort(void);

/* What the kernel takes in one read. */
#define BERTH_CONSOLE_READ_MAX 64u

#ifdef __cplusplus
}
#endif

#endif
