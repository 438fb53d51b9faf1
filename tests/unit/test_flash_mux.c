/* SPDX-License-Identifier: Apache-2.0 */
/* One flash for several users.
 * SOURCES: chips/common/flash_mux.c tests/fake/kernel.c */
#include <tests/fake/flash.h>

#include <chips/common/flash_mux.h>

static struct fake_flash flash;
static struct flash_mux mux;
static struct flash_port ports[3];
static struct user {
    struct flash_client client;
    unsigned told;
    err_t e;
    bool asks_again;
} users[3];
static const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static unsigned order;
static unsigned told_as[3];
static err_t refusal;
static struct flash_ops ops;
static const struct flash_ops *real_ops;

static err_t program(unsigned port, uint32_t at)
{
    struct flash *f = &ports[port].flash;
    return f->ops->program(f, at, bytes, sizeof bytes);
}

static err_t erase(unsigned port, uint32_t at)
{
    struct flash *f = &ports[port].flash;
    return f->ops->erase(f, at);
}

static void on_done(struct flash_client *client, err_t e)
{
    struct user *u = CONTAINER_OF(client, struct user, client);
    unsigned n = (unsigned)(u - users);
    u->told++;
    u->e = e;
    told_as[n] = ++order;
    if (u->asks_again) {
        u->asks_again = false;
        assert_int_equal(program(n, 64 * n + 16), OK);
    }
}

static err_t program_or_not(struct flash *f, uint32_t at, const uint8_t *from,
                            uint32_t len)
{
    return refusal != OK ? refusal : real_ops->program(f, at, from, len);
}

static int setup(void **state)
{
    (void)state;
    fake_flash_make(&flash);
    real_ops = flash.flash.ops;
    ops = *real_ops;
    ops.program = program_or_not;
    flash.flash.ops = &ops;
    memset(ports, 0, sizeof ports);
    memset(users, 0, sizeof users);
    mux = (struct flash_mux){ 0 };
    order = 0;
    refusal = OK;
    flash_mux_init(&mux, &flash.flash, ports, 3);
    for (unsigned i = 0; i < 3; i++) {
        users[i].client.done = on_done;
        ports[i].flash.client = &users[i].client;
        assert_ptr_equal(ports[i].flash.geometry, flash.flash.geometry);
        assert_ptr_equal(ports[i].flash.base, flash.cells);
    }
    return 0;
}

static void each_user_is_told_of_its_own_operations(void **state)
{
    (void)state;
    assert_int_equal(program(0, 0), OK);
    fake_flash_end(&flash);
    assert_int_equal(users[0].told, 1);
    assert_memory_equal(flash.cells, bytes, 8);
    assert_int_equal(erase(1, 0), OK);
    fake_flash_end(&flash);
    assert_int_equal(users[0].told, 1);
    assert_int_equal(users[1].told, 1);
    assert_int_equal(flash.cells[0], 0xFF);
    assert_false(flash.is_busy);
}

static void operations_wait_for_each_other_in_turn(void **state)
{
    (void)state;
    users[0].asks_again = true;
    assert_int_equal(program(0, 0), OK);
    assert_int_equal(program(2, 128), OK);
    assert_int_equal(program(1, 64), OK);
    assert_int_equal(program(1, 64), ERR_BUSY);
    fake_flash_end(&flash); /* and asks for more, behind the others */
    fake_flash_end(&flash);
    fake_flash_end(&flash);
    assert_int_equal(told_as[1], 2);
    assert_int_equal(told_as[2], 3);
    assert_int_equal(users[0].told, 1);
    fake_flash_end(&flash);
    assert_int_equal(users[0].told, 2);
    assert_false(flash.is_busy);
    assert_memory_equal(flash.cells + 16, bytes, 8);
    assert_memory_equal(flash.cells + 64, bytes, 8);
    assert_memory_equal(flash.cells + 128, bytes, 8);
}

static void what_cannot_start_is_told(void **state)
{
    (void)state;
    refusal = ERR_INVAL;
    assert_int_equal(program(0, 0), ERR_INVAL);
    assert_int_equal(erase(0, 0), OK);
    assert_int_equal(program(1, 0), OK); /* waits */
    assert_int_equal(program(2, 0), OK);
    refusal = ERR_OFF;
    fake_flash_end(&flash);
    assert_int_equal(users[0].e, OK);
    assert_int_equal(users[1].e, ERR_OFF);
    assert_int_equal(users[2].e, ERR_OFF);
    refusal = OK;
    assert_int_equal(program(1, 0), OK);
    flash.fails = true;
    fake_flash_end(&flash);
    assert_int_equal(users[1].e, ERR_FAIL);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_user_is_told_of_its_own_operations),
        TEST(operations_wait_for_each_other_in_turn),
        TEST(what_cannot_start_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
