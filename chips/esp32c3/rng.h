/* SPDX-License-Identifier: Apache-2.0 */
/* The random number generator of the ESP32-C3. It is fed by the noise of the
 * radio or of the converters while these are on; here neither is, and what it
 * gives is spread from the clocks' jitter and from what the mask ROM has left
 * there: noise of low quality, of which nobody has measured how low. So little
 * is counted on, and much is hashed. */
#ifndef CHIPS_ESP32C3_RNG_H
#define CHIPS_ESP32C3_RNG_H

#include <berth/hil/noise.h>

extern const struct noise_ops esp_rng_ops;

/* All there is: one generator. */
extern struct noise esp_rng;

#endif
