/* SPDX-License-Identifier: Apache-2.0 */
/* The board's side of the serial protocol: takes frames, has each request done
 * once, answers. Pure but for what it is handed; the same in the kernel and in
 * the loader app. docs/serial-protocol.md has the rules. */
#ifndef LOADER_SERVE_H
#define LOADER_SERVE_H

#include <berth/messages.h>

struct serve;

struct serve_ops {
    /* Put a frame on the line. The payload is lent until it is out; what is
     * still on its way is dropped or goes first, as the line likes. */
    void (*send)(void *board, uint8_t type, uint16_t sequence,
                 const uint8_t *payload, size_t len);
    /* Do what is asked. True: `answer` is complete (it begins as OK without
     * words and text). False: serve_done() is called later, once, and never
     * from in here; until then request->bytes stay as they are. HELLO comes
     * here too, for what only the board knows: a new tool speaks, whatever the
     * one before had open is interrupted. */
    bool (*execute)(void *board, const struct request *request,
                    struct answer *answer);
    /* Between a request that takes longer and its serve_done() the bytes it
     * arrived in have to stay: hold, then let go. Optional. */
    void (*hold)(void *board, bool on);
};

/* Zeroed but for ops and board. */
struct serve {
    const struct serve_ops *ops;
    void *board;
    uint16_t sequence; /* of the request that is done or being done */
    uint8_t type;      /* its type */
    bool is_greeted, is_busy;
    uint16_t answer_len;
    uint8_t answer[ANSWER_MAX]; /* kept, to be given again */
};

/* A frame has arrived. */
void serve_frame(struct serve *s, uint8_t type, uint16_t sequence,
                 const uint8_t *payload, size_t len);

/* A frame has arrived damaged. */
void serve_damaged(struct serve *s);

/* The request that takes longer is over. */
void serve_done(struct serve *s, const struct answer *answer);

#endif
