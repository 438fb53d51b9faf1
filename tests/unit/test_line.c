/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line of the loader app, driver 0x80010003: with the machine behind
 * it played by the test.
 * SOURCES: loader/line.c loader/messages.c tests/fake/kernel.c */
#include <loader/line.h>

#include <string.h>

#include <tests/fake/kernel.h>

enum { LISTEN = 1, SEND, REQUEST };

static struct line line;
static struct app_loader rights;
static struct frames frames;
static struct loader loader;
static const struct live_board board = { .name = "test" };
static const struct driver table[] = {
    { DRIVER_LOADER_LINE, &line_ops, &line, &line.grant },
};
static struct process *app, *other;
static uint32_t in, out, answers; /* the app's buffers */

/* ---- what is behind it ---------------------------------------------------------- */

static const struct process *allowed;
static struct request asked;
static uint32_t asked_count, cancels;
static bool takes_longer;
static uint8_t sent_type, sent[ANSWER_MAX];
static uint16_t sent_sequence;
static size_t sent_len;

bool app_loader_allows(struct app_loader *driver, struct process *p,
                       uint32_t number)
{
    assert_ptr_equal(driver, &rights);
    assert_int_equal(number, DRIVER_LOADER_LINE);
    return p == allowed || p == other;
}

void requests_init(struct requests *requests, const struct live_board *b,
                   struct loader *l)
{
    requests->board = b;
    requests->loader = l;
}

bool requests_execute(struct requests *requests, struct request *request,
                      struct reply *reply)
{
    assert_ptr_equal(requests, &line.requests);
    asked = *request;
    asked_count++;
    reply->words = 2;
    reply->word[1] = 77;
    reply_text(reply, "said");
    return !takes_longer;
}

void requests_cancel(struct requests *requests)
{
    assert_int_equal(requests->client.owner, line.listener.handle);
    cancels++;
}

static void on_send(struct frames *f, uint8_t type, uint16_t sequence,
                    const uint8_t *payload, size_t len)
{
    assert_ptr_equal(f, &frames);
    sent_type = type;
    sent_sequence = sequence;
    memcpy(sent, payload, len);
    sent_len = len;
}

static int setup(void **state)
{
    static const struct frames_ops ops = { .send = on_send };
    (void)state;
    memset(&line, 0, sizeof line);
    memset(&asked, 0, sizeof asked);
    asked_count = cancels = 0;
    takes_longer = false;
    frames = (struct frames){ .ops = &ops };
    line_init(&line, &rights, &board, &loader, &frames);
    fake_boot(table, 1);
    allowed = app = fake_process("loader");
    other = fake_process("other");
    in = fake_space(app, 600);
    out = fake_space(app, 200);
    answers = fake_space(app, ANSWER_MAX);
    assert_int_equal(fake_allow_rw(app, DRIVER_LOADER_LINE, 0, in, 600), OK);
    assert_int_equal(
        fake_allow_rw(app, DRIVER_LOADER_LINE, 1, answers, ANSWER_MAX), OK);
    assert_int_equal(fake_allow_ro(app, DRIVER_LOADER_LINE, 0, out, 200), OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static struct sysret ask(struct process *p, uint32_t number, uint32_t arg1,
                         uint32_t arg2)
{
    return fake_command(p, DRIVER_LOADER_LINE, number, arg1, arg2);
}

static void frame(uint8_t type, const void *payload, size_t len)
{
    frames.client->frame(frames.client, type, 9, payload, len);
}

/* ---- tests -------------------------------------------------------------------------- */

static void who_is_not_allowed_gets_nothing(void **state)
{
    (void)state;
    allowed = NULL;
    assert_success(ask(app, 0, 0, 0));
    for (uint32_t command = 1; command < 6; command++)
        assert_failure(ask(app, command, 0, 0), ERR_NOSUPPORT);
    frame(1, "abc", 3);
    frame(MESSAGE_ASK, NULL, 0);
    assert_no_upcall(app);
}

static void one_app_has_the_line(void **state)
{
    (void)state;
    assert_failure(ask(app, SEND, 0, 0), ERR_RESERVE); /* nobody listens yet */
    assert_success(ask(app, LISTEN, 0, 0));
    assert_success(ask(app, LISTEN, 0, 0));
    assert_failure(ask(other, LISTEN, 0, 0), ERR_BUSY);
    assert_failure(ask(other, SEND, 0, 0), ERR_RESERVE);
    assert_failure(ask(other, REQUEST, MESSAGE_INFO, 0), ERR_RESERVE);
    fake_die(app);
    assert_int_equal(cancels, 1);
    assert_success(ask(other, LISTEN, 0, 0));
}

/* The events of other drivers need the room: that of a write's end above all. */
static void questions_to_an_app_that_hears_none_do_not_pile_up(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    for (uint32_t n = 0; n < 20; n++)
        frame(MESSAGE_ASK, NULL, 0);
    frames.client->damaged(frames.client);
    assert_int_equal(app->queued, 1);
    frame(5, "abcd", 4);
    assert_int_equal(app->queued, 2);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, MESSAGE_ASK, 9, 0);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 5, 9, 4);
}

static void a_frame_comes_when_it_is_awaited(void **state)
{
    (void)state;
    frame(1, "early", 5); /* nobody */
    assert_success(ask(app, LISTEN, 0, 0));
    assert_no_upcall(app);
    frame(5, "abcd", 4);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 5, 9, 4);
    assert_memory_equal(fake_bytes(app, in), "abcd", 4);
    frame(5, "zzzz", 4); /* the app is at work with the first */
    assert_no_upcall(app);
    assert_memory_equal(fake_bytes(app, in), "abcd", 4);
    frame(MESSAGE_ASK, NULL, 0); /* and hears who asks */
    assert_upcall(app, DRIVER_LOADER_LINE, 0, MESSAGE_ASK, 9, 0);
    frames.client->damaged(frames.client);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, LINE_DAMAGED, 0, 0);
    assert_success(ask(app, LISTEN, 0, 0));
    frame(6, "next", 4);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 6, 9, 4);
}

