/* SPDX-License-Identifier: Apache-2.0 */
/* Lines from the console, a byte at a time: what is typed behind a line stays
 * in the kernel for whoever reads next. */
#include <berth/line.h>

#include <berth/console.h>
#include <berth/event.h>

enum { BACKSPACE = 8, DELETE = 127 };

/* A "\r\n" that was split between two lines is one end, not two. */
static bool return_was_last;

static void line_begin(struct berth_line *line, char *bytes, size_t size)
{
    line->bytes = bytes;
    line->size = size;
    line->length = 0;
    line->is_cut = false;
    line->after_return = return_was_last;
}

/* True when the line is complete. */
static bool line_take(struct berth_line *line, char byte)
{
    bool is_second = byte == '\n' && line->after_return;
    line->after_return = return_was_last = byte == '\r';
    if (is_second) {
        return false;
    }
    if (byte == '\r' || byte == '\n') {
        return true;
    }
    if (byte == BACKSPACE || byte == DELETE) {
        line->length -= line->length != 0;
    } else if (line->length + 1 < line->size) {
        line->bytes[line->length++] = byte;
    } else {
        line->is_cut = true;
    }
    return false;
}

static err_t line_end(struct berth_line *line, err_t error)
{
    if (line->size != 0) {
        line->bytes[line->length] = '\0';
    }
    return error == OK && line->is_cut ? ERR_SIZE : error;
}

err_t berth_line_read(char *bytes, size_t size, size_t *length)
{
    struct berth_line line;
    err_t error = OK;
    size_t got;
    bool is_complete = false;
    line_begin(&line, bytes, size);
    while (error == OK && !is_complete) {
        error = berth_console_read(&line.byte, 1, &got);
        is_complete = error == OK && line_take(&line, line.byte);
    }
    *length = line.length;
    return line_end(&line, error);
}

static void byte_comes(err_t status, size_t got, void *userdata)
{
    struct berth_line *line = userdata;
    bool is_complete = status != OK;
    if (got == 1) {
        is_complete = line_take(line, line->byte) || is_complete;
    }
    if (!is_complete) {
        status = berth_console_read_async(&line->byte, 1, byte_comes, line);
    }
    if (is_complete || status != OK) {
        line->done(line_end(line, status), line->bytes, line->length,
                   line->userdata);
    }
}

err_t berth_line_read_async(struct berth_line *line, char *bytes, size_t size,
                            berth_line_fn *done, void *userdata)
{
    line_begin(line, bytes, size);
    line->done = done;
    line->userdata = userdata;
    return berth_console_read_async(&line->byte, 1, byte_comes, line);
}

struct line_wait {
    volatile bool is_done;
    err_t status;
};

static void note_line(err_t status, char *bytes, size_t length, void *userdata)
{
    (void)bytes, (void)length;
    struct line_wait *wait = userdata;
    wait->status = status;
    wait->is_done = true;
}

err_t berth_line_read_timeout(char *bytes, size_t size, uint32_t ms,
                              size_t *length)
{
    struct berth_line line;
    struct line_wait wait = { .is_done = false, .status = OK };
    *length = 0;
    err_t error = berth_line_read_async(&line, bytes, size, note_line, &wait);
    if (error != OK) {
        return error;
    }
    if (!berth_wait_until_timeout(&wait.is_done, ms)) {
        (void)berth_console_read_abort(); /* the line ends with ERR_CANCEL */
        berth_wait_until(&wait.is_done);
    }
    *length = line.length;
    return wait.status;
}
