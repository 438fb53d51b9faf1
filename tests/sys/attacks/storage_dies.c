/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: dies again and again with requests to all storage under way, at ever other moments
 * BOARDS: virt
 * APPS: storage_victim
 * EXPECT: (?s)storage_dies: life 24: \d+ right, 0 wrong
 * EXPECT: (?s)storage_dies: life 24.*storage_victim: \d+ rounds, 0 wrong
 * REJECT: WRONG
 * LATE: where it writes flash of its own no app can run until that sector is rewritten
 */
#include "storage.h"

enum { LIVES = 24 };

/* How often it has lived is kept, wholly or not at all. */
static uint32_t life_begin(void)
{
    uint32_t life = 0;
    syscall_allow_rw(DRIVER_KV, 0, &life, sizeof life);
    uint32_t status = kv(KV_GET, "life", 4, NULL, 0);
    check(status == OK || (status == ERR_NOSUPPORT && life == 0));
    check(life <= LIVES);
    life++;
    expect_value(OK, kv(KV_SET, "life", 4, &life, sizeof life));
    return life;
}

/* What it kept in the lives before is some life's, from end to end. */
static void kept_check(void)
{
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_ISOLATED, 0, middle, 256);
    expect_error(OK, syscall_command(DRIVER_ISOLATED, READ, 256, 0));
    expect_value(OK, wait_for(DRIVER_ISOLATED, READ_DONE).value[0]);
    uint32_t same = 0;
    for (uint32_t i = 0; i < 256; i++) {
        same += middle[i] == middle[0];
    }
    expect_value(256, same);
}

/* As far as the kernel gets with all of it, in so much time. */
static void die(uint32_t life)
{
    uint8_t *middle = arena_fill(life);
    syscall_allow_ro(DRIVER_ISOLATED, 0, middle, 256);
    syscall_command(DRIVER_ISOLATED, WRITE, 256, 0);
    syscall_allow_ro(DRIVER_NONVOLATILE, 0, middle, MIDDLE_SIZE);
    syscall_command(DRIVER_NONVOLATILE, WRITE, 100, MIDDLE_SIZE);
    syscall_allow_ro(DRIVER_KV, KV_KEY, middle, 10);
    syscall_allow_ro(DRIVER_KV, KV_VALUE, middle, 400);
    syscall_command(DRIVER_KV, life % 3 == 0 ? KV_COLLECT : KV_SET, 0, 0);
    if (life % 8 == 0) {
        syscall_allow_ro(DRIVER_APP_FLASH, 0, middle, sizeof own_region);
        syscall_command(DRIVER_APP_FLASH, FLASH_WRITE, address_of(own_region),
                        0);
    }
    sleep_ticks(ticks_of_us(50 * life));
    syscall_exit(EXIT_RESTART, 0);
}

int main(void)
{
    uint32_t life = life_begin();
    kept_check();
    if (life < LIVES) {
        die(life);
    }
    struct line *line = line_begin();
    line_add(line, "life ");
    line_add_number(line, life);
    line_add(line, ": ");
    line_add_number(line, checks_right);
    line_add(line, " right, ");
    line_add_number(line, checks_wrong);
    line_add(line, " wrong");
    line_end(line);
    return 0;
}
