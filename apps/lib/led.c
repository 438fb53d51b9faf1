/* SPDX-License-Identifier: Apache-2.0 */
/* LEDs: commands only, no events. */
#include <berth/led.h>

enum { LED_COUNT = 0, LED_ON = 1, LED_OFF = 2, LED_TOGGLE = 3, LED_READ = 4 };

static struct sysret led_command(uint32_t command, uint32_t index)
{
    return syscall_command(DRIVER_LED, command, index, 0);
}

uint32_t berth_led_count(void)
{
    uint32_t count = 0;
    return berth_error_or_value(led_command(LED_COUNT, 0), &count) == OK ? count
                                                                         : 0;
}

err_t berth_led_on(uint32_t index)
{
    return berth_error_of(led_command(LED_ON, index));
}

err_t berth_led_off(uint32_t index)
{
    return berth_error_of(led_command(LED_OFF, index));
}

err_t berth_led_toggle(uint32_t index)
{
    return berth_error_of(led_command(LED_TOGGLE, index));
}

err_t berth_led_read(uint32_t index, bool *is_on)
{
    uint32_t value = 0;
    err_t error = berth_error_or_value(led_command(LED_READ, index), &value);
    if (error == OK) {
        *is_on = value != 0;
    }
    return error;
}
