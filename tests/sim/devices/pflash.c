/* SPDX-License-Identifier: Apache-2.0 */
/* See pflash.h. */
#include <tests/sim/devices/pflash.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <berth/compiler.h>

enum {
    ARRAY = 0x00,
    PROGRAM_OLD = 0x10,
    ERASE = 0x20,
    PROGRAM = 0x40,
    CLEAR_STATUS = 0x50,
    LOCK = 0x60,
    READ_STATUS = 0x70,
    READ_ID = 0x90,
    QUERY = 0x98,
    CONFIRM = 0xD0,
    BUFFER = 0xE8,
    AMD_ARRAY = 0xF0,
    READ_ARRAY = 0xFF,
};
enum {
    STATUS_PROGRAM_ERROR = 0x10,
    STATUS_ERASE_ERROR = 0x20,
    STATUS_READY = 0x80,
};

#define BOTH(x) ((uint32_t)(x) | (uint32_t)(x) << 16)

PRINTF_LIKE(2, 3)
static void complain(struct pflash *bank, const char *format, ...)
{
    if (bank->complaint[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bank->complaint, sizeof bank->complaint, format, arguments);
    va_end(arguments);
}

void pflash_init(struct pflash *bank, uint8_t *bytes, struct power *power)
{
    *bank = (struct pflash){ .flash = { power, bytes, PFLASH_SIZE } };
}

static bool is_busy(const struct pflash *bank, uint64_t now)
{
    return now < bank->busy_until;
}

bool pflash_is_array(const struct pflash *bank, uint64_t now)
{
    return bank->command == ARRAY && !is_busy(bank, now);
}

/* ---- reading ------------------------------------------------------------------- */

/* What a chip answers to a query, at each of its 16-bit words. */
static const uint8_t query_head[] = {
    [0x10] = 'Q',
    'R',
    'Y',
    0x01,
    0x00,
    0x31,
    0x00,
    0,
    0,
    0,
    0,
    [0x1B] = 0x45,
    0x55,
    0,
    0,
    0x07,
    0x07,
    0x0A,
    0,
    0x04,
    0x04,
    0x04,
    0,
    [0x27] = 0x18,
    0x02,
    0x00,
    0x0B,
    0x00,
    0x01,
    [0x2D] = 127,
    0x00,
    (128 << 10) / 256 & 0xFF,
    (128 << 10) / 256 >> 8,
    [0x31] = 'P',
    'R',
    'I',
    '1',
    '0',
};

static uint32_t query_word(uint32_t offset)
{
    uint32_t word = offset / 4;
    return BOTH(word < sizeof query_head ? query_head[word] : 0);
}

static uint32_t id_word(uint32_t offset)
{
    static const uint32_t id[] = { 0x89, 0x18 };
    uint32_t word = offset / 4 % (PFLASH_BLOCK / 4);
    return BOTH(word < ARRAY_COUNT(id) ? id[word] : 0);
}

static uint32_t array_word(const struct pflash *bank, uint32_t offset)
{
    uint32_t word;
    memcpy(&word, bank->flash.bytes + offset / 4 * 4, sizeof word);
    return word;
}

static uint32_t status_word(const struct pflash *bank, uint64_t now)
{
    uint8_t status = bank->status;
    if (is_busy(bank, now))
        status = 0;
    return BOTH(status);
}

uint32_t pflash_read(struct pflash *bank, uint64_t now, uint32_t offset,
                     uint32_t size)
{
    uint32_t word;
    if (pflash_is_array(bank, now))
        word = array_word(bank, offset);
    else if (bank->command == READ_ID && !is_busy(bank, now))
        word = id_word(offset);
    else if (bank->command == QUERY && !is_busy(bank, now))
        word = query_word(offset);
    else
        word = status_word(bank, now);
    word >>= 8 * (offset % 4);
    return size == 4 ? word : word & ((1u << 8 * size) - 1);
}

/* ---- operations ----------------------------------------------------------------- */

static void array_mode(struct pflash *bank)
{
    bank->step = PFLASH_IDLE;
    bank->command = ARRAY;
}

static void done(struct pflash *bank, uint64_t now, uint64_t ns)
{
    bank->step = PFLASH_IDLE;
    bank->status |= STATUS_READY;
    bank->busy_until = now + ns;
}

static void program(struct pflash *bank, uint64_t now, uint32_t offset,
                    uint32_t size, uint32_t value)
{
    uint8_t bytes[4];
    memcpy(bytes, &value, sizeof bytes);
    if (bank->is_read_only)
        bank->status |= STATUS_PROGRAM_ERROR;
    else
        flash_program(&bank->flash, offset, bytes, size);
    done(bank, now, bank->program_ns);
}

static void erase(struct pflash *bank, uint64_t now, uint32_t offset)
{
    if (bank->is_read_only)
        bank->status |= STATUS_ERASE_ERROR;
    else
        flash_erase(&bank->flash, offset / PFLASH_BLOCK * PFLASH_BLOCK,
                    PFLASH_BLOCK);
    done(bank, now, bank->erase_ns);
}

static void buffer_begin(struct pflash *bank, uint32_t count)
{
    if (count >= PFLASH_BUFFER / 4) {
        complain(bank, "buffered program of %u words, the buffer has %u",
                 count + 1, PFLASH_BUFFER / 4);
        array_mode(bank);
        return;
    }
    bank->words_left = count + 1;
    bank->is_window_known = false;
    bank->low = PFLASH_BUFFER;
    bank->high = 0;
    memset(bank->buffer, 0xFF, sizeof bank->buffer);
    bank->step = PFLASH_FILL;
}

static void buffer_fill(struct pflash *bank, uint32_t offset, uint32_t size,
                        uint32_t value)
{
    uint32_t at = offset % PFLASH_BUFFER;
    if (!bank->is_window_known)
        bank->window = offset - at;
    bank->is_window_known = true;
    if (offset - at != bank->window) {
        complain(bank,
                 "buffered program: word at 0x%x is outside the 4 KiB window "
                 "of the first, at 0x%x",
                 offset, bank->window);
        array_mode(bank);
        return;
    }
    memcpy(bank->buffer + at, &value, size);
    bank->low = at < bank->low ? at : bank->low;
    bank->high = at + size > bank->high ? at + size : bank->high;
    if (--bank->words_left == 0)
        bank->step = PFLASH_CONFIRM;
}

static void buffer_program(struct pflash *bank, uint64_t now)
{
    if (bank->is_read_only)
        bank->status |= STATUS_PROGRAM_ERROR;
    else
        flash_program(&bank->flash, bank->window + bank->low,
                      bank->buffer + bank->low, bank->high - bank->low);
    done(bank, now, bank->program_ns);
}

void pflash_reset(struct pflash *bank)
{
    array_mode(bank);
    bank->status = 0;
    bank->busy_until = 0;
}

/* ---- commands ------------------------------------------------------------------- */

static void command_first(struct pflash *bank, uint8_t command)
{
    switch (command) {
    case READ_ARRAY:
    case AMD_ARRAY:
    case ARRAY:
        array_mode(bank);
        return;
    case CLEAR_STATUS:
        bank->status = 0;
        array_mode(bank);
        return;
    case READ_STATUS:
    case READ_ID:
    case QUERY:
        bank->command = command;
        return;
    case BUFFER:
    case ERASE:
    case LOCK:
    case PROGRAM:
    case PROGRAM_OLD:
        bank->command = command;
        bank->status |= STATUS_READY;
        bank->step = PFLASH_SECOND;
        return;
    default:
        complain(bank, "command 0x%02x, which the chips do not know", command);
        array_mode(bank);
    }
}

static void command_second(struct pflash *bank, uint64_t now, uint32_t offset,
                           uint32_t size, uint32_t value)
{
    uint8_t command = bank->command;
    bool is_confirmed = (uint8_t)value == CONFIRM;
    if (command == PROGRAM || command == PROGRAM_OLD) {
        program(bank, now, offset, size, value);
    } else if (command == BUFFER) {
        buffer_begin(bank, value & 0xFFFF);
    } else if (command == ERASE && is_confirmed) {
        erase(bank, now, offset);
    } else if (command == LOCK && (is_confirmed || (uint8_t)value == 0x01)) {
        done(bank, now, 0);
    } else {
        if ((uint8_t)value != READ_ARRAY)
            complain(bank, "command 0x%02x followed by 0x%02x at 0x%x", command,
                     (uint8_t)value, offset);
        array_mode(bank);
    }
}

void pflash_write(struct pflash *bank, uint64_t now, uint32_t offset,
                  uint32_t size, uint32_t value)
{
    if (is_busy(bank, now)) {
        if ((uint8_t)value != READ_STATUS)
            complain(bank, "0x%x written at 0x%x while the bank is busy", value,
                     offset);
        return;
    }
    switch (bank->step) {
    case PFLASH_IDLE:
        command_first(bank, (uint8_t)value);
        break;
    case PFLASH_SECOND:
        command_second(bank, now, offset, size, value);
        break;
    case PFLASH_FILL:
        buffer_fill(bank, offset, size, value);
        break;
    case PFLASH_CONFIRM:
        if ((uint8_t)value == CONFIRM) {
            buffer_program(bank, now);
        } else {
            complain(bank, "buffered program confirmed by 0x%02x",
                     (uint8_t)value);
            array_mode(bank);
        }
        break;
    }
}
