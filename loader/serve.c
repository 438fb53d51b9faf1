/* SPDX-License-Identifier: Apache-2.0 */
/* See serve.h. */
#include <loader/serve.h>

/* How many numbers back a request counts as late, not as somebody else's. */
#define LATE 8u

static void send(struct serve *s, uint8_t type, uint16_t sequence)
{
    serve_send(s, type, sequence, NULL, 0);
}

static void send_answer(struct serve *s)
{
    serve_send(s, s->request.type | MESSAGE_ANSWER, s->sequence,
               reply_payload(&s->reply), reply_len(&s->reply));
}

/* Do what is asked; false: it takes longer. */
static bool execute(struct serve *s)
{
    const struct request *r = &s->request;
    if (s->request.type != MESSAGE_HELLO)
        return serve_execute(s);
    if (r->word[HELLO_OLDEST] > MESSAGES_VERSION ||
        r->word[HELLO_NEWEST] < MESSAGES_VERSION) {
        reply_fail(&s->reply, ERR_NOSUPPORT, "the board speaks version 1 only");
        return true;
    }
    s->is_greeted = true;
    s->reply.words = HELLO_PAGE + 1;
    bool is_complete = serve_execute(s);
    if (s->reply.status == OK) {
        s->reply.word[HELLO_VERSION] = MESSAGES_VERSION;
        s->reply.word[HELLO_PAGE] = PROTO_PAGE;
    }
    return is_complete;
}

static void begin(struct serve *s, uint8_t type, uint16_t sequence,
                  const uint8_t *payload, size_t len)
{
    err_t e = request_read(&s->request, type, payload, len);
    s->sequence = sequence;
    s->reply = (struct reply){ .status = OK };
    if (e != OK)
        reply_fail(&s->reply, e,
                   e == ERR_NOSUPPORT ? "unknown request" : "wrong length");
    if (e != OK || execute(s)) {
        send_answer(s);
        return;
    }
    s->is_busy = true;
    serve_hold(s, true);
    /* Before flash is busy and the board deaf. A page is written quickly, and
     * there are many. */
    if (type != MESSAGE_WRITE)
        send(s, MESSAGE_WAIT, sequence);
}

void serve_done(struct serve *s)
{
    if (!s->is_busy)
        return;
    s->is_busy = false;
    serve_hold(s, false);
    send_answer(s);
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
    if (s->is_greeted && s->request.type == MESSAGE_HELLO &&
        sequence == s->sequence) {
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
    bool is_repeated = s->is_greeted && ahead == 0 && type == s->request.type;
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
