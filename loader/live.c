/* SPDX-License-Identifier: Apache-2.0 */
/* See live.h. */
#include <loader/live.h>

static struct live *live_of(void *board)
{
    return board;
}

static bool on_execute(void *board, const struct request *request,
                       struct answer *answer)
{
    return requests_execute(&live_of(board)->requests, request, answer);
}

static void on_done(struct requests *requests, const struct answer *answer)
{
    struct live *live = CONTAINER_OF(requests, struct live, requests);
    serve_done(&live->serve, answer);
}

static void on_send(void *board, uint8_t type, uint16_t sequence,
                    const uint8_t *payload, size_t len)
{
    struct frames *frames = live_of(board)->frames;
    frames->ops->send(frames, type, sequence, payload, len);
}

static void on_hold(void *board, bool on)
{
    struct frames *frames = live_of(board)->frames;
    frames->ops->hold(frames, on);
}

static void on_frame(struct frames_client *client, uint8_t type,
                     uint16_t sequence, const uint8_t *payload, size_t len)
{
    struct live *live = CONTAINER_OF(client, struct live, frames_client);
    serve_frame(&live->serve, type, sequence, payload, len);
}

static void on_damaged(struct frames_client *client)
{
    serve_damaged(&CONTAINER_OF(client, struct live, frames_client)->serve);
}

void live_init(struct live *live, const struct live_board *board,
               struct loader *loader, struct frames *frames)
{
    static const struct serve_ops ops = { on_send, on_execute, on_hold };
    live->serve.ops = &ops;
    live->serve.board = live;
    /* What is kept of the answer before is of no use from here on. */
    live->requests.text =
        (char *)live->serve.answer + (ANSWER_MAX - ANSWER_TEXT_MAX);
    requests_init(&live->requests, board, loader);
    live->requests.client.owner = LOADER_OWNER_SERIAL;
    live->requests.done = on_done;
    live->frames = frames;
    live->frames_client.frame = on_frame;
    live->frames_client.damaged = on_damaged;
    frames->client = &live->frames_client;
}
