/* SPDX-License-Identifier: Apache-2.0 */
/* A store on a host NOR flash, driven to the end of what it does, and apps to
 * put into it. For the tests of the store. */
#ifndef TESTS_POWER_WORLD_H
#define TESTS_POWER_WORLD_H

#include <loader/store.h>
#include <tests/power/nor.h>

#define WORLD_APPS 96u /* different apps a test may have */
#define WORLD_OWNER 7u

struct world {
    struct nor nor;
    struct store_layout layout;
    struct store_place place;
    struct store store;
    uint32_t buffer[STORE_BUFFER_MAX / 4];
    uint32_t buffer_size;
    bool is_woken, may_not_move;
    uint32_t dones; /* calls of done() */
    enum store_op op;
    err_t error; /* of the last */
    uint64_t steps;
};

/* Journal, spare and chain one after the other, over all of the device. */
void world_make(struct world *w, const struct flash_geometry *geometry,
                uint32_t journal_sectors, uint32_t spare_sectors);
void world_free(struct world *w);

/* Until nothing is to be done or the power is gone. False: it is gone. */
bool world_run(struct world *w);

/* The power is back, RAM is new, the store is mounted. */
err_t world_boot(struct world *w);

/* Run what a call has begun; its result. `e` is what the call answered. When
 * the power has gone ERR_OFF. */
err_t world_finish(struct world *w, err_t e);

/* An app of `size` bytes with header, whose content `number` decides. */
#define WORLD_APP_LEAST 40u
void app_make(uint8_t *bytes, uint32_t size, uint32_t number);
uint32_t app_id(const uint8_t *bytes, uint32_t size);

/* All of an install, or what is left of it, in pieces of `piece` bytes. */
err_t world_install(struct world *w, const uint8_t *bytes, uint32_t size,
                    uint32_t piece, const struct store_handle *replaces);

/* The object that has those bytes. */
bool world_find(struct world *w, const uint8_t *bytes, uint32_t size,
                struct store_object *object);

/* Every gap is closed that can be. */
err_t world_compact(struct world *w);

/* Walks the chain and checks what has to be true of every store at rest: sizes
 * add up, no padding is too small. Says what is wrong, or NULL. */
const char *world_check(struct world *w);

#endif
