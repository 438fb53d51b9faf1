/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums against accidents: whoever wants to can forge them. */
#ifndef BERTH_CRC_H
#define BERTH_CRC_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_crc_kind {
    BERTH_CRC_32 = 0,       /* of Ethernet, zip, ... */
    BERTH_CRC_32C = 1,      /* Castagnoli's */
    BERTH_CRC_16_CCITT = 2, /* beginning with ones, bytes from the low end */
};

typedef void berth_crc_fn(err_t status, uint32_t crc, void *userdata);

/* Starts it; the bytes must stay as they are until `done` is called. ERR_SIZE
 * if there are none; ERR_BUSY while another one is under way, or one that was
 * given up has not ended yet. */
err_t berth_crc_async(enum berth_crc_kind kind, const void *bytes,
                      size_t length, berth_crc_fn *done, void *userdata);

err_t berth_crc(enum berth_crc_kind kind, const void *bytes, size_t length,
                uint32_t *crc);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while it waits. */
err_t berth_crc_timeout(enum berth_crc_kind kind, const void *bytes,
                        size_t length, uint32_t *crc, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif
