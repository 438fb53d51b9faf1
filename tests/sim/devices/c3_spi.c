/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_spi.h. */
#include <tests/sim/devices/c3_spi.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    CMD = 0x00,
    ADDR = 0x04,
    CTRL = 0x08,
    CTRL1 = 0x0C,
    CTRL2 = 0x10,
    CLOCK = 0x14,
    USER = 0x18,
    USER1 = 0x1C,
    USER2 = 0x20,
    MOSI_DLEN = 0x24,
    MISO_DLEN = 0x28,
    RD_STATUS = 0x2C,
    W0 = 0x58,
    W_END = W0 + C3_SPI_BYTES,
    SIZE = 0x400,
};

#define CMD_USER (1u << 18)
#define CMD_CHIP_ERASE (1u << 22)
#define CMD_BLOCK_ERASE (1u << 23)
#define CMD_SECTOR_ERASE (1u << 24)
#define CMD_PROGRAM (1u << 25)
#define CMD_WRITE_STATUS (1u << 26)
#define CMD_READ_STATUS (1u << 27)
#define CMD_READ_ID (1u << 28)
#define CMD_WRITE_DISABLE (1u << 29)
#define CMD_WRITE_ENABLE (1u << 30)
#define USER_MOSI (1u << 27)
#define USER_MISO (1u << 28)
#define USER_DUMMY (1u << 29)
#define USER_ADDRESS (1u << 30)
#define USER_COMMAND (1u << 31)
/* QIO, DIO, QOUT, DOUT; commands or addresses on several lines. */
#define CTRL_SEVERAL_LINES (1u << 24 | 1u << 23 | 1u << 20 | 1u << 14 | 3u << 7)
#define CLOCK_UNDIVIDED (1u << 31)
#define FLASH_HZ 80000000u
#define NS_PER_S UINT64_C(1000000000)
/* As the ROM leaves it after DIO at 80 MHz. */
#define CTRL_RESET 0x00AC2000u
/* Those that have neither address nor data on the line that counts. */
#define CMD_PLAIN                                                              \
    (CMD_WRITE_ENABLE | CMD_WRITE_DISABLE | CMD_READ_ID | CMD_READ_STATUS |    \
     CMD_CHIP_ERASE)
#define USER_RESET 0x80000000u
#define USER1_RESET 0x5C000007u
#define USER2_RESET 0x70000000u

#define REG(s, offset) ((s)->registers[(offset) / 4])

static struct c3_spi *spi_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_spi, device);
}

static struct machine *machine_of(const struct c3_spi *s)
{
    return s->device.machine;
}

/* ---- the flash's side --------------------------------------------------------------- */

void c3_spi_command(struct c3_spi *s, const uint8_t *out, uint32_t out_len,
                    uint8_t *in, uint32_t in_len)
{
    struct nor *nor = s->nor;
    uint64_t now = machine_now(machine_of(s));
    uint64_t before = nor->flash.power->operations;
    nor_select(nor, now, true);
    for (uint32_t i = 0; i < out_len; i++)
        nor_exchange(nor, now, out[i]);
    for (uint32_t i = 0; i < in_len; i++)
        in[i] = nor_exchange(nor, now, 0xFF);
    nor_select(nor, now, false);
    if (nor->flash.power->operations != before)
        c3_cache_flash_changed(s->cache, nor->flash.power->at,
                               nor->flash.power->len);
    if (nor->complaint[0] != '\0')
        machine_violation(machine_of(s), "%s, flash %s: %s", s->device.name,
                          nor->chip->name, nor->complaint);
    if (nor->flash.power->is_cut)
        machine_cut(machine_of(s));
}

static uint64_t bits_ns(const struct c3_spi *s, uint32_t bits)
{
    uint32_t clock = REG(s, CLOCK);
    uint32_t divider =
        (clock & CLOCK_UNDIVIDED) != 0 ? 1 : (clock >> 16 & 0xFFu) + 1;
    return bits * NS_PER_S * divider / FLASH_HZ / (s->speed ? s->speed : 1);
}

static void transact(struct c3_spi *s, const uint8_t *out, uint32_t out_len,
                     uint8_t *in, uint32_t in_len)
{
    s->done = machine_now(machine_of(s)) + bits_ns(s, 8 * (out_len + in_len));
    c3_spi_command(s, out, out_len, in, in_len);
}

