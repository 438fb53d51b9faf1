/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that outlive restarts and power cuts, of two kinds: storage that all apps
 * share, and isolated storage that an app has for itself, which needs a fixed
 * ShortId (SHORT_ID in app.mk; else ERR_NOSUPPORT). What was never written reads
 * as 0xFF. When the power is cut during a write, each 256 bytes of the storage
 * are as before it or as after it. <berth/file.h> makes a file of the latter.
 *
 * One request of a kind at a time: ERR_BUSY while one is under way that was begun
 * asynchronously, or given up and not ended yet. ERR_INVAL: not all of it lies within. */
#ifndef BERTH_NONVOLATILE_H
#define BERTH_NONVOLATILE_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void berth_nonvolatile_fn(err_t status, size_t length, void *userdata);

/* ---- isolated ------------------------------------------------------------------ */

/* The bytes stay in place until `done` is called. Of a size `length` tells. */
err_t berth_isolated_size_async(berth_nonvolatile_fn *done, void *userdata);
err_t berth_isolated_read_async(uint32_t offset, void *bytes, size_t length,
                                berth_nonvolatile_fn *done, void *userdata);
err_t berth_isolated_write_async(uint32_t offset, const void *bytes,
                                 size_t length, berth_nonvolatile_fn *done,
                                 void *userdata);

/* The first request of an app makes its storage: ERR_NOMEM if there is no room
 * for one more app. */
err_t berth_isolated_size(uint32_t *size);
err_t berth_isolated_read(uint32_t offset, void *bytes, size_t length);
err_t berth_isolated_write(uint32_t offset, const void *bytes, size_t length);

/* These give up after `ms` milliseconds with ERR_CANCEL; how much has been done
 * is not known then. Callbacks of other things run meanwhile. */
err_t berth_isolated_size_timeout(uint32_t *size, uint32_t ms);
err_t berth_isolated_read_timeout(uint32_t offset, void *bytes, size_t length,
                                  uint32_t ms);
err_t berth_isolated_write_timeout(uint32_t offset, const void *bytes,
                                   size_t length, uint32_t ms);

/* ---- shared -------------------------------------------------------------------- */

err_t berth_nonvolatile_read_async(uint32_t offset, void *bytes, size_t length,
                                   berth_nonvolatile_fn *done, void *userdata);
err_t berth_nonvolatile_write_async(uint32_t offset, const void *bytes,
                                    size_t length, berth_nonvolatile_fn *done,
                                    void *userdata);

err_t berth_nonvolatile_size(uint32_t *size);
/* ERR_FAIL: less was read or written, the flash fails. */
err_t berth_nonvolatile_read(uint32_t offset, void *bytes, size_t length);
err_t berth_nonvolatile_write(uint32_t offset, const void *bytes,
                              size_t length);
err_t berth_nonvolatile_read_timeout(uint32_t offset, void *bytes,
                                     size_t length, uint32_t ms);
err_t berth_nonvolatile_write_timeout(uint32_t offset, const void *bytes,
                                      size_t length, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
