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

static uint8_t frame[PROTO_PAYLOAD_MAX], answered[ANSWER_MAX];
static bool is_held;

/* ---- what the server wants --------------------------------------------------- */

static void on_send(void *board, uint8_t type, uint16_t sequence,
                    const uint8_t *payload, size_t len)
{
    (void)board;
    (void)syscall_allow_ro(DRIVER_LOADER_LINE, 0, payload, (uint32_t)len);
    (void)syscall_command(DRIVER_LOADER_LINE, SEND,
                          (uint32_t)type << 16 | sequence, (uint32_t)len);
}

static void on_hold(void *board, bool on)
{
    (void)board;
    is_held = on;
}

static bool fails(struct answer *answer, struct sysret r)
{
    if (sysret_is_success(r))
        return false;
    answer_fail(answer, (err_t)r.value[0], NULL);
    return true;
}

/* The bytes stand in `frame`, which is held until they are written. */
static bool write_begin(const struct request *request, struct answer *answer)
{
    (void)syscall_allow_ro(DRIVER_APP_LOADER, 0, request->bytes, request->len);
    return fails(answer,
                 syscall_command(DRIVER_APP_LOADER, WRITE,
                                 request->word[WRITE_OFFSET], request->len));
}

static bool on_execute(void *board, const struct request *request,
                       struct answer *answer)
{
    (void)board;
    if (request->type == MESSAGE_WRITE)
        return write_begin(request, answer);
    uint8_t payload[4 * REQUEST_WORDS_MAX];
    uint32_t len = 0;
    for (; len < sizeof payload; len++)
        payload[len] = (uint8_t)(request->word[len / 4] >> 8 * (len % 4));
    (void)syscall_allow_ro(DRIVER_LOADER_LINE, 0, payload, len);
    struct sysret r =
        syscall_command(DRIVER_LOADER_LINE, REQUEST, request->type,
                        4 * message_words(request->type));
    if (fails(answer, r))
        return true;
    if (r.value[0] == 0)
        return false;
    if (answer_read(answer, answered, r.value[0]) != OK)
        answer_fail(answer, ERR_FAIL, NULL);
    return true;
}

static struct serve_ops ops;
static struct serve serve;

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
    struct answer answer;
    (void)value1;
    (void)value2;
    (void)userdata;
    if (answer_read(&answer, answered, len) != OK)
        answer_fail(&answer, ERR_FAIL, NULL);
    serve_done(&serve, &answer);
}

static void on_written(uint32_t status, uint32_t len, uint32_t value2,
                       void *userdata)
{
    struct answer answer = { .status = (err_t)status };
    (void)len;
    (void)value2;
    (void)userdata;
    struct sysret r = syscall_command(DRIVER_APP_LOADER_MORE, PROGRESS, 0, 0);
    if (status == OK && sysret_is_success(r)) {
        answer.words = WRITTEN_WORDS;
        answer.word[WRITTEN_OFFSET] = r.value[1];
    }
    serve_done(&serve, &answer);
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
    ops = (struct serve_ops){ on_send, on_execute, on_hold };
    serve.ops = &ops;
    (void)syscall_allow_rw(DRIVER_LOADER_LINE, 0, frame, sizeof frame);
    (void)syscall_allow_rw(DRIVER_LOADER_LINE, 1, answered, sizeof answered);
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
