/* SPDX-License-Identifier: Apache-2.0 */
/* The I2C driver.
 * SOURCES: drivers/i2c_master.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <string.h>

#include <drivers/i2c_master.h>
#include <tests/fake/i2c.h>

enum { WRITE = 1, READ, WRITE_READ };

static struct fake_i2c i2c;
static struct i2c_master driver;
static const struct driver table[] = {
    { DRIVER_I2C_MASTER, &i2c_master_ops, &driver, &driver.grant },
};
static struct process *a, *b;
static uint32_t bytes_a, bytes_b;

static struct sysret command(struct process *p, uint32_t number, uint32_t arg1,
                             uint32_t arg2)
{
    struct sysret r = fake_command(p, DRIVER_I2C_MASTER, number, arg1, arg2);
    fake_settle();
    return r;
}

static void done(err_t status)
{
    fake_i2c_done(&i2c, status);
    fake_settle();
}

static uint32_t text_allow(struct process *p, const char *text)
{
    uint32_t at = fake_text(p, text);
    assert_int_equal(
        fake_allow_rw(p, DRIVER_I2C_MASTER, 1, at, (uint32_t)strlen(text)), OK);
    return at;
}

static int setup(void **state)
{
    (void)state;
    i2c = (struct fake_i2c){ .bus = { .ops = &fake_i2c_ops } };
    driver = (struct i2c_master){ 0 };
    i2c_master_init(&driver, &i2c.bus);
    fake_boot(table, 1);
    a = fake_process("a");
    b = fake_process("b");
    bytes_a = text_allow(a, "from a");
    bytes_b = text_allow(b, "from b, longer");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void bytes_are_written_and_read(void **state)
{
    (void)state;
    assert_success(command(a, 0, 0, 0));
    assert_success(command(a, WRITE, 0x48, 6));
    assert_int_equal(i2c.address, 0x48);
    assert_memory_equal(i2c.written, "from a", 6);
    assert_no_upcall(a);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    assert_success(command(a, READ, 0x7F, 3));
    assert_int_equal(i2c.write, 0);
    memcpy(i2c.answer, "XYZ", 3);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    assert_memory_equal(fake_bytes(a, bytes_a), "XYZm a", 6);
    assert_success(command(a, WRITE_READ, 4 << 8 | 0x20, 6));
    assert_memory_equal(i2c.written, "XYZm", 4);
    assert_int_equal(i2c.write, 4);
    memcpy(i2c.answer, "abcdef", 6);
    done(OK);
    assert_memory_equal(fake_bytes(a, bytes_a), "abcdef", 6);
}

static void lengths_from_nothing_to_the_most(void **state)
{
    (void)state;
    uint32_t at = fake_space(a, I2C_BYTES_MAX + 1);
    assert_success(command(a, WRITE, 0x10, 0)); /* the address alone */
    assert_int_equal(i2c.transfers, 1);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    fake_allow_rw(a, DRIVER_I2C_MASTER, 1, 0, 0);
    assert_success(command(a, READ, 0x10, 0));
    done(ERR_NOACK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, ERR_NOACK, 0, 0);
    fake_allow_rw(a, DRIVER_I2C_MASTER, 1, at, I2C_BYTES_MAX + 1);
    assert_success(command(a, WRITE, 0x10, I2C_BYTES_MAX));
    done(OK);
    assert_success(command(a, READ, 0x10, I2C_BYTES_MAX));
    done(OK);
    assert_failure(command(a, WRITE, 0x10, I2C_BYTES_MAX + 1), ERR_SIZE);
    assert_failure(command(a, READ, 0x10, I2C_BYTES_MAX + 1), ERR_SIZE);
    assert_failure(command(a, WRITE_READ, (I2C_BYTES_MAX + 1) << 8, 1),
                   ERR_SIZE);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_failure(command(a, WRITE, 0x80, 1), ERR_INVAL);
    assert_failure(command(a, WRITE, 0x148, 1), ERR_INVAL);
    assert_failure(command(a, WRITE, 0x48, 7), ERR_INVAL);
    assert_failure(command(a, READ, 0x48, UINT32_MAX), ERR_INVAL);
    assert_failure(command(a, WRITE_READ, 7 << 8, 1), ERR_INVAL);
    assert_failure(command(a, WRITE_READ, 0xFFFFFF00u, 1), ERR_INVAL);
    assert_failure(command(a, 4, 0, 0), ERR_NOSUPPORT);
    a->no_room = true;
    struct process *c = fake_process("c");
    c->no_room = true;
    assert_failure(command(c, WRITE, 0x48, 0), ERR_NOMEM);
    assert_int_equal(i2c.transfers, 0);
}

