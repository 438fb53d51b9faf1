/* SPDX-License-Identifier: Apache-2.0 */
/* Pins and a button, clause by clause, on the board hifive1-io. Nothing drives
 * the pins from outside: a pull-up makes one high, without it it is low. Pin 2
 * is also button 0. */
#include "check.h"

#include <berth/button.h>
#include <berth/gpio.h>

static unsigned edges;
static uint32_t last_pin, last_level;

static void count_edge(uint32_t pin, bool is_high, void *userdata)
{
    (void)userdata;
    edges++;
    last_pin = pin;
    last_level = is_high;
}

static void levels(void)
{
    bool high = true;
    check("pins are counted", berth_gpio_count() == 3);
    check("an output is what it was set to",
          berth_gpio_output(0) == OK && berth_gpio_write(0, true) == OK &&
              berth_gpio_read(0, &high) == OK && high);
    check("and toggles", berth_gpio_toggle(0) == OK &&
                             berth_gpio_read(0, &high) == OK && !high);
    check("a pull-up makes an input high",
          berth_gpio_input(0, BERTH_GPIO_PULL_UP) == OK &&
              berth_gpio_read(0, &high) == OK && high);
    check("without it it is low",
          berth_gpio_input(0, BERTH_GPIO_NO_PULL) == OK &&
              berth_gpio_read(0, &high) == OK && !high);
    check("there is no pull-down",
          berth_gpio_input(0, BERTH_GPIO_PULL_DOWN) == ERR_NOSUPPORT);
    check("a pin that is not led out is no device",
          berth_gpio_output(1) == ERR_NODEVICE);
    check("a pin that there is not is refused",
          berth_gpio_output(3) == ERR_INVAL);
}

static void interrupts(void)
{
    bool high = true;
    (void)berth_gpio_input(0, BERTH_GPIO_PULL_UP);
    (void)berth_gpio_listen(count_edge, NULL);
    (void)berth_gpio_watch(0, BERTH_GPIO_FALLING);
    (void)berth_gpio_input(0, BERTH_GPIO_NO_PULL);
    syscall_yield_wait();
    check("a falling edge is told", edges == 1 && last_pin == 0 && !last_level);
    (void)berth_gpio_input(0, BERTH_GPIO_PULL_UP);
    check("a rising one is not", !syscall_yield_no_wait() && edges == 1);
    (void)berth_gpio_watch(0, BERTH_GPIO_BOTH);
    (void)berth_gpio_input(0, BERTH_GPIO_NO_PULL);
    syscall_yield_wait();
    (void)berth_gpio_input(0, BERTH_GPIO_PULL_UP);
    syscall_yield_wait();
    check("both are told", edges == 3 && last_level);
    check("a wait with a time-out ends",
          berth_gpio_wait_timeout(0, BERTH_GPIO_BOTH, 5, &high) == ERR_CANCEL);
    check("a pin is off after it was watched",
          berth_gpio_unwatch(0) == OK &&
              berth_gpio_input(0, BERTH_GPIO_PULL_UP) == OK &&
              !syscall_yield_no_wait());
}

static void pressed(uint32_t index, bool is_pressed, void *userdata)
{
    (void)index;
    *(uint32_t *)userdata = is_pressed ? 1 : 2;
}

static void button(void)
{
    uint32_t told = 0;
    bool is_pressed = true;
    check("buttons are counted", berth_button_count() == 1);
    check("a button that there is not is refused",
          berth_button_enable(1) == ERR_INVAL);
    (void)berth_button_listen(pressed, &told);
    (void)berth_button_enable(0);
    check("it is up", berth_button_read(0, &is_pressed) == OK && !is_pressed);
    (void)berth_gpio_input(2, BERTH_GPIO_PULL_UP);
    syscall_yield_wait();
    check("pressing it is told",
          told == 1 && berth_button_read(0, &is_pressed) == OK && is_pressed);
    (void)berth_gpio_input(2, BERTH_GPIO_NO_PULL);
    syscall_yield_wait();
    check("so is letting it go", told == 2);
    (void)berth_button_disable(0);
    (void)berth_gpio_input(2, BERTH_GPIO_PULL_UP);
    check("until it is disabled", !syscall_yield_no_wait() && told == 2);
    check("a wait for it with a time-out ends",
          berth_button_wait_timeout(0, 5, &is_pressed) == ERR_CANCEL);
}

int main(void)
{
    levels();
    interrupts();
    button();
    return check_end();
}
