/* SPDX-License-Identifier: Apache-2.0 */
/* Pins. The event is (pin, level, 0). */
#include <berth/gpio.h>

#include <berth/event.h>

enum {
    GPIO_OUTPUT = 1,
    GPIO_SET,
    GPIO_CLEAR,
    GPIO_TOGGLE,
    GPIO_INPUT,
    GPIO_READ,
    GPIO_WATCH,
    GPIO_UNWATCH,
    GPIO_OFF,
    GPIO_COUNT,
};
enum { GPIO_CHANGED = 0 };

static err_t gpio_command(uint32_t number, uint32_t pin, uint32_t argument)
{
    return berth_error_of(syscall_command(DRIVER_GPIO, number, pin, argument));
}

uint32_t berth_gpio_count(void)
{
    uint32_t count = 0;
    (void)berth_error_or_value(syscall_command(DRIVER_GPIO, GPIO_COUNT, 0, 0),
                               &count);
    return count;
}

err_t berth_gpio_output(uint32_t pin)
{
    return gpio_command(GPIO_OUTPUT, pin, 0);
}

err_t berth_gpio_write(uint32_t pin, bool is_high)
{
    return gpio_command(is_high ? GPIO_SET : GPIO_CLEAR, pin, 0);
}

err_t berth_gpio_toggle(uint32_t pin)
{
    return gpio_command(GPIO_TOGGLE, pin, 0);
}

err_t berth_gpio_input(uint32_t pin, enum berth_gpio_pull pull)
{
    return gpio_command(GPIO_INPUT, pin, (uint32_t)pull);
}

err_t berth_gpio_read(uint32_t pin, bool *is_high)
{
    uint32_t level = 0;
    err_t error = berth_error_or_value(
        syscall_command(DRIVER_GPIO, GPIO_READ, pin, 0), &level);
    if (error == OK) {
        *is_high = level != 0;
    }
    return error;
}

err_t berth_gpio_off(uint32_t pin)
{
    return gpio_command(GPIO_OFF, pin, 0);
}

static berth_gpio_fn *listener;

static void edge_comes(uint32_t pin, uint32_t level, uint32_t unused,
                       void *userdata)
{
    (void)unused;
    listener(pin, level != 0, userdata);
}

err_t berth_gpio_listen(berth_gpio_fn *function, void *userdata)
{
    listener = function;
    return berth_error_of(syscall_subscribe(
        DRIVER_GPIO, GPIO_CHANGED, function ? edge_comes : NULL, userdata));
}

err_t berth_gpio_watch(uint32_t pin, enum berth_gpio_edge edge)
{
    return gpio_command(GPIO_WATCH, pin, (uint32_t)edge);
}

err_t berth_gpio_unwatch(uint32_t pin)
{
    return gpio_command(GPIO_UNWATCH, pin, 0);
}

err_t berth_gpio_wait(uint32_t pin, enum berth_gpio_edge edge, bool *is_high)
{
    err_t error = berth_gpio_listen(NULL, NULL);
    if (error == OK) {
        error = berth_gpio_watch(pin, edge);
    }
    while (error == OK) {
        struct event event = syscall_yield_wait_for(DRIVER_GPIO, GPIO_CHANGED);
        if (event.value[0] == pin) {
            *is_high = event.value[1] != 0;
            break;
        }
    }
    return error;
}

struct edge_wait {
    uint32_t pin;
    volatile bool is_done;
    bool is_high;
};

static void note_edge(uint32_t pin, bool is_high, void *userdata)
{
    struct edge_wait *wait = userdata;
    if (pin == wait->pin && !wait->is_done) {
        wait->is_high = is_high;
        wait->is_done = true;
    }
}

err_t berth_gpio_wait_timeout(uint32_t pin, enum berth_gpio_edge edge,
                              uint32_t ms, bool *is_high)
{
    struct edge_wait wait = { .pin = pin };
    err_t error = berth_gpio_listen(note_edge, &wait);
    if (error == OK) {
        error = berth_gpio_watch(pin, edge);
    }
    if (error == OK && !berth_wait_until_timeout(&wait.is_done, ms)) {
        error = ERR_CANCEL;
    }
    (void)berth_gpio_listen(NULL, NULL);
    if (error == OK) {
        *is_high = wait.is_high;
    }
    return error;
}
