/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_rom.h. What has to wait answers with a jump to itself, so that time
 * goes by and interrupts are taken meanwhile. */
#include <tests/sim/devices/c3_rom.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/esp_image.h>

enum { T0 = 5, A0 = 10, A1 = 11, A2 = 12 };

#define CODE_SIZE 0x60000u
#define DATA_BASE 0x3FF00000u
#define DATA_SIZE 0x20000u
#define GO_TO_T0 0x8282u /* c.jr t0 */
#define RETURN 0x8082u   /* c.jr ra */
#define WAIT 0xA001u     /* c.j to itself */
/* RAM that ROM functions keep their state in. */
#define ROM_RAM 0x3FCDE710u
#define ROM_RAM_END 0x3FCE0000u
#define DIRECT_PAGES 64u
#define PAGE 256u
#define CHUNK 32u

static struct machine *machine_of(const struct c3_rom *r)
{
    return r->device.machine;
}

static uint64_t now_of(const struct c3_rom *r)
{
    return machine_now(machine_of(r));
}

static uint32_t *arguments(const struct c3_rom *r)
{
    return &machine_of(r)->hart.x[A0];
}

/* ---- booting -------------------------------------------------------------------------- */

static uint8_t rom_ram_byte(uint32_t address)
{
    return (uint8_t)(address * 167u >> 3 ^ address);
}

static void rom_ram_fill(struct c3_rom *r)
{
    for (uint32_t at = ROM_RAM; at < ROM_RAM_END; at++) {
        uint8_t byte = rom_ram_byte(at);
        machine_poke(machine_of(r), at, &byte, 1);
    }
}

static bool rom_ram_is_whole(const struct c3_rom *r, uint32_t *at)
{
    uint8_t byte;
    for (*at = ROM_RAM; *at < ROM_RAM_END; ++*at)
        if (!machine_peek(machine_of(r), *at, &byte, 1) ||
            byte != rom_ram_byte(*at))
            return false;
    return true;
}

static void print(struct c3_rom *r, const char *text)
{
    c3_uart_print(r->uart, text);
}

static void segments_copy(struct c3_rom *r, const struct esp_image *image)
{
    for (uint32_t i = 0; i < image->count; i++) {
        const struct esp_segment *s = &image->segments[i];
        uint32_t unused;
        if (s->length > 0 && esp_ram_offset(s->address, &unused))
            machine_poke(machine_of(r), s->address, s->bytes, s->length);
    }
}

static void greet(struct c3_rom *r)
{
    char text[80];
    snprintf(text, sizeof text,
             "ESP-ROM:esp32c3\r\nrst:0x%x (%s),boot:0x%x (%s)\r\n",
             c3_rtc_cause(r->rtc), c3_rtc_cause_name(r->rtc), 0xC,
             "SPI_FAST_FLASH_BOOT");
    print(r, text);
}

/* The flash may still be busy with what it was told before the reset. */
static uint32_t boot(struct c3_rom *r)
{
    const struct nor *nor = r->cache->nor;
    struct esp_image image;
    if (nor_is_busy(nor, now_of(r)))
        return WAIT;
    if (c3_rtc_wants_download(r->rtc)) {
        machine_violation(machine_of(r),
                          "the ROM waits for a download: GPIO9 was low at "
                          "reset, or the guest asked for it (OPTION1)");
        return WAIT;
    }
    greet(r);
    if (!esp_image_read(&image, nor->flash.bytes, nor->flash.size)) {
        machine_violation(machine_of(r), "the ROM refuses what flash holds: %s",
                          image.complaint);
        return WAIT;
    }
    if (image.warning[0] != '\0') {
        print(r, image.warning);
        print(r, "\r\n");
        fprintf(stderr, "sim: the ROM says: %s\n", image.warning);
    }
    rom_ram_fill(r);
    segments_copy(r, &image);
    if (image.is_direct)
        c3_cache_map(r->cache, DIRECT_PAGES);
    machine_of(r)->hart.x[T0] = image.entry;
    return GO_TO_T0;
}

/* ---- functions -------------------------------------------------------------------------- */

static uint32_t answer(const struct c3_rom *r, uint32_t value)
{
    arguments(r)[0] = value;
    return RETURN;
}

