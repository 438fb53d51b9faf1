/* SPDX-License-Identifier: Apache-2.0 */
/* See keeper.h. A list is made owner by owner, in the order of their numbers: one
 * pass over all regions finds the next one and sums up what is its. So there may
 * be any number of them, and none has to be remembered. */
#include <drivers/keeper.h>
#include <kernel/flash_hold.h>
#include <kernel/format.h>
#include <kernel/string.h>

#define LOOKED_A_STEP 8u
#define ANY_KEY 0xFFFFFFFFu
#define HEAD " ShortID      Key  Values   Bytes  Isolated  App\r\n"

static void pass_begin(struct keeper *k);

/* ---- what is said --------------------------------------------------------- */

/* k->line goes out, then k->next is done. */
static void say(struct keeper *k)
{
    k->at = 0;
    k->port->ops->write(k->port, &k->writer);
}

static size_t line_next(struct writer *writer, uint8_t *to, size_t cap)
{
    struct keeper *k = CONTAINER_OF(writer, struct keeper, writer);
    size_t n = strlen(k->line + k->at);
    if (n > cap)
        n = cap;
    memcpy(to, k->line + k->at, n);
    k->at += (uint32_t)n;
    if (n == 0)
        deferred_call(&k->work);
    return n;
}

static const struct writer_ops writer_ops = { .next = line_next };

static void finish(struct keeper *k)
{
    k->next = NULL;
}

/* ---- a list ------------------------------------------------------------------ */

#define NOBODY 0xFFFFFFFFu /* no number of a key */

static bool is_behind(const struct keeper_owner *a, uint32_t id, uint32_t key)
{
    return id > a->id || (id == a->id && key > a->key);
}

/* Of those behind the last one the first. The list begins behind identity 0, to
 * which all shared storage belongs. */
static void sum_up(struct keeper *k, const struct records_key *key,
                   uint32_t size)
{
    struct keeper_owner *o = &k->found;
    uint32_t number = key->key_number;
    if (!is_behind(&k->last, key->id, number) || is_behind(o, key->id, number))
        return;
    if (o->id != key->id || o->key != number)
        *o = (struct keeper_owner){ .id = key->id, .key = number };
    if (key->type == KEPT_VALUE) {
        o->values++;
        o->value_bytes += size;
    } else {
        o->isolated_bytes += size;
    }
}

static void listed(struct keeper *k)
{
    struct keeper_owner *o = &k->found;
    const struct owners *shares = k->shares;
    k->last = *o;
    if (o->key != NOBODY) {
        k->next = pass_begin;
        format(k->line, sizeof k->line, " 0x%-8x %5u %7u %7u %9u  %s\r\n",
               (unsigned)o->id, (unsigned)o->key, (unsigned)o->values,
               (unsigned)o->value_bytes, (unsigned)o->isolated_bytes,
               k->runs(o->id) ? "runs" : "-");
    } else if (shares == NULL) {
        k->next = NULL;
        return;
    } else {
        format(k->line, sizeof k->line,
               "%u apps may keep %u values, %u bytes each\r\n",
               (unsigned)shares->max, (unsigned)shares->share_records,
               (unsigned)shares->share_bytes);
    }
    say(k);
}

/* ---- freeing --------------------------------------------------------------------- */

/* The record that says that there is isolated storage goes last: until then it
 * counts as taken. */
static bool is_to_go(const struct keeper *k, const struct records_key *key)
{
    return key->id == k->id &&
           (k->key == ANY_KEY || k->key == key->key_number) &&
           (key->type == KEPT_REGION) == (bool)k->frees_regions;
}

/* ---- a pass over all regions --------------------------------------------------------- */

static struct records *records_of(const struct keeper *k)
{
    return &k->regions[k->region]->records;
}

static void pass_end(struct keeper *k)
{
    k->next = finish;
    if (k->frees)
        format(k->line, sizeof k->line,
               "forget: %u records of 0x%x are gone%s\r\n", (unsigned)k->freed,
               (unsigned)k->id, k->error == OK ? "" : "; the flash fails");
    else if (k->error != OK)
        format(k->line, sizeof k->line, "kept: the flash fails\r\n");
    else {
        listed(k);
        return;
    }
    say(k);
}

