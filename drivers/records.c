/* SPDX-License-Identifier: Apache-2.0 */
/* See records.h. The work is a chain of steps: a step names the one that comes
 * next, or starts a flash operation and names the one that follows it. */
#include <berth/crc32.h>
#include <drivers/records.h>
#include <kernel/string.h>

#define HEADER 16u
#define REMOVED 0x80u   /* in the type: the record of that key is no more */
#define MAGIC 0x435242u /* "BRC", above the count of zeros */
#define EMPTY 0xFFFFFFFFu
#define NONE 0xFFFFFFFFu
#define SCANNED_A_STEP 8u
#define BLANK_A_STEP 256u
#define PIECE 64u

/* The zeros are counted: a cut program leaves ones for zeros, so fewer zeros
 * than there ought to be, and the same or a larger count. */
struct header {
    uint8_t zeros;
    uint8_t type, key_len, key_number;
    uint32_t id;
    uint16_t number, len;
    uint32_t crc; /* of all but the zeros, and of the key and the value */
};

struct sector_header {
    uint32_t magic; /* and the zeros, in the lowest byte */
    uint32_t number;
    uint32_t oldest; /* that counts, once this one does */
    uint32_t layout;
};

_Static_assert(sizeof(struct header) == HEADER, "as in flash");
_Static_assert(sizeof(struct sector_header) == HEADER, "as in flash");

static records_step place, append_body, append_header, take_blank, take_erased,
    scan_step, collect_step, copy_step, collect_repoint, mount_look, end_ok;

/* ---- small things ------------------------------------------------------- */

