/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's mask ROM: no copy of it, but what it does. A fetch at its
 * reset vector boots what the flash holds; one at the entry of a function that is
 * modelled does what the function does. */
#ifndef TESTS_SIM_C3_ROM_H
#define TESTS_SIM_C3_ROM_H

#include <tests/sim/devices/c3_cache.h>
#include <tests/sim/devices/c3_rtc.h>
#include <tests/sim/devices/c3_spi.h>
#include <tests/sim/devices/c3_uart.h>
#include <tests/sim/machine.h>

#define C3_ROM 0x40000000u

struct c3_rom {
    struct device device; /* only to be reset */
    struct memory code, data;
    struct c3_cache *cache;
    struct c3_spi *spi;
    struct c3_uart *uart;
    struct c3_rtc *rtc;
    /* The function under way, which waits: its entry, or 0. */
    uint32_t function;
    uint32_t at, from, left; /* of a write */
    uint64_t until;          /* of a delay, ns */
};

/* The caller has filled in cache to rtc. */
void c3_rom_add(struct machine *machine, struct c3_rom *rom);

#endif
