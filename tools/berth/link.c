/* SPDX-License-Identifier: Apache-2.0 */
/* See link.h and docs/serial-protocol.md, "What a tool does". */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "berth.h"
#include "options.h"

enum { PATIENCE_MS = 500, PACE_MS = 200, ASKS = 20, SECONDS = 10 };
enum { BUSY_TIMES = 6 }; /* as long for one that has said that it is at work */
enum { BUSY_TRIES = 150 }; /* while it boots, or an app has the store */

volatile sig_atomic_t link_interrupted;

static void on_interrupt(int number)
{
    (void)number;
    if (link_interrupted)
        _exit(EXIT_INTERRUPTED);
    link_interrupted = 1;
}

void link_catch_interrupt(void)
{
    struct sigaction action = { .sa_handler = on_interrupt };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL); /* a board that was booted ends too */
    signal(SIGPIPE, SIG_IGN);
}

int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- words ------------------------------------------------------------------- */

const char *error_text(err_t e)
{
    static const char *const texts[] = {
        [OK] = "success",
        [ERR_FAIL] = "it failed",
        [ERR_BUSY] = "the board is busy",
        [ERR_ALREADY] = "it is so already",
        [ERR_OFF] = "the app store does not work",
        [ERR_RESERVE] = "something has to be reserved first",
        [ERR_INVAL] = "that makes no sense now",
        [ERR_SIZE] = "a wrong size",
        [ERR_CANCEL] = "it was cancelled",
        [ERR_NOMEM] = "no room",
        [ERR_NOSUPPORT] = "the board cannot do that",
        [ERR_NODEVICE] = "there is no such thing (any more)",
        [ERR_UNINSTALLED] = "a device is not there",
        [ERR_NOACK] = "no answer",
    };
    return (uint32_t)e < ARRAY_COUNT(texts) ? texts[e] : "an unknown error";
}

void fail_refused(const char *what, const struct answer *answer)
{
    if (answer->text_len > 0)
        fail(EXIT_BOARD, "%s: the board refused: %.*s", what,
             (int)answer->text_len, answer->text);
    fail(EXIT_BOARD, "%s: the board refused: %s", what,
         error_text(answer->status));
}

/* ---- frames -------------------------------------------------------------------- */

static NORETURN void gone(const struct link *link)
{
    fail(EXIT_NO_ANSWER, "%s: the other end has closed the line%s",
         link->port.name,
         link->port.is_through ? " (the console there has ended?)"
                               : " (the board has ended?)");
}

static void frame_send(struct link *link, uint8_t type, const uint8_t *payload,
                       size_t len)
{
    uint8_t wire[2 * PROTO_BODY_MAX + 2];
    struct proto_encoder e;
    proto_send(&e, type, link->sequence, payload, len);
    size_t n = proto_encode(&e, wire, sizeof wire);
    link->bytes_out += n;
    if (!fd_write(link->port.fd, wire, n))
        gone(link);
}

/* More bytes off the wire; false when there are none in time. */
static bool wire_read(struct link *link, int64_t until)
{
    int64_t left = until - now_ms();
    struct pollfd p = { .fd = link->port.fd, .events = POLLIN };
    int ready = poll(&p, 1, left > 0 ? (int)left : 0);
    if (ready <= 0)
        return ready < 0 && errno == EINTR;
    ssize_t n = read(link->port.fd, link->read, sizeof link->read);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        gone(link);
    link->read_at = 0;
    link->read_len = n > 0 ? (size_t)n : 0;
    return true;
}

/* The next frame about our request; false: nothing until then. Text of the
 * apps is passed over: who wants to see it has a console open. */
static bool frame_next(struct link *link, int64_t until)
{
    for (;;) {
        while (link->read_at < link->read_len) {
            uint8_t byte = link->read[link->read_at++];
            enum proto_event e = proto_decode(&link->decoder, byte);
            if (e != PROTO_TEXT)
                link->bytes_in++;
            if (e == PROTO_FRAME && link->decoder.sequence == link->sequence &&
                link->decoder.type >= MESSAGE_WAIT)
                return true;
        }
        if (!wire_read(link, until))
            return false;
    }
}

/* ---- a request ------------------------------------------------------------------ */

/* How often a board that says nothing is asked before it is taken for gone. */
static uint32_t asks(void)
{
    const char *seconds = getenv("BERTH_PATIENCE");
    uint32_t n = SECONDS;
    if (seconds && *seconds)
        n = number_read("BERTH_PATIENCE", seconds, 100000);
    return n > 0 ? n * (1000 / PATIENCE_MS) : 1;
}

uint32_t link_patience_ms(void)
{
    return asks() * PATIENCE_MS;
}

/* The rest of it may come when the board's flash is no longer busy: so what has
 * arrived of a frame is kept, and says already that the board is at work. */