static uint32_t round_up(uint32_t n, uint32_t unit)
{
    return (n + unit - 1) & ~(unit - 1);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Begun and ended with all ones, which no erased sector has. */
static uint32_t crc_add(uint32_t crc, const void *bytes, uint32_t len)
{
    return ~crc32_add(~crc, bytes, len);
}

/* Of the bytes behind the first. */
static uint8_t zeros_count(const void *header)
{
    const uint8_t *b = header;
    uint32_t zeros = 0;
    for (uint32_t i = 1; i < HEADER; i++)
        for (uint32_t bits = (uint8_t)~b[i]; bits != 0; bits &= bits - 1)
            zeros++;
    return (uint8_t)zeros;
}

static uint32_t sector_at(const struct records *r, uint32_t number)
{
    return r->config->start + number % r->config->sectors * r->sector_size;
}

static uint32_t used(const struct records *r)
{
    return r->newest + 1 - r->oldest;
}

/* What a record takes in flash. */
static uint32_t size_of(const struct records *r, uint32_t key_len, uint32_t len)
{
    return r->unit + round_up(key_len + len, r->unit);
}

static uint32_t header_size(const struct records *r, const struct header *h)
{
    return size_of(r, h->key_len, h->len);
}

static uint32_t unit_of(const struct flash_geometry *g)
{
    return g->word_size > HEADER ? g->word_size : HEADER;
}

static uint32_t header_crc(const struct header *h)
{
    return crc_add(~0u, &h->type, offsetof(struct header, crc) - 1);
}

/* ---- steps -------------------------------------------------------------- */

static void later(struct records *r, records_step *next)
{
    r->next = next;
    r->config->wake(r);
}

/* The operation of whoever has the turn, or his mount, is over. */
static void end(struct records *r, err_t e)
{
    struct records_client *c = r->holder;
    bool was_mounted = r->is_mounted;
    r->next = NULL;
    if (e != OK)
        r->is_mounted = false;
    if (was_mounted) {
        c->done(c, e);
        return;
    }
    r->holder = NULL;
    if (r->first != NULL)
        r->config->wake(r);
    c->turn(c, e);
}

static void end_ok(struct records *r)
{
    end(r, OK);
}

static void flash_started(struct records *r, err_t e, records_step *then)
{
    if (e == OK)
        r->flash_then = then;
    else
        end(r, e);
}

static void flash_failed(struct records *r)
{
    end(r, ERR_FAIL);
}

static void flash_done(struct flash_client *client, err_t e)
{
    struct records *r = CONTAINER_OF(client, struct records, flash_client);
    records_step *then = r->flash_then;
    r->flash_then = NULL;
    later(r, e == OK ? then : flash_failed);
}

static bool flash_get(const struct records *r, uint32_t at, void *to,
                      uint32_t len)
{
    struct flash *flash = r->config->flash;
    return flash->ops->read(flash, to, at, len) == OK;
}

static void erase(struct records *r, uint32_t at, records_step *then)
{
    struct flash *flash = r->config->flash;
    r->erases++;
    flash_started(r, flash->ops->erase(flash, at), then);
}

/* Of the buffer. It is compared by who reads it next: programmed() below. */
static void program(struct records *r, uint32_t at, uint32_t len,
                    records_step *then)
{
    struct flash *flash = r->config->flash;
    r->at = at;
    r->part = len;
    flash_started(r, flash->ops->program(flash, at, r->config->buffer, len),
                  then);
}

/* Does flash hold what was programmed last? */
static bool programmed(struct records *r)
{
    uint8_t piece[PIECE];
    for (uint32_t i = 0; i < r->part; i += PIECE) {
        uint32_t n = smaller(PIECE, r->part - i);
        if (!flash_get(r, r->at + i, piece, n) ||
            memcmp(piece, r->config->buffer + i, n) != 0) {
            end(r, ERR_FAIL);
            return false;
        }
    }
    return true;
}

/* How much one program may take at `at`, of `len` bytes. */
static uint32_t part_of(const struct records *r, uint32_t at, uint32_t len)
{
    uint32_t burst = r->config->flash->geometry->burst;
    len = smaller(len, burst - at % burst);
    return smaller(len, r->config->buffer_size);
}

static bool is_blank(const struct records *r, uint32_t at, uint32_t len)
{
    uint32_t piece[PIECE / 4];
    for (uint32_t i = 0; i < len; i += PIECE) {
        uint32_t n = smaller(PIECE, len - i);
        piece[(n - 1) / 4] = ~0u;
        if (!flash_get(r, at + i, piece, n))
            return false;
        for (uint32_t k = 0; k < (n + 3) / 4; k++)
            if (piece[k] != ~0u)
                return false;
    }
    return true;
}

/* ---- records in flash --------------------------------------------------- */

/* The record at `at`, if there is one that ends in its sector. */
static bool record_read(const struct records *r, uint32_t at, struct header *h)
{
    const struct records_config *c = r->config;
    uint32_t room = r->sector_size - (at - c->start) % r->sector_size;
    return room >= r->unit && room < r->sector_size &&
           flash_get(r, at, h, HEADER) && h->zeros == zeros_count(h) &&
           (h->type & ~REMOVED) < RECORDS_TYPES && h->key_len <= c->key_max &&
           header_size(r, h) <= room;
}

/* Its key. `bytes` takes what that points to. */
static bool record_key(const struct records *r, uint32_t at,
                       const struct header *h, struct records_key *key,
                       uint8_t bytes[RECORDS_KEY_MAX])
{
    *key = (struct records_key){ .type = h->type & (uint8_t)~REMOVED,
                                 .key_number = h->key_number,
                                 .id = h->id,
                                 .number = h->number,
                                 .bytes = bytes,
                                 .len = h->key_len };
    return h->key_len == 0 || flash_get(r, at + r->unit, bytes, h->key_len);
}

static bool record_is(const struct records *r, uint32_t at,
                      const struct records_key *key, struct header *h)
{
    uint8_t bytes[RECORDS_KEY_MAX];
    return record_read(r, at, h) && h->type == key->type &&
           h->key_number == key->key_number && h->id == key->id &&
           h->number == key->number && h->key_len == key->len &&
           (key->len == 0 || (flash_get(r, at + r->unit, bytes, key->len) &&
                              memcmp(bytes, key->bytes, key->len) == 0));
}

/* ---- the index: where the record of a key is ---------------------------- */

/* An entry is 12 bits of the key's hash, from which its home follows, and the
 * place in units of 16 bytes. Behind the home the next free one is taken. */

static uint32_t tag_of(const struct records *r, const struct records_key *key)
{
    uint32_t h = r->seed ^ key->id;
    const uint8_t more[4] = { key->type, key->key_number, (uint8_t)key->number,
                              (uint8_t)(key->number >> 8) };
    for (uint32_t i = 0; i < sizeof more + key->len; i++) {
        h ^= i < sizeof more ? more[i] : key->bytes[i - sizeof more];
        h *= 0x9E3779B1u;
        h ^= h >> 15;
    }
    return h * 0x85EBCA6Bu >> 20;
}

static uint32_t entry_make(const struct records *r, uint32_t tag, uint32_t at)
{
    return tag << 20 | (at - r->config->start) / HEADER;
}

static uint32_t entry_at(const struct records *r, uint32_t entry)
{
    return r->config->start + (entry & 0xFFFFF) * HEADER;
}

static uint32_t entry_home(const struct records *r, uint32_t entry)
{
    return (entry >> 20) * r->config->index_size >> 12;
}

static uint32_t entry_next(const struct records *r, uint32_t i)
{
    return i + 1 == r->config->index_size ? 0 : i + 1;
}

/* The entry of that key, or NONE; *free is where one could be added. */
static uint32_t index_find(const struct records *r,
                           const struct records_key *key, uint32_t tag,
                           struct header *h, uint32_t *free)
{
    const uint32_t *index = r->config->index;
    uint32_t i = entry_home(r, tag << 20);
    for (; index[i] != EMPTY; i = entry_next(r, i))
        if (index[i] >> 20 == tag &&
            record_is(r, entry_at(r, index[i]), key, h))
            return i;
    *free = i;
    return NONE;
}

static bool index_holds(const struct records *r, uint32_t entry)
{
    const uint32_t *index = r->config->index;
    uint32_t i = entry_home(r, entry);
    while (index[i] != EMPTY && index[i] != entry)
        i = entry_next(r, i);
    return index[i] == entry;
}

/* Those behind it that would not be found any more move up. */
static void index_remove(const struct records *r, uint32_t gap)
{
    uint32_t *index = r->config->index;
    uint32_t n = r->config->index_size;
    for (uint32_t i = entry_next(r, gap); index[i] != EMPTY;
         i = entry_next(r, i)) {
        uint32_t home = entry_home(r, index[i]);
        uint32_t from_home = i >= home ? i - home : i + n - home;
        uint32_t from_gap = i >= gap ? i - gap : i + n - gap;
        if (from_home < from_gap)
            continue;
        index[gap] = index[i];
        gap = i;
    }
    index[gap] = EMPTY;
}

static uint32_t index_max(const struct records *r)
{
    uint32_t n = r->config->index_size;
    return n - n / 8;
}

static bool index_is_full(const struct records *r)
{
    return r->count >= index_max(r);
}

/* What the record at `at` says holds from now on. False: the index is full. */
static bool record_counts(struct records *r, uint32_t at,
                          const struct header *h, const struct records_key *key)
{
    uint32_t tag = tag_of(r, key), free = 0;
    struct header old;
    uint32_t i = index_find(r, key, tag, &old, &free);
    struct owners *owners = r->is_mounted ? r->config->owners : NULL;
    if (i != NONE) {
        r->live -= header_size(r, &old);
        r->count--;
        r->by_type[key->type]--;
        if (owners != NULL)
            owners_remove(owners, key->id, key->key_number,
                          header_size(r, &old));
    }
    if ((h->type & REMOVED) != 0) {
        if (i != NONE)
            index_remove(r, i);
        return true;
    }
    if (index_is_full(r))
        return false;
    r->config->index[i != NONE ? i : free] = entry_make(r, tag, at);
    r->live += header_size(r, h);
    r->count++;
    r->by_type[key->type]++;
    if (owners != NULL)
        owners_add(owners, key->id, key->key_number, header_size(r, h));
    return true;
}

/* ---- sectors ------------------------------------------------------------ */

static uint32_t layout_of(const struct records *r)
{
    return r->config->sectors << 16 | r->unit;
}

static void sector_header_make(const struct records *r, uint32_t number,
                               uint32_t oldest)
{
    struct sector_header h = { MAGIC << 8, number, oldest, layout_of(r) };
    h.magic |= zeros_count(&h);
    memset(r->config->buffer, 0xFF, r->unit);
    memcpy(r->config->buffer, &h, HEADER);
}

/* A copy of another sector is not what it says it is. */
static bool sector_read(const struct records *r, uint32_t sector,
                        struct sector_header *h)
{
    return flash_get(r, sector_at(r, sector), h, HEADER) &&
           h->magic == (MAGIC << 8 | zeros_count(h)) &&
           h->layout == layout_of(r) &&
           h->number % r->config->sectors == sector &&
           h->number - h->oldest < r->config->sectors - 1;
}

/* ---- mounting ----------------------------------------------------------- */

static void measure(struct records *r)
{
    const struct records_config *c = r->config;
    const struct flash_geometry *g = c->flash->geometry;
    r->unit = unit_of(g);
    r->sector_size = g->sector_size;
    r->largest = size_of(r, c->key_max, c->value_max);
    /* However the records lie, some sector then has room for one more. */
    r->capacity = (c->sectors - 1) * (r->sector_size - r->unit - r->largest);
}

/* What is promised is there, and is enough for the longest record. */
static bool shares_fit(const struct records *r)
{
    const struct owners *o = r->config->owners;
    uint32_t entries = index_max(r);
    return o == NULL || (o->max != 0 && o->share_records != 0 &&
                         o->share_bytes >= r->largest &&
                         o->share_bytes <= r->capacity / o->max &&
                         o->share_records <= entries / o->max);
}

err_t records_check(const struct records_config *c)
{
    const struct flash_geometry *g = c->flash->geometry;
    struct records r = { .config = c };
    uint32_t unit = unit_of(g);
    if (c->sectors < 2 || c->index_size < 8 ||
        c->index_size > RECORDS_INDEX_MAX || c->key_max > RECORDS_KEY_MAX ||
        c->value_max > 0xFFFF || c->start % g->sector_size != 0 ||
        c->buffer_size < unit || c->buffer_size % unit != 0 ||
        c->sectors > g->size / g->sector_size || g->burst < unit ||
        c->sectors * (g->sector_size / HEADER) > RECORDS_UNITS_MAX)
        return ERR_INVAL;
    measure(&r);
    return r.sector_size < r.unit + 2 * r.largest || !shares_fit(&r) ? ERR_INVAL
                                                                     : OK;
}

static void mount_end(struct records *r)
{
    struct records_client *c = r->holder;
    r->is_mounted = true;
    r->next = NULL;
    c->turn(c, OK);
}

/* What a cut left behind the last record is no place for another one. It is
 * no longer than the longest record. */
static void mount_tail(struct records *r)
{
    uint32_t at = sector_at(r, r->newest) + r->cursor;
    uint32_t room = r->sector_size - r->cursor;
    r->is_open = is_blank(r, at, smaller(room, r->largest));
    mount_end(r);
}

/* Whose the records are that count, once all is known. */
static void count_step(struct records *r)
{
    const struct records_config *c = r->config;
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        struct header h;
        if (r->from == c->index_size) {
            mount_tail(r);
            return;
        }
        uint32_t entry = c->index[r->from++];
        if (entry != EMPTY && record_read(r, entry_at(r, entry), &h))
            owners_add(c->owners, h.id, h.key_number, header_size(r, &h));
    }
    later(r, count_step);
}

