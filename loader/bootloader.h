/* SPDX-License-Identifier: Apache-2.0 */
/* Bootloader mode: the command set of Tock's serial bootloader, so that stock
 * tockloader lists, installs and removes apps over the console's line. Pure:
 * bytes in, bytes out, flash behind ops. Nothing else may be written to the line
 * in this mode. docs/tockloader.md has what it answers to what.
 *
 * On the wire FC is the escape byte: FC FC is a byte FC, FC and a code end a
 * command (what came before is its payload) or begin a response. */
#ifndef LOADER_BOOTLOADER_H
#define LOADER_BOOTLOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

#define BOOTLOADER_ESCAPE 0xFCu
#define BOOTLOADER_PAGE 512u
#define BOOTLOADER_PAYLOAD_MAX (4u + BOOTLOADER_PAGE)
#define BOOTLOADER_INFO 193u /* bytes of an answer to INFO */
#define BOOTLOADER_ATTRIBUTES 16u
#define BOOTLOADER_ATTRIBUTE 64u /* key 8, length 1, value 55 */
#define BOOTLOADER_VALUE_MAX 55u
#define BOOTLOADER_BELOW 1000u /* below the apps: attributes of the kernel */

struct bootloader;

struct bootloader_ops {
    /* Copy bytes of flash; the range has been checked. */
    void (*read)(struct bootloader *b, uint8_t *to, uint32_t address,
                 uint32_t len);
    /* Make [address, address + 512) read as `page`, lent until
     * bootloader_done(), which comes once for each OK, never from in here. The
     * sector may be kept open: later reads see the new content all the same. */
    err_t (*write)(struct bootloader *b, uint32_t address, const uint8_t *page);
    /* Complete what is kept open. ALREADY: there is nothing to wait for; OK:
     * bootloader_done() comes. */
    err_t (*close)(struct bootloader *b);
    /* The mode is over: the store looks at its chain again, apps start. */
    void (*leave)(struct bootloader *b);
    /* A rate that the line can have? Changes to it once the answer is out.
     * Optional. */
    bool (*set_baud)(struct bootloader *b, uint32_t baud);
    /* Attributes that can be changed; NULL: those of the table only. */
    void (*attribute_read)(struct bootloader *b, uint32_t index,
                           uint8_t to[BOOTLOADER_ATTRIBUTE]);
    err_t (*attribute_write)(struct bootloader *b, uint32_t index,
                             const uint8_t from[BOOTLOADER_ATTRIBUTE]);
};

/* An attribute that is always there. */
struct bootloader_attribute {
    const char *key, *value;
};

struct bootloader_board {
    uint32_t apps_start, apps_end; /* addresses; all that may be written */
    const char *info; /* JSON, at most 192 bytes, none of them FC */
    const struct bootloader_attribute *attributes;
    uint32_t attribute_count;
};

/* Zeroed but for board. */
struct bootloader {
    const struct bootloader_board *board;
    /* in */
    uint32_t len; /* of the payload; one too many says that it was too long */
    flag_t is_escaped, is_busy, is_leaving;
    uint32_t baud; /* set by CHANGE_BAUD; 0: never */
    /* out: ESCAPE, code, then body bytes */
    uint32_t code, stage;
    flag_t is_flipped; /* the second half of an escaped byte is to come */
    uint32_t source;   /* enum of bootloader.c: what the body is made of */
    uint32_t at, end, crc;
    uint8_t small[BOOTLOADER_INFO];
    uint8_t payload[BOOTLOADER_PAYLOAD_MAX];
};

/* Defined by the board: it never changes, so the compiler knows what is left
 * out where the image is optimised as a whole. */
const struct bootloader_ops *bootloader_ops(const struct bootloader *b);

/* A byte off the line. */
void bootloader_receive(struct bootloader *b, uint8_t byte);

/* The next bytes for the line, at most `cap`; 0: nothing to send now. A
 * checksum over much is computed in steps: bootloader_is_sending() tells that
 * there will be more. */
size_t bootloader_send(struct bootloader *b, uint8_t *to, size_t cap);
bool bootloader_is_sending(const struct bootloader *b);

/* What ops->write, close or attribute_write began has ended. */
void bootloader_done(struct bootloader *b, err_t e);

#endif
