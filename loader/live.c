/* SPDX-License-Identifier: Apache-2.0 */
/* See live.h. */
#include <loader/live.h>

static struct live *live_of(struct serve *s)
{
    return CONTAINER_OF(s, struct live, serve);
}

bool serve_execute(struct serve *s)
{
    return requests_execute(&live_of(s)->requests, &s->request, &s->reply);
}

static void on_done(struct requests *requests)
{
    serve_done(&CONTAINER_OF(requests, struct live, requests)->serve);
}

void serve_send(struct serve *s, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    struct frames *frames = live_of(s)->frames;
    frames->ops->send(frames, type, sequence, payload, len);
}

void serve_hold(struct serve *s, bool on)
{
    struct frames *frames = live_of(s)->frames;
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
    requests_init(&live->requests, board, loader);
    live->requests.client.owner = LOADER_OWNER_SERIAL;
    live->requests.done = on_done;
    live->frames = frames;
    live->frames_client.frame = on_frame;
    live->frames_client.damaged = on_damaged;
    frames->client = &live->frames_client;
}