/* ---- transactions ---------------------------------------------------------------------- */

static uint8_t data_byte(const struct c3_spi *s, uint32_t index)
{
    return (uint8_t)(REG(s, W0 + index / 4 * 4) >> 8 * (index % 4));
}

static void data_set(struct c3_spi *s, const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        uint32_t *word = &REG(s, W0 + i / 4 * 4), shift = 8 * (i % 4);
        *word = (*word & ~(0xFFu << shift)) | (uint32_t)bytes[i] << shift;
    }
}

static bool is_whole_bytes(struct c3_spi *s, const char *what, uint32_t bits,
                           uint32_t most)
{
    if (bits % 8 == 0 && bits <= 8 * most)
        return true;
    machine_violation(machine_of(s),
                      "%s: a transaction with %u bits of %s: the flash wants "
                      "whole bytes, here at most %u",
                      s->device.name, bits, what, most);
    return false;
}

/* What the guest has put together in USER, USER1, USER2, ADDR, W. */
static void user_transaction(struct c3_spi *s)
{
    uint32_t user = REG(s, USER), address_bits, dummies, mosi, miso;
    uint8_t out[8 + C3_SPI_BYTES], in[C3_SPI_BYTES];
    uint32_t len = 0;
    address_bits = (user & USER_ADDRESS) ? (REG(s, USER1) >> 26) + 1 : 0;
    dummies = (user & USER_DUMMY) ? (REG(s, USER1) & 0x3Fu) + 1 : 0;
    mosi = (user & USER_MOSI) ? (REG(s, MOSI_DLEN) & 0x3FFu) + 1 : 0;
    miso = (user & USER_MISO) ? (REG(s, MISO_DLEN) & 0x3FFu) + 1 : 0;
    if ((user & USER_COMMAND) == 0 || REG(s, USER2) >> 28 != 7) {
        machine_violation(machine_of(s),
                          "%s: a transaction without a command of 8 bits "
                          "(USER 0x%08x, USER2 0x%08x)",
                          s->device.name, user, REG(s, USER2));
        return;
    }
    if (!is_whole_bytes(s, "address", address_bits, 4) ||
        !is_whole_bytes(s, "dummies", dummies, 3) ||
        !is_whole_bytes(s, "data out", mosi, C3_SPI_BYTES) ||
        !is_whole_bytes(s, "data in", miso, C3_SPI_BYTES))
        return;
    out[len++] = (uint8_t)REG(s, USER2);
    for (uint32_t left = address_bits; left > 0; left -= 8)
        out[len++] = (uint8_t)(REG(s, ADDR) >> (left - 8));
    for (uint32_t i = 0; i < dummies / 8; i++)
        out[len++] = 0;
    for (uint32_t i = 0; i < mosi / 8; i++)
        out[len++] = data_byte(s, i);
    transact(s, out, len, in, miso / 8);
    data_set(s, in, miso / 8);
}

static void addressed(struct c3_spi *s, uint8_t command)
{
    uint32_t at = REG(s, ADDR);
    const uint8_t out[] = { command, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                            (uint8_t)at };
    transact(s, out, sizeof out, NULL, 0);
}

static void program(struct c3_spi *s)
{
    uint32_t at = REG(s, ADDR), len = at >> 24;
    uint8_t out[4 + C3_SPI_BYTES] = { 0x02, (uint8_t)(at >> 16),
                                      (uint8_t)(at >> 8), (uint8_t)at };
    if (len == 0 || len > C3_SPI_BYTES) {
        machine_violation(machine_of(s),
                          "%s: program of %u bytes (ADDR 31:24): 1 to 64",
                          s->device.name, len);
        return;
    }
    for (uint32_t i = 0; i < len; i++)
        out[4 + i] = data_byte(s, i);
    transact(s, out, 4 + len, NULL, 0);
}

static void one_byte(struct c3_spi *s, uint8_t command)
{
    transact(s, &command, 1, NULL, 0);
}

static void read_back(struct c3_spi *s, uint8_t command, uint32_t *to,
                      uint32_t len)
{
    uint8_t in[4] = { 0 };
    transact(s, &command, 1, in, len);
    *to = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16;
}

