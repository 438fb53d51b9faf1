/* SPDX-License-Identifier: Apache-2.0 */
/* Key-value driver: see kv.h. What an app wants waits in its grant, with the
 * lengths of key and value; their bytes are copied when its turn begins. */
#include <drivers/kv.h>

enum { EXISTS, GET, SET, DELETE, ADD, UPDATE, COLLECT };
enum { RO_KEY, RO_VALUE, RO_COUNT };
enum { RW_VALUE, RW_COUNT };
enum { EVENT_DONE, EVENT_COUNT };

struct ALIGNED(8) app_kv {
    struct kept_app kept;
    uint32_t what, key_len, value_len;
};

static void wait_for_turn(struct kv *d)
{
    /* BUSY: it waits already. */
    err_t e = records_wait(&d->kept->records, &d->client);
    (void)e;
}

static void finish(struct kv *d, err_t status, uint32_t len)
{
    struct process *p = process_find(d->app);
    if (p != NULL) {
        struct app_kv *a = grant_peek(&d->grant, p);
        a->kept.waits = false;
        upcall_queue(&d->grant, p, EVENT_DONE, status, len, 0);
    }
    records_release(&d->kept->records, &d->client);
    if (kept_next(&d->grant, d->app) != NULL)
        wait_for_turn(d);
}

/* ---- whose record ----------------------------------------------------------------- */

static struct records_key key_of(const struct kv *d,
                                 const struct storage_rights *rights,
                                 uint32_t id)
{
    return (struct records_key){ .type = KEPT_VALUE,
                                 .key_number = rights->key,
                                 .id = id,
                                 .bytes = d->bytes->key,
                                 .len = (uint8_t)d->key_len };
}

/* Of those ids the first that has the key; 0: none has. */
static uint32_t owner_among(struct kv *d, const struct storage_rights *rights,
                            const uint32_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct records_key key = key_of(d, rights, ids[i]);
        if (records_has(&d->kept->records, &key))
            return ids[i];
    }
    return 0;
}

/* Whose value is changed by a request to change one; 0: nobody's. */
static uint32_t target(struct kv *d, const struct storage_rights *rights,
                       uint32_t what)
{
    uint32_t own = owner_among(d, rights, &rights->id, 1);
    uint32_t other =
        owner_among(d, rights, rights->modify_ids, rights->modifies);
    bool exists = own != 0 || other != 0 ||
                  owner_among(d, rights, rights->read_ids, rights->reads) != 0;
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

static void get(struct kv *d, struct process *p,
                const struct storage_rights *rights)
{
    struct uslice to = allowed_rw(&d->grant, p, RW_VALUE);
    uint32_t owner = 0, len = 0;
    if (rights->may_read)
        owner = owner_among(d, rights, &rights->id, 1);
    if (owner == 0)
        owner = owner_among(d, rights, rights->read_ids, rights->reads);
    if (owner == 0) {
        finish(d, ERR_NOSUPPORT, 0);
        return;
    }
    const struct records_key key = key_of(d, rights, owner);
    err_t e = records_get(&d->kept->records, &key, d->bytes->value,
                          KV_VALUE_MAX, &len);
    uint32_t fits = len < to.len ? len : to.len;
    if (e == OK && fits != 0)
        e = user_write(p, to, 0, d->bytes->value, fits);
    if (e == OK && fits < len)
        e = ERR_SIZE;
    finish(d, e, len);
}

static err_t change(struct kv *d, struct process *p,
                    const struct storage_rights *rights, const struct app_kv *a)
{
    struct records *r = &d->kept->records;
    uint32_t owner = target(d, rights, a->what);
    if (owner == 0)
        return ERR_NOSUPPORT;
    const struct records_key key = key_of(d, rights, owner);
    if (a->what == DELETE)
        return records_remove(r, &key);
    err_t e = bytes_take(p, d->bytes->value, allowed_ro(&d->grant, p, RO_VALUE),
                         a->value_len);
    return e == OK ? records_put(r, &key, d->bytes->value, a->value_len) : e;
}

static void serve(struct kv *d, struct process *p, const struct app_kv *a)
{
    struct storage_rights rights;
    err_t e = OK;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        e = ERR_NOSUPPORT;
    d->key_len = a->key_len;
    if (e == OK)
        e = bytes_take(p, d->bytes->key, allowed_ro(&d->grant, p, RO_KEY),
                       a->key_len);
    if (e == OK && a->what == GET) {
        get(d, p, &rights);
        return;
    }
    if (e == OK)
        e = a->what == COLLECT ? records_collect(&d->kept->records)
                               : change(d, p, &rights, a);
    if (e != OK) /* else on_done() comes */
        finish(d, e, 0);
}

static void on_turn(struct records_client *client, err_t e)
{
    struct kv *d = CONTAINER_OF(client, struct kv, client);
    struct process *p = kept_next(&d->grant, d->app);
    if (p == NULL) {
        records_release(&d->kept->records, client);
        return;
    }
    d->app = process_pid(p);
    if (e == OK)
        serve(d, p, grant_peek(&d->grant, p));
    else
        finish(d, e, 0);
}

static void on_done(struct records_client *client, err_t e)
{
    finish(CONTAINER_OF(client, struct kv, client), e, 0);
}

/* Notes what is wanted, if it can be. */
static err_t check(const struct kv *d, struct process *p, uint32_t what,
                   struct app_kv *wanted)
{
    struct storage_rights rights;
    if (!d->authority->rights(d->authority, process_pid(p).handle, &rights))
        return ERR_INVAL;
    *wanted = (struct app_kv){ .kept.waits = true, .what = what };
    if (what == COLLECT)
        return OK;
    wanted->key_len = allowed_ro(&d->grant, p, RO_KEY).len;
    if (what == SET || what == ADD || what == UPDATE)
        wanted->value_len = allowed_ro(&d->grant, p, RO_VALUE).len;
    if (wanted->key_len == 0)
        return ERR_RESERVE;
    if (wanted->key_len > KV_KEY_MAX || wanted->value_len > KV_VALUE_MAX)
        return ERR_SIZE;
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct kv *d = self;
    struct app_kv wanted;
    (void)arg1, (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number > COLLECT)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_kv *a = grant_enter(&d->grant, p);
    if (a == NULL || a->kept.waits)
        return sysret_failure(ERR_NOMEM);
    err_t e = check(d, p, number, &wanted);
    if (e != OK)
        return sysret_failure(e);
    *a = wanted;
    wait_for_turn(d);
    return sysret_success();
}

const struct driver_ops kv_ops = { .command = command };

void kv_init(struct kv *d, struct kept *kept,
             const struct storage_authority *authority, struct kv_bytes *bytes)
{
    d->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = RO_COUNT,
        .allow_rw = RW_COUNT,
        .size = sizeof(struct app_kv),
    };
    d->client.turn = on_turn;
    d->client.done = on_done;
    d->kept = kept;
    d->authority = authority;
    d->bytes = bytes;
}
