/* SPDX-License-Identifier: Apache-2.0 */
/* See nor.h. The commands are a table: what follows the command byte, whether
 * it wants a write enable, and what it does at the end or for each byte. */
#include <tests/sim/devices/nor.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <berth/compiler.h>

enum { STATUS_BUSY = 0x01, STATUS_ENABLED = 0x02, STATUS_WRITABLE = 0xFC };
enum { STATUS_PROTECT_SHIFT = 2, STATUS_PROTECT = 0xF, PROTECT_ALL = 7 };

#define MS 1000000u
#define KIB 1024u

const struct nor_chip nor_is25lp032d = {
    .name = "IS25LP032D",
    .id = { 0x9D, 0x60, 0x16 },
    .size = 4096 * KIB,
    .program_ns = MS / 5,
    .erase_4k_ns = 70ull * MS,
    .erase_32k_ns = 100ull * MS,
    .erase_64k_ns = 150ull * MS,
    .erase_chip_ns = 16000ull * MS,
    .write_status_ns = 2ull * MS,
};

/* The modules carry chips of several makers; this is the slowest they are. */
const struct nor_chip nor_w25q32 = {
    .name = "W25Q32",
    .id = { 0xEF, 0x40, 0x16 },
    .size = 4096 * KIB,
    .program_ns = MS * 4 / 5,
    .erase_4k_ns = 60ull * MS,
    .erase_32k_ns = 120ull * MS,
    .erase_64k_ns = 250ull * MS,
    .erase_chip_ns = 10000ull * MS,
    .write_status_ns = 10ull * MS,
};

struct command {
    uint8_t code;
    const char *name;
    uint8_t address_bytes, dummy_bytes;
    bool wants_enable;
    bool works_while_busy;
    /* The answer to byte number `n` after address and dummies, or NULL. */
    uint8_t (*answer)(struct nor *nor, uint64_t now, uint32_t n);
    /* Takes that byte, or NULL. */
    void (*take)(struct nor *nor, uint32_t n, uint8_t byte);
    /* The chip has been deselected, `n` bytes behind the address; or NULL. */
    void (*finish)(struct nor *nor, uint64_t now, uint32_t n);
};

PRINTF_LIKE(2, 3)
static void complain(struct nor *nor, const char *format, ...)
{
    if (nor->complaint[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(nor->complaint, sizeof nor->complaint, format, arguments);
    va_end(arguments);
}

bool nor_is_busy(const struct nor *nor, uint64_t now)
{
    return now < nor->busy_until;
}

static void busy_for(struct nor *nor, uint64_t now, uint64_t ns)
{
    nor->busy_until = now + ns / nor->speed;
    nor->is_write_enabled = false;
}

/* ---- what commands do --------------------------------------------------------- */

/* The protection field counts 64 KiB blocks from the top, as a power of two. */
static bool is_protected(const struct nor *nor, uint32_t at, uint32_t len)
{
    uint32_t field = nor->status >> STATUS_PROTECT_SHIFT & STATUS_PROTECT;
    uint32_t size = nor->flash.size;
    if (field == 0)
        return false;
    if (field >= PROTECT_ALL)
        return true;
    uint32_t kept = 64 * KIB << (field - 1);
    return kept >= size || at + len > size - kept;
}

static uint8_t read_array(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)now;
    return nor->flash.bytes[(nor->address + n) % nor->flash.size];
}

static uint8_t read_status(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)n;
    return (uint8_t)(nor->status | (nor_is_busy(nor, now) ? STATUS_BUSY : 0) |
                     (nor->is_write_enabled ? STATUS_ENABLED : 0));
}

static uint8_t read_id(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)now;
    return nor->chip->id[n % sizeof nor->chip->id];
}

static void write_enable(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)now, (void)n;
    nor->is_write_enabled = true;
}

static void write_disable(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)now, (void)n;
    nor->is_write_enabled = false;
}

static void take_into_page(struct nor *nor, uint32_t n, uint8_t byte)
{
    nor->page[(nor->address + n) % NOR_PAGE] = byte;
}

static void program_page(struct nor *nor, uint64_t now, uint32_t n)
{
    uint32_t page = nor->address / NOR_PAGE * NOR_PAGE;
    uint32_t first = nor->address % NOR_PAGE;
    if (n == 0) {
        complain(nor, "page program at 0x%06x without data", nor->address);
    } else if (is_protected(nor, page, NOR_PAGE)) {
        complain(nor, "page program at 0x%06x: protected by the status",
                 nor->address);
    } else {
        if (first + n > NOR_PAGE) {
            first = 0;
            n = NOR_PAGE;
        }
        flash_program(&nor->flash, page + first, nor->page + first, n);
        busy_for(nor, now, nor->chip->program_ns);
    }
}

static void erase(struct nor *nor, uint64_t now, uint32_t size, uint64_t ns)
{
    uint32_t at = nor->address / size * size;
    if (is_protected(nor, at, size)) {
        complain(nor, "erase at 0x%06x: protected by the status", at);
        return;
    }
    flash_erase(&nor->flash, at, size);
    busy_for(nor, now, ns);
}

