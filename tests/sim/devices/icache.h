/* SPDX-License-Identifier: Apache-2.0 */
/* What running from serial flash costs on the FE310: its instruction cache (16 KiB,
 * two ways, the line that was not used for longer goes), each line that is missed
 * read from the flash bit by bit, each word of data too, since data is not cached.
 * All of that time is added to the clock; the rest of the model takes an
 * instruction to last as long as any other. Off unless asked for.
 *
 * Memory that was made of the cache (ITIM) takes lines of the second way. Functions
 * may be taken to lie in it, though the image has them in flash: an estimate of what
 * it would save, at best, as calls into it are longer. */
#ifndef TESTS_SIM_ICACHE_H
#define TESTS_SIM_ICACHE_H

#include <tests/sim/devices/itim.h>
#include <tests/sim/devices/spi.h>
#include <tests/sim/machine.h>
#include <tests/sim/watch.h>

enum { ICACHE_BYTES = 16 << 10, ICACHE_WAYS = 2, ICACHE_HELD = 256 };

struct icache_range {
    uint32_t from, to;
};

struct icache {
    struct watcher watcher;
    const struct spi *spi;
    const struct memory *flash;
    const struct itim *itim;
    uint32_t line;                         /* bytes: 32 or 64 */
    struct icache_range held[ICACHE_HELD]; /* functions taken to be in ITIM */
    uint32_t held_count, held_bytes;

    /* line numbers, the one used last in front; 0: empty */
    uint32_t tags[ICACHE_BYTES / 32 / ICACHE_WAYS][ICACHE_WAYS];
    uint32_t behind; /* the flash goes on there without a new command */
    uint64_t misses, reads, stalled_ns;
};

/* The caller has filled in what comes before held. */
void icache_start(struct icache *c, struct machine *machine);

/* A function of the image; false: the image has none of that name, or there is
 * room for no more. */
bool icache_hold(struct icache *c, const struct machine *machine,
                 const char *function);

#endif
