/* SPDX-License-Identifier: Apache-2.0 */
/* A WS2812 (or SK68xx) on one pin: red, green and blue in one case, told what to
 * do by a serial signal whose bits are long and short pulses. To drivers it is
 * three LEDs. */
#ifndef CHIPS_ESP32C3_WS2812_H
#define CHIPS_ESP32C3_WS2812_H

#include <berth/hil/led.h>
#include <chips/esp32c3/gpio.h>
#include <kernel/driver.h>

/* Zeroed but for the pin. */
struct ws2812 {
    struct esp_pin *pin;
    uint32_t lit; /* bits: WS2812_... */
    uint64_t end; /* of what was sent last */
    struct ktimer later;
};

enum { WS2812_BLUE = 1u, WS2812_RED = 2u, WS2812_GREEN = 4u };

struct ws2812_led {
    struct led led; /* first: ops */
    struct ws2812 *lamp;
    uint8_t colour;
};

extern const struct led_ops ws2812_led_ops;

/* Dark. The core runs at 160 MHz. */
void ws2812_init(struct ws2812 *lamp);

#endif