static uint32_t cache_disable(struct c3_rom *r)
{
    c3_cache_enable(r->cache, false);
    c3_cache_invalidate(r->cache, 0, C3_WINDOW_SIZE);
    return answer(r, 0);
}

static uint32_t cache_suspend(struct c3_rom *r)
{
    c3_cache_enable(r->cache, false);
    return answer(r, 0);
}

static uint32_t cache_enable(struct c3_rom *r)
{
    c3_cache_enable(r->cache, true);
    return RETURN;
}

static uint32_t cache_invalidate(struct c3_rom *r)
{
    const uint32_t *a = arguments(r);
    c3_cache_invalidate(r->cache, a[0], a[1]);
    return answer(r, 0);
}

static uint32_t cache_invalidate_all(struct c3_rom *r)
{
    c3_cache_invalidate(r->cache, 0, C3_WINDOW_SIZE);
    return RETURN;
}

static bool is_flash_busy(const struct c3_rom *r)
{
    return nor_is_busy(r->cache->nor, now_of(r));
}

static uint32_t flash_ready(struct c3_rom *r)
{
    return is_flash_busy(r) ? WAIT : answer(r, 0);
}

static void write_enable(struct c3_rom *r)
{
    static const uint8_t enable = 0x06;
    c3_spi_command(r->spi, &enable, 1, NULL, 0);
}

static uint32_t erase(struct c3_rom *r, uint8_t command, uint32_t size)
{
    uint32_t at = arguments(r)[0] * size;
    const uint8_t out[] = { command, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                            (uint8_t)at };
    if (is_flash_busy(r))
        return WAIT;
    if (r->left != 0) { /* it was busy with this one */
        r->left = 0;
        return answer(r, 0);
    }
    if (arguments(r)[0] >= r->cache->nor->flash.size / size)
        return answer(r, 1);
    r->left = size;
    write_enable(r);
    c3_spi_command(r->spi, out, sizeof out, NULL, 0);
    return WAIT;
}

static uint32_t erase_sector(struct c3_rom *r)
{
    return erase(r, 0x20, 4096);
}

static uint32_t erase_block(struct c3_rom *r)
{
    return erase(r, 0xD8, 65536);
}

static bool is_range_right(const struct c3_rom *r)
{
    const uint32_t *a = arguments(r);
    uint32_t size = r->cache->nor->flash.size;
    if (a[1] % 4 != 0 || a[2] % 4 != 0)
        machine_violation(machine_of(r),
                          "ROM flash function with buffer 0x%08x, length %u: "
                          "both have to be multiples of 4",
                          a[1], a[2]);
    return a[0] <= size && a[2] <= size - a[0];
}

static void write_chunk(struct c3_rom *r)
{
    uint32_t len = PAGE - r->at % PAGE;
    uint8_t out[4 + CHUNK] = { 0x02, (uint8_t)(r->at >> 16),
                               (uint8_t)(r->at >> 8), (uint8_t)r->at };
    len = len < CHUNK ? len : CHUNK;
    len = len < r->left ? len : r->left;
    if (!machine_peek(machine_of(r), r->from, out + 4, len))
        machine_violation(machine_of(r),
                          "ROM flash write from 0x%08x, which is no memory",
                          r->from);
    write_enable(r);
    c3_spi_command(r->spi, out, 4 + len, NULL, 0);
    r->at += len;
    r->from += len;
    r->left -= len;
}

static uint32_t flash_write(struct c3_rom *r)
{
    const uint32_t *a = arguments(r);
    if (r->until == NEVER) { /* begins */
        if (!is_range_right(r))
            return answer(r, 1);
        r->until = 0;
        r->at = a[0];
        r->from = a[1];
        r->left = a[2];
    }
    if (is_flash_busy(r))
        return WAIT;
    if (r->left == 0)
        return answer(r, 0);
    write_chunk(r);
    return WAIT;
}

static uint32_t flash_read(struct c3_rom *r)
{
    const uint32_t *a = arguments(r);
    if (is_flash_busy(r))
        return WAIT;
    if (!is_range_right(r))
        return answer(r, 1);
    if (!machine_poke(machine_of(r), a[1], r->cache->nor->flash.bytes + a[0],
                      a[2]))
        machine_violation(machine_of(r),
                          "ROM flash read to 0x%08x, which is no memory", a[1]);
    return answer(r, 0);
}

