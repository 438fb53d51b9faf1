/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_dog.h. */
#include <tests/sim/devices/c3_dog.h>

#define NEVER UINT64_MAX

static bool runs(const struct c3_dog *dog)
{
    return dog->is_enabled || dog->is_booting;
}

void c3_dog_feed(struct c3_dog *dog, uint64_t now)
{
    dog->stage = 0;
    dog->began = now;
}

void c3_dog_run(struct c3_dog *dog, uint64_t now, bool is_enabled,
                bool is_booting)
{
    bool ran = runs(dog);
    dog->is_enabled = is_enabled;
    dog->is_booting = is_booting;
    if (!ran)
        c3_dog_feed(dog, now);
}

uint64_t c3_dog_due(const struct c3_dog *dog, uint64_t tick_ps)
{
    return runs(dog) ? dog->began + dog->hold[dog->stage] * tick_ps / 1000
                     : NEVER;
}

enum c3_bite c3_dog_bite(struct c3_dog *dog, uint64_t now)
{
    uint32_t stage = dog->stage;
    dog->stage = (stage + 1) % 4;
    dog->began = now;
    if (dog->is_booting && stage == 0)
        return C3_BITE_SYSTEM;
    return (enum c3_bite)dog->action[stage];
}
