/* SPDX-License-Identifier: Apache-2.0 */
/* See intel_hex.h. A line is a colon and, in hexadecimal, the count of its
 * bytes, 16 bits of address, a type, the bytes, and what makes their sum 0. */
#include "intel_hex.h"

#include <stdio.h>

enum { LINE_BYTES = 16 };
enum { TYPE_DATA = 0, TYPE_END = 1, TYPE_UPPER_ADDRESS = 4 };

static void line_add(struct bytes *out, uint32_t address, uint8_t type,
                     const uint8_t *data, size_t len)
{
    char line[1 + 2 * (LINE_BYTES + 5) + 2];
    uint32_t sum =
        (uint32_t)len + (address >> 8 & 0xFF) + (address & 0xFF) + type;
    int at = snprintf(line, sizeof line, ":%02X%04X%02X", (unsigned)len,
                      (unsigned)(address & 0xFFFF), (unsigned)type);
    for (size_t i = 0; i < len; i++) {
        sum += data[i];
        at += snprintf(line + at, sizeof line - (size_t)at, "%02X",
                       (unsigned)data[i]);
    }
    at += snprintf(line + at, sizeof line - (size_t)at, "%02X\n",
                   (unsigned)(-sum & 0xFF));
    bytes_append(out, line, (size_t)at);
}

static void upper_add(struct bytes *out, uint32_t address)
{
    const uint8_t upper[] = { (uint8_t)(address >> 24),
                              (uint8_t)(address >> 16) };
    line_add(out, 0, TYPE_UPPER_ADDRESS, upper, sizeof upper);
}

void intel_hex_add(struct bytes *out, uint32_t address, const uint8_t *data,
                   size_t len)
{
    for (size_t done = 0; done < len;) {
        uint32_t at = address + (uint32_t)done;
        size_t n = LINE_BYTES - at % LINE_BYTES; /* no line spans 64 KiB */
        if (n > len - done)
            n = len - done;
        if (done == 0 || (at & 0xFFFF) == 0)
            upper_add(out, at);
        line_add(out, at, TYPE_DATA, data + done, n);
        done += n;
    }
}

void intel_hex_end(struct bytes *out)
{
    line_add(out, 0, TYPE_END, NULL, 0);
}
