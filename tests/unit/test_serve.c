/* SPDX-License-Identifier: Apache-2.0 */
/* The messages, and the board's side of the serial protocol.
 * SOURCES: loader/messages.c loader/serve.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loader/serve.h>

static struct serve serve;
static uint8_t sent_type;
static uint16_t sent_sequence;
static uint32_t sends, executed, greetings;
static struct answer sent;
static bool takes_longer, is_held;
static struct request done;

void serve_send(struct serve *s, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    assert_ptr_equal(s, &serve);
    sends++;
    sent_type = type;
    sent_sequence = sequence;
    sent = (struct answer){ .status = 99 };
    if (type & MESSAGE_ANSWER)
        assert_int_equal(answer_read(&sent, payload, len), OK);
    else
        assert_int_equal(len, 0);
}

bool serve_execute(struct serve *s)
{
    assert_ptr_equal(s, &serve);
    if (s->request.type == MESSAGE_HELLO) {
        greetings++;
        assert_int_equal(s->reply.words, HELLO_PAGE + 1);
        memset(s->reply.word, 0xA5, sizeof s->reply.word); /* not its own */
        s->reply.words = HELLO_WORDS;
        reply_text(&s->reply, "a board");
        return true;
    }
    assert_int_equal(s->reply.words, 0);
    assert_int_equal(s->reply.text_len, 0);
    executed++;
    done = s->request;
    if (s->request.type == MESSAGE_REMOVE)
        reply_fail(&s->reply, ERR_NODEVICE, "no such object");
    return !takes_longer;
}

void serve_hold(struct serve *s, bool on)
{
    (void)s;
    assert_int_not_equal(is_held, on);
    is_held = on;
}

static int setup(void **state)
{
    (void)state;
    memset(&serve, 0, sizeof serve);
    sends = executed = greetings = 0;
    takes_longer = is_held = false;
    return 0;
}

static void ask(uint8_t type, uint16_t sequence, uint32_t a, uint32_t b)
{
    struct request r = { .type = type, .word = { a, b } };
    uint8_t payload[PROTO_PAYLOAD_MAX];
    size_t len = request_write(payload, &r);
    serve_frame(&serve, type, sequence, payload, len);
}

static void assert_sent(uint8_t type, uint16_t sequence)
{
    assert_int_equal(sends, 1);
    assert_int_equal(sent_type, type);
    assert_int_equal(sent_sequence, sequence);
    sends = 0;
}

static void greet(uint16_t sequence)
{
    ask(MESSAGE_HELLO, sequence, 1, 1);
    assert_sent(MESSAGE_HELLO | MESSAGE_ANSWER, sequence);
    assert_int_equal(sent.status, OK);
}

static void every_request_comes_back_as_it_was(void **state)
{
    (void)state;
    uint8_t payload[PROTO_PAYLOAD_MAX], bytes[PROTO_PAGE];
    memset(bytes, 0xA7, sizeof bytes);
    for (uint32_t type = 0; type < 256; type++) {
        struct request r = { .type = (uint8_t)type, .bytes = bytes }, back;
        for (uint32_t i = 0; i < REQUEST_WORDS_MAX; i++)
            r.word[i] = 0xFEDC0000u + i;
        r.len = type == MESSAGE_WRITE ? sizeof bytes : 0;
        size_t len = request_write(payload, &r);
        err_t e = request_read(&back, (uint8_t)type, payload, len);
        if (type == 0 || type >= MESSAGE_TYPES) {
            assert_int_equal(e, ERR_NOSUPPORT);
            assert_string_equal(message_name((uint8_t)type),
                                "an unknown request");
            continue;
        }
        assert_int_equal(e, OK);
        assert_int_equal(back.len, r.len);
        for (uint32_t i = 0; 4 * i < len - r.len; i++)
            assert_int_equal(back.word[i], r.word[i]);
        assert_memory_equal(back.bytes, bytes, r.len);
        if (len > 0)
            assert_int_equal(
                request_read(&back, (uint8_t)type, payload, len - r.len - 1),
                ERR_SIZE);
        assert_int_equal(request_read(&back, (uint8_t)type, payload, len + 1),
                         ERR_SIZE);
    }
}

