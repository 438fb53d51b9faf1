/* SPDX-License-Identifier: Apache-2.0 */
/* The SPI driver.
 * SOURCES: drivers/spi_controller.c tests/fake/kernel.c */
#include <tests/fake/kernel.h>

#include <string.h>

#include <drivers/spi_controller.h>
#include <tests/fake/spi.h>

enum {
    EXCHANGE = 2,
    SET_RATE = 5,
    GET_RATE,
    SET_PHASE,
    GET_PHASE,
    SET_POLARITY,
    GET_POLARITY
};
enum { LONG = 100 };

static struct fake_spi spi;
static struct spi_controller driver;
static const struct driver table[] = {
    { DRIVER_SPI_CONTROLLER, &spi_controller_ops, &driver, &driver.grant },
};
static struct process *a, *b;
static uint32_t out_a, in_a, out_b;

static struct sysret command(struct process *p, uint32_t number, uint32_t arg)
{
    struct sysret r =
        fake_command(p, DRIVER_SPI_CONTROLLER, number, arg, 0xBAD);
    fake_settle();
    return r;
}

static void piece_done(void)
{
    fake_spi_done(&spi);
    fake_settle();
}

static void all_done(void)
{
    while (spi.len != 0)
        piece_done();
}

static void buffers(struct process *p, uint32_t out, uint32_t out_len,
                    uint32_t in, uint32_t in_len)
{
    fake_allow_ro(p, DRIVER_SPI_CONTROLLER, 0, out, out_len);
    fake_allow_rw(p, DRIVER_SPI_CONTROLLER, 0, in, in_len);
}

static int setup(void **state)
{
    (void)state;
    spi = (struct fake_spi){ .spi = { .ops = &fake_spi_ops } };
    driver = (struct spi_controller){ 0 };
    spi_controller_init(&driver, &spi.spi, 4000);
    fake_boot(table, 1);
    a = fake_process("a");
    b = fake_process("b");
    out_a = fake_space(a, LONG);
    in_a = fake_space(a, LONG);
    out_b = fake_space(b, LONG);
    for (uint32_t i = 0; i < LONG; i++) {
        fake_bytes(a, out_a)[i] = (uint8_t)i;
        fake_bytes(b, out_b)[i] = (uint8_t)(i + 100);
    }
    buffers(a, out_a, LONG, in_a, LONG);
    buffers(b, out_b, LONG, 0, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void bytes_are_exchanged_in_pieces_under_one_select(void **state)
{
    (void)state;
    assert_success(command(a, 0, 0));
    for (uint32_t len = 1; len <= LONG; len++) {
        assert_success(command(a, EXCHANGE, len));
        all_done();
        assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, len, 0, 0);
        assert_int_equal(spi.sent_len, len);
        assert_int_equal(spi.selects, len);
        assert_false(spi.is_selected);
        for (uint32_t i = 0; i < len; i++) {
            assert_int_equal(spi.sent[i], i);
            assert_int_equal(fake_bytes(a, in_a)[i], (uint8_t)~i);
        }
    }
}

static void what_comes_back_may_be_left_out(void **state)
{
    (void)state;
    assert_success(command(b, EXCHANGE, 40));
    assert_null(spi.in);
    all_done();
    assert_upcall(b, DRIVER_SPI_CONTROLLER, 0, 40, 0, 0);
    assert_int_equal(spi.sent[39], 139);
}

static void each_app_has_a_mode_of_its_own(void **state)
{
    (void)state;
    assert_u32(command(a, GET_RATE, 0), 4000);
    assert_success(command(a, SET_RATE, 17000));
    assert_u32(command(a, GET_RATE, 0), 16000);
    assert_success(command(a, SET_PHASE, 7));
    assert_success(command(a, SET_POLARITY, 1));
    assert_u32(command(a, GET_PHASE, 0), 1);
    assert_u32(command(a, GET_POLARITY, 0), 1);
    assert_u32(command(b, GET_RATE, 0), 4000);
    assert_u32(command(b, GET_PHASE, 0), 0);
    assert_u32(command(b, GET_POLARITY, 0), 0);
    assert_success(command(a, EXCHANGE, 1));
    assert_true(spi.mode.hz == 16000 && spi.mode.trailing &&
                spi.mode.idle_high);
    assert_success(command(b, EXCHANGE, 1));
    assert_success(command(a, SET_PHASE, 0)); /* not of what is under way */
    piece_done();
    assert_true(spi.mode.hz == 4000 && !spi.mode.trailing &&
                !spi.mode.idle_high);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_failure(command(a, EXCHANGE, 0), ERR_INVAL);
    assert_failure(command(a, EXCHANGE, LONG + 1), ERR_INVAL);
    buffers(a, out_a, LONG, in_a, 10);
    assert_failure(command(a, EXCHANGE, 11), ERR_INVAL);
    buffers(a, 0, 0, in_a, 10);
    assert_failure(command(a, EXCHANGE, 1), ERR_INVAL);
    assert_failure(command(a, SET_RATE, FAKE_SPI_SLOWEST - 1), ERR_INVAL);
    assert_failure(command(a, SET_RATE, 0), ERR_INVAL);
    static const uint32_t none[] = { 1, 3, 4, 11, 12, UINT32_MAX };
    for (uint32_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_failure(command(a, none[i], 0), ERR_NOSUPPORT);
    struct process *c = fake_process("c");
    c->no_room = true;
    assert_failure(command(c, EXCHANGE, 1), ERR_NOMEM);
    assert_failure(command(c, GET_RATE, 1), ERR_NOMEM);
    assert_int_equal(spi.selects, 0);
}

static void two_apps_take_turns(void **state)
{
    (void)state;
    assert_success(command(a, EXCHANGE, 40));
    assert_success(command(b, EXCHANGE, 40));
    assert_failure(command(b, EXCHANGE, 1), ERR_BUSY);
    piece_done();
    assert_int_equal(spi.sent[0], 0); /* still a's */
    piece_done();
    assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, 40, 0, 0);
    assert_success(command(a, EXCHANGE, 1));
    assert_int_equal(spi.sent[0], 100);
    piece_done();
    piece_done();
    assert_upcall(b, DRIVER_SPI_CONTROLLER, 0, 40, 0, 0);
    piece_done();
    assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, 1, 0, 0);
}

