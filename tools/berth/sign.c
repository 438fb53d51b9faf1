/* SPDX-License-Identifier: Apache-2.0 */
/* Lays footers out anew: what stays, what is new, and room. The object's size
 * is in its header, which every credential covers. So it changes only if it
 * has to, and then no credential can stay that cannot be made again. */
#include "sign.h"

#include <stdlib.h>
#include <string.h>

#include "berth.h"

#define FOOTERS_MAX (OBJECT_CREDENTIALS_MAX + SIGN_MAX)
#define RESERVED_MAX 0x8000u

/* A footer of the new object. */
struct place {
    uint32_t format;       /* of one to make */
    const struct key *key; /* likewise */
    struct tbf_span kept;  /* the whole TLV of one that stays; len 0: none */
    uint32_t rank;         /* in their order */
};

struct job {
    const struct signing *signing;
    const char *what;
    const uint8_t *base;
    struct object_verdict old;
    struct place places[FOOTERS_MAX];
    uint32_t count;
    const char *fragile; /* what breaks if the size changes; NULL: nothing */
};

void signing_add(struct signing *s, uint32_t format, const struct key *key)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->wanted[i].format == format &&
            (!key || memcmp(s->wanted[i].key->id, key->id, KEY_ID_SIZE) == 0))
            return;
    }
    if (s->count == SIGN_MAX)
        fail(EXIT_USAGE, "more than %u credentials", SIGN_MAX);
    s->wanted[s->count].format = format;
    s->wanted[s->count++].key = key;
}

/* Stock kernels stop at a format that they do not know: those come last. */
static uint32_t rank_of(uint32_t format)
{
    static const uint32_t order[] = {
        CREDENTIAL_SHA256,  CREDENTIAL_SHA384,  CREDENTIAL_SHA512,
        CREDENTIAL_RSA3072, CREDENTIAL_RSA4096, CREDENTIAL_ECDSA,
        CREDENTIAL_HMAC,    CREDENTIAL_RSA2048, CREDENTIAL_CLEARTEXT,
    };
    uint32_t rank = 0;
    while (rank < ARRAY_COUNT(order) && order[rank] != format)
        rank++;
    return rank;
}

/* Behind those of the same rank. */
static void place_add(struct job *job, struct place place)
{
    uint32_t at = job->count++;
    for (; at > 0 && job->places[at - 1].rank > place.rank; at--)
        job->places[at] = job->places[at - 1];
    job->places[at] = place;
}

static bool is_wanted(const struct signing *s, uint32_t format,
                      const struct key *key)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->wanted[i].format == format && s->wanted[i].key == key)
            return true;
    }
    return false;
}

static void fragile_note(struct job *job, const char *name)
{
    job->fragile = job->fragile ? job->fragile : name;
}

static void footer_keep(struct job *job, const struct footer *f,
                        const struct judgement *j)
{
    const struct signing *s = job->signing;
    if (f->is_credential && is_wanted(s, f->format, j->key))
        return;
    struct place place = { .rank = rank_of(f->format) };
    if (!f->is_credential) {
        place.rank = UINT32_MAX;
        fragile_note(job, "a footer of a kind not known here");
    } else if (credential_is_hash(f->format)) {
        if (j->verdict == CREDENTIAL_WRONG)
            fail(EXIT_REFUSED,
                 "%s: its %s is not that of its content: it was changed or "
                 "damaged; if that is meant, --strip removes the credentials "
                 "it has",
                 job->what, credential_name(f->format));
        place.format = f->format;
        place_add(job, place);
        return;
    } else if (f->format != CREDENTIAL_CLEARTEXT) {
        fragile_note(job, credential_name(f->format));
    }
    place.kept = f->whole;
    place_add(job, place);
}

static bool is_blank(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (bytes[i] != bytes[0] || (bytes[0] != 0 && bytes[0] != 0xFF))
            return false;
    }
    return true;
}

