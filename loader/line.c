/* SPDX-License-Identifier: Apache-2.0 */
/* See line.h. */
#include <loader/line.h>

enum { LISTEN = 1, SEND, REQUEST, COMMANDS };
enum { EVENT_FRAME, EVENT_ANSWERED, EVENTS };
enum { BUFFER_FRAME, BUFFER_ANSWER };

/* Of a request without bytes. */
#define REQUEST_MAX (4u * REQUEST_WORDS_MAX)

/* ---- in ------------------------------------------------------------------------- */

/* What a tool asks again and again has no place behind other events: of an app
 * that is stopped it would fill the queue, and the end of a write be lost. */
static void tell_frame(struct line *line, struct process *p, uint32_t type,
                       uint16_t sequence, size_t len)
{
    if (len == 0 && upcall_pending(p) > 0)
        return;
    err_t e = upcall_queue(&line->grant, p, EVENT_FRAME, type, sequence,
                           (uint32_t)len);
    if (e == OK && len > 0)
        line->is_ready = false;
}

static void on_frame(struct frames_client *client, uint8_t type,
                     uint16_t sequence, const uint8_t *payload, size_t len)
{
    struct line *line = CONTAINER_OF(client, struct line, frames_client);
    struct process *p = process_find(line->listener);
    if (p == NULL || (len > 0 && !line->is_ready))
        return;
    struct uslice to = allowed_rw(&line->grant, p, BUFFER_FRAME);
    if (len == 0 || user_write(p, to, 0, payload, len) == OK)
        tell_frame(line, p, type, sequence, len);
}

static void on_damaged(struct frames_client *client)
{
    struct line *line = CONTAINER_OF(client, struct line, frames_client);
    struct process *p = process_find(line->listener);
    if (p != NULL)
        tell_frame(line, p, LINE_DAMAGED, 0, 0);
}

/* ---- requests ---------------------------------------------------------------------- */

/* The answer into the app's buffer; its length, 0: no room for it. */
static uint32_t put_answer(struct line *line, struct process *p)
{
    uint32_t len = (uint32_t)reply_len(&line->reply);
    struct uslice to = allowed_rw(&line->grant, p, BUFFER_ANSWER);
    return user_write(p, to, 0, reply_payload(&line->reply), len) == OK ? len
                                                                        : 0;
}

static void on_done(struct requests *requests)
{
    struct line *line = CONTAINER_OF(requests, struct line, requests);
    struct process *p = process_find(line->asker);
    line->asker = PID_NONE;
    if (p != NULL)
        (void)upcall_queue(&line->grant, p, EVENT_ANSWERED, put_answer(line, p),
                           0, 0);
}

static struct sysret request(struct line *line, struct process *p, uint8_t type,
                             uint32_t len)
{
    uint8_t payload[REQUEST_MAX];
    if (line->asker.handle != 0)
        return sysret_failure(ERR_BUSY);
    if (type == MESSAGE_WRITE)
        return sysret_failure(ERR_NOSUPPORT);
    if (len > sizeof payload)
        return sysret_failure(ERR_SIZE);
    err_t e = user_read(p, payload, allowed_ro(&line->grant, p, BUFFER_FRAME),
                        0, len);
    if (e == OK)
        e = request_read(&line->request, type, payload, len);
    if (e != OK)
        return sysret_failure(e);
    line->asker = process_pid(p);
    line->requests.client.owner = line->asker.handle;
    line->reply = (struct reply){ .status = OK };
    if (!requests_execute(&line->requests, &line->request, &line->reply))
        return sysret_u32(0);
    line->asker = PID_NONE;
    len = put_answer(line, p);
    return len > 0 ? sysret_u32(len) : sysret_failure(ERR_SIZE);
}

/* ---- commands ------------------------------------------------------------------------ */

static struct sysret send(struct line *line, struct process *p, uint32_t head,
                          uint32_t len)
{
    struct uslice from = allowed_ro(&line->grant, p, BUFFER_FRAME);
    if (len > sizeof line->out)
        return sysret_failure(ERR_SIZE);
    err_t e = user_read(p, line->out, from, 0, len);
    if (e == OK)
        line->frames->ops->send(line->frames, (uint8_t)(head >> 16),
                                (uint16_t)head, line->out, len);
    return sysret_of(e);
}

static err_t listen(struct line *line, struct process *p)
{
    if (line->listener.handle != 0 &&
        !pid_equal(line->listener, process_pid(p)))
        return ERR_BUSY;
    line->listener = process_pid(p);
    line->is_ready = true;
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct line *line = self;
    if (number == 0)
        return sysret_success();
    if (number >= COMMANDS ||
        !app_loader_allows(line->rights, p, DRIVER_LOADER_LINE))
        return sysret_failure(ERR_NOSUPPORT);
    if (grant_enter(&line->grant, p) == NULL)
        return sysret_failure(ERR_NOMEM);
    if (number == LISTEN)
        return sysret_of(listen(line, p));
    if (!pid_equal(line->listener, process_pid(p)))
        return sysret_failure(ERR_RESERVE);
    if (number == SEND)
        return send(line, p, arg1, arg2);
    return request(line, p, (uint8_t)arg1, arg2);
}

/* What it had under way ends without telling it, a transfer is let go. */
static void gone(void *self, struct process *p)
{
    struct line *line = self;
    if (!pid_equal(line->listener, process_pid(p)))
        return;
    line->requests.client.owner = line->listener.handle;
    requests_cancel(&line->requests);
    line->listener = line->asker = PID_NONE;
    line->is_ready = false;
}

const struct driver_ops line_ops = { .command = command, .gone = gone };

void line_init(struct line *line, struct app_loader *rights,
               const struct live_board *board, struct loader *loader,
               struct frames *frames)
{
    line->grant.layout.upcalls = EVENTS;
    line->grant.layout.allow_ro = 1;
    line->grant.layout.allow_rw = 2;
    line->rights = rights;
    requests_init(&line->requests, board, loader);
    line->requests.done = on_done;
    line->frames = frames;
    line->frames_client.frame = on_frame;
    line->frames_client.damaged = on_damaged;
    frames->client = &line->frames_client;
}
