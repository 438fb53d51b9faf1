/* SPDX-License-Identifier: Apache-2.0 */
/* See app.h. */
#include <tests/fake/app.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <berth/event.h>

struct fake_app fake_app;

void fake_app_begin(uint32_t driver)
{
    fake_app = (struct fake_app){ .driver = driver };
    fake_app.answer.variant = SYSRET_SUCCESS;
}

void fake_app_fails(uint32_t error)
{
    fake_app.answer = (struct sysret){ SYSRET_FAILURE, { error, 0, 0 } };
}

void fake_app_answers(uint32_t value)
{
    fake_app.answer = (struct sysret){ SYSRET_SUCCESS_U32, { value, 0, 0 } };
}

void fake_app_event(uint32_t number, uint32_t value0, uint32_t value1,
                    uint32_t value2)
{
    fake_app.upcalls[number].has_event = true;
    fake_app.upcalls[number].event =
        (struct event){ { value0, value1, value2 } };
}

bool fake_app_wait(void)
{
    for (uint32_t i = 0; i < FAKE_APP_NUMBERS; i++) {
        if (!fake_app.upcalls[i].has_event ||
            fake_app.upcalls[i].function == NULL)
            continue;
        struct event e = fake_app.upcalls[i].event;
        fake_app.upcalls[i].has_event = false;
        fake_app.upcalls[i].function(e.value[0], e.value[1], e.value[2],
                                     fake_app.upcalls[i].userdata);
        return true;
    }
    return false;
}

bool fake_app_lends(void)
{
    for (uint32_t i = 0; i < FAKE_APP_NUMBERS; i++)
        if (fake_app.ro[i].length != 0 || fake_app.rw[i].length != 0)
            return true;
    return false;
}

/* Time is up when nothing more happens. */
bool berth_wait_until_timeout(const volatile bool *flag, uint32_t ms)
{
    (void)ms;
    while (!*flag && fake_app_wait())
        ;
    return *flag;
}

bool berth_poll(void)
{
    return fake_app_wait();
}

struct sysret syscall_command(uint32_t driver, uint32_t number, uint32_t arg0,
                              uint32_t arg1)
{
    assert_int_equal(driver, fake_app.driver);
    fake_app.commands++;
    fake_app.number = number;
    fake_app.arg0 = arg0;
    fake_app.arg1 = arg1;
    if (fake_app.commanded != NULL && sysret_is_success(fake_app.answer))
        fake_app.commanded();
    return fake_app.answer;
}

static struct sysret success(void)
{
    return (struct sysret){ SYSRET_SUCCESS, { 0, 0, 0 } };
}

struct sysret syscall_subscribe(uint32_t driver, uint32_t number,
                                upcall_fn *function, void *userdata)
{
    assert_int_equal(driver, fake_app.driver);
    assert_in_range(number, 0, FAKE_APP_NUMBERS - 1);
    fake_app.upcalls[number].function = function;
    fake_app.upcalls[number].userdata = userdata;
    fake_app.upcalls[number].has_event = false;
    return success();
}

struct sysret syscall_allow_rw(uint32_t driver, uint32_t number, void *bytes,
                               size_t length)
{
    assert_int_equal(driver, fake_app.driver);
    assert_in_range(number, 0, FAKE_APP_NUMBERS - 1);
    fake_app.rw[number].bytes = bytes;
    fake_app.rw[number].length = length;
    return success();
}

struct sysret syscall_allow_ro(uint32_t driver, uint32_t number,
                               const void *bytes, size_t length)
{
    assert_int_equal(driver, fake_app.driver);
    assert_in_range(number, 0, FAKE_APP_NUMBERS - 1);
    fake_app.ro[number].bytes = bytes;
    fake_app.ro[number].length = length;
    return success();
}

struct sysret syscall_allow_ur(uint32_t driver, uint32_t number,
                               volatile void *bytes, size_t length)
{
    assert_int_equal(driver, fake_app.driver);
    assert_int_equal(number, 0);
    fake_app.ur.bytes = (const void *)(uintptr_t)bytes;
    fake_app.ur.length = length;
    return success();
}

struct event syscall_yield_wait_for(uint32_t driver, uint32_t number)
{
    assert_int_equal(driver, fake_app.driver);
    assert_in_range(number, 0, FAKE_APP_NUMBERS - 1);
    assert_true(fake_app.upcalls[number].has_event); /* else it hangs */
    fake_app.upcalls[number].has_event = false;
    return fake_app.upcalls[number].event;
}
