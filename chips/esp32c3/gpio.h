/* SPDX-License-Identifier: Apache-2.0 */
/* Pins of the ESP32-C3: the GPIO block, and IO_MUX, which says what a pad is for.
 * 22 pins; 12 to 17 are the flash's, 18 and 19 USB's, 20 and 21 UART0's. */
#ifndef CHIPS_ESP32C3_GPIO_H
#define CHIPS_ESP32C3_GPIO_H

#include <stdint.h>

#include <berth/hil/gpio.h>

#define ESP_GPIO_SOURCE 16u /* for intc.h, of all pins */

struct esp_pin {
    struct gpio_pin pin; /* first: ops */
    uint8_t number;
};

extern const struct gpio_ops esp_pin_ops;

/* The pins that esp_gpio_serve() looks after. */
struct esp_gpio {
    struct esp_pin *const *pins;
    uint32_t count;
};

/* The interrupt; `device` is the struct esp_gpio. */
void esp_gpio_serve(void *device);

#endif
