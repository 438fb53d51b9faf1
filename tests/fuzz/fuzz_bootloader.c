/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of bootloader mode: the input is what comes off the line. No
 * address outside of what may be read or written is touched, every write is
 * asked for once, each response has the length it ought to have, and a PING in
 * the end is answered.
 * SOURCES: loader/bootloader.c loader/proto.c pic/crc32.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loader/bootloader.h>

#define START 0x1000u
#define END 0x3000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bootloader b;
static uint8_t flash[END];
static const uint8_t *written;
static bool is_closing;
static uint32_t left;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void on_read(struct bootloader *of, uint8_t *to, uint32_t address,
                    uint32_t len)
{
    (void)of;
    require(address >= START - BOOTLOADER_BELOW && address <= END &&
            len <= END - address);
    memcpy(to, flash + address, len);
}

static err_t on_write(struct bootloader *of, uint32_t address,
                      const uint8_t *page)
{
    (void)of;
    require(address >= START && address <= END - BOOTLOADER_PAGE);
    require(written == NULL && !is_closing);
    if (address % 7 == 0)
        return ERR_FAIL;
    memcpy(flash + address, page, BOOTLOADER_PAGE);
    written = page;
    return OK;
}

static err_t on_close(struct bootloader *of)
{
    (void)of;
    require(written == NULL && !is_closing);
    is_closing = true;
    return OK;
}

static void on_leave(struct bootloader *of)
{
    (void)of;
    left++;
}

static const struct bootloader_ops ops = {
    .read = on_read, .write = on_write, .close = on_close, .leave = on_leave
};

const struct bootloader_ops *bootloader_ops(const struct bootloader *of)
{
    (void)of;
    return &ops;
}

static const struct bootloader_attribute attributes[] = { { "board", "b" } };
static const struct bootloader_board board = {
    .apps_start = START,
    .apps_end = END,
    .info = "{\"version\":\"1\"}",
    .attributes = attributes,
    .attribute_count = 1,
};

/* What is to be sent, in pieces; of it the last two bytes. */
static void drain(uint8_t last[2])
{
    uint8_t bytes[16];
    for (uint32_t steps = 0; bootloader_is_sending(&b); steps++) {
        require(steps < 200000);
        size_t n = bootloader_send(&b, bytes, sizeof bytes);
        require(n <= sizeof bytes);
        for (size_t i = 0; i < n; i++) {
            last[0] = last[1];
            last[1] = bytes[i];
        }
    }
}

static void finish(void)
{
    if (written == NULL && !is_closing)
        return;
    written = NULL;
    is_closing = false;
    bootloader_done(&b, OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t last[2] = { 0 };
    b = (struct bootloader){ .board = &board };
    written = NULL;
    is_closing = false;
    for (size_t i = 0; i < size; i++) {
        bootloader_receive(&b, data[i]);
        if (i % 3 == 0)
            finish();
        if (i % 5 == 0)
            drain(last);
    }
    finish();
    drain(last);
    const uint8_t ping[] = { 0, BOOTLOADER_ESCAPE, 0x05, BOOTLOADER_ESCAPE, 1 };
    for (size_t i = 0; i < sizeof ping; i++)
        bootloader_receive(&b, ping[i]);
    drain(last);
    require(last[0] == BOOTLOADER_ESCAPE && last[1] == 0x11);
    return 0;
}
