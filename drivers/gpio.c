/* SPDX-License-Identifier: Apache-2.0 */
/* GPIO driver: see gpio.h. An app's grant says which pins it watches, so that
 * watching ends when nobody is left who asked for it. */
#include <drivers/gpio.h>

enum {
    EXISTS,
    OUTPUT,
    SET,
    CLEAR,
    TOGGLE,
    INPUT,
    READ,
    WATCH,
    UNWATCH,
    OFF,
    COUNT
};
enum { EVENT_CHANGED = 0, EVENT_COUNT };

struct ALIGNED(8) app_gpio {
    uint32_t watched; /* bit n: pin n */
};

/* Nobody watches the pin any more. */
static void forget(const struct gpio_driver *d, uint32_t pin)
{
    struct process *p = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        struct app_gpio *a = grant_peek(&d->grant, p);
        a->watched &= ~(1u << pin);
    }
}

static bool is_watched(const struct gpio_driver *d, uint32_t pin,
                       const struct process *but)
{
    struct process *p = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        const struct app_gpio *a = grant_peek(&d->grant, p);
        if (p != but && (a->watched >> pin & 1) != 0)
            return true;
    }
    return false;
}

static err_t watch(const struct gpio_driver *d, uint32_t pin, uint32_t edge,
                   struct app_gpio *a)
{
    if (a == NULL)
        return ERR_NOMEM;
    if (edge > GPIO_EDGE_FALLING)
        return ERR_NOSUPPORT;
    a->watched |= 1u << pin;
    d->pins[pin]->ops->watch(d->pins[pin], (enum gpio_edge)edge);
    return OK;
}

static err_t unwatch(const struct gpio_driver *d, uint32_t pin,
                     const struct app_gpio *a)
{
    if (a == NULL)
        return ERR_NOMEM;
    forget(d, pin);
    d->pins[pin]->ops->off(d->pins[pin]);
    return OK;
}

static struct sysret pin_command(const struct gpio_driver *d, uint32_t number,
                                 uint32_t n, uint32_t arg, struct app_gpio *a)
{
    struct gpio_pin *pin = d->pins[n];
    switch (number) {
    case OUTPUT:
        pin->ops->output(pin);
        break;
    case SET:
    case CLEAR:
        pin->ops->set(pin, number == SET);
        break;
    case TOGGLE:
        pin->ops->set(pin, !pin->ops->get(pin));
        break;
    case INPUT:
        return sysret_of(arg > GPIO_PULL_DOWN
                             ? ERR_NOSUPPORT
                             : pin->ops->input(pin, (enum gpio_pull)arg));
    case READ:
        return sysret_u32(pin->ops->get(pin));
    case WATCH:
        return sysret_of(watch(d, n, arg, a));
    case UNWATCH:
        return sysret_of(unwatch(d, n, a));
    case OFF:
    default:
        forget(d, n);
        pin->ops->off(pin);
        break;
    }
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t pin,
                             uint32_t arg, struct process *p)
{
    const struct gpio_driver *d = self;
    if (number == EXISTS)
        return sysret_success();
    if (number == COUNT)
        return sysret_u32(d->count);
    if (number > COUNT)
        return sysret_failure(ERR_NOSUPPORT);
    if (pin >= d->count)
        return sysret_failure(ERR_INVAL);
    if (d->pins[pin] == NULL)
        return sysret_failure(ERR_NODEVICE);
    return pin_command(d, number, pin, arg, grant_enter(&d->grant, p));
}

static void on_changed(struct gpio_client *client, struct gpio_pin *pin,
                       bool high)
{
    const struct gpio_driver *d =
        CONTAINER_OF(client, struct gpio_driver, client);
    struct process *p = NULL;
    uint32_t n = 0;
    while (d->pins[n] != pin)
        n++;
    while ((p = grant_next(&d->grant, p)) != NULL)
        upcall_queue(&d->grant, p, EVENT_CHANGED, n, high, 0);
}

static void gone(void *self, struct process *p)
{
    const struct gpio_driver *d = self;
    const struct app_gpio *a = grant_peek(&d->grant, p);
    for (uint32_t n = 0; a != NULL && n < d->count; n++)
        if ((a->watched >> n & 1) != 0 && !is_watched(d, n, p))
            d->pins[n]->ops->unwatch(d->pins[n]);
}

const struct driver_ops gpio_driver_ops = { .command = command, .gone = gone };

void gpio_driver_init(struct gpio_driver *d, struct gpio_pin *const *pins,
                      uint32_t count)
{
    d->grant.layout = (struct grant_layout){ .upcalls = EVENT_COUNT,
                                             .size = sizeof(struct app_gpio) };
    d->client.changed = on_changed;
    d->pins = pins;
    d->count = count;
    for (uint32_t n = 0; n < count; n++)
        if (pins[n] != NULL)
            pins[n]->client = &d->client;
}
