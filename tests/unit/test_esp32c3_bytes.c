/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the ESP32-C3's window for instructions gives bytes, found out by trying.
 * SOURCES: chips/esp32c3/flash_bytes.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <berth/mmio.h>
#include <chips/esp32c3/flash_map.h>

static const uint8_t flash[16] = { 0xE9, 1,    2,    0x2F, 0,    0, 0x38, 0x40,
                                   0xEE, 0x11, 0x22, 0x33, 0x05, 0, 7,    8 };
static uint32_t broken; /* bits of the address that a load of a byte ignores */

uint32_t mmio_read32(uint32_t address)
{
    uint32_t at = address - FLASH_DATA;
    assert_true(at < sizeof flash && at % 4 == 0);
    return (uint32_t)flash[at] | (uint32_t)flash[at + 1] << 8 |
           (uint32_t)flash[at + 2] << 16 | (uint32_t)flash[at + 3] << 24;
}

uint8_t mmio_read8(uint32_t address)
{
    uint32_t at = address - FLASH_CODE;
    assert_true(at < sizeof flash);
    return flash[at & ~broken];
}

static void bytes_that_are_right_are_accepted(void **state)
{
    (void)state;
    broken = 0;
    assert_true(flash_code_gives_bytes());
}

static void bytes_of_another_place_are_not(void **state)
{
    (void)state;
    for (broken = 1; broken < 4; broken++)
        assert_false(flash_code_gives_bytes());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_right_are_accepted),
        cmocka_unit_test(bytes_of_another_place_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
