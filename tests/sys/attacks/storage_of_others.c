/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: claims another app's data: its header names the other's ShortId as what it writes under, and in all lists, twice, with 0 and nonsense
 * BOARDS: virt
 * APPS: storage_victim
 * EXPECT: storage_of_others: survived: \d+ right, 0 wrong
 * EXPECT: (?s)storage_of_others: survived.*storage_victim: \d+ rounds, 0 wrong
 * REJECT: WRONG
 */
#include "storage.h"

static const uint8_t key[] = { 's', 'e', 'c', 'r', 'e', 't' };

static void key_value(void)
{
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_KV, 0, middle, MIDDLE_SIZE);
    expect_value(ERR_NOSUPPORT, kv(KV_GET, key, sizeof key, NULL, 0));
    expect_value(ERR_NOSUPPORT, kv(KV_DELETE, key, sizeof key, NULL, 0));
    expect_value(ERR_NOSUPPORT, kv(KV_UPDATE, key, sizeof key, "mine", 4));
    expect_value(OK, kv(KV_COLLECT, key, sizeof key, NULL, 0));
    expect_value(OK, kv(KV_ADD, key, sizeof key, "mine", 4)); /* its own */
    expect_value(OK, kv(KV_GET, key, sizeof key, NULL, 0));
    check(middle[0] == 'm' && arena_holds(4));
    expect_value(OK, kv(KV_DELETE, key, sizeof key, NULL, 0));
    expect_value(ERR_NOSUPPORT, kv(KV_GET, key, sizeof key, NULL, 0));
    check(!arena_tells_secret());
}

/* All of its own storage, then of what all share: nothing of the other's. */
static void look(uint32_t driver, uint32_t event, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += 512) {
        syscall_allow_rw(driver, 0, arena_fill(0), 512);
        expect_error(OK, syscall_command(driver, READ, at,
                                         driver == DRIVER_ISOLATED ? 0 : 512));
        wait_for(driver, event);
        check(!arena_tells_secret() && arena_holds(512));
    }
}

int main(void)
{
    sleep_ticks(ticks_of_ms(100)); /* the other one has something to lose */
    key_value();
    syscall_command(DRIVER_ISOLATED, ISOLATED_SIZE, 0, 0);
    struct event e = wait_for(DRIVER_ISOLATED, SIZE_IS);
    expect_value(OK, e.value[0]);
    look(DRIVER_ISOLATED, READ_DONE, e.value[1]);
    look(DRIVER_NONVOLATILE, 0,
         syscall_command(DRIVER_NONVOLATILE, NONVOLATILE_SIZE, 0, 0).value[0]);
    return tell_checks();
}
