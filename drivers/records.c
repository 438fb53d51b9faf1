/* SPDX-License-Identifier: Apache-2.0 */
/* See records.h and, for the files it is made of, records_priv.h. */
#include <berth/crc32.h>
#include <drivers/records_priv.h>
#include <kernel/string.h>

/* ---- steps -------------------------------------------------------------- */

static step_t (*const steps[STEPS])(struct records *r) = {
    [LOOK] = records_look,          [SCAN] = records_scan,
    [COUNT] = records_count_shares, [PLACE] = records_place,
    [TAKE] = records_take,          [COLLECT] = records_gather,
    [CLOSED] = records_closed,      [WRITE] = records_write,
    [WRITTEN] = records_written,    [APPENDED] = records_appended,
};

static void later(struct records *r, step_t step)
{
    r->step = step;
    r->config->wake(r);
}

static void flash_done(struct flash_client *client, err_t e)
{
    struct records *r = CONTAINER_OF(client, struct records, flash_client);
    later(r, e == OK ? r->after : FAILS);
}

/* The operation of whoever has the turn, or his mount, is over. */
static void end(struct records *r, err_t e)
{
    struct records_client *c = r->holder;
    bool was_mounted = r->is_mounted;
    r->is_mounted = e == OK;
    if (was_mounted) {
        c->done(c, e);
        return;
    }
    if (e != OK)
        records_release(r, c);
    c->turn(c, e);
}

/* Somebody whose records are not counted could have an entry now. */
static bool shares_are_stale(const struct records *r)
{
    return r->config->owners != NULL && r->config->owners->is_stale;
}

static void next_turn(struct records *r)
{
    struct records_client *c = r->first;
    if (r->holder != NULL || c == NULL)
        return;
    r->first = c->next;
    r->holder = c;
    c->is_queued = false;
    if (r->is_mounted && !shares_are_stale(r))
        c->turn(c, OK);
    else
        later(r, records_mount(r));
}

void records_run(struct records *r)
{
    step_t step = r->step;
    if (step == WAIT) {
        next_turn(r);
        return;
    }
    r->step = WAIT;
    if (memcmp(flash_at(r, r->at), r->config->buffer, r->part) != 0)
        step = FAILS;
    r->part = 0;
    if (step < STEPS)
        step = steps[step](r);
    if (step >= STEPS)
        end(r, (err_t)(step - STEPS));
    else if (step != WAIT)
        later(r, step);
}

/* ---- turns -------------------------------------------------------------- */

void records_init(struct records *r, const struct records_config *config,
                  uint32_t seed)
{
    r->config = config;
    r->seed = seed;
    r->holder = r->first = NULL;
    r->step = WAIT;
    r->at = r->part = 0;
    r->is_mounted = false;
    r->flash_client.done = flash_done;
}

err_t records_wait(struct records *r, struct records_client *c)
{
    if (c->is_queued || r->holder == c)
        return ERR_BUSY;
    c->is_queued = true;
    c->next = NULL;
    if (r->first == NULL)
        r->first = c;
    else
        r->last->next = c;
    r->last = c;
    r->config->wake(r);
    return OK;
}

void records_release(struct records *r, struct records_client *c)
{
    if (r->holder != c)
        return;
    r->holder = NULL;
    if (r->first != NULL)
        r->config->wake(r);
}

/* ---- reading ------------------------------------------------------------ */

_Static_assert(offsetof(struct records_key, type) == offsetof(header_t, type) &&
                   offsetof(struct records_key, len) ==
                       offsetof(header_t, key_len) &&
                   offsetof(struct records_key, key_number) ==
                       offsetof(header_t, key_number) &&
                   offsetof(struct records_key, id) == offsetof(header_t, id) &&
                   offsetof(struct records_key, number) ==
                       offsetof(header_t, number),
               "keys are copied to headers and back");

/* NULL: there is none. */
static const header_t *find(const struct records *r,
                            const struct records_key *key)
{
    header_t name;
    memcpy(&name, key, HEADER - sizeof name.crc);
    return records_find(r, &name, key->bytes);
}

bool records_has(struct records *r, const struct records_key *key)
{
    return find(r, key) != NULL;
}

/* Of the header, but for the zeros, of the key and the value. Kept inverted. */
static uint32_t crc_of(const header_t *h, const uint8_t *key,
                       const uint8_t *value)
{
    uint32_t crc = crc32_add(0, &h->type, offsetof(header_t, crc) - 1);
    return ~crc32_add(crc32_add(crc, key, h->key_len), value, h->len);
}

err_t records_get(struct records *r, const struct records_key *key, void *to,
                  uint32_t cap, uint32_t *len)
{
    const header_t *h = find(r, key);
    *len = 0;
    if (h == NULL)
        return ERR_NODEVICE;
    const uint8_t *value = body_of(r, h) + h->key_len;
    if (crc_of(h, key->bytes, value) != h->crc)
        return ERR_FAIL;
    memcpy(to, value, smaller(h->len, cap));
    *len = h->len;
    return OK;
}

bool records_at(const struct records *r, uint32_t entry,
                struct records_key *key, uint8_t bytes[RECORDS_KEY_MAX],
                uint32_t *size)
{
    uint32_t is = r->config->index[entry];
    const header_t *h = is == EMPTY ? NULL : records_read(r, entry_at(r, is));
    if (h == NULL)
        return false;
    memcpy(key, h, HEADER - sizeof h->crc);
    memcpy(bytes, body_of(r, h), h->key_len);
    key->bytes = bytes;
    *size = records_size(r, h);
    return true;
}

/* ---- operations --------------------------------------------------------- */

static err_t begin(struct records *r, const struct records_key *key,
                   const void *value, uint32_t len, uint32_t removed)
{
    header_t *h = &r->header;
    if (!r->is_mounted)
        return ERR_OFF;
    memcpy(h, key, HEADER - sizeof h->crc);
    h->type |= (uint8_t)removed;
    h->len = (uint16_t)len;
    h->crc = crc_of(h, key->bytes, value);
    h->zeros = records_zeros(h);
    r->key = key->bytes;
    r->value = value;
    r->size = records_size(r, h);
    r->laps = 0;
    r->collects = false;
    return OK;
}

err_t records_put(struct records *r, const struct records_key *key,
                  const void *value, uint32_t len)
{
    const struct records_config *c = r->config;
    if (key->len > c->key_max || len > c->value_max)
        return ERR_SIZE;
    err_t e = begin(r, key, value, len, 0);
    if (e != OK)
        return e;
    const header_t *h = find(r, key);
    uint32_t old = h == NULL ? 0 : records_size(r, h);
    step_t step = PLACE;
    if (h != NULL && h->len == len && h->crc == r->header.crc &&
        memcmp(body_of(r, h) + key->len, value, len) == 0)
        step = ENDS(OK);
    else if (r->live - old + r->size > r->capacity ||
             (h == NULL && r->count >= records_index_max(c)) ||
             (c->owners != NULL &&
              !owners_allow(c->owners, key->id, key->key_number, old, r->size)))
        return ERR_NOMEM;
    later(r, step);
    return OK;
}

err_t records_remove(struct records *r, const struct records_key *key)
{
    err_t e = begin(r, key, NULL, 0, REMOVED);
    if (e != OK)
        return e;
    if (!records_has(r, key))
        return ERR_NODEVICE;
    later(r, PLACE);
    return OK;
}

void records_pass(struct records *r)
{
    later(r, ENDS(OK));
}

err_t records_collect(struct records *r)
{
    if (!r->is_mounted)
        return ERR_OFF;
    r->laps = 0;
    r->collects = true;
    later(r, PLACE);
    return OK;
}
