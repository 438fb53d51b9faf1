/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: shrinks its buffers, takes them back or lends others while storage is at work with them
 * BOARDS: virt
 * APPS: storage_victim
 * EXPECT: storage_buffers: survived: \d+ right, 0 wrong
 * EXPECT: (?s)storage_buffers: survived.*storage_victim: \d+ rounds, 0 wrong
 * REJECT: WRONG
 * LATE: where it writes flash of its own no app can run until that sector is rewritten
 */
#include "storage.h"

enum { SHRINK, REVOKE, SWAP, BREAK, WAYS };
enum { LONG = 600, SHORT = 5, ROUNDS = 6 };

static uint8_t other[LONG];

/* What has been lent as that buffer is taken away, in that way. */
static void take(uint32_t class, uint32_t driver, uint32_t buffer, uint32_t way)
{
    static uint8_t *const middle = arena + MIDDLE;
    if (way == SHRINK) {
        call(class, driver, buffer, address_of(middle), SHORT);
    } else if (way == SWAP) {
        call(class, driver, buffer, address_of(other), LONG);
    } else if (way == BREAK) { /* a buffer in the heap holds the break */
        check(break_set(memory(MEMOP_RAM_START) + 16) == ERR_NOMEM);
    } else {
        call(class, driver, buffer, 0, 0);
    }
}

static int is_one_of(uint32_t status, uint32_t one, uint32_t another)
{
    return status == OK || status == one || status == another;
}

static void isolated(uint32_t way)
{
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_ISOLATED, 0, middle, LONG);
    syscall_command(DRIVER_ISOLATED, READ, 3, 0);
    take(SYSCALL_ALLOW_RW, DRIVER_ISOLATED, 0, way);
    struct event e = wait_for(DRIVER_ISOLATED, READ_DONE);
    check(is_one_of(e.value[0], ERR_RESERVE, ERR_RESERVE));
    check(e.value[1] <= LONG && arena_holds(LONG) && !arena_tells_secret());
    syscall_allow_ro(DRIVER_ISOLATED, 0, arena_fill('i'), LONG);
    syscall_command(DRIVER_ISOLATED, WRITE, 3, 0);
    take(SYSCALL_ALLOW_RO, DRIVER_ISOLATED, 0, way);
    e = wait_for(DRIVER_ISOLATED, WRITTEN);
    check(is_one_of(e.value[0], ERR_RESERVE, ERR_RESERVE));
}

static void shared(uint32_t way)
{
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_NONVOLATILE, 0, middle, LONG);
    syscall_command(DRIVER_NONVOLATILE, READ, 3, LONG);
    take(SYSCALL_ALLOW_RW, DRIVER_NONVOLATILE, 0, way);
    struct event e = wait_for(DRIVER_NONVOLATILE, 0);
    check(e.value[0] <= LONG && arena_holds(LONG) && !arena_tells_secret());
    syscall_allow_ro(DRIVER_NONVOLATILE, 0, arena_fill('n'), LONG);
    syscall_command(DRIVER_NONVOLATILE, WRITE, 3, LONG);
    take(SYSCALL_ALLOW_RO, DRIVER_NONVOLATILE, 0, way);
    check(wait_for(DRIVER_NONVOLATILE, 1).value[0] <= LONG);
}

/* Key or value; what is kept then is one of the two. */
static void value(uint32_t way)
{
    static const uint8_t key[] = { 'k', 'e', 'y' };
    uint8_t *middle = arena_fill('v');
    for (uint32_t buffer = KV_KEY; buffer <= KV_VALUE; buffer++) {
        syscall_allow_ro(DRIVER_KV, KV_KEY, buffer == KV_KEY ? middle : key,
                         buffer == KV_KEY ? 60 : sizeof key);
        syscall_allow_ro(DRIVER_KV, KV_VALUE, middle, 500);
        syscall_command(DRIVER_KV, KV_SET, 0, 0);
        take(SYSCALL_ALLOW_RO, DRIVER_KV, buffer, way);
        uint32_t status = wait_for(DRIVER_KV, 0).value[0];
        check(is_one_of(status, ERR_RESERVE, ERR_SIZE));
    }
    syscall_allow_ro(DRIVER_KV, KV_KEY, key, sizeof key);
    syscall_allow_rw(DRIVER_KV, 0, arena_fill(0), 500);
    syscall_command(DRIVER_KV, KV_GET, 0, 0);
    take(SYSCALL_ALLOW_RW, DRIVER_KV, 0, way);
    struct event e = wait_for(DRIVER_KV, 0);
    check(is_one_of(e.value[0], ERR_SIZE, ERR_NOSUPPORT));
    check(e.value[1] <= 512 && arena_holds(500) && !arena_tells_secret());
}

static void flash(uint32_t way)
{
    uint8_t *middle = arena_fill('f');
    syscall_allow_ro(DRIVER_APP_FLASH, 0, middle, sizeof own_region);
    expect_error(OK, syscall_command(DRIVER_APP_FLASH, FLASH_WRITE,
                                     address_of(own_region), 0));
    take(SYSCALL_ALLOW_RO, DRIVER_APP_FLASH, 0, way);
    uint32_t status = wait_for(DRIVER_APP_FLASH, 0).value[0];
    check(is_one_of(status, ERR_INVAL, ERR_SIZE));
}

int main(void)
{
    /* The arena counts as heap from here on: the break cannot go below it. */
    for (uint32_t way = 0; way < WAYS; way++) {
        for (uint32_t round = 0; round < ROUNDS; round++) {
            isolated(way);
            shared(way);
            value(way);
        }
        flash(way);
    }
    return tell_checks();
}
