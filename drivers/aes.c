/* SPDX-License-Identifier: Apache-2.0 */
/* See aes.h. Each app has its own state, in its grant, and no app waits for
 * another to finish. A job goes through the source from its first byte to the
 * end of the message, a piece in each deferred call; decrypting with a tag goes
 * through it twice, and the first time writes nothing. */
#include <drivers/aes.h>

#include <kernel/string.h>

enum {
    EXISTS,
    SET_MODE,
    SET_UP,
    CRYPT,
    FINISH,
    SET_AAD_AT,
    SET_TEXT_AT,
    SET_TAG_LEN,
    SET_CONFIDENTIAL,
};
enum { BUFFER_KEY = 0, BUFFER_IV = 1, BUFFER_SOURCE = 2, BUFFER_OUT = 0 };
enum { EVENT_DONE = 0, EVENT_COUNT };

enum {
    CCM_NONCE_MAX = 13,
    NONCE_MIN = 7, /* of CCM */
};

struct ALIGNED(8) app_aes {
    struct turn turn; /* first */
    uint32_t mode;
    flag_t has_mode, encrypts, confidential;
    flag_t set_up;
    uint32_t aad_at, text_at, tag_len; /* as the app has set them */
    /* The job. */
    flag_t needs_key, needs_message;
    flag_t writes; /* false: goes through it for the tag alone */
    uint32_t at, end;
    struct cipher_message message;
    ALIGNED(8) uint8_t state[];
};

