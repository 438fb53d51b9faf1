/* SPDX-License-Identifier: Apache-2.0 */
/* See esp_image.h. What the kernel executes from SRAM goes by the addresses at
 * which it is loaded; what is linked for a flash window lies where it is seen. */
#include "esp_image.h"

#include <bearssl.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "elf_app.h"
#include "file.h"

#define WINDOW_SIZE (8u << 20)
#define WINDOW_DATA 0x3C000000u
#define WINDOW_CODE 0x42000000u

#define SRAM_DATA 0x3FC80000u
#define SRAM_CODE 0x40380000u
#define SRAM_SIZE 0x60000u
#define SRAM_ROM_USES 0x5C710u /* from there on, while it loads */
#define RTC_RAM 0x50000000u
#define RTC_RAM_SIZE 0x2000u

/* Of the image's header: docs/porting.md says what flash it is for. */
#define IMAGE_MAGIC 0xE9u
#define IMAGE_SEGMENTS 16u
#define FLASH_MODE_DIO 2u
#define FLASH_4MB_80MHZ 0x2Fu
#define NO_WRITE_PROTECT_PIN 0xEEu
#define CHIP_ESP32C3 5u
#define ANY_REVISION 0xFFFFu
#define CHECKSUM_SEED 0xEFu

#define DIRECT_MAGIC 0xAEDB041Du
enum { DIRECT_AT = 12, DIRECT_TO = 16, DIRECT_SIZE = 20, DIRECT_WORDS = 24 };

/* Bytes for SRAM, those that follow one another as one. */
struct piece {
    uint32_t address;
    struct bytes bytes;
};

struct kernel {
    const char *path;
    struct elf_app elf;
    struct piece pieces[ELF_APP_SEGMENTS];
    size_t count;
    const struct elf_segment *stub; /* for direct boot; NULL: none */
};

enum esp_form esp_form_read(const char *text)
{
    if (strcmp(text, "rom") == 0)
        return ESP_ROM;
    if (strcmp(text, "direct") == 0)
        return ESP_DIRECT;
    fail(EXIT_USAGE, "--esp32c3: `%s` is neither rom nor direct", text);
}

/* ---- addresses ---------------------------------------------------------------- */

static bool is_within(uint32_t address, uint64_t len, uint32_t base,
                      uint32_t size)
{
    return address >= base && address - base + len <= size;
}

static bool is_in_window(uint32_t address, uint64_t len)
{
    return is_within(address, len, WINDOW_DATA, WINDOW_SIZE) ||
           is_within(address, len, WINDOW_CODE, WINDOW_SIZE);
}

static bool is_in_ram(uint32_t address, uint64_t len)
{
    return is_within(address, len, SRAM_DATA, SRAM_SIZE) ||
           is_within(address, len, SRAM_CODE, SRAM_SIZE) ||
           is_within(address, len, RTC_RAM, RTC_RAM_SIZE);
}

/* The one address of a byte that has two. */
static uint32_t byte_of(uint32_t address)
{
    return is_within(address, 0, SRAM_CODE, SRAM_SIZE)
               ? address - SRAM_CODE + SRAM_DATA
               : address;
}

static bool meet(uint32_t a, uint32_t a_len, uint32_t b, uint32_t b_len)
{
    uint32_t x = byte_of(a), y = byte_of(b);
    return a_len != 0 && b_len != 0 && (uint64_t)x < (uint64_t)y + b_len &&
           (uint64_t)y < (uint64_t)x + a_len;
}

/* ---- what the ELF file has ------------------------------------------------------ */

/* At run time: each segment where it is linked, against all others. */
static void overlap_check(const struct kernel *k)
{
    for (size_t i = 0; i < k->elf.segment_count; i++) {
        const struct elf_segment *a = &k->elf.segments[i];
        for (size_t j = 0; j < i; j++) {
            const struct elf_segment *b = &k->elf.segments[j];
            if (meet(a->vaddr, a->memsz, b->vaddr, b->memsz))
                fail(EXIT_REFUSED,
                     "%s: what is linked at 0x%08x and what is linked at "
                     "0x%08x share bytes: SRAM at 0x%08x is the same as at "
                     "0x%08x; see the board's memory.ld",
                     k->path, b->vaddr, a->vaddr, SRAM_CODE, SRAM_DATA);
        }
    }
}

