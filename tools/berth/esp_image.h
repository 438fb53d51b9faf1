/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel for the ESP32-C3 as its mask ROM boots it from the start of the
 * flash. */
#ifndef BERTH_ESP_IMAGE_H
#define BERTH_ESP_IMAGE_H

#include <stdint.h>

enum esp_form {
    ESP_NONE,
    ESP_ROM,    /* an image of segments, which the ROM copies to SRAM */
    ESP_DIRECT, /* the ROM jumps into flash; the kernel's own stub copies */
};

/* "rom" or "direct". */
enum esp_form esp_form_read(const char *text);

/* Writes the linked kernel into the first `size` bytes of a flash, which hold
 * one byte value only, and returns where what it has written ends. Refuses a
 * kernel that the ROM would refuse, and one of which two sections are the same
 * bytes of SRAM at two addresses. */
uint32_t esp_image_lay(const char *path, enum esp_form form, uint8_t *flash,
                       uint32_t size);

#endif
