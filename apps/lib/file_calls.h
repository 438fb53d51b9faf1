/* SPDX-License-Identifier: Apache-2.0 */
/* What a file asks of isolated storage, plainly or with a time-out: so that an app
 * that has none links no alarm code. Private to the library. */
#ifndef LIB_FILE_CALLS_H
#define LIB_FILE_CALLS_H

#include <berth/file.h>

struct file_calls {
    err_t (*size)(uint32_t *size, uint32_t ms);
    err_t (*read)(uint32_t offset, void *bytes, size_t length, uint32_t ms);
    err_t (*write)(uint32_t offset, const void *bytes, size_t length,
                   uint32_t ms);
};

err_t file_open(const struct file_calls *calls, uint32_t ms,
                struct berth_file *file, uint32_t start, uint32_t size,
                enum berth_file_mode mode);
err_t file_read(const struct file_calls *calls, uint32_t ms,
                struct berth_file *file, void *bytes, size_t length,
                size_t *done);
err_t file_write(const struct file_calls *calls, uint32_t ms,
                 struct berth_file *file, const void *bytes, size_t length);
err_t file_flush(const struct file_calls *calls, uint32_t ms,
                 struct berth_file *file);

#endif
