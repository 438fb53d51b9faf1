/* SPDX-License-Identifier: Apache-2.0 */
/* Button driver: see button.h. A pin is watched while any app wants to know. */
#include <drivers/button.h>

enum { COUNT, ENABLE, DISABLE, READ };
enum { EVENT_CHANGED = 0, EVENT_COUNT };

struct ALIGNED(8) app_button {
    uint32_t enabled; /* bit n: button n */
};

static bool is_pressed(const struct button *button, bool high)
{
    return high != button->pressed_low;
}

static bool is_wanted(const struct button_driver *d, uint32_t index,
                      const struct process *but)
{
    struct process *p = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        const struct app_button *a = grant_peek(&d->grant, p);
        if (p != but && (a->enabled >> index & 1) != 0)
            return true;
    }
    return false;
}

/* Watched already: the edges of before stay as they are. */
static void enable(const struct button_driver *d, uint32_t index,
                   struct app_button *a)
{
    struct gpio_pin *pin = d->buttons[index].pin;
    if (!is_wanted(d, index, NULL))
        pin->ops->watch(pin, GPIO_EDGE_BOTH);
    a->enabled |= 1u << index;
}

static void disable(const struct button_driver *d, uint32_t index,
                    struct app_button *a, const struct process *p)
{
    struct gpio_pin *pin = d->buttons[index].pin;
    bool was_enabled = (a->enabled >> index & 1) != 0;
    a->enabled &= ~(1u << index);
    if (was_enabled && !is_wanted(d, index, p))
        pin->ops->unwatch(pin);
}

static struct sysret command(void *self, uint32_t number, uint32_t index,
                             uint32_t arg2, struct process *p)
{
    const struct button_driver *d = self;
    (void)arg2;
    if (number == COUNT)
        return sysret_u32(d->count);
    if (number > READ)
        return sysret_failure(ERR_NOSUPPORT);
    if (index >= d->count)
        return sysret_failure(ERR_INVAL);
    if (number == READ) {
        struct gpio_pin *pin = d->buttons[index].pin;
        return sysret_u32(is_pressed(&d->buttons[index], pin->ops->get(pin)));
    }
    struct app_button *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (number == ENABLE)
        enable(d, index, a);
    else
        disable(d, index, a, p);
    return sysret_success();
}

static void on_changed(struct gpio_client *client, struct gpio_pin *pin,
                       bool high)
{
    const struct button_driver *d =
        CONTAINER_OF(client, struct button_driver, client);
    struct process *p = NULL;
    uint32_t index = 0;
    while (d->buttons[index].pin != pin)
        index++;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        const struct app_button *a = grant_peek(&d->grant, p);
        if ((a->enabled >> index & 1) != 0)
            upcall_queue(&d->grant, p, EVENT_CHANGED, index,
                         is_pressed(&d->buttons[index], high), 0);
    }
}

static void gone(void *self, struct process *p)
{
    const struct button_driver *d = self;
    struct app_button *a = grant_peek(&d->grant, p);
    for (uint32_t index = 0; a != NULL && index < d->count; index++)
        disable(d, index, a, p);
}

const struct driver_ops button_driver_ops = { .command = command,
                                              .gone = gone };

void button_driver_init(struct button_driver *d, const struct button *buttons,
                        uint32_t count)
{
    d->grant.layout =
        (struct grant_layout){ .upcalls = EVENT_COUNT,
                               .size = sizeof(struct app_button) };
    d->client.changed = on_changed;
    d->buttons = buttons;
    d->count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct gpio_pin *pin = buttons[i].pin;
        pin->client = &d->client;
        (void)pin->ops->input(pin, buttons[i].pull); /* the board chose it */
    }
}
