/* SPDX-License-Identifier: Apache-2.0 */
/* The checksum of frames, digests and records, the same on both sides of the
 * line: CRC-32 as everybody computes it (reflected, all ones before and after).
 * For all. */
#ifndef BERTH_CRC32_H
#define BERTH_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of more bytes; `crc` is what came out of the bytes before, 0 for none. */
uint32_t crc32_add(uint32_t crc, const void *bytes, size_t len);

#endif
