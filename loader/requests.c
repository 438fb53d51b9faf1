/* SPDX-License-Identifier: Apache-2.0 */
/* See requests.h. */
#include <berth/crc32.h>
#include <loader/orders.h>
#include <loader/requests.h>

#include <kernel/log.h>
#include <kernel/string.h>

/* Bytes of an object that are digested in one step. */
#define DIGEST_STEP 256u

static struct store_handle handle_of(const struct request *r)
{
    return (struct store_handle){ r->word[HANDLE_AT], r->word[HANDLE_TAG] };
}

/* ---- what is answered at once --------------------------------------------------- */

static void answer_hello(struct requests *rs, struct reply *a)
{
    loader_let_go(rs->loader, rs->client.owner);
    a->words = HELLO_WORDS;
    a->word[HELLO_FEATURES] =
        FEATURE_STORE | FEATURE_PROCESSES | FEATURE_LOG | operator_features;
    a->word[HELLO_BOOT] = rs->boot;
    reply_text(a, rs->board->name);
}

/* RAM that no process has. */
static uint32_t ram_free(const struct live_board *board)
{
    uint32_t free = board->ram_end - board->ram_start;
    struct process_info info;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info))
            free -= info.ram_end - info.ram_start + info.code_ram;
    return free;
}

static void answer_info(struct requests *rs, struct reply *a)
{
    const struct live_board *board = rs->board;
    a->words = INFO_WORDS;
    a->word[INFO_BASE] = board->flash;
    a->word[INFO_START] = store_start(&rs->loader->store);
    a->word[INFO_END] = store_end(&rs->loader->store);
    a->word[INFO_SECTOR] = store_geometry(&rs->loader->store)->sector_size;
    a->word[INFO_UNIT] = store_unit(&rs->loader->store);
    a->word[INFO_FREE] = loader_space(rs->loader, &a->word[INFO_LARGEST]);
    a->word[INFO_ERASES] = rs->loader->store.erases;
    a->word[INFO_RAM_START] = board->ram_start;
    a->word[INFO_RAM_END] = board->ram_end;
    a->word[INFO_RAM_FREE] = ram_free(board);
    a->word[INFO_SLOTS] = process_slots();
    reply_text(a, board->version);
}

static void answer_walk(struct requests *rs, struct reply *a, uint32_t cursor)
{
    struct loader_object o;
    uint32_t at = loader_seek(rs->loader, cursor);
    if (!loader_walk(rs->loader, &at, &o))
        return;
    a->words = OBJECT_WORDS;
    a->word[OBJECT_NEXT] = at;
    a->word[OBJECT_AT] = o.store.at;
    a->word[OBJECT_TAG] = o.store.handle.tag;
    a->word[OBJECT_SIZE] = o.store.size;
    a->word[OBJECT_FLAGS] = (o.store.is_free ? OBJECT_FREE : 0u) |
                            (o.store.is_enabled ? OBJECT_ENABLED : 0u);
    a->word[OBJECT_ERROR] = (uint32_t)o.store.error;
    a->word[OBJECT_TRIAL_OF] = o.store.trial_of;
    a->word[OBJECT_REPLACED_BY] = o.store.replaced_by;
    if (o.store.is_free || o.store.error != TBF_OK)
        return;
    if (o.store.tbf.descriptor)
        a->word[OBJECT_FLAGS] |= OBJECT_RELOCATABLE;
    a->word[OBJECT_VERSION] = o.store.tbf.version;
    a->word[OBJECT_SHORT_ID] = o.store.tbf.short_id;
    a->word[OBJECT_PROCESS] = o.pid.handle;
    reply_put(a, loader_bytes(rs->loader, o.store.at + o.store.tbf.name.offset),
              o.store.tbf.name.len);
}

static uint32_t state_of(const struct process_info *info)
{
    if (info->state >= PROCESS_FAULTED)
        return info->state - PROCESS_FAULTED + PROCESS_IS_FAULTED;
    if (info->stopped)
        return PROCESS_IS_STOPPED;
    return info->state == PROCESS_RUNNING ? PROCESS_IS_RUNNING
                                          : PROCESS_IS_WAITING;
}

