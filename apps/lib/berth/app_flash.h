/* SPDX-License-Identifier: Apache-2.0 */
/* Writing flash that belongs to the app itself and can be read like any memory:
 *
 *     static const struct settings kept BERTH_WRITEABLE_FLASH = { 1, 2, 3 };
 *     berth_app_flash_write(&kept, &new, sizeof new);
 *
 * An app that is accepted by a credential must not do so: what it has written is
 * not what was signed. <berth/kv.h> and <berth/nonvolatile.h> are for all. */
#ifndef BERTH_APP_FLASH_H
#define BERTH_APP_FLASH_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of a constant: volatile, too, where the compiler might know its value. */
#define BERTH_WRITEABLE_FLASH __attribute__((section(".wfr.app"), used))

typedef void berth_app_flash_fn(err_t status, void *userdata);

/* `at` is in flash; the bytes stay in place until `done` is called. ERR_BUSY: one
 * is under way that was begun so, or given up and has not ended. ERR_INVAL: not
 * all of that is writeable flash of this app. */
err_t berth_app_flash_write_async(const volatile void *at, const void *bytes,
                                  size_t length, berth_app_flash_fn *done,
                                  void *userdata);
err_t berth_app_flash_write(const volatile void *at, const void *bytes,
                            size_t length);
/* Gives up after `ms` milliseconds with ERR_CANCEL; how much was written is not
 * known then. Callbacks of other things run meanwhile. */
err_t berth_app_flash_write_timeout(const volatile void *at, const void *bytes,
                                    size_t length, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
