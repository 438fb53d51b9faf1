/* SPDX-License-Identifier: Apache-2.0 */
/* See boot_mode.h. */
#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <kernel/string.h>
#include <loader/accept.h>
#include <loader/boot_mode.h>

#define REQUEST 0xB007104Du
#define PING 0x01u
#define OWNER 1u /* of no transfer */

const uint8_t either_credentials_or_bootloader_mode = 'b';

/* ---- the way in ------------------------------------------------------------------ */

void boot_request_make(struct boot_request *request)
{
    request->word = REQUEST;
    request->complement = ~REQUEST;
}

bool boot_request_take(struct boot_request *request)
{
    bool is_made = request->word == REQUEST && request->complement == ~REQUEST;
    request->word = 0;
    return is_made;
}

void boot_knock_receive(void *knock, const uint8_t *bytes, size_t len)
{
    struct boot_knock *k = knock;
    for (size_t i = 0; i < len; i++) {
        if (k->is_escaped && bytes[i] == PING &&
            ktime_now_low() - k->since < k->ticks)
            k->heard();
        k->is_escaped = bytes[i] == BOOTLOADER_ESCAPE;
    }
    k->receive(k->receiver, bytes, len);
}

/* ---- the line -------------------------------------------------------------------- */

static struct boot_mode *the_mode;

/* As much as the line takes; the rest when it can send. A step of a checksum
 * makes no bytes. */
static void on_work(struct deferred *work)
{
    struct boot_mode *m = CONTAINER_OF(work, struct boot_mode, work);
    struct uart *line = m->board->line;
    if (m->out_at == m->out_len) {
        flash_open();
        m->out_at = 0;
        m->out_len = bootloader_send(&m->bootloader, m->out, sizeof m->out);
    }
    size_t rest = m->out_len - m->out_at;
    size_t sent = line->ops->send(line, m->out + m->out_at, rest);
    m->out_at += sent;
    if (sent == rest && bootloader_is_sending(&m->bootloader))
        deferred_call(work);
}

static void on_can_send(struct uart_client *client)
{
    deferred_call(&CONTAINER_OF(client, struct boot_mode, client)->work);
}

static void on_received(struct uart_client *client)
{
    struct boot_mode *m = CONTAINER_OF(client, struct boot_mode, client);
    struct uart *line = m->board->line;
    uint8_t bytes[16];
    size_t n;
    while ((n = line->ops->receive(line, bytes, sizeof bytes)) > 0)
        for (size_t i = 0; i < n && m->is_ready; i++)
            bootloader_receive(&m->bootloader, bytes[i]);
    deferred_call(&m->work);
}

/* ---- the store ---------------------------------------------------------------------- */

static void on_store_work(struct deferred *work)
{
    flash_open();
    store_run(CONTAINER_OF(work, struct boot_mode, store_work)->board->store);
}

static void on_wake(struct store *s)
{
    (void)s;
    flash_call(&the_mode->store_work);
}

static void be_ready(struct boot_mode *m)
{
    store_patch_init(m->board->store, &m->patch);
    m->is_ready = true;
}

/* An install that was interrupted leaves no hole in what tools see. */
static void mounted(struct boot_mode *m, err_t e)
{
    if (e != OK)
        klog(LOG_ERROR, "app flash failed (error %u)", (unsigned)e);
    if (e != OK || store_abort(m->board->store, OWNER) != OK)
        be_ready(m);
}

static void on_done(struct store *s, enum store_op op, err_t e)
{
    struct boot_mode *m = the_mode;
    (void)s;
    if (op == STORE_MOUNT) {
        mounted(m, e);
    } else if (op == STORE_ABORT) {
        be_ready(m);
    } else {
        bootloader_done(&m->bootloader, e);
        deferred_call(&m->work);
    }
}

/* ---- what the bootloader asks for ------------------------------------------------------ */

static const struct boot_mode_board *board_of(const struct bootloader *b)
{
    return CONTAINER_OF(b, const struct boot_mode, bootloader)->board;
}

static void on_read(struct bootloader *bootloader, uint8_t *to,
                    uint32_t address, uint32_t len)
{
    const struct boot_mode_board *b = board_of(bootloader);
    flash_open();
    for (; len > 0 && address < b->bootloader.apps_start; len--, address++)
        *to++ = *(const uint8_t *)(uintptr_t)address; /* below the apps */
    store_patch_read(b->store, to, address - b->flash, len);
}

static err_t on_write(struct bootloader *bootloader, uint32_t address,
                      const uint8_t *page)
{
    const struct boot_mode_board *b = board_of(bootloader);
    return store_patch_write(b->store, address - b->flash, page,
                             BOOTLOADER_PAGE);
}

static err_t on_close(struct bootloader *bootloader)
{
    return store_patch_close(board_of(bootloader)->store);
}

static void on_leave(struct bootloader *bootloader)
{
    board_of(bootloader)->leave();
}

inline const struct bootloader_ops *bootloader_ops(const struct bootloader *b)
{
    static const struct bootloader_ops ops = {
        .read = on_read, .write = on_write, .close = on_close, .leave = on_leave
    };
    (void)b;
    return &ops;
}

void boot_mode_init(struct boot_mode *m, const struct boot_mode_board *board)
{
    static const struct store_client store_client = { .wake = on_wake,
                                                      .done = on_done };
    struct store *s = board->store;
    the_mode = m;
    memset(m, 0, sizeof *m);
    m->board = board;
    m->work.run = on_work;
    m->store_work.run = on_store_work;
    m->client = (struct uart_client){ on_can_send, on_received };
    board->line->client = &m->client;
    m->bootloader.board = &board->bootloader;
    s->client = &store_client;
    err_t e = store_mount(s);
    if (e != OK)
        mounted(m, e);
}
