/* SPDX-License-Identifier: Apache-2.0 */
/* What the ESP32-C3's mask ROM boots from flash offset 0, read and checked as it
 * does: an image of segments that it copies to RAM, or eight bytes that ask it to
 * map the flash and jump into it. Pure: knows no machine. */
#ifndef TESTS_SIM_ESP_IMAGE_H
#define TESTS_SIM_ESP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ESP_SEGMENTS = 16 };

struct esp_segment {
    uint32_t address, length;
    const uint8_t *bytes;
};

struct esp_image {
    uint32_t entry;
    uint32_t count;
    struct esp_segment segments[ESP_SEGMENTS];
    uint32_t length;     /* of all of it, in flash */
    bool is_direct;      /* not copied: the ROM jumps into flash */
    char complaint[200]; /* why the ROM refuses it, or empty */
    char warning[120];   /* what it says and boots all the same, or empty */
};

/* The chip that this is for: its number in the header, its revision, 100 times
 * the major one. */
#define ESP_CHIP_C3 5u
#define ESP_REVISION 4u

/* false: the ROM refuses it, the complaint says why. */
bool esp_image_read(struct esp_image *image, const uint8_t *flash,
                    uint32_t size);

/* The image of these segments, as the vendor's tool makes it, with its hash.
 * Returns its length, 0 if it does not fit. */
uint32_t esp_image_write(const struct esp_segment *segments, uint32_t count,
                         uint32_t entry, uint8_t *to, uint32_t room);

/* Whether the address is in RAM that the ROM does not use itself, and on the
 * data bus: the same byte may have two addresses. */
bool esp_ram_offset(uint32_t address, uint32_t *canonical);

#endif
