/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: asks for stored bytes that are not there, by offsets, lengths and addresses at every edge and beyond where they wrap around
 * BOARDS: virt
 * APPS: storage_victim
 * EXPECT: storage_ranges: survived: \d+ right, 0 wrong
 * EXPECT: (?s)storage_ranges: survived.*storage_victim: \d+ rounds, 0 wrong
 * REJECT: WRONG
 */
#include "storage.h"

enum { SOME = 16 };

/* ---- shared: (offset, length), a buffer of SOME bytes ------------------------------- */

static void shared_one(uint32_t size, uint32_t offset, uint32_t length,
                       uint32_t number)
{
    int is_within = offset < size && length <= size - offset;
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_NONVOLATILE, 0, middle, SOME);
    syscall_allow_ro(DRIVER_NONVOLATILE, 0, middle, SOME);
    struct sysret r =
        syscall_command(DRIVER_NONVOLATILE, number, offset, length);
    expect_error(is_within ? OK : ERR_INVAL, r);
    if (!sysret_is_success(r)) {
        return;
    }
    struct event e = wait_for(DRIVER_NONVOLATILE, number - READ);
    expect_value(length < SOME ? length : SOME, e.value[0]);
    check(arena_holds(SOME) && !arena_tells_secret());
}

static void shared(void)
{
    uint32_t size =
        syscall_command(DRIVER_NONVOLATILE, NONVOLATILE_SIZE, 0, 0).value[0];
    const uint32_t numbers[] = {
        0,           1,           size - 1,  size,      size + 1,
        0x7FFFFFFFu, 0x80000000u, 0u - size, 0u - SOME, 0u - 1,
    };
    for (uint32_t i = 0; i < COUNT_OF(numbers); i++) {
        for (uint32_t j = 0; j < COUNT_OF(numbers); j++) {
            shared_one(size, numbers[i], numbers[j], READ);
            shared_one(size, numbers[i], numbers[j], WRITE);
        }
    }
}

/* ---- isolated: (offset, its high half), as long as the buffer ----------------------- */

static void isolated_one(uint32_t size, uint32_t low, uint32_t high,
                         uint32_t number)
{
    int is_within = high == 0 && low < size && SOME <= size - low;
    uint8_t *middle = arena_fill(0);
    syscall_allow_rw(DRIVER_ISOLATED, 0, middle, SOME);
    syscall_allow_ro(DRIVER_ISOLATED, 0, middle, SOME);
    expect_error(OK, syscall_command(DRIVER_ISOLATED, number, low, high));
    struct event e = wait_for(DRIVER_ISOLATED, number - 1);
    expect_value(is_within ? OK : ERR_INVAL, e.value[0]);
    check(arena_holds(is_within ? SOME : 0) && !arena_tells_secret());
}

static void isolated(void)
{
    syscall_command(DRIVER_ISOLATED, ISOLATED_SIZE, 0, 0);
    uint32_t size = wait_for(DRIVER_ISOLATED, SIZE_IS).value[1];
    const uint32_t lows[] = {
        0,           size - SOME, size - SOME + 1, size,   0x7FFFFFFFu,
        0x80000000u, 0u - size,   0u - SOME,       0u - 1,
    };
    static const uint32_t highs[] = { 0, 1, 0x80000000u, 0xFFFFFFFFu };
    for (uint32_t i = 0; i < COUNT_OF(lows); i++) {
        for (uint32_t j = 0; j < COUNT_OF(highs); j++) {
            isolated_one(size, lows[i], highs[j], READ);
            isolated_one(size, lows[i], highs[j], WRITE);
        }
    }
}

/* ---- app flash: an address ----------------------------------------------------------- */

static void flash(void)
{
    uint32_t start = address_of(own_region), length = sizeof own_region;
    uint32_t from = syscall_memop(MEMOP_WRITEABLE_START, 0).value[0];
    uint32_t to = syscall_memop(MEMOP_WRITEABLE_END, 0).value[0];
    const uint32_t elsewhere[] = {
        from - 1,
        from - SOME,
        to - SOME + 1,
        to - 1,
        to,
        from + 0x80000000u,
        memory(MEMOP_FLASH_START),
        own_binary(),
        code_address(upcall_bare),
        memory(MEMOP_FLASH_END) - SOME,
        memory(MEMOP_FLASH_END),
        other_flash(),
        kernel_flash(),
        kernel_ram(),
        other_ram(),
        address_of(arena),
        0,
        0u - 1,
        0u - SOME,
    };
    check(from <= start && to >= start + length);
    uint8_t *middle = arena_fill(0);
    for (uint32_t i = 0; i < COUNT_OF(elsewhere); i++) {
        expect_value(ERR_INVAL, flash_write(elsewhere[i], middle, SOME));
    }
    expect_value(ERR_INVAL, flash_write(to - SOME + 4, middle, SOME));
    /* A buffer that is longer than the region, wherever it is to go. */
    syscall_allow_ro(DRIVER_APP_FLASH, 0, (const void *)(uintptr_t)own_binary(),
                     to - from + 1);
    expect_error(ERR_INVAL,
                 syscall_command(DRIVER_APP_FLASH, FLASH_WRITE, from, 0));
}

/* ---- keys and values: lengths -------------------------------------------------------- */

static void lengths(void)
{
    static const uint32_t keys[] = { 0, 1, 63, 64, 65, 600 };
    static const uint32_t values[] = { 0, 1, 511, 512, 513, 600 };
    uint8_t *middle = arena_fill('k');
    for (uint32_t i = 0; i < COUNT_OF(keys); i++) {
        for (uint32_t j = 0; j < COUNT_OF(values); j++) {
            uint32_t want = keys[i] == 0                      ? ERR_RESERVE
                            : keys[i] > 64 || values[j] > 512 ? ERR_SIZE
                                                              : OK;
            expect_value(want, kv(KV_SET, middle, keys[i], middle, values[j]));
        }
    }
    for (uint32_t i = 0; i < COUNT_OF(keys); i++) {
        (void)kv(KV_DELETE, middle, keys[i], NULL, 0);
    }
    for (uint32_t number = KV_COLLECT + 1; number != 0; number <<= 1) {
        expect_error(ERR_NOSUPPORT, syscall_command(DRIVER_KV, number, 0, 0));
    }
}

int main(void)
{
    shared();
    isolated();
    flash();
    lengths();
    return tell_checks();
}