static void buffers_may_shrink_and_vanish_meanwhile(void **state)
{
    (void)state;
    assert_success(command(a, EXCHANGE, LONG));
    piece_done();
    buffers(a, out_a, 40, in_a, 35);
    piece_done();
    assert_int_equal(fake_bytes(a, in_a)[34], (uint8_t)~34);
    assert_int_equal(fake_bytes(a, in_a)[35], 0);
    /* The piece that was under way had been sent whole. */
    assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, 2 * SPI_PIECE, 0, 0);
    assert_false(spi.is_selected);
    buffers(a, out_a, LONG, in_a, LONG);
    assert_success(command(a, EXCHANGE, LONG));
    buffers(a, 0, 0, 0, 0);
    piece_done();
    assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, SPI_PIECE, 0, 0);
    buffers(a, out_a, LONG, in_a, LONG);
    assert_success(command(b, EXCHANGE, 1));
    assert_success(command(a, EXCHANGE, LONG)); /* has to wait */
    buffers(a, 0, 0, 0, 0);
    piece_done();
    assert_upcall(a, DRIVER_SPI_CONTROLLER, 0, 0, 0, 0);
    assert_false(spi.is_selected);
}

static void the_death_of_an_app_lets_the_next_one_in(void **state)
{
    (void)state;
    assert_success(command(a, EXCHANGE, LONG));
    assert_success(command(b, EXCHANGE, 1));
    fake_die(a);
    a = fake_process("a");
    assert_true(spi.is_selected); /* until the piece is through */
    piece_done();
    assert_int_equal(spi.sent[0], 100);
    piece_done();
    assert_upcall(b, DRIVER_SPI_CONTROLLER, 0, 1, 0, 0);
    assert_no_upcall(a);
    assert_u32(command(a, GET_RATE, 0), 4000);
    assert_int_equal(spi.selects, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            bytes_are_exchanged_in_pieces_under_one_select, setup, teardown),
        cmocka_unit_test_setup_teardown(what_comes_back_may_be_left_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_app_has_a_mode_of_its_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(two_apps_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(buffers_may_shrink_and_vanish_meanwhile,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            the_death_of_an_app_lets_the_next_one_in, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
