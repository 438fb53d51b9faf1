/* SPDX-License-Identifier: Apache-2.0 */
/* See credential.h. */
#include <loader/credential.h>

#include <kernel/string.h>

const char *check_text(enum check_verdict verdict)
{
    return text_pick("nothing was checked\0"
                     "accepted\0"
                     "it carries no credential that this board checks\0"
                     "its credential is malformed\0"
                     "its hash is wrong: it was changed\0"
                     "its key is not one of this board's\0"
                     "no key of this board signed these bytes\0"
                     "the verifier failed\0"
                     "there was no RAM for the verifier\0"
                     "the board remembers no more accepted apps\0"
                     "it may write to what its credential covers; let it use "
                     "isolated storage instead",
                     (uint32_t)verdict);
}

bool check_equal(const uint8_t *a, const uint8_t *b, uint32_t len)
{
    uint8_t difference = 0;
    for (uint32_t i = 0; i < len; i++)
        difference = (uint8_t)(difference | (a[i] ^ b[i]));
    return difference == 0;
}

void check_begin(struct check *c, const uint8_t *base, const struct tbf *tbf)
{
    c->base = base;
    c->tbf = *tbf;
    c->at = tbf->binary_end;
    c->tries = CHECK_TRIES_MAX;
    c->checker = NULL;
    c->made = NULL;
    c->result.verdict = CHECK_NO_CREDENTIAL;
    c->result.key = 0;
    c->result.format = 0;
    c->result.detail = 0;
}

enum check_progress check_accept(struct check *c, uint32_t key)
{
    c->result.verdict = CHECK_ACCEPTED;
    c->result.key = key;
    c->result.format = c->footer.format;
    return CHECK_DONE;
}

/* The first thing that is wrong is told, but a failure before all. */
enum check_progress check_refuse(struct check *c, enum check_verdict verdict)
{
    bool is_end =
        verdict == CHECK_VERIFIER_FAILED || verdict == CHECK_NO_VERIFIER;
    if (c->result.verdict == CHECK_NO_CREDENTIAL || is_end) {
        c->result.verdict = verdict;
        c->result.format = c->footer.format;
    }
    c->checker = NULL;
    return is_end ? CHECK_DONE : CHECK_MORE;
}

/* ---- which is next -------------------------------------------------------------- */

static const struct checker *checker_of(const struct check *c, uint32_t format)
{
    for (uint32_t i = 0; i < c->checker_count; i++)
        if (c->checkers[i].format == format)
            return &c->checkers[i];
    return NULL;
}

/* The word at any address. */
static uint32_t word_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* Of a footer that is no credential by its type, format or length: only the
 * length may be wrong then. */
static bool is_misshapen(const struct check *c)
{
    const struct tbf_span *whole = &c->footer.whole;
    const uint8_t *tlv = c->base + whole->offset;
    return !c->footer.is_credential && whole->len >= FOOTER_DATA &&
           (word_at(tlv) & 0xFFFFu) == TBF_TLV_CREDENTIALS &&
           checker_of(c, word_at(tlv + FOOTER_TLV_SIZE)) != NULL;
}

/* Behind the last footer: nothing, or zeros and ones that nobody wrote. */
static bool is_unused(const struct check *c)
{
    uint32_t left = c->tbf.total_size - c->at;
    if (left < FOOTER_TLV_SIZE)
        return true;
    uint32_t word = word_at(c->base + c->at);
    return word == 0 || word == UINT32_MAX;
}

static enum check_progress find(struct check *c)
{
    if (!footer_next(c->base, &c->tbf, &c->at, &c->footer)) {
        if (!is_unused(c))
            (void)check_refuse(c, CHECK_MALFORMED);
        return CHECK_DONE;
    }
    if (is_misshapen(c))
        return check_refuse(c, CHECK_MALFORMED);
    if (c->footer.is_credential)
        c->checker = checker_of(c, c->footer.format);
    if (c->checker != NULL && c->tries-- == 0) {
        c->checker = NULL;
        return CHECK_DONE;
    }
    c->is_begun = false;
    c->hmac_key = 0;
    return CHECK_MORE;
}

/* ---- the digest of what it covers ---------------------------------------------------- */

/* The next HMAC key from c->hmac_key on; NULL: there is none. */
static const struct board_key *hmac_key_next(struct check *c)
{
    for (; c->hmac_key < c->key_count; c->hmac_key++)
        if (c->keys[c->hmac_key].format == CREDENTIAL_HMAC)
            return &c->keys[c->hmac_key];
    return NULL;
}

static enum check_progress begin(struct check *c)
{
    const struct board_key *key = NULL;
    if (c->checker->is_keyed) {
        key = hmac_key_next(c);
        if (key == NULL)
            return check_refuse(c, CHECK_UNKNOWN_KEY);
    }
    c->checker->digest->begin(c->state, key == NULL ? NULL : key->bytes,
                              key == NULL ? 0 : key->len);
    c->is_begun = true;
    c->is_prepared = c->checker->digest->prepare == NULL;
    c->is_closed = c->checker->digest->close == NULL;
    c->done = 0;
    c->made = NULL;
    return CHECK_MORE;
}

static enum check_progress digest(struct check *c)
{
    const struct digest_class *class = c->checker->digest;
    uint32_t left = c->tbf.binary_end - c->done;
    if (!c->is_begun)
        return begin(c);
    if (!c->is_prepared) {
        c->is_prepared = !class->prepare(c->state);
        return CHECK_MORE;
    }
    if (left != 0) {
        uint32_t len = left < DIGEST_PIECE ? left : DIGEST_PIECE;
        class->add(c->state, c->base + c->done, len);
        c->done += len;
        return CHECK_MORE;
    }
    if (!c->is_closed) {
        c->is_closed = !class->close(c->state);
        return CHECK_MORE;
    }
    class->end(c->state, c->digest);
    c->made = class;
    c->is_begun = false;
    return CHECK_MORE;
}

enum check_progress check_step(struct check *c)
{
    if (c->checker == NULL)
        return find(c);
    if (c->made != c->checker->digest || c->is_begun)
        return digest(c);
    return c->checker->judge(c);
}
