/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks on kept data share: the four drivers, a buffer between guards,
 * and what must never be read. storage_victim keeps its own data meanwhile and
 * says how it is. */
#ifndef ATTACK_STORAGE_H
#define ATTACK_STORAGE_H

#include "attack.h"

enum { READ = 2, WRITE = 3 };                     /* nonvolatile, isolated */
enum { ISOLATED_SIZE = 1, NONVOLATILE_SIZE = 1 }; /* an event; an answer */
enum { SIZE_IS = 0, READ_DONE = 1, WRITTEN = 2 }; /* events of isolated */
enum { KV_GET = 1, KV_SET, KV_DELETE, KV_ADD, KV_UPDATE, KV_COLLECT };
enum { KV_KEY = 0, KV_VALUE = 1 };
enum { FLASH_WRITE = 1 };

#define VICTIM_ID 0x4E57000Bu
#define SECRET 0xC7u /* all that the victim keeps is made of it */
#define GUARD 0x5Au

/* Reads and writes go to the middle of it. */
enum { ARENA = 768, MIDDLE = 64, MIDDLE_SIZE = ARENA - 2 * MIDDLE };
static uint8_t arena[ARENA];

static UNUSED uint8_t *arena_fill(uint32_t byte)
{
    for (uint32_t i = 0; i < ARENA; i++) {
        arena[i] = (uint8_t)(i < MIDDLE || i >= ARENA - MIDDLE ? GUARD : byte);
    }
    return arena + MIDDLE;
}

/* Nothing was written in front of the middle or behind its first `length` bytes. */
static UNUSED int arena_holds(uint32_t length)
{
    for (uint32_t i = 0; i < ARENA; i++) {
        int is_outside = i < MIDDLE || i >= MIDDLE + length;
        int is_guard = i < MIDDLE || i >= ARENA - MIDDLE;
        if (is_outside && arena[i] != (is_guard ? GUARD : 0)) {
            return 0;
        }
    }
    return 1;
}

/* Two bytes of the secret side by side are no accident. */
static UNUSED int arena_tells_secret(void)
{
    for (uint32_t i = 1; i < ARENA; i++) {
        if (arena[i] == SECRET && arena[i - 1] == SECRET) {
            return 1;
        }
    }
    return 0;
}

static UNUSED struct event wait_for(uint32_t driver, uint32_t number)
{
    return syscall_yield_wait_for(driver, number);
}

/* One request over the key-value store, to its end; its status. */
static UNUSED uint32_t kv(uint32_t command, const void *key,
                          uint32_t key_length, const void *value,
                          uint32_t length)
{
    syscall_allow_ro(DRIVER_KV, KV_KEY, key, key_length);
    syscall_allow_ro(DRIVER_KV, KV_VALUE, value, length);
    struct sysret r = syscall_command(DRIVER_KV, command, 0, 0);
    return sysret_is_success(r) ? wait_for(DRIVER_KV, 0).value[0] : error_of(r);
}

/* The flash of its own that it may write. */
static const volatile uint8_t own_region[512]
    __attribute__((section(".wfr.app"), used)) = { 1 };

static UNUSED uint32_t flash_write(uint32_t address, const void *bytes,
                                   uint32_t length)
{
    syscall_allow_ro(DRIVER_APP_FLASH, 0, bytes, length);
    struct sysret r =
        syscall_command(DRIVER_APP_FLASH, FLASH_WRITE, address, 0);
    return sysret_is_success(r) ? wait_for(DRIVER_APP_FLASH, 0).value[0]
                                : error_of(r);
}

#endif