static void errors_of_the_bus_are_told(void **state)
{
    (void)state;
    assert_success(command(a, READ, 0x48, 2));
    done(ERR_NOACK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, ERR_NOACK, 0, 0);
    assert_memory_equal(fake_bytes(a, bytes_a), "from a", 6);
    i2c.refuses = ERR_OFF;
    assert_success(command(a, READ, 0x48, 2));
    assert_upcall(a, DRIVER_I2C_MASTER, 0, ERR_OFF, 0, 0);
    i2c.refuses = OK;
    assert_success(command(a, READ, 0x48, 2));
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
}

static void two_apps_take_turns(void **state)
{
    (void)state;
    assert_success(command(a, WRITE, 1, 6));
    assert_success(command(b, WRITE, 2, 14));
    assert_failure(command(b, WRITE, 2, 1), ERR_BUSY);
    assert_int_equal(i2c.address, 1);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    assert_no_upcall(b);
    assert_success(command(a, WRITE, 3, 6)); /* behind b */
    assert_int_equal(i2c.address, 2);
    assert_memory_equal(i2c.written, "from b, longer", 14);
    done(ERR_FAIL);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, ERR_FAIL, 0, 0);
    assert_int_equal(i2c.address, 3);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, OK, 0, 0);
}

static void buffers_may_shrink_and_vanish_meanwhile(void **state)
{
    (void)state;
    assert_success(command(a, READ, 1, 6));
    assert_success(command(b, WRITE, 2, 14));
    fake_allow_rw(a, DRIVER_I2C_MASTER, 1, bytes_a, 5);
    fake_allow_rw(b, DRIVER_I2C_MASTER, 1, bytes_b, 13);
    memcpy(i2c.answer, "------", 6);
    done(OK);
    assert_upcall(a, DRIVER_I2C_MASTER, 0, ERR_INVAL, 0, 0);
    assert_memory_equal(fake_bytes(a, bytes_a), "from a", 6);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, ERR_INVAL, 0, 0);
    assert_int_equal(i2c.transfers, 1);
    assert_success(command(b, READ, 2, 13));
    fake_allow_rw(b, DRIVER_I2C_MASTER, 1, 0, 0);
    done(OK);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, ERR_INVAL, 0, 0);
}

static void the_death_of_an_app_lets_the_next_one_in(void **state)
{
    (void)state;
    assert_success(command(a, READ, 1, 6));
    assert_success(command(b, WRITE, 2, 1));
    fake_die(a);
    a = fake_process("a");
    text_allow(a, "second life");
    done(OK);
    assert_no_upcall(a);
    assert_int_equal(i2c.address, 2);
    assert_success(command(a, WRITE, 3, 6));
    fake_die(a); /* while it waits */
    done(OK);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    assert_int_equal(i2c.transfers, 2);
}

static void a_bus_that_is_held_is_given_up(void **state)
{
    (void)state;
    assert_success(command(a, READ, 1, 6));
    assert_success(command(b, WRITE, 2, 14));
    fake_pass_ms(I2C_PATIENCE_MS - 1);
    fake_settle();
    assert_no_upcall(a);
    assert_int_equal(i2c.address, 1);
    fake_pass_ms(2);
    fake_settle();
    assert_upcall(a, DRIVER_I2C_MASTER, 0, ERR_CANCEL, 0, 0);
    assert_memory_equal(fake_bytes(a, bytes_a), "from a", 6);
    assert_int_equal(i2c.aborts, 1);
    assert_int_equal(i2c.address, 2); /* whose patience begins now */
    fake_pass_ms(I2C_PATIENCE_MS - 2);
    done(OK);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, OK, 0, 0);
    fake_pass_ms(10 * I2C_PATIENCE_MS); /* nothing to wait for */
    fake_settle();
    assert_int_equal(i2c.aborts, 1);
    assert_success(command(a, WRITE, 1, 6));
    fake_die(a);
    fake_pass_ms(I2C_PATIENCE_MS + 1); /* a bus held by who is dead */
    fake_settle();
    assert_int_equal(i2c.aborts, 2);
    assert_success(command(b, WRITE, 2, 1));
    done(OK);
    assert_upcall(b, DRIVER_I2C_MASTER, 0, OK, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_are_written_and_read, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(lengths_from_nothing_to_the_most, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(errors_of_the_bus_are_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(two_apps_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(buffers_may_shrink_and_vanish_meanwhile,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_bus_that_is_held_is_given_up, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            the_death_of_an_app_lets_the_next_one_in, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
