/* SPDX-License-Identifier: Apache-2.0 */
/* See serve.h. */
#include <loader/serve.h>

/* How many numbers back a request counts as late, not as somebody else's. */
#define LATE 8u

static void send(struct serve *s, uint8_t type, uint16_t sequence)
{
    s->ops->send(s->board, type, sequence, NULL, 0);
}

static void send_answer(struct serve *s)
{
    s->ops->send(s->board, s->type | MESSAGE_ANSWER, s->sequence, s->answer,
                 s->answer_len);
}

static void keep_and_send(struct serve *s, const struct answer *answer)
{
    s->answer_len = (uint16_t)answer_write(s->answer, answer);
    send_answer(s);
}

/* The newest version that both speak, 0: none. */
static uint32_t version_of(const struct request *hello)
{
    return hello->word[HELLO_OLDEST] <= MESSAGES_VERSION &&
                   hello->word[HELLO_NEWEST] >= MESSAGES_VERSION
               ? MESSAGES_VERSION
               : 0;
}

static bool execute(struct serve *s, const struct request *request,
                    struct answer *answer)
{
    if (request->type != MESSAGE_HELLO)
        return s->ops->execute(s->board, request, answer);
    uint32_t version = version_of(request);
    if (version == 0) {
        answer_fail(answer, ERR_NOSUPPORT,
                    "the board speaks version 1 of the protocol");
        return true;
    }
    s->is_greeted = true;
    bool is_complete = s->ops->execute(s->board, request, answer);
    answer->word[HELLO_VERSION] = version;
    answer->word[HELLO_PAGE] = PROTO_PAGE;
    if (answer->words <= HELLO_PAGE)
        answer->words = HELLO_PAGE + 1;
    return is_complete;
}

static void begin(struct serve *s, uint8_t type, uint16_t sequence,
                  const uint8_t *payload, size_t len)
{
    struct answer answer = { .status = OK };
    struct request request;
    err_t e = request_read(&request, type, payload, len);
    s->sequence = sequence;
    s->type = type;
    if (e != OK) {
        answer_fail(&answer, e,
                    e == ERR_NOSUPPORT ? "the board does not know this request"
                                       : "the request has a wrong length");
        keep_and_send(s, &answer);
        return;
    }
    if (execute(s, &request, &answer)) {
        keep_and_send(s, &answer);
        return;
    }
    s->is_busy = true;
    if (s->ops->hold)
        s->ops->hold(s->board, true);
    /* Before flash is busy and the board deaf. A page is written quickly, and
     * there are many. */
    if (type != MESSAGE_WRITE)
        send(s, MESSAGE_WAIT, sequence);
}

void serve_done(struct serve *s, const struct answer *answer)
{
    if (!s->is_busy)
        return;
    s->is_busy = false;
    if (s->ops->hold)
        s->ops->hold(s->board, false);
    keep_and_send(s, answer);
}

/* What is known of the request of that number? */
static void asked(struct serve *s, uint16_t sequence)
{
    if (s->is_busy)
        send(s, MESSAGE_WAIT, sequence);
    else if (s->is_greeted && sequence == s->sequence)
        send_answer(s);
    else
        send(s, MESSAGE_AGAIN, sequence);
}

/* Somebody new, who may say HELLO with any number. */
static void greeted(struct serve *s, uint16_t sequence, const uint8_t *payload,
                    size_t len)
{
    if (s->is_greeted && s->type == MESSAGE_HELLO && sequence == s->sequence) {
        send_answer(s);
    } else if (s->is_busy) {
        send(s, MESSAGE_WAIT, sequence);
    } else {
        s->is_greeted = false;
        begin(s, MESSAGE_HELLO, sequence, payload, len);
    }
}

static void next_one(struct serve *s, uint8_t type, uint16_t sequence,
                     const uint8_t *payload, size_t len)
{
    if (s->is_busy)
        send(s, MESSAGE_WAIT, sequence);
    else
        begin(s, type, sequence, payload, len);
}

void serve_frame(struct serve *s, uint8_t type, uint16_t sequence,
                 const uint8_t *payload, size_t len)
{
    uint16_t ahead = (uint16_t)(sequence - s->sequence);
    bool is_repeated = s->is_greeted && ahead == 0 && type == s->type;
    if (type >= MESSAGE_WAIT)
        return; /* an echo of what the board said, or of another board */
    if (type == MESSAGE_HELLO)
        greeted(s, sequence, payload, len);
    else if (type == MESSAGE_ASK || is_repeated)
        asked(s, sequence);
    else if (s->is_greeted && ahead == 1)
        next_one(s, type, sequence, payload, len);
    else if (!s->is_greeted || (uint16_t)-ahead > LATE)
        send(s, MESSAGE_STRANGER, sequence);
}

void serve_damaged(struct serve *s)
{
    if (s->is_greeted && !s->is_busy)
        send(s, MESSAGE_AGAIN, (uint16_t)(s->sequence + 1));
}
