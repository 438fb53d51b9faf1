/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs on sectors: rewrite one through the spare, fill a range, zero a range,
 * digest a range. Each takes one piece of at most the buffer's size a step.
 *
 * All programming but that of records and of a transfer's own bytes is painting:
 * it goes over a range and makes it, or another of that length, read as wanted. */
#include <kernel/string.h>
#include <loader/store_priv.h>

/* ---- what is to be --------------------------------------------------------- */

uint32_t pad_word(uint32_t size, uint32_t offset)
{
    const uint32_t first = TBF_VERSION | TBF_BASE_SIZE << 16;
    if (offset == 0)
        return first;
    if (offset == TBF_AT_TOTAL_SIZE)
        return size;
    return offset == TBF_AT_CHECKSUM ? first ^ size : 0;
}

/* The word that s->content wants at `at`. Outside [from, to): what is there. In
 * it: as far as moved_to what lies `shift` bytes further on, in front of which
 * an object may need padding; behind it the header of padding, and `rest`. */
static uint32_t content_word(const struct store *s, uint32_t at)
{
    uint32_t from = s->content.from, pad = s->content.pad;
    uint32_t moved_to = s->content.moved_to;
    if (at < from || at >= s->content.to)
        return store_word(s, at);
    if (at < moved_to) {
        uint32_t lead = chain_lead(s, from);
        return at - from < lead ? pad_word(lead, at - from)
                                : store_word(s, at + s->content.shift);
    }
    return pad != 0 && at - moved_to < TBF_BASE_SIZE
               ? pad_word(pad, at - moved_to)
               : s->content.rest;
}

void sector_content(struct store *s, uint32_t from, uint32_t to, uint32_t pad)
{
    s->content.from = s->content.moved_to = from;
    s->content.to = to;
    s->content.pad = pad;
    s->content.rest = ~0u;
}

/* ---- paint ------------------------------------------------------------------ */

void sector_painting(struct store *s, uint32_t from, uint32_t to, uint32_t by)
{
    s->cursor = from;
    s->cursor_end = to;
    s->paint_by = by;
}

void sector_zeros(struct store *s, uint32_t from, uint32_t to)
{
    sector_content(s, from, to, 0);
    s->content.rest = 0;
    sector_painting(s, whole_down(s, from), whole_up(s, to), 0);
}

/* The next piece, if it does not read so already. */
void sector_paint(struct store *s)
{
    store_word_t *to = (void *)store_buffer(s);
    uint32_t at = s->cursor, end = s->cursor_end;
    if (at >= end)
        return;
    uint32_t len = least(store_place(s)->buffer_size, end - at);
    /* Most of a sector stays, and no app runs while it is put back. */
    bool stays = at >= s->content.to || at + len <= s->content.from;
    const store_word_t *is = (const void *)store_bytes(s, at);
    store_again(s);
    s->cursor = at + len;
    for (uint32_t i = 0; i < len; i += 4)
        to[i / 4] = stays ? is[i / 4] : content_word(s, at + i);
    if (s->guest != NULL)
        s->guest->overlay(s, at, len);
    if (store_unit(s) > 4 && s->op == STORE_SEAL)
        transfer_overlay(s, at, len);
    at += s->paint_by;
    if (!store_reads(s, at, store_buffer(s), len))
        store_program(s, at, store_buffer(s), len);
}

void sector_overlay(struct store *s, uint32_t at, uint32_t len,
                    const struct rewrite *r)
{
    uint32_t from = at > r->at ? at : r->at;
    uint32_t to = least(at + len, r->at + r->len);
    for (; from < to; from++)
        store_buffer(s)[from - at] = r->bytes[from - r->at];
}

/* ---- rewrite: spare <- new content; COPY; sector <- spare; DONE ------------ */

void sector_spare(struct store *s)
{
    uint32_t sector = s->copy_sector;
    s->copy_spare =
        store_layout(s)->spare +
        s->spare_next++ % store_layout(s)->spare_sectors * sector_size(s);
    sector_painting(s, sector, sector + sector_size(s), s->copy_spare - sector);
    store_erase(s, s->copy_spare);
}

/* A new page may be needed for the record that ends it, and that page has to say
 * that this sector has been moved. */
void sector_restore(struct store *s)
{
    uint32_t sector = s->copy_sector, spare = s->copy_spare;
    s->hole.progress = sector + sector_size(s);
    sector_painting(s, spare, spare + sector_size(s), sector - spare);
    store_erase(s, sector);
}

/* ---- fill ----------------------------------------------------------------- */

void sector_fill(struct store *s, uint32_t from, uint32_t to, uint32_t pad)
{
    sector_content(s, from, to, pad);
    s->fill_at = from;
    s->fill_lacks = 0;
    store_call(s, SCRIPT(fill));
}

/* Does the word at `at` lack bits that only an erase can give it? Where words
 * may be programmed once, all of a word has to be blank, or right. */
static uint32_t word_lacks(const struct store *s, uint32_t at)
{
    uint32_t is = store_word(s, at), wanted = content_word(s, at);
    if (store_geometry(s)->reprogram)
        return wanted & ~is;
    return is != wanted && !store_is_blank(s, whole_down(s, at), store_unit(s));
}

/* Of each sector as far as the range lies in it: can it be programmed so? If not
 * it is erased, or rewritten where it holds something else. */
void sector_fill_look(struct store *s)
{
    uint32_t at = s->fill_at, to = s->content.to, size = sector_size(s);
    uint32_t sector = at - at % size, end = least(to, sector + size);
    uint32_t stop = least(end, at + STORE_BUFFER_MAX);
    if (at >= to)
        return;
    store_again(s);
    for (; at < stop; at += 4)
        s->fill_lacks |= word_lacks(s, at);
    s->fill_at = at;
    if (at != end || s->fill_lacks == 0)
        return;
    s->fill_lacks = 0;
    if (s->content.from <= sector && end == sector + size) {
        store_erase(s, sector);
    } else {
        s->copy_sector = sector;
        store_call(s, SCRIPT(rewrite));
    }
}

/* What is left to do is a padding header. */
void sector_fill_pad(struct store *s)
{
    uint32_t from = s->content.from;
    uint32_t to = s->content.pad != 0 ? from + TBF_BASE_SIZE : from;
    sector_painting(s, whole_down(s, from), whole_up(s, to), 0);
}

/* ---- digest --------------------------------------------------------------- */

void sector_digest(struct store *s)
{
    uint32_t at = s->cursor, len = least(STORE_BUFFER_MAX, s->cursor_end - at);
    if (len == 0)
        return;
    s->transfer.crc = crc32_add(s->transfer.crc, store_bytes(s, at), len);
    s->cursor = at + len;
    store_again(s);
}
