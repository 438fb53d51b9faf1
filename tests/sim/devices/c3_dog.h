/* SPDX-License-Identifier: Apache-2.0 */
/* The clockwork of the ESP32-C3's watchdogs: four stages, each with a time and
 * what happens when it is over. In flash-boot mode, in which the ROM leaves two
 * of them, the first stage resets whatever its action says. Knows no machine. */
#ifndef TESTS_SIM_C3_DOG_H
#define TESTS_SIM_C3_DOG_H

#include <stdbool.h>
#include <stdint.h>

enum c3_bite {
    C3_BITE_NONE,
    C3_BITE_INTERRUPT,
    C3_BITE_CPU,
    C3_BITE_CORE,
    C3_BITE_SYSTEM
};

struct c3_dog {
    bool is_enabled, is_booting; /* either makes it run */
    uint32_t action[4];          /* enum c3_bite */
    uint64_t hold[4];            /* ticks */
    uint32_t stage;
    uint64_t began; /* that stage, ns */
};

/* When it runs for the first time it begins with stage 0. */
void c3_dog_run(struct c3_dog *dog, uint64_t now, bool is_enabled,
                bool is_booting);
void c3_dog_feed(struct c3_dog *dog, uint64_t now);

/* When the stage is over, with a tick of tick_ps picoseconds. */
uint64_t c3_dog_due(const struct c3_dog *dog, uint64_t tick_ps);

/* It is over: what happens now. The next stage has begun. */
enum c3_bite c3_dog_bite(struct c3_dog *dog, uint64_t now);

#endif
