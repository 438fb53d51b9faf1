/* SPDX-License-Identifier: Apache-2.0 */
/* See bootloader.h. */
#include <berth/crc32.h>
#include <berth/proto.h>
#include <kernel/string.h>
#include <loader/bootloader.h>

enum command {
    PING = 0x01,
    INFO = 0x03,
    ID = 0x04,
    RESET = 0x05,
    ERASE_PAGE = 0x06,
    WRITE_PAGE = 0x07,
    READ_RANGE = 0x11,
    SET_ATTRIBUTE = 0x13,
    GET_ATTRIBUTE = 0x14,
    CRC_FLASH = 0x15,
    CHANGE_BAUD = 0x21,
    EXIT = 0x22,
    SET_START = 0x23,
};

enum response {
    PONG = 0x11,
    BAD_ADDRESS = 0x12,
    INTERNAL_ERROR = 0x13,
    BAD_ARGUMENTS = 0x14,
    DONE = 0x15,
    UNKNOWN = 0x16,
    RANGE = 0x20,
    ATTRIBUTE = 0x22,
    CRC = 0x23,
    BOARD_INFO = 0x25,
    BAUD_FAILED = 0x26,
};

enum { NOT_SENDING, SEND_ESCAPE, SEND_CODE, SEND_BODY };
enum { FROM_SMALL, FROM_FLASH, FROM_CRC };

/* Bytes of flash that are looked at in one go. */
#define STEP 64u

#define TOO_LONG (BOOTLOADER_PAYLOAD_MAX + 1u)

