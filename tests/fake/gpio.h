/* SPDX-License-Identifier: Apache-2.0 */
/* A pin for tests: struct fake_pin pin = { .pin = { .ops = &fake_pin_ops } };
 * The test moves what drives it from outside with fake_pin_drive(). */
#ifndef TESTS_FAKE_GPIO_H
#define TESTS_FAKE_GPIO_H

#include <berth/compiler.h>
#include <berth/hil/gpio.h>

struct fake_pin {
    struct gpio_pin pin;
    bool is_output, is_input, out, level, is_watched, no_pull_down;
    enum gpio_pull pull;
    enum gpio_edge edge;
    unsigned watches; /* how often watch() was called */
};

static inline struct fake_pin *fake_pin_of(struct gpio_pin *pin)
{
    return CONTAINER_OF(pin, struct fake_pin, pin);
}

static inline void fake_pin_output(struct gpio_pin *pin)
{
    fake_pin_of(pin)->is_output = true;
    fake_pin_of(pin)->is_input = false;
}

static inline err_t fake_pin_input(struct gpio_pin *pin, enum gpio_pull pull)
{
    struct fake_pin *f = fake_pin_of(pin);
    if (pull == GPIO_PULL_DOWN && f->no_pull_down)
        return ERR_NOSUPPORT;
    f->is_input = true;
    f->is_output = false;
    f->pull = pull;
    return OK;
}

static inline void fake_pin_set(struct gpio_pin *pin, bool high)
{
    fake_pin_of(pin)->out = high;
}

static inline bool fake_pin_get(struct gpio_pin *pin)
{
    struct fake_pin *f = fake_pin_of(pin);
    return f->is_output ? f->out : f->level;
}

static inline void fake_pin_watch(struct gpio_pin *pin, enum gpio_edge edge)
{
    fake_pin_of(pin)->is_watched = true;
    fake_pin_of(pin)->edge = edge;
    fake_pin_of(pin)->watches++;
}

static inline void fake_pin_unwatch(struct gpio_pin *pin)
{
    fake_pin_of(pin)->is_watched = false;
}

static inline void fake_pin_off(struct gpio_pin *pin)
{
    struct fake_pin *f = fake_pin_of(pin);
    f->is_output = f->is_input = f->is_watched = false;
    f->pull = GPIO_PULL_NONE;
}

static const struct gpio_ops fake_pin_ops = {
    fake_pin_output, fake_pin_input,   fake_pin_set, fake_pin_get,
    fake_pin_watch,  fake_pin_unwatch, fake_pin_off,
};

/* From outside; the client is told of the edges it watches. */
static inline void fake_pin_drive(struct fake_pin *f, bool high)
{
    bool was = f->level;
    enum gpio_edge edge = high ? GPIO_EDGE_RISING : GPIO_EDGE_FALLING;
    f->level = high;
    if (f->is_watched && was != high &&
        (f->edge == GPIO_EDGE_BOTH || f->edge == edge))
        f->pin.client->changed(f->pin.client, &f->pin, high);
}

#endif
