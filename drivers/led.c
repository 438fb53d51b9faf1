/* SPDX-License-Identifier: Apache-2.0 */
/* LEDs, driver 0x2. */
#include <drivers/led.h>

enum { COMMAND_COUNT, COMMAND_ON, COMMAND_OFF, COMMAND_TOGGLE, COMMAND_READ };

static struct sysret command(void *self, uint32_t number, uint32_t index,
                             uint32_t arg2, struct process *p)
{
    (void)arg2, (void)p;
    const struct led_driver *d = self;
    if (number == COMMAND_COUNT)
        return sysret_u32(d->count);
    if (number > COMMAND_READ)
        return sysret_failure(ERR_NOSUPPORT);
    if (index >= d->count)
        return sysret_failure(ERR_INVAL);
    const struct led *led = d->leds[index];
    if (number == COMMAND_READ)
        return sysret_u32(led->ops->get(led));
    bool on =
        number == COMMAND_TOGGLE ? !led->ops->get(led) : number == COMMAND_ON;
    led->ops->set(led, on);
    return sysret_success();
}

const struct driver_ops led_driver_ops = { .command = command };
