/* SPDX-License-Identifier: Apache-2.0 */
/* A file in the app's isolated storage (<berth/nonvolatile.h>): a length, a place
 * in it, bytes. An app's storage is divided among its files as it likes: each
 * takes a stretch of it, which begins and ends at a multiple of
 * BERTH_FILE_GRAIN.
 *
 * Bytes are written at once; the length follows when the file is flushed or
 * closed. So after a power cut a file is as long as it was then, and what was
 * appended since is not part of it; what was overwritten may be old or new. */
#ifndef BERTH_FILE_H
#define BERTH_FILE_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BERTH_FILE_GRAIN 256

/* The caller's; what is in it is the library's. */
struct berth_file {
    uint32_t start, capacity; /* in the storage, of the bytes */
    uint32_t length, position;
    bool is_changed; /* the length is not yet what flash says */
};

enum berth_file_mode {
    BERTH_FILE_OPEN,   /* as it is; ERR_NODEVICE: there is none */
    BERTH_FILE_CREATE, /* as it is; if there is none, an empty one */
    BERTH_FILE_EMPTY,  /* an empty one in any case */
};

/* The stretch of `size` bytes at `start`; of size 0: all behind `start`. Of it
 * the first 16 are the library's. ERR_INVAL: no such stretch. */
err_t berth_file_open(struct berth_file *file, uint32_t start, uint32_t size,
                      enum berth_file_mode mode);

/* Up to `length` bytes from the position on, which moves: `*done` of them, fewer
 * only at the end. */
err_t berth_file_read(struct berth_file *file, void *bytes, size_t length,
                      size_t *done);
/* All or an error. ERR_SIZE: the stretch has no room; nothing is written. */
err_t berth_file_write(struct berth_file *file, const void *bytes,
                       size_t length);

/* The next byte to be read or written; up to the length. */
err_t berth_file_seek(struct berth_file *file, uint32_t position);
err_t berth_file_truncate(struct berth_file *file, uint32_t length);

/* From here on a power cut does not take anything away. */
err_t berth_file_flush(struct berth_file *file);
err_t berth_file_close(struct berth_file *file);

/* These give up with ERR_CANCEL when the storage has not answered for `ms`
 * milliseconds; what a write has written by then is not known, and the position
 * stays. Callbacks of other things run meanwhile. */
err_t berth_file_open_timeout(struct berth_file *file, uint32_t start,
                              uint32_t size, enum berth_file_mode mode,
                              uint32_t ms);
err_t berth_file_read_timeout(struct berth_file *file, void *bytes,
                              size_t length, size_t *done, uint32_t ms);
err_t berth_file_write_timeout(struct berth_file *file, const void *bytes,
                               size_t length, uint32_t ms);
err_t berth_file_flush_timeout(struct berth_file *file, uint32_t ms);
err_t berth_file_close_timeout(struct berth_file *file, uint32_t ms);

static inline uint32_t berth_file_length(const struct berth_file *file)
{
    return file->length;
}

static inline uint32_t berth_file_position(const struct berth_file *file)
{
    return file->position;
}

#ifdef __cplusplus
}
#endif

#endif
