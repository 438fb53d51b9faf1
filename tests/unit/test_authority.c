/* SPDX-License-Identifier: Apache-2.0 */
/* Authority over other apps, as a table.
 * SOURCES: loader/authority.c pic/tbf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <berth/abi.h>
#include <loader/authority.h>

#define LOADER 0x10001u

/* A permissions payload of one entry at offset 0: driver and commands. */
static struct tbf permissions(uint8_t *bytes, uint32_t driver, uint8_t commands)
{
    memset(bytes, 0, 18);
    bytes[0] = 1;
    memcpy(bytes + 2, &driver, 4);
    bytes[10] = commands;
    return (struct tbf){ .permissions = { 0, 18 } };
}

static void known_31_nobody_has_authority_unasked(void **state)
{
    (void)state;
    static const struct authority_line list[] = {
        { 10, AUTHORITY_ANY_KEY }, { 20, 2 }, { 20, 3 }, { 30, 1 }
    };
    static const struct {
        uint32_t lines, short_id, key, driver;
        uint8_t commands;
        enum authority verdict;
    } rows[] = {
        { 4, 10, 0, LOADER, 0xFF, AUTHORITY_OK },
        { 4, 10, 7, LOADER, 1, AUTHORITY_OK },
        { 4, 20, 2, LOADER, 1, AUTHORITY_OK },
        { 4, 20, 3, LOADER, 1, AUTHORITY_OK },
        { 4, 20, 1, LOADER, 1, AUTHORITY_OTHER_KEY },
        { 4, 20, 0, LOADER, 1, AUTHORITY_OTHER_KEY },
        { 4, 30, 2, LOADER, 1, AUTHORITY_OTHER_KEY },
        { 4, 11, 1, LOADER, 1, AUTHORITY_NOT_LISTED },
        { 0, 10, 1, LOADER, 1, AUTHORITY_NOT_LISTED },
        { 4, 0, 1, LOADER, 1, AUTHORITY_NO_SHORT_ID },
        { 4, 10, 1, DRIVER_PROCESS_INFO, 1, AUTHORITY_NO_PERMISSION },
        { 4, 10, 1, LOADER, 0, AUTHORITY_NO_PERMISSION },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint8_t bytes[18];
        struct tbf tbf = permissions(bytes, rows[i].driver, rows[i].commands);
        const struct authority_app app = { rows[i].short_id, rows[i].key, bytes,
                                           &tbf };
        assert_int_equal(authority_check(list, rows[i].lines, &app, LOADER),
                         rows[i].verdict);
    }
    /* Without the TLV an app may use any driver, but not this one. */
    const struct tbf none = { .total_size = 64 };
    const uint8_t nothing[1] = { 0 };
    const struct authority_app app = { 10, 1, nothing, &none };
    assert_int_equal(authority_check(list, 4, &app, LOADER),
                     AUTHORITY_NO_PERMISSION);
    assert_string_equal(authority_text(AUTHORITY_OTHER_KEY),
                        "the board's list demands another key");
    assert_string_equal(authority_text(AUTHORITY_NO_PERMISSION),
                        "its header asks for no command of that driver");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_31_nobody_has_authority_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