static void write_status(struct c3_spi *s)
{
    const uint8_t out[] = { 0x01, (uint8_t)REG(s, RD_STATUS) };
    transact(s, out, sizeof out, NULL, 0);
}

static void command(struct c3_spi *s, uint32_t bits)
{
    switch (bits) {
    case CMD_USER:
        user_transaction(s);
        break;
    case CMD_WRITE_ENABLE:
        one_byte(s, 0x06);
        break;
    case CMD_WRITE_DISABLE:
        one_byte(s, 0x04);
        break;
    case CMD_READ_ID:
        read_back(s, 0x9F, &REG(s, W0), 3);
        break;
    case CMD_READ_STATUS:
        read_back(s, 0x05, &REG(s, RD_STATUS), 1);
        break;
    case CMD_WRITE_STATUS:
        write_status(s);
        break;
    case CMD_PROGRAM:
        program(s);
        break;
    case CMD_SECTOR_ERASE:
        addressed(s, 0x20);
        break;
    case CMD_BLOCK_ERASE:
        addressed(s, 0xD8);
        break;
    case CMD_CHIP_ERASE:
        one_byte(s, 0xC7);
        break;
    default:
        machine_violation(machine_of(s), "%s: CMD 0x%08x is not modelled",
                          s->device.name, bits);
    }
}

static bool is_on_the_wire(const struct c3_spi *s)
{
    return machine_now(machine_of(s)) < s->done;
}

static void command_begin(struct c3_spi *s, uint32_t bits)
{
    if (bits == 0)
        return;
    if (is_on_the_wire(s))
        machine_violation(machine_of(s),
                          "%s: command 0x%08x while 0x%08x is still on the "
                          "wire: wait until CMD reads 0",
                          s->device.name, bits, REG(s, CMD));
    else if ((bits & CMD_PLAIN) == 0 &&
             (REG(s, CTRL) & CTRL_SEVERAL_LINES) != 0)
        machine_violation(machine_of(s),
                          "%s: command 0x%08x with CTRL 0x%08x, which is for "
                          "reading on several lines: clear bits 24, 23, 20, "
                          "14, 8, 7 first",
                          s->device.name, bits, REG(s, CTRL));
    else
        command(s, bits);
    REG(s, CMD) = bits;
}

/* ---- registers --------------------------------------------------------------------------- */

static bool is_modelled(uint32_t offset)
{
    return offset <= RD_STATUS || (offset >= W0 && offset < W_END);
}

static bool spi_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct c3_spi *s = spi_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (!is_modelled(offset))
        return absent_register(device, offset);
    if (offset == CMD && !is_on_the_wire(s))
        REG(s, CMD) = 0;
    *value = REG(s, offset);
    return true;
}

static bool spi_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct c3_spi *s = spi_of(device);
    if (bytes != 4)
        return false;
    if (!is_modelled(offset))
        return absent_register(device, offset);
    if (offset == CMD)
        command_begin(s, value);
    else if (is_on_the_wire(s))
        machine_violation(machine_of(s),
                          "%s: +0x%02x is written while command 0x%08x is "
                          "still on the wire: wait until CMD reads 0",
                          s->device.name, offset, REG(s, CMD));
    else
        REG(s, offset) = value;
    return true;
}

/* A warm reset does not reach the flash: what it is busy with goes on. */
static void spi_reset(struct device *device, enum reset_kind kind)
{
    struct c3_spi *s = spi_of(device);
    memset(s->registers, 0, sizeof s->registers);
    REG(s, CTRL) = CTRL_RESET;
    REG(s, CLOCK) = CLOCK_UNDIVIDED;
    REG(s, USER) = USER_RESET;
    REG(s, USER1) = USER1_RESET;
    REG(s, USER2) = USER2_RESET;
    s->done = 0;
    s->nor->is_selected = false;
    if (kind == RESET_POWER_ON)
        nor_power_on(s->nor);
}

static const struct device_ops spi_ops = {
    .load = spi_load,
    .store = spi_store,
    .reset = spi_reset,
};

void c3_spi_add(struct machine *machine, struct c3_spi *spi, uint32_t base)
{
    spi->device = (struct device){
        .ops = &spi_ops, .name = "SPI1", .base = base, .size = SIZE
    };
    machine_add_device(machine, &spi->device);
}
