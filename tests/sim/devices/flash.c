/* SPDX-License-Identifier: Apache-2.0 */
/* See flash.h. What a torn operation leaves is drawn from what real chips
 * leave: done up to some byte, any subset of the bits, and for an erase also
 * bits cleared, since chips clear all of them before they set them. */
#include <tests/sim/devices/flash.h>

#include <string.h>

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint32_t random_below(struct power *power, uint32_t limit)
{
    return (uint32_t)(random_next(&power->random) % limit);
}

static uint8_t random_byte(struct power *power)
{
    return (uint8_t)(random_next(&power->random) >> 24);
}

/* Counts one operation; whether it comes to its end. */
static bool power_lasts(struct power *power, uint32_t at, uint32_t len)
{
    if (power->is_cut)
        return false;
    power->at = at;
    power->len = len;
    power->operations++;
    power->is_cut = power->operations == power->cut_at;
    return !power->is_cut;
}

static void program_torn(const struct flash *flash, uint32_t at,
                         const uint8_t *data, uint32_t len)
{
    struct power *power = flash->power;
    bool is_anywhere = random_below(power, 2) != 0;
    uint32_t whole = is_anywhere ? 0 : random_below(power, len + 1);
    for (uint32_t i = 0; i < len; i++) {
        uint8_t spared = i < whole     ? 0
                         : is_anywhere ? random_byte(power)
                         : i == whole  ? random_byte(power)
                                       : 0xFF;
        flash->bytes[at + i] &= data[i] | spared;
    }
}

static void erase_torn(const struct flash *flash, uint32_t at, uint32_t len)
{
    struct power *power = flash->power;
    uint8_t *bytes = flash->bytes + at;
    uint32_t whole = random_below(power, len + 1);
    switch (random_below(power, 4)) {
    case 0: /* set up to there */
        memset(bytes, 0xFF, whole);
        break;
    case 1: /* cleared up to there, nothing set yet */
        memset(bytes, 0, whole);
        break;
    case 2: /* some bits set, none cleared */
        for (uint32_t i = 0; i < len; i++)
            bytes[i] |= random_byte(power);
        break;
    default: /* all cleared, some set */
        for (uint32_t i = 0; i < len; i++)
            bytes[i] = random_byte(power);
    }
}

bool flash_program(const struct flash *flash, uint32_t at, const uint8_t *data,
                   uint32_t len)
{
    bool had_power = !flash->power->is_cut;
    if (power_lasts(flash->power, at, len)) {
        for (uint32_t i = 0; i < len; i++)
            flash->bytes[at + i] &= data[i];
        return true;
    }
    if (had_power && flash->power->is_torn)
        program_torn(flash, at, data, len);
    return false;
}

bool flash_erase(const struct flash *flash, uint32_t at, uint32_t len)
{
    bool had_power = !flash->power->is_cut;
    if (power_lasts(flash->power, at, len)) {
        memset(flash->bytes + at, 0xFF, len);
        return true;
    }
    if (had_power && flash->power->is_torn)
        erase_torn(flash, at, len);
    return false;
}
