/* SPDX-License-Identifier: Apache-2.0 */
/* HiFive1 Rev B at its full speed, 320 MHz, with all that its own board leaves
 * out: pins for apps, a button, IPC, PWM, SPI1, I2C, and UART1 with low-level debug
 * and an echo. Pin 2 of the GPIO driver and button 0 are the same: so an app can
 * press it. */
#include <berth/hil/chip.h>
#include <boards/hifive1-revb/machine.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/sifive-e/clock.h>
#include <chips/sifive-e/gpio.h>
#include <chips/sifive-e/i2c.h>
#include <chips/sifive-e/pll.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/pwm.h>
#include <chips/sifive-e/spi.h>
#include <drivers/button.h>
#include <drivers/gpio.h>
#include <drivers/i2c_master.h>
#include <drivers/pwm.h>
#include <drivers/spi_controller.h>
#include <kernel/ipc.h>
#include <loader/boot.h>
#include <loader/console.h>

/* ---- hardware -------------------------------------------------------------- */

#define CORE_HZ PLL_HZ_MAX
#define UART1_PINS (1u << 18 | 1u << 23)
#define SPI1_PINS 0x3Cu
#define I2C_PINS 0x3000u

static struct sifive_uart uart0 = {
    .uart = { .ops = &sifive_uart_ops },
    .base = MACHINE_UART,
};
static struct sifive_uart uart1 = {
    .uart = { .ops = &sifive_uart_ops },
    .base = 0x10023000,
};

enum { PIN_D2 = 0, PIN_D4 = 20 };
static struct sifive_pin d2 = { { .ops = &sifive_pin_ops }, PIN_D2 };
static struct sifive_pin d4 = { { .ops = &sifive_pin_ops }, PIN_D4 };
static struct sifive_pin key = { { .ops = &sifive_pin_ops }, PIN_D4 };
static struct gpio_pin *const pins[] = { &d2.pin, NULL, &d4.pin };
static const struct button buttons[] = { { &key.pin, GPIO_PULL_NONE, false } };

static struct sifive_spi spi1 = {
    .spi = { .ops = &sifive_spi_ops },
    .base = 0x10024000,
    .clock = CORE_HZ,
};
static struct sifive_i2c i2c0 = {
    .bus = { .ops = &sifive_i2c_ops },
    .base = 0x10016000,
};

/* Two pins of one timer (the green and the blue LED), and one of the timer that
 * has 8 bits. */
#define PWM_PINS (1u << 19 | 1u << 21 | 1u << 1)
static struct sifive_pwm pwm0 = { 0x10015000, CORE_HZ, .bits = 8 };
static struct sifive_pwm pwm1 = { 0x10025000, CORE_HZ, .bits = 16 };
static const struct sifive_pwm_pin pwm_table[] = {
    { { &sifive_pwm_ops }, &pwm1, 1 },
    { { &sifive_pwm_ops }, &pwm1, 2 },
    { { &sifive_pwm_ops }, &pwm0, 1 },
};
static const struct pwm_pin *const pwm_pins[] = { &pwm_table[0].pin,
                                                  &pwm_table[1].pin,
                                                  &pwm_table[2].pin };

IRQ_TABLE(MACHINE_UART_IRQ(&uart0), { 4, sifive_uart_serve, &uart1 },
          { 6, sifive_spi_serve, &spi1 },
          { SIFIVE_PIN_SOURCE(PIN_D2), sifive_pin_serve, &d2 },
          { SIFIVE_PIN_SOURCE(PIN_D4), sifive_pin_serve, &key },
          { 52, sifive_i2c_serve, &i2c0 })

/* Red. */
static const struct gpio_led lamps[] = { { { &gpio_led_ops }, 22 } };
static const struct led *const leds[] = { &lamps[0].led };

/* A PLL that does not lock leaves the crystal's speed, for which nothing here is
 * set up. */
static void clocks_init(void)
{
    if (prci_use_pll(CORE_HZ) != OK)
        panic("the PLL does not lock");
    clock_init();
}