static void scan_next_sector(struct records *r)
{
    if (r->scanned == r->newest) {
        r->cursor = r->from;
        r->from = 0;
        later(r, r->config->owners != NULL ? count_step : mount_tail);
        return;
    }
    r->scanned++;
    r->from = r->unit;
    later(r, scan_step);
}

static void scan_step(struct records *r)
{
    struct sector_header s;
    struct header h;
    struct records_key key;
    uint8_t bytes[RECORDS_KEY_MAX];
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        uint32_t at = sector_at(r, r->scanned) + r->from;
        if ((r->from == r->unit &&
             (!sector_read(r, r->scanned % r->config->sectors, &s) ||
              s.number != r->scanned)) ||
            r->from >= r->sector_size || !record_read(r, at, &h)) {
            scan_next_sector(r);
            return;
        }
        if (!record_key(r, at, &h, &key, bytes) ||
            !record_counts(r, at, &h, &key)) {
            end(r, ERR_FAIL);
            return;
        }
        r->from += header_size(r, &h);
    }
    later(r, scan_step);
}

static void mount_look(struct records *r)
{
    struct sector_header h;
    if (sector_read(r, r->scanned, &h) &&
        (used(r) == 0 || h.number > r->newest)) {
        r->newest = h.number;
        r->oldest = h.oldest;
    }
    if (++r->scanned < r->config->sectors) {
        later(r, mount_look);
    } else if (used(r) == 0) {
        mount_end(r);
    } else {
        r->scanned = r->oldest - 1;
        scan_next_sector(r);
    }
}

