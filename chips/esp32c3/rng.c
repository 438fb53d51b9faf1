/* SPDX-License-Identifier: Apache-2.0 */
/* See rng.h. A look sooner than 16 cycles of the bus after the last one finds part
 * of the same word: a read of SYSTIMER takes longer. */
#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/esp32c3/rng.h>

#define RNG_DATA 0x600260B0u

static bool sample(struct noise *noise, uint8_t *out)
{
    (void)noise;
    (void)chip_now_low();
    uint32_t word = mmio_read32(RNG_DATA);
    *out = (uint8_t)(word ^ word >> 8 ^ word >> 16 ^ word >> 24);
    return true;
}

const struct noise_ops esp_rng_ops = { sample };

struct noise esp_rng = { &esp_rng_ops };
