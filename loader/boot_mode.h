/* SPDX-License-Identifier: Apache-2.0 */
/* Bootloader mode on a board: Tock's serial bootloader (loader/bootloader.h)
 * on its UART and over its app store, instead of apps and consoles. Who is in
 * it writes app flash as he likes, so boards that demand credentials cannot have
 * it (loader/accept.h).
 *
 * It is entered by a reset, and left by one: so nothing runs out of the flash
 * that is written, and afterwards all is looked at anew, as at each boot. Who
 * wants it leaves a request in RAM that a reset spares, and a boot looks at
 * those two words and no more. They are left by the operator's order, by the
 * board when a button is held, and by a knock: the command PING, which
 * tockloader sends over and over, in the first seconds after a reset. For
 * boards. */
#ifndef LOADER_BOOT_MODE_H
#define LOADER_BOOT_MODE_H

#include <berth/hil/uart.h>
#include <kernel/driver.h>
#include <loader/bootloader.h>
#include <loader/loader.h>
#include <loader/store_patch.h>

/* In RAM that is not cleared at boot. */
struct boot_request {
    uint32_t word, complement;
};

/* For the next boot. */
void boot_request_make(struct boot_request *request);

/* Has it been made? Asked once: it is gone then. */
bool boot_request_take(struct boot_request *request);

/* Stands between the text multiplexer and who is typed to. */
struct boot_knock {
    void (*heard)(void);
    void (*receive)(void *receiver, const uint8_t *bytes, size_t len);
    void *receiver;
    uint32_t since, ticks; /* it is heard so long */
    flag_t is_escaped;
};
void boot_knock_receive(void *knock, const uint8_t *bytes, size_t len);

struct boot_mode_board {
    struct uart *line;
    struct store *store; /* zeroed */
    uint32_t flash;      /* address of the flash's first byte */
    struct bootloader_board bootloader;
    void (*leave)(void); /* reset */
};

/* Need not be zeroed, which costs boots that go elsewhere. */
struct boot_mode {
    const struct boot_mode_board *board;
    struct uart_client client;
    struct deferred work, store_work;
    flag_t is_ready; /* before, nothing is heard */
    size_t out_at, out_len;
    struct bootloader bootloader;
    struct store_patch patch;
    uint8_t out[16]; /* what the line has not taken */
};

/* There is one. Then the kernel's loop. */
void boot_mode_init(struct boot_mode *mode,
                    const struct boot_mode_board *board);

#endif
