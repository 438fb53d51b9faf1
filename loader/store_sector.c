/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs on sectors: rewrite one through the spare, fill a range, zero a range,
 * digest a range. Each takes one piece of at most the buffer's size a step. */
#include <kernel/string.h>
#include <loader/store_priv.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- rewrite: spare <- new content; COPY; sector <- spare; DONE ------------ */

static store_step rewrite_build, rewrite_built, rewrite_erase, rewrite_copy,
    rewrite_copied;

/* Byte `offset` of padding of `size` bytes: its header, then ones. */
static uint8_t pad_byte(uint32_t size, uint32_t offset)
{
    const uint32_t first = TBF_VERSION | TBF_BASE_SIZE << 16;
    const uint32_t words[] = { first, size, 0, first ^ size };
    if (size == 0 || offset >= TBF_BASE_SIZE)
        return 0xFF;
    return (uint8_t)(words[offset / 4] >> 8 * (offset % 4));
}

void pad_make(uint8_t *header, uint32_t size)
{
    for (uint32_t i = 0; i < TBF_BASE_SIZE; i++)
        header[i] = pad_byte(size, i);
}

/* The byte that s->content wants at `at`. Outside [from, to): what is there.
 * Without a shift the given bytes, or padding that ends where it likes. With
 * one: padding for `lead` bytes, what lies `shift` bytes further on as far as
 * `to`, and padding. */
static uint8_t content_byte(const struct store *s, uint32_t at)
{
    uint32_t from = s->content.from, to = s->content.to;
    uint32_t shift = s->content.shift, lead = s->content.lead;
    if (at < from || at >= to)
        return *store_bytes(s, at);
    if (shift == 0 && s->content.bytes != NULL)
        return s->content.bytes[at - from];
    if (shift == 0)
        return pad_byte(s->content.pad, at - from);
    if (at - from < lead)
        return pad_byte(lead, at - from);
    if (shift < to - at)
        return *store_bytes(s, at + shift);
    return pad_byte(s->content.pad, at + shift - to);
}

void sector_content(struct store *s, uint32_t from, uint32_t to,
                    const uint8_t *bytes, uint32_t pad)
{
    s->content.from = from;
    s->content.to = to;
    s->content.bytes = bytes;
    s->content.pad = pad;
    s->content.shift = s->content.lead = 0;
}

/* The same, four bytes at once. Most lie outside, or are moved. */
static uint32_t content_word(const struct store *s, uint32_t at)
{
    uint32_t from = s->content.from, to = s->content.to;
    uint32_t shift = s->content.shift;
    if (at + 4 <= from || at >= to)
        return store_word(s, at);
    if (shift != 0 && at >= from + s->content.lead && shift % 4 == 0 &&
        at + shift + 4 <= to)
        return store_word(s, at + shift);
    if (shift == 0 && s->content.bytes == NULL && at + 4 <= to &&
        at >= from + (s->content.pad != 0 ? TBF_BASE_SIZE : 0))
        return ~0u;
    return content_byte(s, at) | (uint32_t)content_byte(s, at + 1) << 8 |
           (uint32_t)content_byte(s, at + 2) << 16 |
           (uint32_t)content_byte(s, at + 3) << 24;
}

typedef uint32_t MAY_ALIAS buffer_word;

/* Puts the buffer to `at` unless it says nothing: `all` is what its words have
 * in common. */
static void piece_program(struct store *s, uint32_t at, uint32_t len,
                          uint32_t all, store_step *then)
{
    if (all == ~0u)
        store_later(s, then);
    else
        store_program(s, at, store_buffer(s), len, then);
}

static uint32_t piece_of_sector(const struct store *s)
{
    return least(store_place(s)->buffer_size,
                 sector_size(s) - s->rewrite_cursor);
}