static void mount(struct records *r)
{
    measure(r);
    r->is_mounted = false;
    r->flash_client.done = flash_done;
    r->config->flash->client = &r->flash_client;
    memset(r->config->index, 0xFF, r->config->index_size * sizeof(uint32_t));
    memset(r->by_type, 0, sizeof r->by_type);
    if (r->config->owners != NULL)
        owners_clear(r->config->owners);
    r->has_changed = true;
    r->erases = 0;
    r->live = r->count = r->oldest = r->scanned = r->is_open = 0;
    r->newest = r->oldest - 1;
    mount_look(r);
}

/* ---- turns -------------------------------------------------------------- */

void records_init(struct records *r, const struct records_config *config,
                  uint32_t seed)
{
    r->config = config;
    r->seed = seed;
    r->holder = r->first = NULL;
    r->next = r->flash_then = NULL;
    r->is_mounted = false;
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

/* Somebody whose records are not counted could have an entry now. */
static bool shares_are_stale(const struct records *r)
{
    return r->config->owners != NULL && r->config->owners->is_stale;
}

void records_run(struct records *r)
{
    records_step *next = r->next;
    if (next != NULL) {
        r->next = NULL;
        next(r);
        return;
    }
    struct records_client *c = r->first;
    if (r->holder != NULL || c == NULL)
        return;
    r->first = c->next;
    r->holder = c;
    c->is_queued = false;
    if (r->is_mounted && !shares_are_stale(r))
        c->turn(c, OK);
    else
        mount(r);
}

/* ---- reading ------------------------------------------------------------ */

static uint32_t find(struct records *r, const struct records_key *key,
                     struct header *h)
{
    uint32_t free;
    uint32_t i = index_find(r, key, tag_of(r, key), h, &free);
    return i == NONE ? NONE : entry_at(r, r->config->index[i]);
}

bool records_has(struct records *r, const struct records_key *key)
{
    struct header h;
    return find(r, key, &h) != NONE;
}

err_t records_get(struct records *r, const struct records_key *key, void *to,
                  uint32_t cap, uint32_t *len)
{
    struct header h;
    uint32_t at = find(r, key, &h);
    uint8_t *out = to;
    *len = 0;
    if (at == NONE)
        return ERR_NODEVICE;
    uint32_t crc = crc_add(header_crc(&h), key->bytes, key->len);
    at += r->unit + key->len;
    for (uint32_t i = 0; i < h.len; i += PIECE) {
        uint8_t piece[PIECE];
        uint32_t n = smaller(PIECE, h.len - i);
        if (!flash_get(r, at + i, piece, n))
            return ERR_FAIL;
        crc = crc_add(crc, piece, n);
        if (i < cap)
            memcpy(out + i, piece, smaller(n, cap - i));
    }
    if (crc != h.crc)
        return ERR_FAIL;
    *len = h.len;
    return OK;
}

bool records_at(const struct records *r, uint32_t entry,
                struct records_key *key, uint8_t bytes[RECORDS_KEY_MAX],
                uint32_t *size)
{
    struct header h;
    if (r->config->index[entry] == EMPTY)
        return false;
    uint32_t at = entry_at(r, r->config->index[entry]);
    if (!record_read(r, at, &h) || !record_key(r, at, &h, key, bytes))
        return false;
    *size = header_size(r, &h);
    return true;
}

/* Is that its value, undamaged? */
static bool has_value(struct records *r, uint32_t at, const struct header *h)
{
    uint8_t piece[PIECE];
    if (h->len != r->len || h->crc != r->crc)
        return false;
    at += r->unit + h->key_len;
    for (uint32_t i = 0; i < h->len; i += PIECE) {
        uint32_t n = smaller(PIECE, h->len - i);
        if (!flash_get(r, at + i, piece, n) ||
            memcmp(piece, r->value + i, n) != 0)
            return false;
    }
    return true;
}

/* ---- writing ------------------------------------------------------------ */

static void header_make(const struct records *r, struct header *h)
{
    const struct records_key *key = &r->key;
    *h = (struct header){ .type = key->type,
                          .key_len = key->len,
                          .key_number = key->key_number,
                          .id = key->id,
                          .number = key->number,
                          .len = (uint16_t)r->len };
    if (r->is_removal)
        h->type |= REMOVED;
    h->crc = r->crc;
    h->zeros = zeros_count(h);
}

/* The record as a whole begins with its body, `from` counts that; what makes
 * it one, its header, is programmed last. */
static void append_body(struct records *r)
{
    uint32_t key_len = r->key.len;
    uint32_t start = sector_at(r, r->newest) + r->cursor + r->unit;
    uint32_t part = part_of(r, start + r->from, r->body - r->from);
    if (r->from != 0 && !programmed(r))
        return;
    if (part == 0) {
        append_header(r);
        return;
    }
    for (uint32_t i = 0; i < part; i++) {
        uint32_t n = r->from + i;
        uint8_t byte = 0xFF;
        if (n < key_len)
            byte = r->key.bytes[n];
        else if (n < key_len + r->len)
            byte = r->value[n - key_len];
        r->config->buffer[i] = byte;
    }
    r->from += part;
    program(r, start + r->from - part, part, append_body);
}

static void appended(struct records *r)
{
    struct header h;
    if (!programmed(r))
        return;
    header_make(r, &h);
    if (!record_counts(r, sector_at(r, r->newest) + r->cursor, &h, &r->key)) {
        end(r, ERR_FAIL);
        return;
    }
    r->cursor += r->unit + r->body;
    r->has_changed = true;
    end(r, OK);
}

static void append_header(struct records *r)
{
    struct header h;
    header_make(r, &h);
    memset(r->config->buffer, 0xFF, r->unit);
    memcpy(r->config->buffer, &h, HEADER);
    program(r, sector_at(r, r->newest) + r->cursor, r->unit, appended);
}

/* Make the free sector behind the newest blank, then go on with r->then. */
static void take(struct records *r, records_step *then)
{
    r->then = then;
    r->from = 0;
    later(r, take_blank);
}

static void take_blank(struct records *r)
{
    uint32_t at = sector_at(r, r->newest + 1);
    uint32_t n = smaller(BLANK_A_STEP, r->sector_size - r->from);
    if (!is_blank(r, at + r->from, n)) {
        erase(r, at, take_erased);
        return;
    }
    r->from += n;
    later(r, r->from == r->sector_size ? take_erased : take_blank);
}

static void take_erased(struct records *r)
{
    r->then(r);
}

static void opened(struct records *r)
{
    if (!programmed(r))
        return;
    r->newest++;
    r->cursor = r->unit;
    r->is_open = true;
    place(r);
}

static void open_sector(struct records *r)
{
    sector_header_make(r, r->newest + 1, r->oldest);
    program(r, sector_at(r, r->newest + 1), r->unit, opened);
}

/* ---- collecting: what counts of the oldest sector goes to a new one ----- */

/* The new sector has no header until all is there: cut before that, nothing
 * has happened. With the header the oldest one is out. */

static void collect_end(struct records *r)
{
    if (!programmed(r))
        return;
    r->newest++;
    r->oldest++;
    r->cursor = r->to;
    r->is_open = true;
    r->from = r->unit;
    collect_repoint(r);
}

static void collect_close(struct records *r)
{
    sector_header_make(r, r->newest + 1, r->oldest + 1);
    program(r, sector_at(r, r->newest + 1), r->unit, collect_end);
}

static void collect_copied(struct records *r)
{
    if (programmed(r))
        copy_step(r);
}

static void copy_step(struct records *r)
{
    uint32_t from = sector_at(r, r->oldest) + r->from;
    uint32_t to = sector_at(r, r->newest + 1) + r->to;
    uint32_t part = part_of(r, to, r->left);
    if (part == 0) {
        later(r, collect_step);
        return;
    }
    if (!flash_get(r, from, r->config->buffer, part)) {
        end(r, ERR_FAIL);
        return;
    }
    r->from += part;
    r->to += part;
    r->left -= part;
    program(r, to, part, collect_copied);
}

static void collect_step(struct records *r)
{
    struct header h;
    struct records_key key;
    uint8_t bytes[RECORDS_KEY_MAX];
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        uint32_t at = sector_at(r, r->oldest) + r->from;
        if (r->from >= r->sector_size || !record_read(r, at, &h)) {
            collect_close(r);
            return;
        }
        if ((h.type & REMOVED) == 0 && record_key(r, at, &h, &key, bytes) &&
            index_holds(r, entry_make(r, tag_of(r, &key), at))) {
            r->left = header_size(r, &h);
            copy_step(r);
            return;
        }
        r->from += header_size(r, &h);
    }
    later(r, collect_step);
}

