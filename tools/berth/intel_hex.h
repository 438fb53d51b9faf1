/* SPDX-License-Identifier: Apache-2.0 */
/* Intel HEX, what flash tools and boards that pose as a USB disk take: bytes and
 * where they go, as text. What lies between is not written. */
#ifndef BERTH_INTEL_HEX_H
#define BERTH_INTEL_HEX_H

#include "file.h"

/* Bytes that go to `address`, which may be anywhere. */
void intel_hex_add(struct bytes *out, uint32_t address, const uint8_t *data,
                   size_t len);

/* The last line. */
void intel_hex_end(struct bytes *out);

#endif
