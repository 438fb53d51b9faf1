/* SPDX-License-Identifier: Apache-2.0 */
/* PWM pins. */
#include <berth/pwm.h>

enum { PWM_COUNT, PWM_START, PWM_STOP, PWM_MAX_HZ };

uint32_t berth_pwm_count(void)
{
    uint32_t count = 0;
    (void)berth_error_or_value(syscall_command(DRIVER_PWM, PWM_COUNT, 0, 0),
                               &count);
    return count;
}

err_t berth_pwm_max_hz(uint32_t pin, uint32_t *hz)
{
    return berth_error_or_value(syscall_command(DRIVER_PWM, PWM_MAX_HZ, pin, 0),
                                hz);
}

err_t berth_pwm_start(uint32_t pin, uint32_t hz, uint32_t duty)
{
    if (pin > 0xFFFF || duty > 0xFFFF) {
        return ERR_INVAL;
    }
    return berth_error_of(
        syscall_command(DRIVER_PWM, PWM_START, duty << 16 | pin, hz));
}

err_t berth_pwm_stop(uint32_t pin)
{
    return berth_error_of(syscall_command(DRIVER_PWM, PWM_STOP, pin, 0));
}
