/* SPDX-License-Identifier: Apache-2.0 */
/* The tool's side of the serial protocol: one request, one answer, whatever
 * the line does to them. */
#ifndef BERTH_LINK_H
#define BERTH_LINK_H

#include <signal.h>

#include <berth/messages.h>

#include "port.h"

enum link_end {
    LINK_ANSWERED, /* the answer may be a refusal */
    LINK_STRANGER, /* the board was reset, or another tool has taken over */
};

struct link {
    struct port port;
    uint16_t sequence;
    struct proto_decoder decoder;
    uint8_t body[PROTO_BODY_MAX];
    uint8_t read[4096]; /* bytes off the wire that wait for their turn */
    size_t read_at, read_len;
    uint8_t kept[ANSWER_MAX]; /* the answer that was handed out lies here */
    uint64_t bytes_out, bytes_in, repeats;
    struct answer hello; /* words only */
    char board[ANSWER_TEXT_MAX + 1];
};

/* Open the port and say HELLO. Ends the program when nobody answers. */
void link_open(struct link *link, const char *port, uint32_t baud);

/* Say HELLO again, after LINK_STRANGER. */
void link_greet(struct link *link);

/* Ask, and wait for the answer, valid until the next call. Ends the program
 * when the board has gone. */
MUST_CHECK enum link_end link_ask(struct link *link,
                                  const struct request *request,
                                  struct answer *answer);

/* The same where nothing can be taken up again: says HELLO and asks again by
 * itself, once. For requests that may be asked twice. */
void link_get(struct link *link, const struct request *request,
              struct answer *answer);

/* How long a board may say nothing. */
uint32_t link_patience_ms(void);

/* A clock that is never set. */
int64_t now_ms(void);

/* Ctrl-C has been pressed; a second time ends the program at once. */
extern volatile sig_atomic_t link_interrupted;
void link_catch_interrupt(void);

/* An error number in words; and a refusal in words, with the board's reason. */
const char *error_text(err_t e);
NORETURN void fail_refused(const char *what, const struct answer *answer);

#endif
