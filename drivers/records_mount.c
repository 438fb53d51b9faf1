/* SPDX-License-Identifier: Apache-2.0 */
/* Mounting records, see records_priv.h: which sectors count, what is in them,
 * whose it is. */
#include <drivers/records_priv.h>
#include <kernel/string.h>

static void measure(struct records *r)
{
    const struct records_config *c = r->config;
    const header_t largest = { .key_len = c->key_max,
                               .len = (uint16_t)c->value_max };
    r->largest = records_size(r, &largest);
    /* However the records lie, some sector then has room for one more. */
    r->capacity = (c->sectors - 1) * (sector_size(r) - unit_of(r) - r->largest);
}

/* What is promised is there, and is enough for the longest record. */
static bool shares_fit(const struct records *r)
{
    const struct owners *o = r->config->owners;
    return o == NULL ||
           (o->max != 0 && o->share_records != 0 &&
            o->share_bytes >= r->largest &&
            o->share_bytes <= r->capacity / o->max &&
            o->share_records <= records_index_max(r->config) / o->max);
}

err_t records_check(const struct records_config *c)
{
    struct records r = { .config = c };
    const struct flash_geometry *g = records_geometry(&r);
    measure(&r);
    return c->sectors < 2 || c->index_size < 8 ||
                   c->index_size > RECORDS_INDEX_MAX ||
                   c->key_max > RECORDS_KEY_MAX || c->value_max > 0xFFFF ||
                   c->start % g->sector_size != 0 ||
                   c->buffer_size < unit_of(&r) ||
                   c->buffer_size % unit_of(&r) != 0 ||
                   c->sectors > g->size / g->sector_size ||
                   g->burst < unit_of(&r) ||
                   c->sectors * (g->sector_size / HEADER) > RECORDS_UNITS_MAX ||
                   sector_size(&r) < unit_of(&r) + 2 * r.largest ||
                   !shares_fit(&r)
               ? ERR_INVAL
               : OK;
}

/* What a cut left behind the last record is no place for another one. It is
 * no longer than the longest record. */
static step_t look_at_tail(struct records *r)
{
    r->is_open =
        records_is_blank(r, records_sector_at(r, r->newest) + r->cursor,
                         smaller(sector_size(r) - r->cursor, r->largest));
    return ENDS(OK);
}

/* Whose the records are that count, once all is known. */
step_t records_count_shares(struct records *r)
{
    const struct records_config *c = r->config;
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        if (c->owners == NULL || r->entry == c->index_size)
            return look_at_tail(r);
        uint32_t entry = c->index[r->entry++];
        const header_t *h =
            entry == EMPTY ? NULL : records_read(r, entry_at(r, entry));
        if (h != NULL)
            owners_count(c->owners, h->id, h->key_number, 1,
                         records_size(r, h));
    }
    return COUNT;
}

step_t records_scan(struct records *r)
{
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        uint32_t at = records_sector_at(r, r->scanned) + r->from;
        const header_t *h = records_read(r, at);
        if (h != NULL) {
            if (!records_holds(r, at, h, body_of(r, h)))
                return FAILS;
            r->from += records_size(r, h);
        } else if (r->scanned == r->newest) {
            r->cursor = r->from;
            return COUNT;
        } else {
            uint32_t number = ++r->scanned;
            const struct sector_header *s =
                records_sector_read(r, number % r->config->sectors);
            r->from =
                s != NULL && s->number == number ? unit_of(r) : sector_size(r);
        }
    }
    return SCAN;
}

step_t records_look(struct records *r)
{
    const struct sector_header *h = records_sector_read(r, r->scanned);
    if (h != NULL && (sectors_used(r) == 0 || h->number > r->newest)) {
        r->newest = h->number;
        r->oldest = h->oldest;
    }
    if (++r->scanned < r->config->sectors)
        return LOOK;
    r->scanned = r->oldest - 1;
    r->from = sector_size(r);
    return sectors_used(r) == 0 ? ENDS(OK) : SCAN;
}

step_t records_mount(struct records *r)
{
    const struct records_config *c = r->config;
    measure(r);
    c->flash->client = &r->flash_client;
    memset(c->index, 0xFF, c->index_size * sizeof(uint32_t));
    memset(r->by_type, 0, sizeof r->by_type);
    if (c->owners != NULL)
        owners_clear(c->owners);
    r->has_changed = true;
    r->live = r->count = r->entry = r->erases = 0;
    r->is_mounted = r->oldest = r->scanned = r->is_open = 0;
    r->newest = r->oldest - 1;
    return LOOK;
}