static void answers_come_back_and_may_grow(void **state)
{
    (void)state;
    char text[200];
    memset(text, 't', sizeof text);
    struct reply a = { .status = ERR_NOMEM, .words = ANSWER_WORDS_MAX };
    struct answer back;
    for (uint32_t i = 0; i < ANSWER_WORDS_MAX; i++)
        a.word[i] = i * 0x01010101;
    reply_put(&a, text, sizeof text);
    uint8_t *payload = reply_payload(&a);
    size_t len = reply_len(&a);
    assert_int_equal(len, ANSWER_MAX);
    assert_int_equal(answer_read(&back, payload, len), OK);
    assert_int_equal(back.status, ERR_NOMEM);
    assert_memory_equal(back.word, a.word, sizeof a.word);
    assert_int_equal(back.text_len, ANSWER_TEXT_MAX);
    assert_memory_equal(back.text, text, ANSWER_TEXT_MAX);
    /* More words than are known: the text is still where it is. */
    payload[1] = ANSWER_WORDS_MAX + 2;
    assert_int_equal(answer_read(&back, payload, len), OK);
    assert_int_equal(back.words, ANSWER_WORDS_MAX);
    assert_int_equal(back.text_len, ANSWER_TEXT_MAX - 8);
    payload[1] = 255;
    assert_int_equal(answer_read(&back, payload, len), ERR_INVAL);
    assert_int_equal(answer_read(&back, payload, 1), ERR_INVAL);
    assert_int_equal(answer_read(&back, payload, 0), ERR_INVAL);
    assert_int_equal(answer_read(&back, payload, ANSWER_MAX + 1), ERR_INVAL);
}

static void nobody_is_served_before_hello(void **state)
{
    (void)state;
    ask(MESSAGE_INFO, 1, 0, 0);
    assert_sent(MESSAGE_STRANGER, 1);
    serve_frame(&serve, MESSAGE_ASK, 0, NULL, 0);
    assert_sent(MESSAGE_AGAIN, 0);
    serve_damaged(&serve);
    assert_int_equal(sends, 0);
    assert_int_equal(executed, 0);
}

static void versions_are_agreed_on(void **state)
{
    (void)state;
    ask(MESSAGE_HELLO, 5, 2, 9);
    assert_sent(MESSAGE_HELLO | MESSAGE_ANSWER, 5);
    assert_int_equal(sent.status, ERR_NOSUPPORT);
    assert_int_equal(greetings, 0);
    ask(MESSAGE_HELLO, 6, 1, 9);
    assert_sent(MESSAGE_HELLO | MESSAGE_ANSWER, 6);
    assert_int_equal(sent.status, OK);
    assert_int_equal(sent.word[HELLO_VERSION], 1);
    assert_int_equal(sent.word[HELLO_PAGE], PROTO_PAGE);
    assert_int_equal(sent.text_len, 7);
}

static void a_request_that_comes_twice_is_done_once(void **state)
{
    (void)state;
    greet(0xFFFF);
    ask(MESSAGE_REMOVE, 0, 1, 2);
    assert_sent(MESSAGE_REMOVE | MESSAGE_ANSWER, 0);
    assert_int_equal(sent.status, ERR_NODEVICE);
    ask(MESSAGE_REMOVE, 0, 1, 2);
    assert_sent(MESSAGE_REMOVE | MESSAGE_ANSWER, 0);
    assert_int_equal(sent.status, ERR_NODEVICE);
    serve_frame(&serve, MESSAGE_ASK, 0, NULL, 0);
    assert_sent(MESSAGE_REMOVE | MESSAGE_ANSWER, 0);
    assert_int_equal(executed, 1);
    greet(9);
    ask(MESSAGE_HELLO, 9, 1, 1);
    assert_sent(MESSAGE_HELLO | MESSAGE_ANSWER, 9);
    assert_int_equal(greetings, 2);
}