static void collect_begin(struct records *r)
{
    r->from = r->to = r->unit;
    collect_step(r);
}

/* The index is told of the new places. */
static void collect_repoint(struct records *r)
{
    struct header h, found;
    struct records_key key;
    uint8_t bytes[RECORDS_KEY_MAX];
    for (uint32_t i = 0; i < SCANNED_A_STEP; i++) {
        uint32_t at = sector_at(r, r->newest) + r->from, free;
        if (r->from >= r->cursor) {
            place(r);
            return;
        }
        if (!record_read(r, at, &h) || !record_key(r, at, &h, &key, bytes)) {
            end(r, ERR_FAIL);
            return;
        }
        uint32_t tag = tag_of(r, &key);
        uint32_t entry = index_find(r, &key, tag, &found, &free);
        if (entry != NONE)
            r->config->index[entry] = entry_make(r, tag, at);
        r->from += header_size(r, &h);
    }
    later(r, collect_repoint);
}

/* ---- operations --------------------------------------------------------- */

/* Whoever asks for a collection time and again does not wear out the flash. */
static bool wants_room(const struct records *r)
{
    uint32_t room = r->is_open ? r->sector_size - r->cursor : 0;
    return used(r) == r->config->sectors - 1 && r->has_changed &&
           room < r->sector_size / 2;
}

