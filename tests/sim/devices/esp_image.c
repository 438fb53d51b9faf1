/* SPDX-License-Identifier: Apache-2.0 */
/* See esp_image.h. */
#include <tests/sim/devices/esp_image.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bearssl_hash.h>

#include <berth/compiler.h>

enum {
    MAGIC = 0xE9,
    HEADER = 24,
    SEGMENT_HEADER = 8,
    HASH = 32,
    CHECKSUM_SEED = 0xEF,
    ALIGNMENT = 16,
    MODES = 4,
    DIRECT_ENTRY = 8,
};

#define DIRECT_MAGIC 0xAEDB041Du
#define DIRECT_FROM_REVISION 3u
#define CODE_WINDOW 0x42000000u
#define DATA_WINDOW 0x3C000000u
#define WINDOW_SIZE 0x00800000u
#define SRAM_DATA 0x3FC80000u
#define SRAM_CODE 0x40380000u
#define SRAM_SIZE 0x00060000u
#define ROM_STACK 0x3FCDC710u /* from here on the ROM's, while it boots */
#define RTC_RAM 0x50000000u
#define RTC_RAM_SIZE 0x2000u

PRINTF_LIKE(2, 3)
static bool refuse(struct esp_image *image, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(image->complaint, sizeof image->complaint, format, arguments);
    va_end(arguments);
    return false;
}

static uint32_t word_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool is_within(uint32_t address, uint32_t length, uint32_t base,
                      uint32_t size)
{
    return address >= base && address - base <= size &&
           length <= size - (address - base);
}

bool esp_ram_offset(uint32_t address, uint32_t *canonical)
{
    if (is_within(address, 1, SRAM_CODE, SRAM_SIZE))
        address -= SRAM_CODE - SRAM_DATA;
    *canonical = address;
    return is_within(address, 1, SRAM_DATA, ROM_STACK - SRAM_DATA) ||
           is_within(address, 1, RTC_RAM, RTC_RAM_SIZE);
}

static bool is_flash(const struct esp_segment *s)
{
    return is_within(s->address, s->length, CODE_WINDOW, WINDOW_SIZE) ||
           is_within(s->address, s->length, DATA_WINDOW, WINDOW_SIZE);
}

/* ---- the segments ------------------------------------------------------------------ */

static bool segment_check(struct esp_image *image, uint32_t index)
{
    const struct esp_segment *s = &image->segments[index];
    uint32_t first, last;
    if (s->length == 0 || is_flash(s))
        return true;
    if (!esp_ram_offset(s->address, &first) ||
        !esp_ram_offset(s->address + s->length - 1, &last) ||
        last - first != s->length - 1)
        return refuse(image,
                      "segment %u of 0x%x bytes at 0x%08x is not in SRAM below "
                      "the ROM's stack (0x%08x) nor in RTC RAM",
                      index, s->length, s->address, ROM_STACK);
    for (uint32_t i = 0; i < index; i++) {
        const struct esp_segment *other = &image->segments[i];
        uint32_t at;
        if (other->length > 0 && esp_ram_offset(other->address, &at) &&
            first < at + other->length && at <= last)
            return refuse(image,
                          "segment %u at 0x%08x lies over segment %u at "
                          "0x%08x: these are the same bytes of RAM",
                          index, s->address, i, other->address);
    }
    return true;
}

static bool segments_read(struct esp_image *image, const uint8_t *flash,
                          uint32_t size, uint8_t *checksum)
{
    uint32_t at = HEADER;
    for (uint32_t i = 0; i < image->count; i++) {
        struct esp_segment *s = &image->segments[i];
        if (size - at < SEGMENT_HEADER)
            return refuse(image, "segment %u lies beyond the flash", i);
        *s = (struct esp_segment){ .address = word_at(flash + at),
                                   .length = word_at(flash + at + 4),
                                   .bytes = flash + at + SEGMENT_HEADER };
        at += SEGMENT_HEADER;
        if (s->length % 4 != 0)
            return refuse(image,
                          "segment %u has 0x%x bytes: not a multiple of 4", i,
                          s->length);
        if (s->length > size - at)
            return refuse(image,
                          "segment %u of 0x%x bytes reaches beyond the flash",
                          i, s->length);
        at += s->length;
        for (uint32_t n = 0; n < s->length; n++)
            *checksum ^= s->bytes[n];
        if (!segment_check(image, i))
            return false;
    }
    image->length = at;
    return true;
}

static bool entry_check(struct esp_image *image)
{
    for (uint32_t i = 0; i < image->count; i++) {
        const struct esp_segment *s = &image->segments[i];
        bool is_executable =
            is_within(s->address, s->length, SRAM_CODE, SRAM_SIZE) ||
            is_within(s->address, s->length, RTC_RAM, RTC_RAM_SIZE);
        if (is_executable && image->entry - s->address < s->length)
            return true;
    }
    return refuse(image,
                  "the entry 0x%08x is not in a segment that can be executed "
                  "(SRAM by its address 0x4038...., RTC RAM)",
                  image->entry);
}

/* ---- header and tail ------------------------------------------------------------------ */