static void footers_keep(struct job *job)
{
    const struct object_verdict *old = &job->old;
    if (job->signing->is_stripped)
        return;
    if (old->count > OBJECT_CREDENTIALS_MAX)
        fail(EXIT_REFUSED, "%s: %u footers are too many; --strip removes them",
             job->what, old->count);
    const uint8_t *end = job->base + old->tbf.total_size;
    if (!is_blank(end - old->rest, old->rest))
        fail(EXIT_REFUSED,
             "%s: its last %u bytes are no footer; --strip removes them and "
             "all credentials",
             job->what, old->rest);
    for (uint32_t i = 0; i < old->count; i++)
        footer_keep(job, &old->footers[i], &old->judgements[i]);
}

static uint32_t place_size(const struct place *place)
{
    return place->kept.len ? place->kept.len
                           : FOOTER_DATA + credential_size(place->format);
}

static uint64_t round_to(uint64_t n, uint64_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

static uint32_t total_choose(const struct job *job)
{
    const struct signing *s = job->signing;
    const struct tbf *tbf = &job->old.tbf;
    uint64_t used = tbf->binary_end;
    for (uint32_t i = 0; i < job->count; i++)
        used += place_size(&job->places[i]);
    if (s->reserve)
        used += s->reserve < FOOTER_DATA ? FOOTER_DATA : s->reserve;
    uint32_t multiple = s->multiple ? s->multiple : 4;
    uint64_t need = round_to(used, multiple);
    uint64_t total = round_to(tbf->total_size, multiple);
    if (need > total || s->is_fitted)
        total = need;
    if (total > INT32_MAX)
        fail(EXIT_REFUSED, "%s: would take %llu bytes", job->what,
             (unsigned long long)total);
    if (total != tbf->total_size && job->fragile)
        fail(EXIT_REFUSED,
             "%s: %llu bytes instead of %u, which breaks %s, and that cannot "
             "be made again here; leave room with --reserve when the first "
             "credential is made, or start anew with --strip",
             job->what, (unsigned long long)total, tbf->total_size,
             job->fragile);
    return (uint32_t)total;
}

/* Room up to `size`: what says that it is, as far as that fits. */
static void room_fill(struct bytes *b, uint32_t size)
{
    while (size - b->len >= FOOTER_TLV_SIZE) {
        uint32_t left = size - (uint32_t)b->len;
        uint32_t len = left > RESERVED_MAX ? RESERVED_MAX : left;
        bytes_put16(b, TBF_TLV_CREDENTIALS);
        bytes_put16(b, len - FOOTER_TLV_SIZE);
        bytes_fill(b, 0, len - FOOTER_TLV_SIZE); /* format 0 and so on */
    }
    bytes_fill(b, 0, size - b->len);
}

static void total_set(struct bytes *b, uint32_t total)
{
    uint32_t difference = get32(b->data + TBF_AT_TOTAL_SIZE) ^ total;
    set32(b->data + TBF_AT_TOTAL_SIZE, total);
    set32(b->data + TBF_AT_CHECKSUM,
          get32(b->data + TBF_AT_CHECKSUM) ^ difference);
}

static struct bytes object_make(const struct job *job, uint32_t total)
{
    struct bytes b = { 0 };
    struct covered covered;
    bytes_append(&b, job->base, job->old.tbf.binary_end);
    total_set(&b, total);
    /* The covered bytes move when the string grows. */
    struct bytes front = { 0 };
    bytes_append(&front, b.data, b.len);
    covered_take(&covered, front.data, front.len);
    for (uint32_t i = 0; i < job->count; i++) {
        const struct place *place = &job->places[i];
        bytes_append(&b, job->base + place->kept.offset, place->kept.len);
        if (place->kept.len)
            continue;
        struct bytes data =
            credential_make(&covered, place->format, place->key);
        bytes_put16(&b, TBF_TLV_CREDENTIALS);
        bytes_put16(&b, (uint32_t)data.len + 4);
        bytes_put32(&b, place->format);
        bytes_append(&b, data.data, data.len);
        free(data.data);
    }
    free(front.data);
    room_fill(&b, total);
    return b;
}

/* What verifies them has the last word on what was made. */
static void object_check(const struct job *job, const struct bytes *b,
                         const struct keys *keys)
{
    struct object_verdict v;
    object_judge(&v, b->data, (uint32_t)b->len, keys);
    uint32_t right = 0, made = 0;
    for (uint32_t i = 0; i < job->count; i++)
        made += job->places[i].kept.len == 0;
    for (uint32_t i = 0; i < v.count && i < OBJECT_CREDENTIALS_MAX; i++)
        right += v.judgements[i].verdict == CREDENTIAL_RIGHT;
    if (v.error != TBF_OK || v.tbf.total_size != b->len ||
        v.tbf.binary_end != job->old.tbf.binary_end || right != made)
        fail(EXIT_INTERNAL, "%s: what was made is not right", job->what);
}

/* Without this entry there is no telling where footers begin. */
static bool has_program(const uint8_t *base, const struct tbf *tbf)
{
    for (uint32_t at = TBF_BASE_SIZE; at < tbf->header_size;) {
        if (get16(base + at) == TBF_TLV_PROGRAM)
            return true;
        at += 4 + ((get16(base + at + 2) + 3) & ~3u);
    }
    return false;
}

static void object_may_carry(const struct job *job, size_t len)
{
    const struct object_verdict *old = &job->old;
    struct tbf_span region;
    if (old->error != TBF_OK)
        fail(EXIT_REFUSED, "%s: not a sound TBF object: %s", job->what,
             tbf_error_text(old->error));
    if (old->tbf.is_padding)
        fail(EXIT_REFUSED, "%s: padding, not an app", job->what);
    if (old->tbf.total_size != len)
        fail(EXIT_REFUSED,
             "%s: %zu bytes behind the object's end; sign apps one by one, "
             "before `berth image`",
             job->what, len - old->tbf.total_size);
    if (!has_program(job->base, &old->tbf))
        fail(EXIT_REFUSED,
             "%s: its header has no Program entry, so it cannot carry "
             "credentials; make it anew with `berth tab`",
             job->what);
    for (uint32_t i = 0; tbf_writeable(job->base, &old->tbf, i, &region); i++) {
        if (region.len)
            fail(EXIT_REFUSED,
                 "%s: its writeable flash (%u bytes at %u) lies in what a "
                 "credential covers, so it would break with the first write; "
                 "have the app keep its data in isolated storage instead",
                 job->what, region.len, region.offset);
    }
}

struct bytes sign_object(const struct signing *s, const char *what,
                         const struct bytes *object)
{
    static struct job job;
    const struct key *list[SIGN_MAX];
    struct keys keys = { .list = list };
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->wanted[i].key)
            keys.list[keys.count++] = s->wanted[i].key;
    }
    if (object->len > INT32_MAX)
        fail(EXIT_REFUSED, "%s: too large", what);
    job = (struct job){ .signing = s, .what = what, .base = object->data };
    object_judge(&job.old, object->data, (uint32_t)object->len, &keys);
    object_may_carry(&job, object->len);
    footers_keep(&job);
    for (uint32_t i = 0; i < s->count; i++)
        place_add(&job, (struct place){ .format = s->wanted[i].format,
                                        .key = s->wanted[i].key,
                                        .rank = rank_of(s->wanted[i].format) });
    if (job.count > OBJECT_CREDENTIALS_MAX)
        fail(EXIT_REFUSED,
             "%s: %u footers and these are too many; --strip removes them",
             what, job.old.count);
    struct bytes out = object_make(&job, total_choose(&job));
    object_check(&job, &out, &keys);
    return out;
}