static void hardware_init(void)
{
    counters_allow(0);
    clocks_init();
    gpio_function0(MACHINE_UART_PINS | UART1_PINS | SPI1_PINS | I2C_PINS);
    sifive_uart_init(&uart0, CORE_HZ, 115200);
    sifive_uart_init(&uart1, CORE_HZ, 115200);
    sifive_spi_init(&spi1);
    if (chip_timer_hz() == 32768) /* QEMU has none */
        sifive_i2c_init(&i2c0, CORE_HZ, 400000);
    sifive_pwm_init(&pwm0);
    sifive_pwm_init(&pwm1);
    gpio_function1(PWM_PINS);
    for (uint32_t i = 0; i < ARRAY_COUNT(lamps); i++)
        gpio_led_init(&lamps[i]);
}

/* ---- drivers ---------------------------------------------------------------- */

static struct mux debug_mux;
static struct led_driver led_driver = { leds, ARRAY_COUNT(leds) };
static struct low_level_debug debug;
static struct gpio_driver gpio_driver;
static struct button_driver button_driver;
static struct ipc ipc;
static struct pwm_driver pwm_driver;
static struct spi_controller spi_driver;
static struct i2c_master i2c_driver;

static const struct driver drivers[] = {
    { DRIVER_ALARM, &alarm_ops, &machine_alarm, &machine_alarm.grant },
    { DRIVER_CONSOLE, &console_ops, &machine_console, &machine_console.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
    { DRIVER_GPIO, &gpio_driver_ops, &gpio_driver, &gpio_driver.grant },
    { DRIVER_BUTTON, &button_driver_ops, &button_driver, &button_driver.grant },
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
    { DRIVER_PWM, &pwm_driver_ops, &pwm_driver, &pwm_driver.grant },
    { DRIVER_SPI_CONTROLLER, &spi_controller_ops, &spi_driver,
      &spi_driver.grant },
    { DRIVER_I2C_MASTER, &i2c_master_ops, &i2c_driver, &i2c_driver.grant },
};

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("hifive1-io", drivers),
    .ipc = &ipc,
};

static struct operator_console operator_console;
MACHINE_OPERATOR(.reset = NULL)

/* ---- UART1 ------------------------------------------------------------------ */

/* What comes in on it goes out again: the other end sees whether all of it came. */
static struct echo {
    struct writer writer;
    uint8_t ring[64];
    uint32_t first, count;
} echo;

static size_t echo_next(struct writer *writer, uint8_t *to, size_t cap)
{
    size_t n = 0;
    (void)writer;
    while (n < cap && echo.count > 0) {
        to[n++] = echo.ring[echo.first];
        echo.first = (echo.first + 1) % sizeof echo.ring;
        echo.count--;
    }
    return n;
}

static const struct writer_ops echo_ops = { .next = echo_next };

static void echo_receive(void *self, const uint8_t *bytes, size_t len)
{
    (void)self;
    for (size_t i = 0; i < len && echo.count < sizeof echo.ring; i++)
        echo.ring[(echo.first + echo.count++) % sizeof echo.ring] = bytes[i];
    debug_mux.port.ops->write(&debug_mux.port, &echo.writer);
}

int main(void)
{
    hardware_init();
    machine_init(&uart0.uart, operator_receive, &operator_console);
    echo.writer.ops = &echo_ops;
    echo.writer.keeps_line = true;
    mux_init(&debug_mux, &uart1.uart, echo_receive, NULL);
    low_level_debug_init(&debug, &debug_mux.port);
    gpio_driver_init(&gpio_driver, pins, ARRAY_COUNT(pins));
    button_driver_init(&button_driver, buttons, ARRAY_COUNT(buttons));
    ipc_init(&ipc);
    pwm_driver_init(&pwm_driver, pwm_pins, ARRAY_COUNT(pwm_pins));
    spi_controller_init(&spi_driver, &spi1.spi, 1000000);
    i2c_master_init(&i2c_driver, &i2c0.bus);

    kernel_init();
    plic_init();
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    operator_init(&operator_console);
    kernel_run();
}
