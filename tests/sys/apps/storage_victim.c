/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a value by key, isolated bytes and flash of its own, all of one secret byte,
 * and says how they are, while others attack them (tests/sys/attacks/storage.h). */
#include <berth/alarm.h>
#include <berth/app_flash.h>
#include <berth/kv.h>
#include <berth/nonvolatile.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SECRET = 0xC7, PERIOD_MS = 10, ROUNDS_PER_REPORT = 5 };

#define EIGHT SECRET, SECRET, SECRET, SECRET, SECRET, SECRET, SECRET, SECRET
static const volatile uint8_t own_flash[16] BERTH_WRITEABLE_FLASH = { EIGHT,
                                                                      EIGHT };
static uint8_t secret[64], back[64];

static bool is_secret(const uint8_t *bytes)
{
    return memcmp(bytes, secret, sizeof secret) == 0;
}

static bool keep(void)
{
    uint32_t size = 0;
    memset(secret, SECRET, sizeof secret);
    return berth_kv_put(BERTH_KV_SET, "secret", 6, secret, sizeof secret) ==
               OK &&
           berth_isolated_size(&size) == OK &&
           berth_isolated_write(0, secret, sizeof secret) == OK &&
           berth_isolated_write(size - sizeof secret, secret, sizeof secret) ==
               OK;
}

static bool is_there(void)
{
    size_t length = 0;
    uint32_t size = 0;
    bool is_right =
        berth_kv_get("secret", 6, back, sizeof back, &length) == OK &&
        length == sizeof back && is_secret(back);
    memset(back, 0, sizeof back);
    is_right = is_right && berth_isolated_size(&size) == OK &&
               berth_isolated_read(0, back, sizeof back) == OK &&
               is_secret(back);
    memset(back, 0, sizeof back);
    is_right =
        is_right &&
        berth_isolated_read(size - sizeof back, back, sizeof back) == OK &&
        is_secret(back);
    for (size_t i = 0; i < sizeof own_flash; i++) {
        is_right = is_right && own_flash[i] == SECRET;
    }
    return is_right;
}

int main(void)
{
    unsigned rounds = 0, wrong = !keep();
    for (;;) {
        wrong += !is_there();
        if (++rounds % ROUNDS_PER_REPORT == 0) {
            printf("storage_victim: %u rounds, %u wrong\n", rounds, wrong);
        }
        (void)berth_sleep_ms(PERIOD_MS);
    }
}