static uint32_t flash_fine(struct c3_rom *r)
{
    return answer(r, 0);
}

static uint32_t delay(struct c3_rom *r)
{
    if (r->until == NEVER)
        r->until = now_of(r) + UINT64_C(1000) * arguments(r)[0];
    return now_of(r) >= r->until ? RETURN : WAIT;
}

static uint32_t reset_reason(struct c3_rom *r)
{
    return answer(r, c3_rtc_cause(r->rtc));
}

static uint32_t software_reset(struct c3_rom *r)
{
    c3_rtc_reset_by(r->rtc, C3_RESET_SOFTWARE_CORE);
    return WAIT;
}

static uint32_t uart_char(struct c3_rom *r)
{
    char text[2] = { (char)arguments(r)[0], '\0' };
    print(r, text);
    return answer(r, 0);
}

static const struct {
    uint32_t offset;
    bool needs_ram;
    uint32_t (*run)(struct c3_rom *r);
} functions[] = {
    { 0x018, false, reset_reason },    { 0x050, true, delay },
    { 0x068, true, uart_char },        { 0x090, false, software_reset },
    { 0x10C, true, flash_ready },      { 0x124, true, erase_block },
    { 0x128, true, erase_sector },     { 0x12C, true, flash_write },
    { 0x130, true, flash_read },       { 0x134, true, flash_fine },
    { 0x140, true, flash_fine },       { 0x164, true, flash_fine },
    { 0x4D4, true, cache_invalidate }, { 0x4D8, true, cache_invalidate_all },
    { 0x51C, true, cache_disable },    { 0x520, true, cache_enable },
    { 0x524, true, cache_suspend },    { 0x528, true, cache_enable },
    { 0x52C, true, cache_suspend },    { 0x530, true, cache_enable },
};

static uint32_t call(struct c3_rom *r, uint32_t offset)
{
    uint32_t next, at;
    for (uint32_t i = 0; i < ARRAY_COUNT(functions); i++) {
        if (functions[i].offset != offset)
            continue;
        if (r->function != offset) {
            r->function = offset;
            r->until = NEVER;
            r->left = 0;
            if (functions[i].needs_ram && !rom_ram_is_whole(r, &at))
                machine_violation(machine_of(r),
                                  "call of ROM function 0x%08x after the RAM "
                                  "that the ROM keeps its data in was "
                                  "overwritten at 0x%08x",
                                  C3_ROM + offset, at);
        }
        next = functions[i].run(r);
        if (next != WAIT)
            r->function = 0;
        return next;
    }
    machine_violation(machine_of(r),
                      "call of ROM function 0x%08x, which is not modelled",
                      C3_ROM + offset);
    return WAIT;
}

static bool rom_fetch(struct memory *memory, uint32_t offset,
                      uint32_t *halfword)
{
    struct c3_rom *r = memory->owner;
    *halfword = offset == 0 ? boot(r) : call(r, offset);
    machine_wake(memory->machine);
    return true;
}

static const struct memory_ops rom_ops = { .fetch = rom_fetch };

static void rom_reset(struct device *device, enum reset_kind kind)
{
    struct c3_rom *r = CONTAINER_OF(device, struct c3_rom, device);
    (void)kind;
    r->function = 0;
}

static const struct device_ops device_ops = { .reset = rom_reset };

void c3_rom_add(struct machine *machine, struct c3_rom *rom)
{
    rom->code = (struct memory){ .name = "mask ROM",
                                 .base = C3_ROM,
                                 .size = CODE_SIZE,
                                 .bytes = memory_bytes(CODE_SIZE),
                                 .direct = MEMORY_READ,
                                 .ops = &rom_ops,
                                 .owner = rom };
    rom->data = (struct memory){ .name = "mask ROM data",
                                 .base = DATA_BASE,
                                 .size = DATA_SIZE,
                                 .bytes = memory_bytes(DATA_SIZE),
                                 .direct = MEMORY_READ };
    machine_add_memory(machine, &rom->code);
    machine_add_memory(machine, &rom->data);
    rom->device = (struct device){ .ops = &device_ops, .name = "ROM" };
    machine_add_device(machine, &rom->device);
}