static bool is_half_wait(const struct link *link)
{
    const struct proto_decoder *d = &link->decoder;
    return d->in_frame && d->at >= PROTO_HEAD && d->body[1] == MESSAGE_WAIT &&
           d->body[2] == (uint8_t)link->sequence &&
           d->body[3] == link->sequence >> 8;
}

/* Nothing about it came in time. */
static void ask_again(struct link *link, const struct request *request,
                      const uint8_t *payload, size_t len)
{
    if (request->type == MESSAGE_HELLO)
        frame_send(link, request->type, payload, len);
    else
        frame_send(link, MESSAGE_ASK, NULL, 0);
}

/* The frame that has arrived, is it the answer? */
static bool is_answer(struct link *link, const struct request *request,
                      struct answer *answer)
{
    const struct proto_decoder *d = &link->decoder;
    if (d->type != (request->type | MESSAGE_ANSWER) ||
        d->len > sizeof link->kept)
        return false;
    memcpy(link->kept, d->payload, d->len);
    if (answer_read(answer, link->kept, d->len) != OK)
        return false;
    text_clean((char *)link->kept + (d->len - answer->text_len),
               answer->text_len);
    return true;
}

/* One exchange. False: nobody answers. */
static bool exchange(struct link *link, const struct request *request,
                     enum link_end *end, struct answer *answer)
{
    uint8_t payload[PROTO_PAYLOAD_MAX];
    size_t len = request_write(payload, request);
    uint32_t silent = 0, again = 0, next = PATIENCE_MS, patience = asks();
    frame_send(link, request->type, payload, len);
    while (silent < patience && again < ASKS) {
        if (!frame_next(link, now_ms() + next)) {
            bool was_silent = next == PATIENCE_MS;
            silent += was_silent;
            link->repeats += was_silent;
            next = PATIENCE_MS;
            if (is_half_wait(link))
                patience = BUSY_TIMES * asks();
            ask_again(link, request, payload, len);
            continue;
        }
        silent = 0;
        next = PATIENCE_MS;
        uint8_t type = link->decoder.type;
        *end = type == MESSAGE_STRANGER ? LINK_STRANGER : LINK_ANSWERED;
        if (type == MESSAGE_STRANGER || is_answer(link, request, answer))
            return true;
        if (type == MESSAGE_WAIT) {
            patience = BUSY_TIMES * asks();
            next = PACE_MS;
        } else if (type == MESSAGE_AGAIN) {
            again++;
            link->repeats++;
            frame_send(link, request->type, payload, len);
        }
    }
    return false;
}

static NORETURN void silent(const struct link *link, const char *what)
{
    fail(EXIT_NO_ANSWER,
         "%s: the board does not answer to %s: is it on, at this port and "
         "speed (--baud), and does it offer live loading?",
         link->port.name, what);
}

void link_greet(struct link *link)
{
    const struct request request = {
        .type = MESSAGE_HELLO,
        .word = { [HELLO_OLDEST] = 1, [HELLO_NEWEST] = MESSAGES_VERSION },
    };
    struct answer answer = { .status = ERR_NOACK };
    enum link_end end;
    if (getrandom(&link->sequence, sizeof link->sequence, 0) !=
        sizeof link->sequence)
        link->sequence = (uint16_t)(now_ms() ^ getpid());
    if (!exchange(link, &request, &end, &answer))
        silent(link, "HELLO");
    if (answer.status != OK)
        fail_refused("HELLO", &answer);
    link->hello = answer;
    snprintf(link->board, sizeof link->board, "%.*s", (int)answer.text_len,
             answer.text);
}

void link_open(struct link *link, const char *port, uint32_t baud)
{
    memset(link, 0, sizeof *link);
    port_open(&link->port, port, baud); /* which an interrupt just ends */
    link_catch_interrupt();
    proto_decoder_init(&link->decoder, link->body, sizeof link->body);
    link_greet(link);
}

/* What was refused as busy has changed nothing: it is asked anew. */
enum link_end link_ask(struct link *link, const struct request *request,
                       struct answer *answer)
{
    enum link_end end;
    for (uint32_t tries = 1;; tries++) {
        link->sequence++;
        if (!exchange(link, request, &end, answer))
            silent(link, message_name(request->type));
        if (end != LINK_ANSWERED || answer->status != ERR_BUSY ||
            link_interrupted || tries == BUSY_TRIES)
            return end;
        if (tries == 5)
            fprintf(stderr, "waiting: the board is busy%s%.*s\n",
                    answer->text_len > 0 ? ": " : "", (int)answer->text_len,
                    answer->text);
        usleep(PACE_MS * 1000);
    }
}

void link_get(struct link *link, const struct request *request,
              struct answer *answer)
{
    for (uint32_t tries = 0; tries < 3; tries++) {
        if (link_ask(link, request, answer) == LINK_ANSWERED)
            return;
        link_greet(link);
    }
    fail(EXIT_NO_ANSWER,
         "%s: the board was reset again and again, or another "
         "tool that does not wait uses it",
         link->port.name);
}