static bool has_tag(const struct app_aes *a)
{
    return a->mode == CIPHER_CCM || a->mode == CIPHER_GCM;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- what a job may be ----------------------------------------------------- */

static bool is_key_len(uint32_t len)
{
    return len == 16 || len == 24 || len == 32;
}

/* CTR, CBC, ECB: the source and no more. */
static err_t plan_blocks(struct app_aes *a, uint32_t source, uint32_t out)
{
    a->end = source;
    if (a->mode != CIPHER_CTR && source % CIPHER_BLOCK != 0)
        return ERR_SIZE;
    return out < source ? ERR_SIZE : OK;
}

/* CCM, GCM: `end` is that of the message. */
static err_t plan_message(struct app_aes *a, uint32_t nonce, uint32_t source,
                          uint32_t out)
{
    struct cipher_message *m = &a->message;
    bool is_ccm = a->mode == CIPHER_CCM;
    m->tag_len = !is_ccm && a->tag_len == 0 ? CIPHER_TAG_MAX : a->tag_len;
    m->nonce_len = is_ccm ? least(nonce, CCM_NONCE_MAX) : nonce;
    if (m->tag_len < 4 || m->tag_len > CIPHER_TAG_MAX ||
        (is_ccm && m->tag_len % 2 != 0))
        return ERR_INVAL;
    if (m->nonce_len < (is_ccm ? NONCE_MIN : 1) || m->nonce_len > CIPHER_BLOCK)
        return ERR_INVAL;
    uint32_t tag_in = a->encrypts ? 0 : m->tag_len;
    uint32_t tag_out = a->encrypts ? m->tag_len : 0;
    if (a->aad_at > a->text_at || source < tag_in ||
        a->text_at > source - tag_in)
        return ERR_INVAL;
    a->end = source - tag_in;
    if (out < a->end || out - a->end < tag_out)
        return ERR_SIZE;
    bool hidden = !is_ccm || a->confidential;
    m->aad_len = (hidden ? a->text_at : a->end) - a->aad_at;
    m->text_len = hidden ? a->end - a->text_at : 0;
    return OK;
}

static err_t plan(const struct aes_driver *aes, struct process *p,
                  struct app_aes *a, bool needs_key)
{
    uint32_t iv = allowed_ro(&aes->grant, p, BUFFER_IV).len;
    uint32_t source = allowed_ro(&aes->grant, p, BUFFER_SOURCE).len;
    uint32_t out = allowed_rw(&aes->grant, p, BUFFER_OUT).len;
    if (needs_key && !is_key_len(allowed_ro(&aes->grant, p, BUFFER_KEY).len))
        return ERR_INVAL;
    if (has_tag(a))
        return plan_message(a, iv, source, out);
    if (needs_key && a->mode != CIPHER_ECB && iv < CIPHER_BLOCK)
        return ERR_INVAL;
    return plan_blocks(a, source, out);
}

/* ---- a job, step by step ----------------------------------------------------- */

static void finish(const struct aes_driver *aes, struct process *p,
                   struct app_aes *a, err_t status, uint32_t bytes, bool valid)
{
    a->turn.waits = false;
    if (status != OK)
        a->set_up = false;
    upcall_queue(&aes->grant, p, EVENT_DONE, (uint32_t)status, bytes, valid);
}

static err_t take_key(const struct aes_driver *aes, struct process *p,
                      struct app_aes *a)
{
    uint8_t key[CIPHER_KEY_MAX], iv[CIPHER_BLOCK] = { 0 };
    struct uslice from = allowed_ro(&aes->grant, p, BUFFER_KEY);
    struct uslice from_iv = allowed_ro(&aes->grant, p, BUFFER_IV);
    bool needs_iv = a->mode == CIPHER_CTR || a->mode == CIPHER_CBC;
    if (!is_key_len(from.len) || user_read(p, key, from, 0, from.len) != OK)
        return ERR_SIZE;
    if (needs_iv && user_read(p, iv, from_iv, 0, sizeof iv) != OK)
        return ERR_SIZE;
    aes->cipher->key(a->state, (enum cipher_mode)a->mode, a->encrypts, key,
                     from.len);
    if (!has_tag(a))
        aes->cipher->start(a->state, iv);
    memset(key, 0, sizeof key);
    __asm__ volatile("" : : "r"(key) : "memory"); /* really */
    a->needs_key = false;
    return OK;
}

static err_t begin_message(const struct aes_driver *aes, struct process *p,
                           struct app_aes *a)
{
    uint8_t nonce[CIPHER_BLOCK];
    struct uslice from = allowed_ro(&aes->grant, p, BUFFER_IV);
    if (user_read(p, nonce, from, 0, a->message.nonce_len) != OK)
        return ERR_SIZE;
    a->needs_message = false;
    a->at = 0;
    return aes->cipher->message(a->state, nonce, &a->message);
}

/* Where the part of the source ends in which `at` lies. */
static uint32_t part_end(const struct app_aes *a)
{
    if (!has_tag(a))
        return a->end;
    if (a->at < a->aad_at)
        return a->aad_at;
    return a->at < a->aad_at + a->message.aad_len
               ? a->aad_at + a->message.aad_len
               : a->end;
}

static void compute(const struct aes_driver *aes, struct app_aes *a,
                    uint8_t *piece, uint32_t len)
{
    if (!has_tag(a))
        aes->cipher->run(a->state, piece, len);
    else if (a->at >= a->aad_at + a->message.aad_len)
        aes->cipher->text(a->state, piece, len);
    else if (a->at >= a->aad_at)
        aes->cipher->aad(a->state, piece, len);
}

static err_t crypt_piece(const struct aes_driver *aes, struct process *p,
                         struct app_aes *a)
{
    uint8_t piece[CIPHER_PIECE];
    uint32_t len = least(part_end(a) - a->at, CIPHER_PIECE);
    struct uslice from = allowed_ro(&aes->grant, p, BUFFER_SOURCE);
    struct uslice to = allowed_rw(&aes->grant, p, BUFFER_OUT);
    if (user_read(p, piece, from, a->at, len) != OK)
        return ERR_SIZE;
    compute(aes, a, piece, len);
    if (a->writes && user_write(p, to, a->at, piece, len) != OK)
        return ERR_SIZE;
    a->at += len;
    return OK;
}

/* In the same time whatever the bytes are. */
static bool tags_equal(const uint8_t *one, const uint8_t *other, uint32_t len)
{
    uint8_t difference = 0;
    for (uint32_t i = 0; i < len; i++)
        difference = (uint8_t)(difference | (one[i] ^ other[i]));
    return difference == 0;
}

/* The message is through, with a tag to be written or looked at. */
static void conclude(const struct aes_driver *aes, struct process *p,
                     struct app_aes *a)
{
    uint8_t tag[CIPHER_TAG_MAX], given[CIPHER_TAG_MAX];
    uint32_t len = a->message.tag_len;
    struct uslice from = allowed_ro(&aes->grant, p, BUFFER_SOURCE);
    struct uslice to = allowed_rw(&aes->grant, p, BUFFER_OUT);
    aes->cipher->tag(a->state, tag);
    if (a->encrypts) {
        err_t e = user_write(p, to, a->end, tag, len);
        finish(aes, p, a, e == OK ? OK : ERR_SIZE, e == OK ? a->end + len : 0,
               e == OK);
    } else if (user_read(p, given, from, a->end, len) != OK) {
        finish(aes, p, a, ERR_SIZE, 0, false);
    } else if (!tags_equal(tag, given, len)) {
        finish(aes, p, a, OK, 0, false);
    } else {
        a->writes = a->needs_message = true;
    }
}

static void step(struct steps *steps, struct process *p, struct turn *turn)
{
    const struct aes_driver *aes =
        CONTAINER_OF(steps, struct aes_driver, steps);
    struct app_aes *a = CONTAINER_OF(turn, struct app_aes, turn);
    err_t e = OK;
    if (a->needs_key)
        e = take_key(aes, p, a);
    else if (a->needs_message)
        e = begin_message(aes, p, a);
    else if (a->at < a->end)
        e = crypt_piece(aes, p, a);
    else if (has_tag(a) && (a->encrypts || !a->writes))
        conclude(aes, p, a);
    else
        finish(aes, p, a, OK, a->end, has_tag(a));
    if (e != OK)
        finish(aes, p, a, e, 0, false);
}

/* ---- commands ----------------------------------------------------------------- */

static struct sysret crypt(struct aes_driver *aes, struct process *p,
                           struct app_aes *a, bool needs_key)
{
    if (a->turn.waits)
        return sysret_failure(ERR_NOMEM);
    if (!a->has_mode)
        return sysret_failure(needs_key ? ERR_INVAL : ERR_OFF);
    if (!needs_key && !a->set_up)
        return sysret_failure(ERR_OFF);
    err_t e = plan(aes, p, a, needs_key);
    if (e != OK)
        return sysret_failure(e);
    a->set_up = true;
    a->needs_key = needs_key;
    a->needs_message = has_tag(a);
    a->writes = a->encrypts || !has_tag(a);
    a->at = 0;
    steps_begin(&aes->steps, &a->turn);
    return sysret_success();
}

static struct sysret forget(const struct aes_driver *aes, struct app_aes *a)
{
    if (!a->set_up)
        return sysret_failure(ERR_OFF);
    a->turn.waits = false;
    a->set_up = false;
    memset(a->state, 0, aes->cipher->state);
    return sysret_success();
}

static struct sysret set_mode(struct app_aes *a, uint32_t mode, bool encrypts)
{
    if (mode > CIPHER_GCM)
        return sysret_failure(ERR_NOSUPPORT);
    if (a->turn.waits)
        return sysret_failure(ERR_BUSY);
    a->mode = mode;
    a->encrypts = encrypts;
    a->has_mode = true;
    a->set_up = false;
    return sysret_success();
}

static struct sysret set_parameter(struct app_aes *a, uint32_t number,
                                   uint32_t value)
{
    if (a->turn.waits)
        return sysret_failure(ERR_BUSY);
    if (number == SET_AAD_AT)
        a->aad_at = value;
    else if (number == SET_TEXT_AT)
        a->text_at = value;
    else if (number == SET_TAG_LEN)
        a->tag_len = value;
    else
        a->confidential = value != 0;
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct aes_driver *aes = self;
    if (number == EXISTS)
        return sysret_success();
    if (number > SET_CONFIDENTIAL)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_aes *a = grant_enter(&aes->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (number == SET_MODE)
        return set_mode(a, arg1, arg2 != 0);
    if (number == SET_UP || number == CRYPT)
        return crypt(aes, p, a, number == SET_UP);
    if (number == FINISH)
        return forget(aes, a);
    return set_parameter(a, number, arg1);
}

const struct driver_ops aes_ops = { .command = command };

void aes_init(struct aes_driver *aes, const struct cipher_class *cipher)
{
    aes->cipher = cipher;
    aes->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 3,
        .allow_rw = 1,
        .size = (uint16_t)((sizeof(struct app_aes) + cipher->state + 7) & ~7u),
    };
    steps_init(&aes->steps, &aes->grant, step);
}
