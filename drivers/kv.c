/* SPDX-License-Identifier: Apache-2.0 */
/* Key-value driver: see kv.h. What an app wants waits in its grant, with the
 * lengths of key and value; their bytes are copied when its turn begins. */
#include <drivers/kv.h>

enum { EXISTS, GET, SET, DELETE, ADD, UPDATE, COLLECT };
enum { RO_KEY, RO_VALUE, RO_COUNT };
enum { RW_VALUE, RW_COUNT };
enum { EVENT_DONE, EVENT_COUNT };

struct ALIGNED(8) app_kv {
    struct turn turn; /* first */
    uint32_t what, key_len, value_len;
};

static struct records *records_of(const struct kv *d)
{
    return &d->driver.kept->records;
}

/* ---- whose record ----------------------------------------------------------------- */

/* Of those ids the first that has the key; 0: none has. */
static uint32_t owner_among(struct kv *d, const uint32_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        d->key.id = ids[i];
        if (records_has(records_of(d), &d->key))
            return ids[i];
    }
    return 0;
}

/* Whose value is meant by a request; 0: nobody's. */
static uint32_t target(struct kv *d, const struct storage_rights *rights,
                       uint32_t what)
{
    uint32_t own = owner_among(d, &rights->id, 1);
    uint32_t read = owner_among(d, rights->read_ids, rights->reads);
    if (what == GET)
        return own != 0 && rights->may_read ? own : read;
    uint32_t other = owner_among(d, rights->modify_ids, rights->modifies);
    bool exists = own != 0 || other != 0 || read != 0;
    if (exists && what == ADD)
        return 0;
    if (own != 0)
        return rights->may_modify ? own : 0;
    if (exists)
        return other;
    return rights->may_write && (what == SET || what == ADD) ? rights->id : 0;
}

/* Of a buffer that was long enough when the request was made. */
static err_t bytes_take(struct process *p, uint8_t *to, struct uslice from,
                        uint32_t len)
{
    if (len == 0)
        return OK;
    return user_read(p, to, from, 0, len) == OK ? OK : ERR_RESERVE;
}

/* ---- a request ------------------------------------------------------------------------ */

static err_t get(struct kv *d, struct process *p)
{
    struct uslice to = allowed_rw(&d->driver.grant, p, RW_VALUE);
    err_t e = records_get(records_of(d), &d->key, d->bytes->value, KV_VALUE_MAX,
                          &d->len);
    if (d->len > KV_VALUE_MAX)
        e = ERR_FAIL; /* by a kernel whose values are longer: a part is here */
    uint32_t fits = d->len < to.len ? d->len : to.len;
    if (e == OK && fits != 0)
        e = user_write(p, to, 0, d->bytes->value, fits);
    if (e == OK)
        e = fits < d->len ? ERR_SIZE : KEPT_DONE;
    return e;
}

static err_t put(struct kv *d, struct process *p, uint32_t len)
{
    uint8_t *value = d->bytes->value;
    err_t e =
        bytes_take(p, value, allowed_ro(&d->driver.grant, p, RO_VALUE), len);
    return e == OK ? records_put(records_of(d), &d->key, value, len) : e;
}

static err_t serve(struct kept_driver *driver, struct process *p,
                   struct turn *turn)
{
    struct kv *d = CONTAINER_OF(driver, struct kv, driver);
    const struct app_kv *a = CONTAINER_OF(turn, struct app_kv, turn);
    struct storage_rights rights;
    if (driver->has_begun)
        return KEPT_DONE;
    driver->has_begun = true;
    d->len = 0;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        return ERR_NOSUPPORT;
    err_t e = bytes_take(p, d->bytes->key,
                         allowed_ro(&driver->grant, p, RO_KEY), a->key_len);
    if (e != OK)
        return e;
    if (a->what == COLLECT)
        return records_collect(records_of(d));
    d->key = (struct records_key){ .type = KEPT_VALUE,
                                   .key_number = rights.key,
                                   .bytes = d->bytes->key,
                                   .len = (uint8_t)a->key_len };
    d->key.id = target(d, &rights, a->what);
    if (d->key.id == 0)
        return ERR_NOSUPPORT;
    if (a->what == GET)
        return get(d, p);
    return a->what == DELETE ? records_remove(records_of(d), &d->key)
                             : put(d, p, a->value_len);
}

static void end(struct kept_driver *driver, struct process *p,
                const struct turn *turn, err_t e)
{
    const struct kv *d = CONTAINER_OF(driver, struct kv, driver);
    (void)turn;
    upcall_queue(&driver->grant, p, EVENT_DONE, (uint32_t)e,
                 driver->has_begun ? d->len : 0, 0);
}

/* Notes what is wanted, if it can be. */
static err_t note(const struct kv *d, struct process *p, uint32_t what,
                  struct app_kv *a)
{
    const struct grant *grant = &d->driver.grant;
    struct storage_rights rights;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        return ERR_INVAL;
    a->what = what;
    a->key_len = a->value_len = 0;
    if (what == COLLECT)
        return OK;
    a->key_len = allowed_ro(grant, p, RO_KEY).len;
    if (what == SET || what == ADD || what == UPDATE)
        a->value_len = allowed_ro(grant, p, RO_VALUE).len;
    if (a->key_len == 0)
        return ERR_RESERVE;
    if (a->key_len > KV_KEY_MAX || a->value_len > KV_VALUE_MAX)
        return ERR_SIZE;
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct kv *d = self;
    (void)arg1, (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number > COLLECT)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_kv *a = grant_enter(&d->driver.grant, p);
    if (a == NULL || a->turn.waits)
        return sysret_failure(ERR_NOMEM);
    err_t e = note(d, p, number, a);
    return e == OK ? kept_ask(&d->driver, &a->turn) : sysret_failure(e);
}

const struct driver_ops kv_ops = { .command = command };

void kv_init(struct kv *d, struct kept *kept,
             const struct storage_authority *authority, struct kv_bytes *bytes)
{
    static const struct kept_ops ops = {
        { .upcalls = EVENT_COUNT,
          .allow_ro = RO_COUNT,
          .allow_rw = RW_COUNT,
          .size = sizeof(struct app_kv) },
        serve,
        end,
    };
    d->authority = authority;
    d->bytes = bytes;
    kept_driver_init(&d->driver, &ops, kept);
}