static void erase_4k(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)n;
    erase(nor, now, 4 * KIB, nor->chip->erase_4k_ns);
}

static void erase_32k(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)n;
    erase(nor, now, 32 * KIB, nor->chip->erase_32k_ns);
}

static void erase_64k(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)n;
    erase(nor, now, 64 * KIB, nor->chip->erase_64k_ns);
}

static void erase_chip(struct nor *nor, uint64_t now, uint32_t n)
{
    (void)n;
    nor->address = 0;
    erase(nor, now, nor->flash.size, nor->chip->erase_chip_ns);
}

static void take_status(struct nor *nor, uint32_t n, uint8_t byte)
{
    if (n == 0)
        nor->page[0] = byte;
}

static void write_status(struct nor *nor, uint64_t now, uint32_t n)
{
    if (n == 0) {
        complain(nor, "status write without data");
        return;
    }
    nor->status = nor->page[0] & STATUS_WRITABLE;
    busy_for(nor, now, nor->chip->write_status_ns);
}

static const struct command commands[] = {
    { 0x03, "read", 3, 0, false, false, read_array, NULL, NULL },
    { 0x0B, "fast read", 3, 1, false, false, read_array, NULL, NULL },
    { 0x05, "status read", 0, 0, false, true, read_status, NULL, NULL },
    { 0x9F, "id read", 0, 0, false, false, read_id, NULL, NULL },
    { 0x06, "write enable", 0, 0, false, false, NULL, NULL, write_enable },
    { 0x04, "write disable", 0, 0, false, false, NULL, NULL, write_disable },
    { 0x01, "status write", 0, 0, true, false, NULL, take_status,
      write_status },
    { 0x02, "page program", 3, 0, true, false, NULL, take_into_page,
      program_page },
    { 0x20, "4 KiB erase", 3, 0, true, false, NULL, NULL, erase_4k },
    { 0xD7, "4 KiB erase", 3, 0, true, false, NULL, NULL, erase_4k },
    { 0x52, "32 KiB erase", 3, 0, true, false, NULL, NULL, erase_32k },
    { 0xD8, "64 KiB erase", 3, 0, true, false, NULL, NULL, erase_64k },
    { 0xC7, "chip erase", 0, 0, true, false, NULL, NULL, erase_chip },
    { 0x60, "chip erase", 0, 0, true, false, NULL, NULL, erase_chip },
};

static const struct command *command_find(uint8_t code)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(commands); i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

/* ---- the wire ------------------------------------------------------------------ */

void nor_init(struct nor *nor, const struct nor_chip *chip, uint8_t *bytes,
              struct power *power)
{
    *nor = (struct nor){ .chip = chip,
                         .flash = { power, bytes, chip->size },
                         .speed = 1 };
}

void nor_power_on(struct nor *nor)
{
    nor->busy_until = 0;
    nor->is_write_enabled = false;
    nor->is_selected = false;
}

static void command_begin(struct nor *nor, uint64_t now, uint8_t code)
{
    const struct command *c = command_find(code);
    nor->command = code;
    nor->is_ignored = true;
    nor->address = 0;
    memset(nor->page, 0xFF, sizeof nor->page);
    if (!c)
        complain(nor, "command 0x%02x, which the %s does not know", code,
                 nor->chip->name);
    else if (nor_is_busy(nor, now) && !c->works_while_busy)
        complain(nor, "%s while the chip is busy", c->name);
    else if (c->wants_enable && !nor->is_write_enabled)
        complain(nor, "%s without a write enable before it", c->name);
    else
        nor->is_ignored = false;
}

uint8_t nor_exchange(struct nor *nor, uint64_t now, uint8_t out)
{
    if (!nor->is_selected)
        return 0xFF;
    uint32_t at = nor->count++;
    if (at == 0) {
        command_begin(nor, now, out);
        return 0xFF;
    }
    if (nor->is_ignored)
        return 0xFF;
    const struct command *c = command_find(nor->command);
    uint32_t before = 1u + c->address_bytes;
    if (at < before) {
        nor->address = (nor->address << 8 | out) % nor->flash.size;
        return 0xFF;
    }
    before += c->dummy_bytes;
    if (at < before)
        return 0xFF;
    if (c->take)
        c->take(nor, at - before, out);
    return c->answer ? c->answer(nor, now, at - before) : 0xFF;
}

static void command_end(struct nor *nor, uint64_t now)
{
    const struct command *c = command_find(nor->command);
    uint32_t before = 1u + c->address_bytes;
    if (!c->finish)
        return;
    if (nor->count < before)
        complain(nor, "%s cut off after %u of %u bytes", c->name, nor->count,
                 before);
    else if (!c->take && nor->count > before)
        complain(nor, "%s with %u bytes too many, so it is ignored", c->name,
                 nor->count - before);
    else
        c->finish(nor, now, nor->count - before);
}

void nor_select(struct nor *nor, uint64_t now, bool is_selected)
{
    bool was_selected = nor->is_selected;
    nor->is_selected = is_selected;
    if (is_selected && !was_selected)
        nor->count = 0;
    if (was_selected && !is_selected && nor->count > 0 && !nor->is_ignored)
        command_end(nor, now);
}
