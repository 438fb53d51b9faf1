/* SPDX-License-Identifier: Apache-2.0 */
/* A file: 16 bytes that say that it is one and how long, then its bytes. Those
 * 16 lie within one block of the storage, so they change wholly or not at all. */
#include <berth/file.h>

#include <berth/nonvolatile.h>
#include <file_calls.h>

#define MAGIC 0x31464252u /* "RBF1" */
#define HEADER 16u

struct header {
    uint32_t magic, length, check, rest;
};

_Static_assert(sizeof(struct header) == HEADER, "as it is stored");

static uint32_t check_of(uint32_t length)
{
    return ~(length * 0x9E3779B1u ^ MAGIC);
}

static err_t header_write(const struct file_calls *calls, uint32_t ms,
                          struct berth_file *file)
{
    const struct header header = { MAGIC, file->length, check_of(file->length),
                                   0 };
    err_t error =
        calls->write(file->start - HEADER, &header, sizeof header, ms);
    file->is_changed = error != OK;
    return error;
}

err_t file_open(const struct file_calls *calls, uint32_t ms,
                struct berth_file *file, uint32_t start, uint32_t size,
                enum berth_file_mode mode)
{
    struct header header;
    uint32_t all;
    err_t error = calls->size(&all, ms);
    if (error != OK) {
        return error;
    }
    if (start > all || size > all - start) {
        return ERR_INVAL;
    }
    if (size == 0) {
        size = all - start;
    }
    if (start % BERTH_FILE_GRAIN != 0 || size <= HEADER ||
        size % BERTH_FILE_GRAIN != 0) {
        return ERR_INVAL;
    }
    *file = (struct berth_file){ .start = start + HEADER,
                                 .capacity = size - HEADER };
    error = calls->read(start, &header, sizeof header, ms);
    if (error != OK) {
        return error;
    }
    bool is_file = header.magic == MAGIC && header.length <= file->capacity &&
                   header.check == check_of(header.length);
    if (is_file && mode != BERTH_FILE_EMPTY) {
        file->length = header.length;
        return OK;
    }
    return mode == BERTH_FILE_OPEN ? ERR_NODEVICE
                                   : header_write(calls, ms, file);
}

err_t file_read(const struct file_calls *calls, uint32_t ms,
                struct berth_file *file, void *bytes, size_t length,
                size_t *done)
{
    uint32_t left = file->length - file->position;
    if (length > left) {
        length = left;
    }
    *done = 0;
    if (length == 0) {
        return OK;
    }
    err_t error = calls->read(file->start + file->position, bytes, length, ms);
    if (error == OK) {
        file->position += length;
        *done = length;
    }
    return error;
}

err_t file_write(const struct file_calls *calls, uint32_t ms,
                 struct berth_file *file, const void *bytes, size_t length)
{
    if (length > file->capacity - file->position) {
        return ERR_SIZE;
    }
    if (length == 0) {
        return OK;
    }
    err_t error = calls->write(file->start + file->position, bytes, length, ms);
    if (error != OK) {
        return error;
    }
    file->position += length;
    if (file->position > file->length) {
        file->length = file->position;
        file->is_changed = true;
    }
    return OK;
}

err_t berth_file_seek(struct berth_file *file, uint32_t position)
{
    if (position > file->length) {
        return ERR_INVAL;
    }
    file->position = position;
    return OK;
}

err_t berth_file_truncate(struct berth_file *file, uint32_t length)
{
    if (length > file->length) {
        return ERR_INVAL;
    }
    file->is_changed = file->is_changed || length != file->length;
    file->length = length;
    if (file->position > length) {
        file->position = length;
    }
    return OK;
}

err_t file_flush(const struct file_calls *calls, uint32_t ms,
                 struct berth_file *file)
{
    return file->is_changed ? header_write(calls, ms, file) : OK;
}

/* ---- without a time-out --------------------------------------------------------- */

static err_t plain_size(uint32_t *size, uint32_t ms)
{
    (void)ms;
    return berth_isolated_size(size);
}

static err_t plain_read(uint32_t offset, void *bytes, size_t length,
                        uint32_t ms)
{
    (void)ms;
    return berth_isolated_read(offset, bytes, length);
}

static err_t plain_write(uint32_t offset, const void *bytes, size_t length,
                         uint32_t ms)
{
    (void)ms;
    return berth_isolated_write(offset, bytes, length);
}

static const struct file_calls plain = { plain_size, plain_read, plain_write };

err_t berth_file_open(struct berth_file *file, uint32_t start, uint32_t size,
                      enum berth_file_mode mode)
{
    return file_open(&plain, 0, file, start, size, mode);
}

err_t berth_file_read(struct berth_file *file, void *bytes, size_t length,
                      size_t *done)
{
    return file_read(&plain, 0, file, bytes, length, done);
}

err_t berth_file_write(struct berth_file *file, const void *bytes,
                       size_t length)
{
    return file_write(&plain, 0, file, bytes, length);
}

err_t berth_file_flush(struct berth_file *file)
{
    return file_flush(&plain, 0, file);
}

err_t berth_file_close(struct berth_file *file)
{
    return file_flush(&plain, 0, file);
}