static void answer_process(struct requests *rs, struct reply *a, uint32_t slot)
{
    struct process_info info = { .pid = PID_NONE };
    while (slot < process_slots() && !process_inspect(slot, &info))
        slot++;
    if (slot >= process_slots())
        return;
    a->words = PROCESS_WORDS;
    a->word[PROCESS_NEXT] = slot + 1;
    a->word[PROCESS_HANDLE] = info.pid.handle;
    a->word[PROCESS_STATE] = state_of(&info);
    a->word[PROCESS_OBJECT] =
        info.object - (uint32_t)(uintptr_t)store_bytes(&rs->loader->store, 0);
    a->word[PROCESS_RAM] = info.ram_start;
    a->word[PROCESS_RAM_SIZE] = info.ram_end - info.ram_start;
    a->word[PROCESS_RESTARTS] = info.restarts;
    a->word[PROCESS_CODE] = info.completion;
    reply_text(a, info.name);
}

static void answer_log(struct reply *a, uint32_t cursor)
{
    enum log_level level;
    a->words = LOG_WORDS;
    if (klog_read(&cursor, reply_text_at(a), ANSWER_TEXT_MAX, &level) < 0) {
        a->words = 0;
        return;
    }
    a->word[LOG_NEXT] = cursor;
    a->word[LOG_LEVEL] = (uint32_t)level;
    a->text_len = (uint16_t)strlen(reply_text_at(a));
}

/* False: it is none of these. What has an object on the stack is not inlined,
 * here and below: it would lie there whatever is asked for. */
static NOINLINE bool answered(struct requests *rs, const struct request *r,
                              struct reply *a)
{
    uint32_t cursor = r->word[FROM_CURSOR];
    switch (r->type) {
    case MESSAGE_HELLO:
        answer_hello(rs, a);
        break;
    case MESSAGE_INFO:
        answer_info(rs, a);
        break;
    case MESSAGE_WALK:
        answer_walk(rs, a, cursor);
        break;
    case MESSAGE_PROCESS:
        answer_process(rs, a, cursor);
        break;
    case MESSAGE_LOG:
        answer_log(a, cursor);
        break;
    case MESSAGE_ORDER:
        a->status = (uint8_t)order_give(
            r->word[ORDER_WHAT], (pid_handle_t){ r->word[ORDER_PROCESS] });
        return true;
    default:
        return false;
    }
    if (a->words == 0)
        reply_fail(a, ERR_NODEVICE, "there are no more");
    return true;
}

/* What is asked of the set of apps before it is known. */
static bool is_too_early(struct requests *rs, uint8_t type)
{
    return type != MESSAGE_HELLO && type != MESSAGE_PROCESS &&
           type != MESSAGE_LOG && loader_is_starting(rs->loader);
}

/* ---- what takes longer ------------------------------------------------------------ */

static err_t begin_open(struct requests *rs, const struct request *r)
{
    const struct store_request request = {
        .size = r->word[OPEN_SIZE],
        .id = r->word[OPEN_ID],
        .align = r->word[OPEN_ALIGN],
        .at = r->word[OPEN_PLACE],
    };
    return loader_open(rs->loader, &rs->client, &request);
}

static err_t begin_write(struct requests *rs, const struct request *r)
{
    return loader_write(rs->loader, &rs->client, r->word[WRITE_OFFSET],
                        r->bytes, r->len);
}

static NOINLINE err_t begin_digest(struct requests *rs, const struct request *r)
{
    struct loader_object o;
    err_t e = loader_find(rs->loader, handle_of(r), &o);
    if (e != OK)
        return e;
    rs->crc = rs->digest = 0;
    deferred_call(&rs->work);
    return OK;
}

_Static_assert(MESSAGE_OPEN - (uint32_t)LOADER_OPEN ==
                   MESSAGE_STOP - (uint32_t)LOADER_STOP,
               "requests and what the loader does are in one order");