/* A word of the payload. */
static uint32_t word_at(const struct bootloader *b, uint32_t at)
{
    const uint8_t *p = b->payload + at;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* ---- responses ---------------------------------------------------------------- */

static void respond_from(struct bootloader *b, uint32_t code, uint32_t source,
                         uint32_t at, uint32_t end)
{
    b->code = code;
    b->stage = SEND_ESCAPE;
    b->source = source;
    b->at = at;
    b->end = end;
    b->is_flipped = false;
}

static void respond_small(struct bootloader *b, uint32_t code, uint32_t len)
{
    respond_from(b, code, FROM_SMALL, 0, len);
}

static void respond(struct bootloader *b, uint32_t code)
{
    respond_small(b, code, 0);
}

/* What was begun ends with a response, at once if it was refused. */
static void begun(struct bootloader *b, err_t e)
{
    b->is_busy = e == OK;
    if (e != OK)
        respond(b, INTERNAL_ERROR);
}

void bootloader_done(struct bootloader *b, err_t e)
{
    b->is_busy = false;
    if (b->is_leaving) {
        b->is_leaving = false;
        bootloader_ops(b)->leave(b->board->board);
    } else {
        respond(b, e == OK ? DONE : INTERNAL_ERROR);
    }
}

/* ---- commands ------------------------------------------------------------------- */

static bool is_inside(uint32_t address, uint32_t len, uint32_t start,
                      uint32_t end)
{
    return address >= start && address <= end && len <= end - address;
}

static bool is_writeable(const struct bootloader *b, uint32_t address)
{
    return is_inside(address, BOOTLOADER_PAGE, b->board->apps_start,
                     b->board->apps_end);
}

static bool is_readable(const struct bootloader *b, uint32_t address,
                        uint32_t len)
{
    return is_inside(address, len, b->board->apps_start - BOOTLOADER_BELOW,
                     b->board->apps_end);
}

static void write_page(struct bootloader *b, const uint8_t *page)
{
    uint32_t address = word_at(b, 0);
    if (!is_writeable(b, address))
        respond(b, BAD_ADDRESS);
    else
        begun(b, bootloader_ops(b)->write(b->board->board, address, page));
}

static void erase_page(struct bootloader *b)
{
    memset(b->payload + 4, 0xFF, BOOTLOADER_PAGE);
    write_page(b, b->payload + 4);
}

static void read_range(struct bootloader *b)
{
    uint32_t address = word_at(b, 0);
    uint32_t len = b->payload[4] | (uint32_t)b->payload[5] << 8;
    if (is_readable(b, address, len))
        respond_from(b, RANGE, FROM_FLASH, address, address + len);
    else
        respond(b, BAD_ADDRESS);
}

static void crc_flash(struct bootloader *b)
{
    uint32_t address = word_at(b, 0), len = word_at(b, 4);
    b->crc = 0;
    if (is_readable(b, address, len))
        respond_from(b, CRC, FROM_CRC, address, address + len);
    else
        respond(b, BAD_ADDRESS);
}

/* As much of it as there is room for. */
static uint32_t text_put(uint8_t *to, const char *text, uint32_t max)
{
    uint32_t n = 0;
    for (; n < max && text[n]; n++)
        to[n] = (uint8_t)text[n];
    return n;
}

static void info(struct bootloader *b)
{
    memset(b->small, 0, sizeof b->small);
    b->small[0] =
        (uint8_t)text_put(b->small + 1, b->board->info, BOOTLOADER_INFO - 1);
    respond_small(b, BOARD_INFO, BOOTLOADER_INFO);
}

static void get_attribute(struct bootloader *b)
{
    const struct bootloader_attribute *a = b->board->attributes;
    uint32_t index = b->payload[0];
    if (index >= BOOTLOADER_ATTRIBUTES) {
        respond(b, BAD_ARGUMENTS);
        return;
    }
    memset(b->small, 0, sizeof b->small);
    if (index < b->board->attribute_count) {
        (void)text_put(b->small, a[index].key, 8);
        b->small[8] = (uint8_t)text_put(b->small + 9, a[index].value,
                                        BOOTLOADER_VALUE_MAX);
    } else if (bootloader_ops(b)->attribute_read) {
        bootloader_ops(b)->attribute_read(b->board->board, index, b->small);
    }
    respond_small(b, ATTRIBUTE, BOOTLOADER_ATTRIBUTE);
}

/* Index, key, length, value. Those of the table cannot be changed. */
static void set_attribute(struct bootloader *b)
{
    uint32_t index = b->payload[0], len = b->payload[9];
    if (index < b->board->attribute_count || index >= BOOTLOADER_ATTRIBUTES ||
        len > BOOTLOADER_VALUE_MAX || b->len != 10 + len) {
        respond(b, BAD_ARGUMENTS);
    } else if (!bootloader_ops(b)->attribute_write) {
        respond(b, UNKNOWN);
    } else {
        memset(b->small, 0, BOOTLOADER_ATTRIBUTE);
        memcpy(b->small, b->payload + 1, 9 + len);
        begun(b, bootloader_ops(b)->attribute_write(b->board->board, index,
                                                    b->small));
    }
}

/* Mode 1: change to that rate. Mode 2, at the new rate: is it that one? */
static void change_baud(struct bootloader *b)
{
    uint32_t mode = b->payload[0], baud = word_at(b, 1);
    bool is_good = false;
    if (mode == 1 && bootloader_ops(b)->set_baud)
        is_good = bootloader_ops(b)->set_baud(b->board->board, baud);
    if (mode == 1 && is_good)
        b->baud = baud;
    if (mode == 2)
        is_good = baud != 0 && baud == b->baud;
    if (mode != 1 && mode != 2)
        respond(b, BAD_ARGUMENTS);
    else
        respond(b, is_good ? DONE : BAUD_FAILED);
}

static void set_start(struct bootloader *b)
{
    respond(b, word_at(b, 0) == b->board->apps_start ? DONE : BAD_ADDRESS);
}

static void leave(struct bootloader *b)
{
    err_t e = bootloader_ops(b)->close(b->board->board);
    b->is_leaving = b->is_busy = e == OK;
    if (e != OK)
        bootloader_ops(b)->leave(b->board->board);
}

/* How long a payload has to be, at least and at most. */
static bool is_length_good(const struct bootloader *b, uint8_t command)
{
    switch (command) {
    case INFO:
        return b->len == 0;
    case ERASE_PAGE:
    case SET_START:
        return b->len == 4;
    case WRITE_PAGE:
        return b->len == 4 + BOOTLOADER_PAGE;
    case READ_RANGE:
        return b->len == 6;
    case SET_ATTRIBUTE:
        return b->len >= 10 && b->len <= 10 + BOOTLOADER_VALUE_MAX;
    case GET_ATTRIBUTE:
        return b->len == 1;
    case CRC_FLASH:
        return b->len == 8;
    case CHANGE_BAUD:
        return b->len == 5;
    default:
        return true;
    }
}

static void obey(struct bootloader *b, uint8_t command)
{
    switch (command) {
    case PING:
        respond(b, PONG);
        break;
    case INFO:
        info(b);
        break;
    case ERASE_PAGE:
        erase_page(b);
        break;
    case WRITE_PAGE:
        write_page(b, b->payload + 4);
        break;
    case READ_RANGE:
        read_range(b);
        break;
    case SET_ATTRIBUTE:
        set_attribute(b);
        break;
    case GET_ATTRIBUTE:
        get_attribute(b);
        break;
    case CRC_FLASH:
        crc_flash(b);
        break;
    case CHANGE_BAUD:
        change_baud(b);
        break;
    case EXIT:
        leave(b);
        break;
    case SET_START:
        set_start(b);
        break;
    default:
        respond(b, UNKNOWN);
        break;
    }
}

/* Codes that end a frame: those above, and those of commands that only other
 * bootloaders have. */
static bool is_command(uint8_t code)
{
    return code == PING ||
           (code >= INFO && code <= 0x23 && !(code > 0x09 && code < 0x10) &&
            !(code > 0x19 && code < 0x20));
}

static void command(struct bootloader *b, uint8_t code)
{
    if (!is_command(code))
        return;
    /* Who sends before the answer is there is not heard, but for RESET. */
    if (code != RESET && !b->is_busy) {
        if (is_length_good(b, code))
            obey(b, code);
        else
            respond(b, BAD_ARGUMENTS);
    }
    if (!b->is_busy)
        b->len = 0;
}

/* ---- the line ------------------------------------------------------------------- */

static void take(struct bootloader *b, uint8_t byte)
{
    if (b->is_busy)
        return; /* the payload is lent */
    if (b->len < BOOTLOADER_PAYLOAD_MAX)
        b->payload[b->len] = byte;
    if (b->len < TOO_LONG)
        b->len++;
}

void bootloader_receive(struct bootloader *b, uint8_t byte)
{
    bool was_escaped = b->is_escaped;
    b->is_escaped = !was_escaped && byte == BOOTLOADER_ESCAPE;
    if (b->is_escaped)
        return;
    if (was_escaped && byte != BOOTLOADER_ESCAPE)
        command(b, byte);
    else
        take(b, byte);
}

bool bootloader_is_sending(const struct bootloader *b)
{
    return b->stage != NOT_SENDING;
}

/* A step of a checksum; at its end it stands in `small`. */
static void crc_step(struct bootloader *b)
{
    uint8_t bytes[STEP];
    uint32_t len = b->end - b->at < STEP ? b->end - b->at : STEP;
    bootloader_ops(b)->read(b->board->board, bytes, b->at, len);
    b->crc = crc32_add(b->crc, bytes, len);
    b->at += len;
    if (b->at < b->end)
        return;
    memcpy(b->small, &b->crc, 4);
    b->source = FROM_SMALL;
    b->at = 0;
    b->end = 4;
}

static uint8_t body_byte(struct bootloader *b)
{
    uint8_t byte;
    if (b->source == FROM_SMALL)
        return b->small[b->at];
    bootloader_ops(b)->read(b->board->board, &byte, b->at, 1);
    return byte;
}

static uint8_t next_byte(struct bootloader *b)
{
    if (b->stage == SEND_ESCAPE) {
        b->stage = SEND_CODE;
        return BOOTLOADER_ESCAPE;
    }
    if (b->stage == SEND_CODE) {
        b->stage = SEND_BODY;
        return (uint8_t)b->code;
    }
    uint8_t byte = body_byte(b);
    b->is_flipped = byte == BOOTLOADER_ESCAPE && !b->is_flipped;
    if (!b->is_flipped)
        b->at++;
    return byte;
}

size_t bootloader_send(struct bootloader *b, uint8_t *to, size_t cap)
{
    size_t n = 0;
    while (n < cap && b->stage != NOT_SENDING) {
        if (b->stage == SEND_BODY && b->source == FROM_CRC) {
            crc_step(b);
            break;
        }
        if (b->stage == SEND_BODY && b->at == b->end) {
            b->stage = NOT_SENDING;
            break;
        }
        to[n++] = next_byte(b);
    }
    return n;
}