static void region_next(struct keeper *k)
{
    if (k->region == k->count) {
        pass_end(k);
        return;
    }
    err_t e = records_wait(records_of(k), &k->client);
    (void)e; /* BUSY: cannot be, one at a time */
}

static void pass_begin(struct keeper *k)
{
    k->region = 0;
    k->found.id = k->found.key = NOBODY;
    region_next(k);
}

static void region_end(struct keeper *k, err_t e)
{
    if (e != OK)
        k->error = e;
    records_release(records_of(k), &k->client);
    k->region++;
    region_next(k);
}

/* The end of the index; what is freed takes two rounds. */
static bool is_last_round(struct keeper *k)
{
    bool is_last = !k->frees || k->frees_regions;
    k->frees_regions = true;
    k->entry = 0;
    return is_last;
}

/* Some entries of the index. Where a record is removed another one may have come
 * to be: that entry is looked at again. */
static void look(struct keeper *k)
{
    struct records *r = records_of(k);
    for (uint32_t i = 0; i < LOOKED_A_STEP; i++) {
        struct records_key key;
        uint32_t size;
        if (k->entry == r->config->index_size) {
            if (is_last_round(k)) {
                region_end(k, OK);
                return;
            }
        } else if (!records_at(r, k->entry, &key, k->bytes, &size)) {
            k->entry++;
        } else if (k->frees && is_to_go(k, &key)) {
            err_t e = records_remove(r, &key);
            if (e != OK)
                region_end(k, e);
            return;
        } else {
            k->entry++;
            if (!k->frees)
                sum_up(k, &key, size);
        }
    }
    k->next = look;
    deferred_call(&k->work);
}

static void on_turn(struct records_client *client, err_t e)
{
    struct keeper *k = CONTAINER_OF(client, struct keeper, client);
    k->entry = 0;
    k->frees_regions = false;
    if (e == OK)
        look(k);
    else
        region_end(k, e);
}

static void on_done(struct records_client *client, err_t e)
{
    struct keeper *k = CONTAINER_OF(client, struct keeper, client);
    if (e != OK) {
        region_end(k, e);
        return;
    }
    k->freed++;
    look(k);
}

static void on_work(struct deferred *work)
{
    struct keeper *k = CONTAINER_OF(work, struct keeper, work);
    flash_open();
    k->next(k);
}

/* ---- orders --------------------------------------------------------------------------- */

static uint32_t digit_of(char c)
{
    uint32_t letter = (uint8_t)c | 0x20u;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : ~0u;
}

/* So many digits of that base at most; false: there is none. */
static bool number_take(const char **text, uint32_t base, uint32_t most,
                        uint32_t *out)
{
    const char *end = *text + most;
    uint32_t digit;
    for (*out = 0; *text != end && (digit = digit_of(**text)) < base; (*text)++)
        *out = *out * base + digit;
    return *text != end - most;
}

static bool whose_take(struct keeper *k, const char *whose)
{
    k->key = ANY_KEY;
    if (whose[0] != '0' || (whose[1] | 0x20) != 'x')
        return false;
    whose += 2;
    if (!number_take(&whose, 16, 8, &k->id) || k->id == 0)
        return false;
    if (*whose == '/') {
        whose++;
        if (!number_take(&whose, 10, 3, &k->key) || k->key > 0xFF)
            return false;
    }
    return *whose == '\0';
}

const char *keeper_order(struct keeper *k, const char *whose)
{
    if (k->next != NULL)
        return "still at work";
    if (whose != NULL && !whose_take(k, whose))
        return "usage: forget 0xSHORTID or 0xSHORTID/KEY, as `kept` shows them";
    if (whose != NULL && k->runs(k->id))
        return "its app runs: terminate or remove that first";
    k->frees = whose != NULL;
    k->last.id = k->last.key = k->freed = 0;
    k->error = OK;
    k->next = pass_begin;
    memcpy(k->line, HEAD, sizeof HEAD);
    if (k->frees)
        deferred_call(&k->work);
    else
        say(k);
    return NULL;
}

void keeper_init(struct keeper *k)
{
    k->client = (struct records_client){ .turn = on_turn, .done = on_done };
    k->work = (struct deferred){ .run = on_work };
    k->writer = (struct writer){ .ops = &writer_ops };
    k->next = NULL;
}
