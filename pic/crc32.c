/* SPDX-License-Identifier: Apache-2.0 */
/* See berth/crc32.h. Four bits at a time: the table takes 64 bytes. */
#include <berth/crc32.h>

static const uint32_t of_nibble[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
    0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
    0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t len)
{
    crc = ~crc;
    for (const uint8_t *b = bytes; len != 0; len--) {
        crc ^= *b++;
        crc = crc >> 4 ^ of_nibble[crc & 15];
        crc = crc >> 4 ^ of_nibble[crc & 15];
    }
    return ~crc;
}