void sector_rewrite(struct store *s, uint32_t sector, store_step *then)
{
    s->rewrite_then = then;
    s->rewrite_sector = sector;
    s->rewrite_spare =
        store_layout(s)->spare +
        s->spare_next++ % store_layout(s)->spare_sectors * sector_size(s);
    s->rewrite_cursor = 0;
    store_erase(s, s->rewrite_spare, rewrite_build);
}

static void rewrite_build(struct store *s)
{
    uint32_t at = s->rewrite_sector + s->rewrite_cursor;
    uint32_t len = piece_of_sector(s);
    if (len == 0) {
        journal_append(s, RECORD_COPY, s->rewrite_sector, s->rewrite_spare, 0,
                       rewrite_erase);
        return;
    }
    buffer_word *to = (void *)store_buffer(s);
    uint32_t all = ~0u;
    for (uint32_t i = 0; i < len; i += 4)
        all &= *to++ = content_word(s, at + i);
    piece_program(s, s->rewrite_spare + s->rewrite_cursor, len, all,
                  rewrite_built);
}

static void rewrite_built(struct store *s)
{
    s->rewrite_cursor += piece_of_sector(s);
    rewrite_build(s);
}

void sector_restore(struct store *s, store_step *then)
{
    s->rewrite_then = then;
    s->rewrite_sector = s->copy_sector;
    s->rewrite_spare = s->copy_spare;
    rewrite_erase(s);
}

static void rewrite_erase(struct store *s)
{
    s->rewrite_cursor = 0;
    store_erase(s, s->rewrite_sector, rewrite_copy);
}

static void rewrite_copy(struct store *s)
{
    uint32_t at = s->rewrite_cursor, len = piece_of_sector(s);
    if (len == 0) {
        /* Before the record: a new page may be needed for it, and that page
         * has to say that this sector has been moved. */
        s->hole.progress = s->rewrite_sector + sector_size(s);
        journal_append(s, RECORD_DONE, s->rewrite_sector, 0, 0,
                       s->rewrite_then);
        return;
    }
    const buffer_word *from =
        (const void *)store_bytes(s, s->rewrite_spare + at);
    buffer_word *to = (void *)store_buffer(s);
    uint32_t all = ~0u;
    for (uint32_t i = 0; i < len; i += 4)
        all &= *to++ = *from++;
    piece_program(s, s->rewrite_sector + at, len, all, rewrite_copied);
}

static void rewrite_copied(struct store *s)
{
    s->rewrite_cursor += piece_of_sector(s);
    rewrite_copy(s);
}

/* ---- fill ----------------------------------------------------------------- */

static store_step fill_sector, fill_look, fill_next, fill_pad;

void sector_fill(struct store *s, uint32_t from, uint32_t to, uint32_t pad,
                 store_step *then)
{
    s->job_then = then;
    sector_content(s, from, to, NULL, pad);
    s->fill_sector = from - from % sector_size(s);
    fill_sector(s);
}

static void fill_sector(struct store *s)
{
    s->fill_is_blank = s->fill_is_right = true;
    s->fill_cursor =
        s->content.from < s->fill_sector ? s->fill_sector : s->content.from;
    if (s->fill_sector >= s->content.to)
        fill_pad(s);
    else
        fill_look(s);
}

/* The words that hold the padding header. */
static uint32_t pad_start(const struct store *s)
{
    return s->content.from - s->content.from % store_geometry(s)->word_size;
}

static uint32_t pad_end(const struct store *s)
{
    return round_up(s->content.from + TBF_BASE_SIZE,
                    store_geometry(s)->word_size);
}

/* Is this sector's part of the range blank, is it right already? */
static void fill_look(struct store *s)
{
    uint32_t end = least(s->content.to, s->fill_sector + sector_size(s));
    uint32_t stop = least(end, s->fill_cursor + STORE_BUFFER_MAX);
    uint32_t all = ~0u, wrong = 0;
    for (uint32_t at = s->fill_cursor; at < stop; at += 4) {
        uint32_t is = store_word(s, at);
        all &= is;
        wrong |= is ^ content_word(s, at);
    }
    s->fill_cursor = stop;
    s->fill_is_blank = s->fill_is_blank && all == ~0u;
    s->fill_is_right = s->fill_is_right && wrong == 0;
    if (s->fill_cursor == end)
        store_later(s, fill_next);
    else
        store_later(s, fill_look);
}