static void piece_add(struct kernel *k, const struct elf_segment *s)
{
    struct piece *last = k->count > 0 ? &k->pieces[k->count - 1] : NULL;
    if (!last || last->address + last->bytes.len != s->paddr) {
        if (k->count == IMAGE_SEGMENTS)
            fail(EXIT_REFUSED, "%s: more than %u segments", k->path,
                 IMAGE_SEGMENTS);
        last = &k->pieces[k->count++];
        last->address = s->paddr;
    }
    bytes_append(&last->bytes, s->bytes, s->filesz);
}

static void segment_take(struct kernel *k, const struct elf_segment *s)
{
    if (is_in_window(s->paddr, s->filesz)) {
        if (s->paddr % WINDOW_SIZE == 0 && s->filesz >= DIRECT_WORDS &&
            get32(s->bytes) == DIRECT_MAGIC)
            k->stub = s;
        return;
    }
    if (!is_in_ram(s->paddr, s->filesz) || s->paddr % 4 != 0)
        fail(EXIT_REFUSED,
             "%s: %u bytes for 0x%08x: the mask ROM loads words to SRAM "
             "(0x%08x, 0x%08x) and RTC RAM (0x%08x) only",
             k->path, s->filesz, s->paddr, SRAM_DATA, SRAM_CODE, RTC_RAM);
    piece_add(k, s);
}

static void pieces_check(const struct kernel *k)
{
    if (k->count == 0)
        fail(EXIT_REFUSED, "%s: has nothing for SRAM", k->path);
    bool is_entry = false;
    for (size_t i = 0; i < k->count; i++) {
        const struct piece *p = &k->pieces[i];
        uint32_t len = (uint32_t)p->bytes.len;
        if (meet(p->address, len, SRAM_DATA + SRAM_ROM_USES,
                 SRAM_SIZE - SRAM_ROM_USES))
            fail(EXIT_REFUSED,
                 "%s: 0x%08x to 0x%08x reaches into what the mask ROM uses, "
                 "from 0x%08x on",
                 k->path, p->address, p->address + len,
                 SRAM_DATA + SRAM_ROM_USES);
        for (size_t j = 0; j < i; j++)
            if (meet(p->address, len, k->pieces[j].address,
                     (uint32_t)k->pieces[j].bytes.len))
                fail(EXIT_REFUSED, "%s: two parts for SRAM at 0x%08x", k->path,
                     p->address);
        is_entry = is_entry || is_within(k->elf.entry, 4, p->address, len);
    }
    if (!is_entry)
        fail(EXIT_REFUSED, "%s: its entry 0x%08x is not loaded", k->path,
             k->elf.entry);
}

static void kernel_read(struct kernel *k, const char *path)
{
    k->path = path;
    elf_app_read(path, &k->elf);
    overlap_check(k);
    for (size_t i = 0; i < k->elf.segment_count; i++)
        if (k->elf.segments[i].filesz != 0)
            segment_take(k, &k->elf.segments[i]);
    for (size_t i = 0; i < k->count; i++)
        bytes_fill(&k->pieces[i].bytes, 0, -k->pieces[i].bytes.len % 4);
    pieces_check(k);
}

/* ---- the two forms ---------------------------------------------------------------- */

static void header_put(struct bytes *out, const struct kernel *k)
{
    const uint8_t head[] = { IMAGE_MAGIC, (uint8_t)k->count, FLASH_MODE_DIO,
                             FLASH_4MB_80MHZ };
    bytes_append(out, head, sizeof head);
    bytes_put32(out, k->elf.entry);
    bytes_fill(out, NO_WRITE_PROTECT_PIN, 1);
    bytes_fill(out, 0, 3); /* drive strengths */
    bytes_put16(out, CHIP_ESP32C3);
    bytes_fill(out, 0, 1); /* revisions: from any */
    bytes_put16(out, 0);
    bytes_put16(out, ANY_REVISION);
    bytes_fill(out, 0, 4);
    bytes_fill(out, 1, 1); /* a hash follows */
}

