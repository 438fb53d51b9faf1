/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the messages and the board's side of the protocol: the
 * input is a row of frames and of events of the board. Each number is done at
 * most once, what is sent can be read, nothing is answered while it is at work,
 * and nothing is done for who has not said HELLO.
 * SOURCES: loader/messages.c loader/serve.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loader/serve.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct serve serve;
static bool is_working, is_held, is_greeted, is_later;
static uint16_t now, last;

static void require(bool holds)
{
    if (!holds)
        abort();
}

void serve_send(struct serve *s, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    (void)s;
    (void)sequence;
    struct answer a;
    if (type & MESSAGE_ANSWER) {
        require(!is_working && len <= ANSWER_MAX);
        require(answer_read(&a, payload, len) == OK);
    } else {
        require(len == 0 && type >= MESSAGE_WAIT);
        require(type != MESSAGE_WAIT || is_working);
    }
}

bool serve_execute(struct serve *s)
{
    const struct request *r = &s->request;
    require(!is_working && r->type < MESSAGE_TYPES && r->len <= PROTO_PAGE);
    if (r->type == MESSAGE_HELLO)
        is_greeted = true;
    else
        require(is_greeted && now == (uint16_t)(last + 1));
    last = now;
    s->reply.words = r->word[0] % (ANSWER_WORDS_MAX + 1);
    reply_put(&s->reply, r->bytes, r->len);
    is_working = is_later && r->type != MESSAGE_HELLO;
    return !is_working;
}

void serve_hold(struct serve *s, bool on)
{
    (void)s;
    require(is_held != on);
    is_held = on;
}

static void event(uint8_t what)
{
    if (what < 64) {
        serve_damaged(&serve);
    } else if (what < 128) {
        is_later = !is_later;
    } else if (is_working) {
        is_working = false;
        serve.reply.status = what;
        serve_done(&serve);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&serve, 0, sizeof serve);
    is_working = is_held = is_greeted = is_later = false;
    while (size >= 4) {
        uint8_t type = data[0];
        now = (uint16_t)(serve.sequence + (int8_t)data[1]);
        size_t len = data[2] | (data[3] & 3u) << 8;
        data += 4;
        size -= 4;
        len = len < size ? len : size;
        if (type == 0) {
            event((uint8_t)now);
            continue;
        }
        if (len > PROTO_PAYLOAD_MAX)
            len = PROTO_PAYLOAD_MAX;
        /* A request that is refused takes the number too, and a HELLO that
         * is refused ends what was. */
        uint16_t before = serve.sequence;
        uint8_t *exact = malloc(len + 1);
        require(exact != NULL);
        memcpy(exact, data, len);
        serve_frame(&serve, type, now, exact, len);
        if (serve.sequence != before)
            last = serve.sequence;
        is_greeted = serve.is_greeted;
        free(exact);
        data += len;
        size -= len;
    }
    return 0;
}