static err_t begin(struct requests *rs, const struct request *r)
{
    const uint32_t *word = r->word;
    uint32_t on = word[ENABLE_ON];
    switch (r->type) {
    case MESSAGE_OPEN:
        return begin_open(rs, r);
    case MESSAGE_WRITE:
        return begin_write(rs, r);
    case MESSAGE_DIGEST:
        return begin_digest(rs, r);
    case MESSAGE_COMMIT:
        on = word[COMMIT_FLAGS] & COMMIT_START;
        break;
    case MESSAGE_SEAL:
        on &= SEAL_FORCE;
        break;
    default:
        break;
    }
    return loader_ask(rs->loader, &rs->client,
                      (enum loader_op)(r->type - MESSAGE_OPEN + LOADER_OPEN),
                      handle_of(r), on);
}

bool requests_execute(struct requests *rs, struct request *r,
                      struct reply *reply)
{
    if (is_too_early(rs, r->type)) {
        reply_fail(reply, ERR_BUSY, "it is still booting");
        return true;
    }
    if (answered(rs, r, reply))
        return true;
    rs->job = r;
    rs->reply = reply;
    reply->status = (uint8_t)begin(rs, r);
    return reply->status != OK;
}

/* ---- how it ends -------------------------------------------------------------------- */

static void opened(struct requests *rs, struct reply *a)
{
    const struct store *s = &rs->loader->store;
    a->words = OPENED_WORDS;
    a->word[OPENED_OFFSET] = s->transfer.offset;
    a->word[OPENED_HEAD] = store_head(s);
    a->word[OPENED_UNIT] = store_unit(s);
}

static void on_done(struct loader_client *client,
                    const struct loader_result *result)
{
    struct requests *rs = CONTAINER_OF(client, struct requests, client);
    struct reply *a = rs->reply;
    uint8_t type = rs->job->type;
    a->status = (uint8_t)result->e;
    if (a->status == OK && type == MESSAGE_WRITE) {
        a->words = WRITTEN_WORDS;
        a->word[WRITTEN_OFFSET] = rs->loader->store.transfer.offset;
    }
    if (a->status == OK && type == MESSAGE_OPEN)
        opened(rs, a);
    if (a->status == OK && type == MESSAGE_COMMIT) {
        a->words = COMMITTED_WORDS;
        a->word[COMMITTED_AT] = result->handle.at;
        a->word[COMMITTED_PROCESS] = result->report.load.pid.handle;
    }
    if (result->report.verdict != LOADER_OK)
        a->text_len = (uint16_t)loader_report_text(
            &result->report, reply_text_at(a), ANSWER_TEXT_MAX);
    rs->done(rs);
}

/* A step of a digest. The object may go meanwhile. */
static void on_work(struct deferred *work)
{
    struct requests *rs = CONTAINER_OF(work, struct requests, work);
    struct loader_object o;
    struct reply *a = rs->reply;
    if (rs->job == NULL || rs->job->type != MESSAGE_DIGEST)
        return; /* who asked is gone */
    a->status = (uint8_t)loader_find(rs->loader, handle_of(rs->job), &o);
    if (a->status == OK) {
        uint32_t left = o.store.size - rs->digest;
        uint32_t len = left < DIGEST_STEP ? left : DIGEST_STEP;
        rs->crc = crc32_add(
            rs->crc, loader_bytes(rs->loader, o.store.at + rs->digest), len);
        rs->digest += len;
        if (len < left) {
            deferred_call(work);
            return;
        }
        a->words = DIGEST_WORDS;
        a->word[DIGEST_CRC] = rs->crc;
    }
    rs->done(rs);
}

void requests_cancel(struct requests *rs)
{
    loader_owner_gone(rs->loader, rs->client.owner);
    rs->job = NULL;
}

void requests_init(struct requests *rs, const struct live_board *board,
                   struct loader *loader)
{
    rs->board = board;
    rs->boot = ktime_now_low();
    rs->loader = loader;
    rs->client.done = on_done;
    rs->work.run = on_work;
}
