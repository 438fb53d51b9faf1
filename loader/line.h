/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line for the loader app, driver 0x80010003: frames in and out, and
 * the requests that come in them. So the protocol is spoken outside the kernel,
 * and what reaches the loading machine is an app's request like any other:
 * allowed by the board's list, owned by the app, over when the app is.
 *
 * The board's list and the app's own header have to name the driver, as with
 * 0x10001 (loader/app_loader.h); else every command answers NOSUPPORT. The first
 * app that listens has the line until it ends: BUSY for others.
 *
 *  command 1               listen: a frame with a payload may come, one
 *  command 2(type << 16 | sequence, len)
 *                          send a frame, its payload the first `len` bytes of
 *                          read-only buffer 0; one that is half out is cut off
 *  command 3(type, len)    a request of berth/messages.h, its payload likewise.
 *                          Answers the length of the answer that is in
 *                          read-write buffer 1 then; 0: event 1 tells (length, 0,
 *                          0) later. WRITE is not taken: driver 0x10001 writes
 *  event 0                 (type, sequence, len): a frame, its payload in
 *                          read-write buffer 0; (LINE_DAMAGED, 0, 0): one that
 *                          was damaged
 *
 * A frame without payload leaves the buffer alone and needs no `listen`. What
 * finds nobody listening, no room or the queue full is lost, as on a line. */
#ifndef LOADER_LINE_H
#define LOADER_LINE_H

#include <berth/hil/frames.h>
#include <loader/app_loader.h>
#include <loader/requests.h>

/* Zeroed. */
struct line {
    struct grant grant;
    struct app_loader *rights; /* who may */
    struct frames *frames;
    struct frames_client frames_client;
    struct requests requests;
    struct request request;       /* that is under way, */
    struct reply reply;           /* and what is answered */
    pid_handle_t listener, asker; /* asker: of the request under way */
    flag_t is_ready;              /* for a payload */
    uint8_t out[ANSWER_MAX];      /* of the frame that goes out */
};

extern const struct driver_ops line_ops;

void line_init(struct line *line, struct app_loader *rights,
               const struct live_board *board, struct loader *loader,
               struct frames *frames);

#endif
