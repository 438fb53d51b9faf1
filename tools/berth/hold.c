/* SPDX-License-Identifier: Apache-2.0 */
/* See hold.h. Another berth that comes by the control socket is served as long
 * as it is connected; those that come meanwhile wait in the socket's queue. */
#include "hold.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <berth/proto.h>

#include "berth.h"
#include "link.h"

enum { CTRL_A = 1 };

/* One way of the frames: taken out of what comes from one side, put on the
 * other as they were. */
struct relay {
    struct proto_decoder decoder;
    uint8_t body[PROTO_BODY_MAX];
};

struct hold {
    struct port *port;
    int client;        /* another berth, -1: none */
    bool client_types; /* text, too: then it is told what there is */
    bool is_typing;    /* the standard input is open */
    bool has_prefix;
    bool wants_out, has_ended;
    struct relay from_board, from_client;
};

static struct termios terminal_before;
static bool terminal_is_raw;

static void terminal_restore(void)
{
    if (terminal_is_raw)
        tcsetattr(0, TCSANOW, &terminal_before);
    terminal_is_raw = false;
}

static void terminal_raw(void)
{
    struct termios raw;
    if (!isatty(0) || tcgetattr(0, &terminal_before) != 0)
        return;
    raw = terminal_before;
    cfmakeraw(&raw);
    raw.c_oflag |= OPOST;
    tcsetattr(0, TCSANOW, &raw);
    terminal_is_raw = true;
    atexit(terminal_restore);
}

static bool frame_pass(const struct proto_decoder *d, int to)
{
    uint8_t wire[2 * PROTO_BODY_MAX + 2];
    struct proto_encoder e;
    proto_send(&e, d->type, d->sequence, d->payload, d->len);
    return fd_write(to, wire, proto_encode(&e, wire, sizeof wire));
}

static void client_leave(struct hold *h)
{
    close(h->client);
    h->client = -1;
    h->client_types = false;
}

/* Text goes to another berth that types, as it was on the wire. */
static void text_pass(struct hold *h, const uint8_t *text, size_t len)
{
    static uint8_t wire[2 * 4096];
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += proto_text(wire + n, text[i]);
    if (h->client >= 0 && h->client_types && n != 0 &&
        !fd_write(h->client, wire, n))
        client_leave(h);
}

static void board_said(struct hold *h, const uint8_t *bytes, size_t len)
{
    struct proto_decoder *d = &h->from_board.decoder;
    static uint8_t text[4096];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        enum proto_event e = proto_decode(d, bytes[i]);
        if (e == PROTO_TEXT)
            text[n++] = d->text;
        if (e == PROTO_FRAME && h->client >= 0 && !frame_pass(d, h->client))
            client_leave(h);
    }
    (void)fd_write(1, text, n);
    text_pass(h, text, n);
}

static void client_said(struct hold *h, const uint8_t *bytes, size_t len)
{
    struct proto_decoder *d = &h->from_client.decoder;
    for (size_t i = 0; i < len; i++) {
        uint8_t wire[2];
        enum proto_event e = proto_decode(d, bytes[i]);
        bool is_out = true;
        if (e == PROTO_FRAME) {
            is_out = frame_pass(d, h->port->fd);
        } else if (e == PROTO_TEXT) { /* a command of the board's console */
            h->client_types = true;
            is_out = fd_write(h->port->fd, wire, proto_text(wire, d->text));
        }
        h->has_ended |= !is_out;
    }
}

/* What is typed goes out as text does: it cannot make a frame. */
static void typed(struct hold *h, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len && !h->wants_out; i++) {
        uint8_t wire[2];
        bool is_prefix = terminal_is_raw && bytes[i] == CTRL_A;
        if (h->has_prefix && (bytes[i] == 'x' || bytes[i] == 'X')) {
            h->wants_out = true;
        } else if (is_prefix && !h->has_prefix) {
            h->has_prefix = true;
            continue;
        } else if (!fd_write(h->port->fd, wire, proto_text(wire, bytes[i]))) {
            h->has_ended = true;
        }
        h->has_prefix = false;
    }
}

/* Some bytes of one side; 0: it has ended. */
static size_t side_read(int fd, uint8_t *bytes, size_t cap)
{
    for (;;) {
        ssize_t n = read(fd, bytes, cap);
        if (n >= 0)
            return (size_t)n;
        if (errno != EINTR && errno != EAGAIN)
            return 0;
    }
}

static void client_accept(struct hold *h)
{
    h->client = accept4(h->port->listener, NULL, NULL, SOCK_CLOEXEC);
    /* It waits for a byte of text, to know that its turn has come. */
    if (h->client >= 0 && !fd_write(h->client, "\n", 1))
        client_leave(h);
    proto_decoder_init(&h->from_client.decoder, h->from_client.body,
                       sizeof h->from_client.body);
}

static void turn(struct hold *h)
{
    enum { BOARD, TYPING, CLIENT, SIDES };
    uint8_t bytes[4096];
    struct pollfd p[SIDES] = {
        [BOARD] = { .fd = h->port->fd, .events = POLLIN },
        [TYPING] = { .fd = h->is_typing ? 0 : -1, .events = POLLIN },
        [CLIENT] = { .fd = h->client >= 0 ? h->client : h->port->listener,
                     .events = POLLIN },
    };
    if (poll(p, SIDES, -1) < 0)
        return;
    if (p[BOARD].revents) {
        size_t n = side_read(h->port->fd, bytes, sizeof bytes);
        board_said(h, bytes, n);
        h->has_ended |= n == 0;
    }
    if (p[TYPING].revents) {
        size_t n = side_read(0, bytes, sizeof bytes);
        typed(h, bytes, n);
        h->is_typing = n > 0;
    }
    if (p[CLIENT].revents && h->client < 0) {
        client_accept(h);
    } else if (p[CLIENT].revents) {
        size_t n = side_read(h->client, bytes, sizeof bytes);
        client_said(h, bytes, n);
        if (n == 0)
            client_leave(h);
    }
}

bool hold_run(struct port *port)
{
    static struct hold h;
    h = (struct hold){ .port = port, .client = -1, .is_typing = true };
    proto_decoder_init(&h.from_board.decoder, h.from_board.body,
                       sizeof h.from_board.body);
    link_catch_interrupt();
    terminal_raw();
    while (!h.wants_out && !h.has_ended && !link_interrupted)
        turn(&h);
    terminal_restore();
    if (h.client >= 0)
        client_leave(&h);
    return h.has_ended;
}