static bool header_check(struct esp_image *image, const uint8_t *flash,
                         uint32_t size)
{
    uint32_t chip = flash[12] | (uint32_t)flash[13] << 8;
    uint32_t least = flash[15] | (uint32_t)flash[16] << 8;
    uint32_t most = flash[17] | (uint32_t)flash[18] << 8;
    uint32_t flash_size = 1u << 20 << (flash[3] >> 4);
    image->count = flash[1];
    image->entry = word_at(flash + 4);
    if (image->count == 0 || image->count > ESP_SEGMENTS)
        return refuse(image, "%u segments: 1 to %u are allowed", image->count,
                      ESP_SEGMENTS);
    if (chip != ESP_CHIP_C3)
        return refuse(image, "is for chip %u, an ESP32-C3 is chip %u", chip,
                      ESP_CHIP_C3);
    if (least > ESP_REVISION || (most != 0 && most < ESP_REVISION))
        return refuse(image,
                      "is for revisions %u.%u to %u.%u, the chip is %u.%u",
                      least / 100, least % 100, most / 100, most % 100,
                      ESP_REVISION / 100, ESP_REVISION % 100);
    if (flash[2] >= MODES)
        return refuse(image, "flash mode %u: there are 0 to %u", flash[2],
                      MODES - 1);
    if (flash_size > size)
        return refuse(image,
                      "says that the flash has %u MiB, it has %u: the vendor's "
                      "tool writes what it finds (--flash_size)",
                      flash_size >> 20, size >> 20);
    return true;
}

static bool hash_check(struct esp_image *image, const uint8_t *flash,
                       uint32_t size)
{
    br_sha256_context hash;
    uint8_t wanted[HASH];
    if (size - image->length < HASH)
        return refuse(image, "its hash lies beyond the flash");
    br_sha256_init(&hash);
    br_sha256_update(&hash, flash, image->length);
    br_sha256_out(&hash, wanted);
    if (memcmp(wanted, flash + image->length, HASH) != 0)
        snprintf(image->warning, sizeof image->warning,
                 "SHA-256 comparison failed: attempting to boot anyway");
    image->length += HASH;
    return true;
}

static bool tail_check(struct esp_image *image, const uint8_t *flash,
                       uint32_t size, uint8_t checksum)
{
    uint32_t at = image->length | (ALIGNMENT - 1);
    if (at >= size)
        return refuse(image, "its checksum lies beyond the flash");
    if (flash[at] != checksum)
        return refuse(image,
                      "the checksum at 0x%x is 0x%02x, its segments' is "
                      "0x%02x",
                      at, flash[at], checksum);
    image->length = at + 1;
    return flash[23] != 1 || hash_check(image, flash, size);
}

static bool direct_check(struct esp_image *image)
{
    image->is_direct = true;
    image->entry = CODE_WINDOW + DIRECT_ENTRY;
    image->length = DIRECT_ENTRY;
    if (ESP_REVISION >= DIRECT_FROM_REVISION)
        return true;
    return refuse(image, "direct boot wants revision 0.%u",
                  DIRECT_FROM_REVISION);
}

bool esp_image_read(struct esp_image *image, const uint8_t *flash,
                    uint32_t size)
{
    uint8_t checksum = CHECKSUM_SEED;
    memset(image, 0, sizeof *image);
    if (flash[0] != MAGIC && word_at(flash) == DIRECT_MAGIC &&
        word_at(flash + 4) == DIRECT_MAGIC)
        return direct_check(image);
    if (flash[0] != MAGIC)
        return refuse(image,
                      "invalid header: 0x%08x: neither an image (0xE9) nor "
                      "direct boot (0xAEDB041D twice)",
                      word_at(flash));
    return header_check(image, flash, size) &&
           segments_read(image, flash, size, &checksum) && entry_check(image) &&
           tail_check(image, flash, size, checksum);
}

/* ---- writing ----------------------------------------------------------------------------- */

static void word_put(uint8_t *to, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void header_write(uint8_t *to, uint32_t count, uint32_t entry)
{
    static const uint8_t tail[] = { 0xEE, 0,    0,    0, ESP_CHIP_C3, 0, 0, 0,
                                    0,    0xFF, 0xFF, 0, 0,           0, 0, 1 };
    to[0] = MAGIC;
    to[1] = (uint8_t)count;
    to[2] = 2;    /* DIO */
    to[3] = 0x2F; /* 4 MiB, 80 MHz */
    word_put(to + 4, entry);
    memcpy(to + 8, tail, sizeof tail);
}

uint32_t esp_image_write(const struct esp_segment *segments, uint32_t count,
                         uint32_t entry, uint8_t *to, uint32_t room)
{
    uint32_t at = HEADER;
    uint8_t checksum = CHECKSUM_SEED;
    br_sha256_context hash;
    if (count == 0 || count > ESP_SEGMENTS || room < HEADER)
        return 0;
    header_write(to, count, entry);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t padded = (segments[i].length + 3) / 4 * 4;
        if (padded > room - at || room - at - padded < SEGMENT_HEADER + 64)
            return 0;
        word_put(to + at, segments[i].address);
        word_put(to + at + 4, padded);
        at += SEGMENT_HEADER;
        memset(to + at, 0, padded);
        memcpy(to + at, segments[i].bytes, segments[i].length);
        for (uint32_t n = 0; n < segments[i].length; n++)
            checksum ^= segments[i].bytes[n];
        at += padded;
    }
    while (at % ALIGNMENT != ALIGNMENT - 1)
        to[at++] = 0;
    to[at++] = checksum;
    br_sha256_init(&hash);
    br_sha256_update(&hash, to, at);
    br_sha256_out(&hash, to + at);
    return at + HASH;
}
