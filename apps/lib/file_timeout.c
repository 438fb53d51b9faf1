/* SPDX-License-Identifier: Apache-2.0 */
/* Files, not for ever. */
#include <berth/file.h>

#include <berth/nonvolatile.h>
#include <file_calls.h>

static const struct file_calls timed = {
    berth_isolated_size_timeout,
    berth_isolated_read_timeout,
    berth_isolated_write_timeout,
};

err_t berth_file_open_timeout(struct berth_file *file, uint32_t start,
                              uint32_t size, enum berth_file_mode mode,
                              uint32_t ms)
{
    return file_open(&timed, ms, file, start, size, mode);
}

err_t berth_file_read_timeout(struct berth_file *file, void *bytes,
                              size_t length, size_t *done, uint32_t ms)
{
    return file_read(&timed, ms, file, bytes, length, done);
}

err_t berth_file_write_timeout(struct berth_file *file, const void *bytes,
                               size_t length, uint32_t ms)
{
    return file_write(&timed, ms, file, bytes, length);
}

err_t berth_file_flush_timeout(struct berth_file *file, uint32_t ms)
{
    return file_flush(&timed, ms, file);
}

err_t berth_file_close_timeout(struct berth_file *file, uint32_t ms)
{
    return file_flush(&timed, ms, file);
}