static void what_takes_longer_is_waited_for(void **state)
{
    (void)state;
    takes_longer = true;
    greet(1);
    ask(MESSAGE_COMPACT, 2, 0, 0);
    assert_sent(MESSAGE_WAIT, 2);
    assert_true(is_held);
    ask(MESSAGE_COMPACT, 2, 0, 0);
    assert_sent(MESSAGE_WAIT, 2);
    serve_frame(&serve, MESSAGE_ASK, 2, NULL, 0);
    assert_sent(MESSAGE_WAIT, 2);
    ask(MESSAGE_INFO, 3, 0, 0);
    assert_sent(MESSAGE_WAIT, 3);
    ask(MESSAGE_HELLO, 700, 1, 1);
    assert_sent(MESSAGE_WAIT, 700);
    serve_damaged(&serve);
    assert_int_equal(sends, 0);
    serve.reply.words = 1;
    serve.reply.word[0] = 512;
    serve_done(&serve);
    assert_sent(MESSAGE_COMPACT | MESSAGE_ANSWER, 2);
    assert_int_equal(sent.word[0], 512);
    assert_false(is_held);
    serve_done(&serve); /* once is enough */
    assert_int_equal(sends, 0);
    assert_int_equal(executed, 1);
}

static void others_are_strangers_and_late_copies_are_passed_over(void **state)
{
    (void)state;
    greet(100);
    for (uint16_t n = 101; n < 110; n++) {
        ask(MESSAGE_INFO, n, 0, 0);
        assert_sent(MESSAGE_INFO | MESSAGE_ANSWER, n);
    }
    executed = 0;
    for (uint16_t n = 101; n < 109; n++)
        ask(MESSAGE_INFO, n, 0, 0);
    assert_int_equal(sends, 0);
    ask(MESSAGE_INFO, 100, 0, 0);
    assert_sent(MESSAGE_STRANGER, 100);
    ask(MESSAGE_INFO, 111, 0, 0);
    assert_sent(MESSAGE_STRANGER, 111);
    assert_int_equal(executed, 0);
}

static void damage_has_the_next_request_sent_again(void **state)
{
    (void)state;
    greet(41);
    serve_damaged(&serve);
    assert_sent(MESSAGE_AGAIN, 42);
    serve_frame(&serve, MESSAGE_ASK, 42, NULL, 0);
    assert_sent(MESSAGE_AGAIN, 42);
}

static void an_echo_is_no_request(void **state)
{
    (void)state;
    greet(1);
    for (uint32_t type = MESSAGE_WAIT; type < 256; type++)
        serve_frame(&serve, (uint8_t)type, 2, NULL, 0);
    assert_int_equal(sends, 0);
}

static void a_request_that_is_wrong_is_answered(void **state)
{
    (void)state;
    greet(1);
    serve_frame(&serve, 0x30, 2, NULL, 0);
    assert_sent(0x30 | MESSAGE_ANSWER, 2);
    assert_int_equal(sent.status, ERR_NOSUPPORT);
    serve_frame(&serve, MESSAGE_REMOVE, 3, (const uint8_t *)"123", 3);
    assert_sent(MESSAGE_REMOVE | MESSAGE_ANSWER, 3);
    assert_int_equal(sent.status, ERR_SIZE);
    assert_true(sent.text_len > 0);
    assert_int_equal(executed, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, setup)
    const struct CMUnitTest tests[] = {
        T(every_request_comes_back_as_it_was),
        T(answers_come_back_and_may_grow),
        T(nobody_is_served_before_hello),
        T(versions_are_agreed_on),
        T(a_request_that_comes_twice_is_done_once),
        T(what_takes_longer_is_waited_for),
        T(others_are_strangers_and_late_copies_are_passed_over),
        T(damage_has_the_next_request_sent_again),
        T(an_echo_is_no_request),
        T(a_request_that_is_wrong_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