static struct bytes rom_image(const struct kernel *k)
{
    struct bytes out = { 0 };
    uint8_t checksum = CHECKSUM_SEED, hash[br_sha256_SIZE];
    header_put(&out, k);
    for (size_t i = 0; i < k->count; i++) {
        const struct piece *p = &k->pieces[i];
        bytes_put32(&out, p->address);
        bytes_put32(&out, (uint32_t)p->bytes.len);
        bytes_append(&out, p->bytes.data, p->bytes.len);
        for (size_t j = 0; j < p->bytes.len; j++)
            checksum ^= p->bytes.data[j];
    }
    bytes_fill(&out, 0, 15 - out.len % 16);
    bytes_fill(&out, checksum, 1);
    br_sha256_context context;
    br_sha256_init(&context);
    br_sha256_update(&context, out.data, out.len);
    br_sha256_out(&context, hash);
    bytes_append(&out, hash, sizeof hash);
    return out;
}

/* The stub, and the kernel where the stub says. */
static struct bytes direct_image(const struct kernel *k)
{
    struct bytes out = { 0 };
    const struct elf_segment *stub = k->stub;
    const struct piece *p = &k->pieces[0];
    if (!stub)
        fail(EXIT_REFUSED,
             "%s: has no stub for direct boot at 0x%08x; link "
             "chips/esp32c3/direct_boot.S",
             k->path, WINDOW_CODE);
    uint32_t at = get32(stub->bytes + DIRECT_AT);
    if (k->count != 1 || get32(stub->bytes + DIRECT_TO) != p->address ||
        get32(stub->bytes + DIRECT_SIZE) != p->bytes.len || at % 4 != 0 ||
        at < stub->filesz || at > WINDOW_SIZE)
        fail(EXIT_REFUSED,
             "%s: the stub copies %u bytes from 0x%x in flash to 0x%08x, but "
             "the kernel is %zu bytes for 0x%08x%s",
             k->path, get32(stub->bytes + DIRECT_SIZE), at,
             get32(stub->bytes + DIRECT_TO), p->bytes.len, p->address,
             k->count == 1 ? "" : " and more");
    bytes_append(&out, stub->bytes, stub->filesz);
    bytes_fill(&out, 0xFF, at - out.len);
    bytes_append(&out, p->bytes.data, p->bytes.len);
    return out;
}

/* The rest of what is linked for the windows. */
static uint32_t windows_lay(const struct kernel *k, uint32_t end,
                            uint8_t *flash, uint32_t size)
{
    uint32_t image = end;
    for (size_t i = 0; i < k->elf.segment_count; i++) {
        const struct elf_segment *s = &k->elf.segments[i];
        uint32_t at = s->paddr % WINDOW_SIZE;
        if (s == k->stub || s->filesz == 0 ||
            !is_in_window(s->paddr, s->filesz))
            continue;
        if (at < image)
            fail(EXIT_REFUSED,
                 "%s: what is linked for flash at 0x%08x lies in the image, "
                 "which ends at 0x%x",
                 k->path, s->paddr, image);
        if (s->filesz > size || at > size - s->filesz)
            fail(EXIT_REFUSED,
                 "%s: what is linked for flash at 0x%08x lies beyond the %u "
                 "bytes there are",
                 k->path, s->paddr, size);
        memcpy(flash + at, s->bytes, s->filesz);
        if (at + s->filesz > end)
            end = at + s->filesz;
    }
    return end;
}

uint32_t esp_image_lay(const char *path, enum esp_form form, uint8_t *flash,
                       uint32_t size)
{
    struct kernel *k = keep(calloc(1, sizeof *k));
    kernel_read(k, path);
    struct bytes image = form == ESP_ROM ? rom_image(k) : direct_image(k);
    if (image.len > size)
        fail(EXIT_REFUSED, "%s: an image of %zu bytes; there is room for %u",
             path, image.len, size);
    memcpy(flash, image.data, image.len);
    return windows_lay(k, (uint32_t)image.len, flash, size);
}
