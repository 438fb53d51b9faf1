/* SPDX-License-Identifier: Apache-2.0 */
/* Lines from the console. */
#ifndef BERTH_LINE_H
#define BERTH_LINE_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a line, at most `size` - 1 bytes of it and a zero behind them, without
 * its end; \r, \n and both together end one. Backspace takes a byte back.
 * What is longer is read and dropped: ERR_SIZE then. */
err_t berth_line_read(char *line, size_t size, size_t *length);

/* A line in the making, for apps that wait for other things too. */
typedef void berth_line_fn(err_t status, char *line, size_t length,
                           void *userdata);

struct berth_line {
    char *bytes;
    size_t size, length;
    bool is_cut, after_return;
    char byte;
    berth_line_fn *done;
    void *userdata;
};

/* Calls `done` once, when the line is complete. `line` and `bytes` stay in
 * place until then. */
err_t berth_line_read_async(struct berth_line *line, char *bytes, size_t size,
                            berth_line_fn *done, void *userdata);

/* Gives up after `ms` milliseconds with ERR_CANCEL; what was typed by then is
 * in `line`. Callbacks of other things run meanwhile. */
err_t berth_line_read_timeout(char *line, size_t size, uint32_t ms,
                              size_t *length);

#ifdef __cplusplus
}
#endif

#endif
