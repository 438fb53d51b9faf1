/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that QEMU's virt machine lacks, so that their drivers can be attacked
 * there, too: played by timers and deferred calls of the kernel. They answer
 * later, when chance says, and at times fail. A driver that breaks the contract
 * of such a device (include/berth/hil) is a panic.
 *
 * For the board beside this. Pins 0 and 1 are wired to each other, 2 is not led
 * out, nothing is wired to 3. Somebody plays with the buttons all the time. */
#ifndef TESTS_BOARDS_MODELS_H
#define TESTS_BOARDS_MODELS_H

#include <berth/hil/adc.h>
#include <berth/hil/i2c.h>
#include <berth/hil/pwm.h>
#include <berth/hil/sensor.h>
#include <berth/hil/spi.h>
#include <drivers/button.h>

enum { MODEL_PINS = 4, MODEL_BUTTONS = 2, MODEL_PWM_PINS = 2 };
enum { MODEL_SENSORS = 4 };

extern struct gpio_pin *const model_pins[MODEL_PINS];
extern const struct button model_buttons[MODEL_BUTTONS];
extern const struct pwm_pin *const model_pwm_pins[MODEL_PWM_PINS];
extern struct i2c_bus model_i2c;
extern struct spi model_spi;
extern struct adc model_adc;
extern struct sensor *const model_sensors[MODEL_SENSORS];

/* After kernel_init(). */
void models_begin(void);

#endif
