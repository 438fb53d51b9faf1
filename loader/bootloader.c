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
    LATER = 0,
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

/* What carries out a command returns the code of its response, or LATER; where
 * there is a body it has named that. */
static uint32_t with_body(struct bootloader *b, uint32_t code, uint32_t source,
                          uint32_t at, uint32_t end)
{
    b->source = source;
    b->at = at;
    b->end = end;
    return code;
}

static bool has_body(uint32_t code)
{
    return code >= RANGE && code != BAUD_FAILED;
}

static void respond(struct bootloader *b, uint32_t code)
{
    if (!has_body(code))
        code = with_body(b, code, FROM_SMALL, 0, 0);
    b->code = code;
    b->stage = SEND_ESCAPE;
    b->is_flipped = false;
}

/* What was begun ends with a response, at once if it was refused. */
static uint32_t begun(struct bootloader *b, err_t e)
{
    b->is_busy = e == OK;
    return e == OK ? LATER : INTERNAL_ERROR;
}

void bootloader_done(struct bootloader *b, err_t e)
{
    b->is_busy = false;
    if (b->is_leaving) {
        b->is_leaving = false;
        bootloader_ops(b)->leave(b);
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

static uint32_t write_page(struct bootloader *b)
{
    uint32_t address = word_at(b, 0);
    if (!is_writeable(b, address))
        return BAD_ADDRESS;
    return begun(b, bootloader_ops(b)->write(b, address, b->payload + 4));
}

static uint32_t erase_page(struct bootloader *b)
{
    memset(b->payload + 4, 0xFF, BOOTLOADER_PAGE);
    return write_page(b);
}

static uint32_t from_flash(struct bootloader *b, uint32_t code, uint32_t source,
                           uint32_t len)
{
    uint32_t address = word_at(b, 0);
    return is_readable(b, address, len)
               ? with_body(b, code, source, address, address + len)
               : BAD_ADDRESS;
}

static uint32_t read_range(struct bootloader *b)
{
    uint32_t len = b->payload[4] | (uint32_t)b->payload[5] << 8;
    return from_flash(b, RANGE, FROM_FLASH, len);
}

static uint32_t crc_flash(struct bootloader *b)
{
    b->crc = 0;
    return from_flash(b, CRC, FROM_CRC, word_at(b, 4));
}

/* As much of it as there is room for. */
static uint32_t text_put(uint8_t *to, const char *text, uint32_t max)
{
    uint32_t n = 0;
    for (; n < max && text[n]; n++)
        to[n] = (uint8_t)text[n];
    return n;
}

static uint32_t info(struct bootloader *b)
{
    memset(b->small, 0, sizeof b->small);
    b->small[0] =
        (uint8_t)text_put(b->small + 1, b->board->info, BOOTLOADER_INFO - 1);
    return with_body(b, BOARD_INFO, FROM_SMALL, 0, BOOTLOADER_INFO);
}

static uint32_t get_attribute(struct bootloader *b)
{
    const struct bootloader_attribute *a = b->board->attributes;
    uint32_t index = b->payload[0];
    if (index >= BOOTLOADER_ATTRIBUTES)
        return BAD_ARGUMENTS;
    memset(b->small, 0, sizeof b->small);
    if (index < b->board->attribute_count) {
        (void)text_put(b->small, a[index].key, 8);
        b->small[8] = (uint8_t)text_put(b->small + 9, a[index].value,
                                        BOOTLOADER_VALUE_MAX);
    } else if (bootloader_ops(b)->attribute_read) {
        bootloader_ops(b)->attribute_read(b, index, b->small);
    }
    return with_body(b, ATTRIBUTE, FROM_SMALL, 0, BOOTLOADER_ATTRIBUTE);
}

/* Index, key, length, value. Those of the table cannot be changed. */
static uint32_t set_attribute(struct bootloader *b)
{
    uint32_t index = b->payload[0], len = b->payload[9];
    if (index < b->board->attribute_count || index >= BOOTLOADER_ATTRIBUTES ||
        len > BOOTLOADER_VALUE_MAX || b->len != 10 + len)
        return BAD_ARGUMENTS;
    if (!bootloader_ops(b)->attribute_write)
        return UNKNOWN;
    memset(b->small, 0, BOOTLOADER_ATTRIBUTE);
    memcpy(b->small, b->payload + 1, 9 + len);
    return begun(b, bootloader_ops(b)->attribute_write(b, index, b->small));
}

/* Mode 1: change to that rate. Mode 2, at the new rate: is it that one? */
static uint32_t change_baud(struct bootloader *b)
{
    uint32_t mode = b->payload[0], baud = word_at(b, 1);
    bool is_good = false;
    if (mode == 1 && bootloader_ops(b)->set_baud)
        is_good = bootloader_ops(b)->set_baud(b, baud);
    if (mode == 1 && is_good)
        b->baud = baud;
    if (mode == 2)
        is_good = baud != 0 && baud == b->baud;
    if (mode != 1 && mode != 2)
        return BAD_ARGUMENTS;
    return is_good ? DONE : BAUD_FAILED;
}

static uint32_t set_start(struct bootloader *b)
{
    return word_at(b, 0) == b->board->apps_start ? DONE : BAD_ADDRESS;
}

static uint32_t leave(struct bootloader *b)
{
    err_t e = bootloader_ops(b)->close(b);
    b->is_leaving = b->is_busy = e == OK;
    if (e != OK)
        bootloader_ops(b)->leave(b);
    return LATER;
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

static uint32_t obey(struct bootloader *b, uint8_t command)
{
    if (!is_length_good(b, command))
        return BAD_ARGUMENTS;
    switch (command) {
    case PING:
        return PONG;
    case INFO:
        return info(b);
    case ERASE_PAGE:
        return erase_page(b);
    case WRITE_PAGE:
        return write_page(b);
    case READ_RANGE:
        return read_range(b);
    case SET_ATTRIBUTE:
        return set_attribute(b);
    case GET_ATTRIBUTE:
        return get_attribute(b);
    case CRC_FLASH:
        return crc_flash(b);
    case CHANGE_BAUD:
        return change_baud(b);
    case EXIT:
        return leave(b);
    case SET_START:
        return set_start(b);
    default:
        return UNKNOWN;
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
        uint32_t response = obey(b, code);
        if (response != LATER)
            respond(b, response);
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
    bootloader_ops(b)->read(b, bytes, b->at, len);
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
    bootloader_ops(b)->read(b, &byte, b->at, 1);
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
