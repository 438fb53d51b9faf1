/* SPDX-License-Identifier: Apache-2.0 */
/* Records on a host NOR flash, driven to the end of what they do. For the tests
 * of drivers/records.c. */
#ifndef TESTS_POWER_RECORDS_WORLD_H
#define TESTS_POWER_RECORDS_WORLD_H

#include <drivers/records.h>
#include <tests/power/nor.h>

#define RECORDS_WORLD_INDEX 512u

struct records_world {
    struct nor nor;
    struct records records;
    struct records_config config;
    struct records_client client;
    uint32_t index[RECORDS_WORLD_INDEX];
    uint32_t buffer[64];
    bool is_woken, has_turn, is_done;
    err_t error; /* of the latest turn() or done() */
    uint64_t steps;
};

/* All of the device but its first sector, which is not to be touched. */
void records_world_make(struct records_world *w,
                        const struct flash_geometry *geometry, uint8_t key_max,
                        uint32_t value_max, uint16_t index_size);
void records_world_free(struct records_world *w);

/* The power is back, RAM is new; mounted. ERR_OFF: the power has gone. */
err_t records_world_boot(struct records_world *w);

/* Run what a call has begun; its result. `e` is what the call answered. */
err_t records_world_finish(struct records_world *w, err_t e);

#endif
