/* SPDX-License-Identifier: Apache-2.0 */
/* The board's side of the serial protocol: takes frames, has each request done
 * once, answers. Pure but for what it is handed; the same in the kernel and in
 * the loader app. docs/serial-protocol.md has the rules. */
#ifndef LOADER_SERVE_H
#define LOADER_SERVE_H

#include <berth/messages.h>

/* Zeroed. */
struct serve {
    struct request request; /* that is done or being done; its type is kept if
                               it is none, too */
    uint16_t sequence;      /* its number */
    bool is_greeted, is_busy;
    struct reply reply; /* kept, to be given again, or in the making */
};

/* ---- defined by who has the line ---------------------------------------------- */

/* Put a frame on it. The payload is lent until it is out; what is still on its
 * way is dropped or goes first, as the line likes. */
void serve_send(struct serve *s, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len);
/* Do what s->request asks. True: s->reply is complete (it begins as OK without
 * text, and with words for HELLO alone). False: serve_done() is called later,
 * once, and never from in here; until then request.bytes stay as they are. HELLO
 * comes here too, for what only the board knows: a new tool speaks, whatever the
 * one before had open is interrupted. */
bool serve_execute(struct serve *s);
/* Between a request that takes longer and its serve_done() the bytes it arrived
 * in have to stay: hold, then let go. */
void serve_hold(struct serve *s, bool on);

/* ---- and called by it ------------------------------------------------------------ */

/* A frame has arrived. */
void serve_frame(struct serve *s, uint8_t type, uint16_t sequence,
                 const uint8_t *payload, size_t len);

/* A frame has arrived damaged. */
void serve_damaged(struct serve *s);

/* The request that takes longer is over: s->reply is complete. */
void serve_done(struct serve *s);

#endif
