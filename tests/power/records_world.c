/* SPDX-License-Identifier: Apache-2.0 */
/* See records_world.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/power/records_world.h>

const struct flash_geometry *records_geometry(const struct records *r)
{
    return r->config->flash->geometry;
}

static void on_wake(struct records *r)
{
    CONTAINER_OF(r, struct records_world, records)->is_woken = true;
}

static void on_turn(struct records_client *c, err_t e)
{
    struct records_world *w = CONTAINER_OF(c, struct records_world, client);
    w->has_turn = e == OK;
    w->is_done = true;
    w->error = e;
}

static void on_done(struct records_client *c, err_t e)
{
    struct records_world *w = CONTAINER_OF(c, struct records_world, client);
    w->is_done = true;
    w->error = e;
}

void records_world_make(struct records_world *w,
                        const struct flash_geometry *geometry, uint8_t key_max,
                        uint32_t value_max, uint16_t index_size)
{
    uint32_t sector = geometry->sector_size;
    memset(w, 0, sizeof *w);
    nor_make(&w->nor, geometry);
    w->config = (struct records_config){
        .flash = &w->nor.flash,
        .start = sector,
        .sectors = geometry->size / sector - 1,
        .value_max = value_max,
        .key_max = key_max,
        .index_size = index_size,
        .index = w->index,
        .buffer = (uint8_t *)w->buffer,
        .buffer_size = (uint16_t)(geometry->burst < 64 ? 32 : 64),
        .wake = on_wake,
    };
    if (records_check(&w->config) != OK) {
        fprintf(stderr, "no layout for records\n");
        abort();
    }
}

void records_world_free(struct records_world *w)
{
    nor_free(&w->nor);
}

/* Until nothing is to be done or the power is gone. False: it is gone. */
static bool run(struct records_world *w)
{
    for (;;) {
        if (w->nor.is_dead)
            return false;
        if (w->nor.is_busy) {
            nor_complete(&w->nor);
        } else if (w->is_woken) {
            w->is_woken = false;
            w->steps++;
            records_run(&w->records);
        } else {
            return true;
        }
    }
}

err_t records_world_finish(struct records_world *w, err_t e)
{
    if (e != OK)
        return e;
    if (!run(w))
        return ERR_OFF;
    if (!w->is_done) {
        fprintf(stderr, "an operation has no end\n");
        abort();
    }
    return w->error;
}

err_t records_world_boot(struct records_world *w)
{
    memset(&w->records, 0xA5, sizeof w->records);
    records_init(&w->records, &w->config, 12345);
    w->client = (struct records_client){ .turn = on_turn, .done = on_done };
    w->is_woken = w->is_done = false;
    return records_world_finish(w, records_wait(&w->records, &w->client));
}