static void fill_next(struct store *s)
{
    uint32_t sector = s->fill_sector, size = sector_size(s);
    bool has_pad =
        s->content.pad != 0 && sector < s->content.from + TBF_BASE_SIZE;
    bool is_inside =
        sector >= s->content.from && size <= s->content.to - sector;
    /* The padding's words may hold a part of something else too. */
    bool is_stuck = has_pad && !store_geometry(s)->reprogram &&
                    !store_is_blank(s, pad_start(s), pad_end(s) - pad_start(s));
    s->fill_sector += size;
    if (s->fill_is_right || (s->fill_is_blank && !is_stuck))
        store_later(s, fill_sector);
    else if (is_inside && !has_pad)
        store_erase(s, sector, fill_sector);
    else
        sector_rewrite(s, sector, fill_sector);
}

/* Does the word at `at` read as it is to be? */
static bool word_is_right(const struct store *s, uint32_t at)
{
    for (uint32_t i = 0; i < store_geometry(s)->word_size; i++)
        if (*store_bytes(s, at + i) != content_byte(s, at + i))
            return false;
    return true;
}

/* What is left to do is a padding header in blank words. A part of it may have
 * been written when its sector was. */
static void fill_pad(struct store *s)
{
    uint32_t start = pad_start(s), end = pad_end(s);
    uint32_t word = store_geometry(s)->word_size;
    if (s->content.pad == 0)
        end = start;
    while (start < end && word_is_right(s, start))
        start += word;
    while (start < end && word_is_right(s, end - word))
        end -= word;
    if (start == end) {
        store_later(s, s->job_then);
        return;
    }
    for (uint32_t i = start; i < end; i++)
        store_buffer(s)[i - start] = content_byte(s, i);
    store_program(s, start, store_buffer(s), end - start, s->job_then);
}

/* ---- zero ----------------------------------------------------------------- */

static store_step zero_piece;

void sector_zero(struct store *s, uint32_t from, uint32_t to, store_step *then)
{
    s->job_then = then;
    s->content.from = from;
    s->content.to = to;
    s->cursor = from - from % store_unit(s);
    zero_piece(s);
}

static void zero_piece(struct store *s)
{
    uint32_t at = s->cursor, to = s->content.to;
    if (at >= to) {
        store_later(s, s->job_then);
        return;
    }
    uint32_t len =
        least(store_place(s)->buffer_size, round_up(to - at, store_unit(s)));
    memcpy(store_buffer(s), store_bytes(s, at), len);
    for (uint32_t i = 0; i < len; i++)
        if (at + i >= s->content.from && at + i < to)
            store_buffer(s)[i] = 0;
    s->cursor += len;
    if (memcmp(store_buffer(s), store_bytes(s, at), len) == 0)
        store_later(s, zero_piece);
    else
        store_program(s, at, store_buffer(s), len, zero_piece);
}

/* ---- digest --------------------------------------------------------------- */

static store_step digest_piece;

void sector_digest(struct store *s, uint32_t from, uint32_t to,
                   store_step *then)
{
    s->job_then = then;
    s->cursor = from;
    s->cursor_end = to;
    digest_piece(s);
}

static void digest_piece(struct store *s)
{
    uint32_t len = least(STORE_BUFFER_MAX, s->cursor_end - s->cursor);
    s->digest = crc32_add(s->digest, store_bytes(s, s->cursor), len);
    s->cursor += len;
    store_later(s, s->cursor == s->cursor_end ? s->job_then : digest_piece);
}
