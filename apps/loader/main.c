/* SPDX-License-Identifier: Apache-2.0 */
/* The loader app: speaks the serial protocol (docs/serial-protocol.md) and asks
 * the kernel to do what the tool wants. It decides nothing: whether it may is
 * the board's list, what is an app is the loading machine's to judge. Killed or
 * hanging it takes nothing with it but the transfer under way.
 *
 * Frames come and go by driver 0x80010003 (loader/line.h), pages are written by
 * the app loader, driver 0x10001. */
#include <berth/event.h>
#include <loader/serve.h>
#include <stdio.h>
#include <syscall.h>

enum { LISTEN = 1, SEND, REQUEST };
enum { EVENT_FRAME, EVENT_ANSWERED };
enum { WRITE = 2, EVENT_WRITTEN = 1, PROGRESS = 8 };

static uint8_t frame[PROTO_PAYLOAD_MAX];
static struct serve serve;
static bool is_held;

/* ---- what the server wants --------------------------------------------------- */

void serve_send(struct serve *s, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    (void)s;
    (void)syscall_allow_ro(DRIVER_LOADER_LINE, 0, payload, (uint32_t)len);
    (void)syscall_command(DRIVER_LOADER_LINE, SEND,
                          (uint32_t)type << 16 | sequence, (uint32_t)len);
}

void serve_hold(struct serve *s, bool on)
{
    (void)s;
    is_held = on;
}

static bool fails(struct serve *s, struct sysret r)
{
    if (sysret_is_success(r))
        return false;
    reply_fail(&s->reply, (err_t)r.value[0], NULL);
    return true;
}

/* The kernel has written it. */
static void answered(struct serve *s, uint32_t len)
{
    s->reply.text_len = (uint16_t)(len - 2u - 4u * s->reply.words);
    if (len > ANSWER_MAX || reply_len(&s->reply) != len)
        reply_fail(&s->reply, ERR_FAIL, NULL);
}

/* The bytes stand in `frame`, which is held until they are written. */
static bool write_begin(struct serve *s)
{
    const struct request *r = &s->request;
    (void)syscall_allow_ro(DRIVER_APP_LOADER, 0, r->bytes, r->len);
    return fails(s, syscall_command(DRIVER_APP_LOADER, WRITE,
                                    r->word[WRITE_OFFSET], r->len));
}

bool serve_execute(struct serve *s)
{
    const struct request *request = &s->request;
    if (request->type == MESSAGE_WRITE)
        return write_begin(s);
    uint32_t len = 4 * message_words(request->type);
    (void)syscall_allow_ro(DRIVER_LOADER_LINE, 0, request->word, len);
    struct sysret r =
        syscall_command(DRIVER_LOADER_LINE, REQUEST, request->type, len);
    if (fails(s, r))
        return true;
    if (r.value[0] == 0)
        return false;
    answered(s, r.value[0]);
    return true;
}

/* ---- what happens -------------------------------------------------------------- */

static void on_frame(uint32_t type, uint32_t sequence, uint32_t len,
                     void *userdata)
{
    (void)userdata;
    if (type == LINE_DAMAGED)
        serve_damaged(&serve);
    else
        serve_frame(&serve, (uint8_t)type, (uint16_t)sequence, frame, len);
}

static void on_answered(uint32_t len, uint32_t value1, uint32_t value2,
                        void *userdata)
{
    (void)value1;
    (void)value2;
    (void)userdata;
    answered(&serve, len);
    serve_done(&serve);
}

static void on_written(uint32_t status, uint32_t len, uint32_t value2,
                       void *userdata)
{
    struct reply *reply = &serve.reply;
    (void)len;
    (void)value2;
    (void)userdata;
    struct sysret r = syscall_command(DRIVER_APP_LOADER_MORE, PROGRESS, 0, 0);
    reply->status = (uint8_t)status;
    if (status == OK && sysret_is_success(r)) {
        reply->words = WRITTEN_WORDS;
        reply->word[WRITTEN_OFFSET] = r.value[1];
    }
    serve_done(&serve);
}

/* After each callback: whatever was in `frame` is done with, or is held. */
static void listen(void *userdata)
{
    (void)userdata;
    if (!is_held)
        (void)syscall_command(DRIVER_LOADER_LINE, LISTEN, 0, 0);
}

int main(void)
{
    (void)syscall_allow_rw(DRIVER_LOADER_LINE, 0, frame, sizeof frame);
    (void)syscall_allow_rw(DRIVER_LOADER_LINE, 1, reply_payload(&serve.reply),
                           ANSWER_MAX);
    (void)syscall_subscribe(DRIVER_LOADER_LINE, EVENT_FRAME, on_frame, NULL);
    (void)syscall_subscribe(DRIVER_LOADER_LINE, EVENT_ANSWERED, on_answered,
                            NULL);
    (void)syscall_subscribe(DRIVER_APP_LOADER, EVENT_WRITTEN, on_written, NULL);
    struct sysret r = syscall_command(DRIVER_LOADER_LINE, LISTEN, 0, 0);
    if (!sysret_is_success(r)) {
        printf("loader: this board does not let me listen, error %u\n",
               (unsigned)r.value[0]);
        return 1;
    }
    berth_loop(listen, NULL);
    return 0;
}