static void a_frame_that_finds_no_room_is_lost(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    assert_int_equal(fake_allow_rw(app, DRIVER_LOADER_LINE, 0, in, 3), OK);
    frame(5, "abcd", 4);
    assert_no_upcall(app);
    frame(5, "abc", 3); /* it listens still */
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 5, 9, 3);
    assert_success(ask(app, LISTEN, 0, 0));
    fake_fill_queue(app, FAKE_QUEUE);
    frame(5, "abc", 3);
    struct fake_upcall u;
    while (fake_upcall(app, &u))
        assert_int_not_equal(u.driver, DRIVER_LOADER_LINE);
    frame(5, "xyz", 3);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 5, 9, 3);
}

static void what_is_sent_is_a_copy(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    memcpy(fake_bytes(app, out), "answer", 6);
    assert_success(ask(app, SEND, 0x85u << 16 | 0x1234, 6));
    memset(fake_bytes(app, out), 0, 6);
    assert_int_equal(sent_type, 0x85);
    assert_int_equal(sent_sequence, 0x1234);
    assert_int_equal(sent_len, 6);
    assert_memory_equal(sent, "answer", 6);
    assert_failure(ask(app, SEND, 0, ANSWER_MAX + 1), ERR_SIZE);
    assert_failure(ask(app, SEND, 0, 0xFFFFFFFF), ERR_SIZE);
    assert_int_equal(fake_allow_ro(app, DRIVER_LOADER_LINE, 0, out, 4), OK);
    assert_failure(ask(app, SEND, 0, 5), ERR_INVAL);
}

static void a_request_is_answered_at_once(void **state)
{
    (void)state;
    struct answer a;
    assert_success(ask(app, LISTEN, 0, 0));
    memcpy(fake_bytes(app, out), "\1\0\0\0\2\0\0\0", 8);
    struct sysret r = ask(app, REQUEST, MESSAGE_REMOVE, 8);
    assert_u32(r, 2 + 8 + 4);
    assert_int_equal(asked.type, MESSAGE_REMOVE);
    assert_int_equal(asked.word[1], 2);
    assert_int_equal(line.requests.client.owner, process_pid(app).handle);
    assert_int_equal(answer_read(&a, fake_bytes(app, answers), r.value), OK);
    assert_int_equal(a.word[1], 77);
    assert_memory_equal(a.text, "said", 4);
}

static void a_request_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    assert_failure(ask(app, REQUEST, MESSAGE_REMOVE, 7), ERR_SIZE);
    assert_failure(ask(app, REQUEST, MESSAGE_REMOVE, 9), ERR_SIZE);
    assert_failure(ask(app, REQUEST, MESSAGE_REMOVE, 600), ERR_SIZE);
    assert_failure(ask(app, REQUEST, 0x70, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, REQUEST, MESSAGE_WRITE, 4), ERR_NOSUPPORT);
    assert_int_equal(asked_count, 0);
    assert_int_equal(fake_allow_rw(app, DRIVER_LOADER_LINE, 1, answers, 5), OK);
    assert_failure(ask(app, REQUEST, MESSAGE_INFO, 0), ERR_SIZE);
}

static void a_request_may_take_longer(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    takes_longer = true;
    assert_u32(ask(app, REQUEST, MESSAGE_COMPACT, 0), 0);
    assert_failure(ask(app, REQUEST, MESSAGE_INFO, 0), ERR_BUSY);
    assert_no_upcall(app);
    line.reply.status = ERR_FAIL;
    line.requests.done(&line.requests);
    assert_upcall(app, DRIVER_LOADER_LINE, 1, 2 + 8 + 4, 0, 0);
    assert_int_equal(fake_bytes(app, answers)[0], ERR_FAIL);
    takes_longer = false;
    assert_u32(ask(app, REQUEST, MESSAGE_INFO, 0), 2 + 8 + 4);
}

static void an_app_that_dies_takes_its_request_along(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    takes_longer = true;
    assert_u32(ask(app, REQUEST, MESSAGE_COMPACT, 0), 0);
    fake_die(app);
    assert_int_equal(cancels, 1);
    line.requests.done(&line.requests); /* tells nobody */
    frame(1, "abc", 3);
    assert_success(ask(other, LISTEN, 0, 0));
    assert_no_upcall(other);
    fake_die(other);
    assert_int_equal(cancels, 2);
}

static void the_death_of_others_does_not_matter(void **state)
{
    (void)state;
    assert_success(ask(app, LISTEN, 0, 0));
    assert_failure(ask(other, LISTEN, 0, 0), ERR_BUSY);
    fake_die(other);
    assert_int_equal(cancels, 0);
    frame(5, "abc", 3);
    assert_upcall(app, DRIVER_LOADER_LINE, 0, 5, 9, 3);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(who_is_not_allowed_gets_nothing),
        T(one_app_has_the_line),
        T(questions_to_an_app_that_hears_none_do_not_pile_up),
        T(a_frame_comes_when_it_is_awaited),
        T(a_frame_that_finds_no_room_is_lost),
        T(what_is_sent_is_a_copy),
        T(a_request_is_answered_at_once),
        T(a_request_that_is_none_is_refused),
        T(a_request_may_take_longer),
        T(an_app_that_dies_takes_its_request_along),
        T(the_death_of_others_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
