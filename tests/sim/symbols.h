/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses, from ELF files. */
#ifndef TESTS_SIM_SYMBOLS_H
#define TESTS_SIM_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    uint32_t address, size; /* size 0: up to the next symbol */
    char *name;
};

struct symbols {
    struct symbol *list; /* by address, once symbols_sort() was called */
    size_t count, room;
};

struct symbols *symbols_new(void);
void symbols_free(struct symbols *);
void symbols_add(struct symbols *, const char *name, uint32_t address,
                 uint32_t size);
void symbols_sort(struct symbols *);

/* The symbol whose bytes hold the address, or NULL. `symbols` may be NULL. */
const struct symbol *symbols_find(const struct symbols *, uint32_t address);
/* By name, or NULL. */
const struct symbol *symbols_named(const struct symbols *, const char *name);

/* "name+0x12", or "?" where there is none. Returns `text`. */
const char *symbols_place(const struct symbols *, uint32_t address, char *text,
                          size_t size);

#endif
