/* SPDX-License-Identifier: Apache-2.0 */
/* Writing records, see records_priv.h: a new one, and a new sector, to which what
 * counts of the oldest one is copied if that one has to make room. */
#include <drivers/records_priv.h>
#include <kernel/string.h>

#define BLANK_A_STEP 256u
#define ENTRIES_A_STEP 32u

/* Find room for the record, make some, or begin. Whoever asks for a collection
 * time and again does not wear out the flash. */
step_t records_place(struct records *r)
{
    uint32_t room = r->is_open ? sector_size(r) - r->cursor : 0;
    uint32_t sectors = r->config->sectors;
    r->drops = sectors_used(r) == sectors - 1;
    r->from = 0;
    if (r->collects) {
        if (r->laps != 0 || !r->drops || !r->has_changed ||
            room >= sector_size(r) / 2)
            return ENDS(OK);
        r->has_changed = false;
    } else if (r->size <= room) {
        r->to = records_sector_at(r, r->newest) + r->cursor + unit_of(r);
        r->left = r->size - unit_of(r);
        r->copies = false;
        r->then = WRITTEN;
        return WRITE;
    } else if (r->laps == sectors) {
        return ENDS(ERR_NOMEM);
    }
    r->laps += r->drops;
    return TAKE;
}

/* ---- a record --------------------------------------------------------------- */

/* Of the body, behind r->from. */
static void fill(const struct records *r, uint32_t len)
{
    uint32_t n = r->from, key_len = r->header.key_len;
    for (uint32_t i = 0; i < len; i++, n++)
        r->config->buffer[i] = n < key_len ? r->key[n]
                               : n - key_len < r->header.len
                                   ? r->value[n - key_len]
                                   : 0xFF;
}

/* A part of the new record's body, or of one that is copied. */
step_t records_write(struct records *r)
{
    const struct records_config *c = r->config;
    uint32_t burst = records_geometry(r)->burst;
    uint32_t to = r->to;
    uint32_t part =
        smaller(smaller(r->left, burst - to % burst), c->buffer_size);
    if (part == 0)
        return r->then;
    if (r->copies)
        memcpy(c->buffer, flash_at(r, r->from), part);
    else
        fill(r, part);
    r->from += part;
    r->to += part;
    r->left -= part;
    return records_flash_program(r, to, part, WRITE);
}

/* What makes it a record, its header, comes last. */
step_t records_written(struct records *r)
{
    return records_flash_header(r, records_sector_at(r, r->newest) + r->cursor,
                                &r->header, APPENDED);
}

step_t records_appended(struct records *r)
{
    uint32_t at = records_sector_at(r, r->newest) + r->cursor;
    r->cursor += r->size;
    r->has_changed = true;
    return records_holds(r, at, &r->header, r->key) ? ENDS(OK) : FAILS;
}

/* ---- a sector --------------------------------------------------------------- */

/* Make the free sector behind the newest blank. */
step_t records_take(struct records *r)
{
    uint32_t at = records_sector_at(r, r->newest + 1);
    uint32_t n = smaller(BLANK_A_STEP, sector_size(r) - r->from);
    if (n == 0) {
        r->to = at + unit_of(r);
        r->entry = r->drops ? 0 : r->config->index_size;
        return COLLECT;
    }
    if (records_is_blank(r, at + r->from, n)) {
        r->from += n;
        return TAKE;
    }
    r->from = sector_size(r);
    return records_flash_erase(r, at, TAKE);
}

/* The new sector has no header until all is there: cut before that, nothing
 * has happened. With the header the oldest one is out. */
static step_t close(struct records *r)
{
    struct sector_header h;
    records_sector_make(r, r->newest + 1, r->oldest + r->drops, &h);
    return records_flash_header(r, records_sector_at(r, r->newest + 1), &h,
                                CLOSED);
}

/* The next record that counts and lies in the oldest sector is copied. The index
 * is told at once: if anything fails it is made anew. */
step_t records_gather(struct records *r)
{
    const struct records_config *c = r->config;
    for (uint32_t i = 0; i < ENTRIES_A_STEP; i++) {
        if (r->entry == c->index_size)
            return close(r);
        uint32_t *entry = &c->index[r->entry++];
        uint32_t at = entry_at(r, *entry); /* of EMPTY: in no sector */
        if (at - records_sector_at(r, r->oldest) >= sector_size(r))
            continue;
        const header_t *h = records_read(r, at);
        if (h == NULL)
            return FAILS;
        *entry = entry_moved(r, *entry, r->to);
        r->from = at;
        r->left = records_size(r, h);
        r->copies = true;
        r->then = COLLECT;
        return records_write(r);
    }
    return COLLECT;
}

step_t records_closed(struct records *r)
{
    r->newest++;
    r->oldest += r->drops;
    r->cursor = r->to - records_sector_at(r, r->newest);
    r->is_open = true;
    return PLACE;
}