/* Find room for the record, make some, or begin. */
static void place(struct records *r)
{
    uint32_t size = r->unit + r->body;
    bool is_collection = r->value == NULL && !r->is_removal;
    if (is_collection) {
        if (r->laps == 0 && wants_room(r)) {
            r->laps++;
            r->has_changed = false;
            take(r, collect_begin);
        } else {
            later(r, end_ok);
        }
    } else if (r->is_open && r->cursor + size <= r->sector_size) {
        r->from = 0;
        later(r, append_body);
    } else if (used(r) < r->config->sectors - 1) {
        take(r, open_sector);
    } else if (r->laps++ < r->config->sectors) {
        take(r, collect_begin);
    } else {
        end(r, ERR_NOMEM);
    }
}

static err_t begin(struct records *r, const struct records_key *key,
                   const void *value, uint32_t len, bool is_removal)
{
    struct header h;
    if (!r->is_mounted)
        return ERR_OFF;
    r->key = *key;
    r->value = value;
    r->len = len;
    r->is_removal = is_removal;
    r->body = round_up(key->len + len, r->unit);
    r->laps = 0;
    header_make(r, &h);
    r->crc = crc_add(crc_add(header_crc(&h), key->bytes, key->len), value, len);
    return OK;
}

err_t records_put(struct records *r, const struct records_key *key,
                  const void *value, uint32_t len)
{
    static const uint8_t nothing;
    struct header h = { 0 };
    if (key->len > r->config->key_max || len > r->config->value_max)
        return ERR_SIZE;
    err_t e = begin(r, key, value != NULL ? value : &nothing, len, false);
    if (e != OK)
        return e;
    uint32_t at = find(r, key, &h);
    uint32_t old = at == NONE ? 0 : header_size(r, &h);
    if (at != NONE && has_value(r, at, &h)) {
        later(r, end_ok);
        return OK;
    }
    if (r->live - old + r->unit + r->body > r->capacity ||
        (at == NONE && index_is_full(r)) ||
        (r->config->owners != NULL &&
         !owners_allow(r->config->owners, key->id, key->key_number, old,
                       r->unit + r->body)))
        return ERR_NOMEM;
    later(r, place);
    return OK;
}

err_t records_remove(struct records *r, const struct records_key *key)
{
    err_t e = begin(r, key, NULL, 0, true);
    if (e != OK)
        return e;
    if (!records_has(r, key))
        return ERR_NODEVICE;
    later(r, place);
    return OK;
}

err_t records_collect(struct records *r)
{
    static const struct records_key no_key;
    err_t e = begin(r, &no_key, NULL, 0, false);
    if (e == OK)
        later(r, place);
    return e;
}
