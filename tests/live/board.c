/* SPDX-License-Identifier: Apache-2.0 */
/* A board on the host: the server of the serial protocol over the app store, on
 * a NOR flash model, behind a Unix socket or a pseudo terminal. No processes
 * run on it; what is to be started counts as started. It prints text all the
 * time, with frames in it, as a bad app would.
 *
 *     board unix:PATH|pty [--flash FILE] [--quiet] [--slow MS] [--sector N]
 *         [--deaf MS]
 *
 * FILE holds the flash and is kept up to date at every step, so that a killed
 * board finds what it had. `--slow`: an operation of the flash takes that long.
 * `--deaf`: the first erase does, in which nothing else is done: of what was to be sent
 * 8 bytes are out before it, and of what comes meanwhile 40 are kept.
 * Prints where it listens, then nothing more. One connection at a time.
 *
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: loader/proto.c loader/messages.c loader/serve.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <berth/crc32.h>
#include <loader/serve.h>
#include <tests/power/world.h>

enum { STARTED_MAX = 64 };

static struct world world;
static struct serve serve;
static struct proto_decoder decoder;
static uint8_t body[PROTO_BODY_MAX], short_body[PROTO_HEAD + PROTO_CRC];
static uint8_t held_body[PROTO_BODY_MAX];
static int line = -1, listener = -1;
static bool is_held, is_quiet;
static uint32_t slow_ms, deaf_ms, dones;
static int64_t flash_ready;
static uint8_t *file;
static uint32_t boot_number;

static struct request job; /* under way */
static bool has_job, is_planned;
static struct store_handle replaces;
static bool has_replaces;
static uint32_t started[STARTED_MAX], started_count;

static void die(const char *what)
{
    fprintf(stderr, "board: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the line --------------------------------------------------------------- */

enum { FIFO_OUT = 8, KEPT = 40 };
static uint8_t
    unsent[2 * PROTO_BODY_MAX + 2]; /* behind the FIFO of a deaf board */
static size_t unsent_len;

static void line_write(const uint8_t *bytes, size_t len)
{
    while (len > 0 && line >= 0) {
        ssize_t n = write(line, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd p = { .fd = line, .events = POLLOUT };
            if (poll(&p, 1, 200) <= 0)
                return; /* nobody reads: the bytes are lost, as on a wire */
        } else {
            return;
        }
    }
}

void serve_send(struct serve *server, uint8_t type, uint16_t sequence,
                const uint8_t *payload, size_t len)
{
    uint8_t wire[2 * PROTO_BODY_MAX + 2];
    struct proto_encoder e;
    (void)server;
    proto_send(&e, type, sequence, payload, len);
    size_t n = proto_encode(&e, wire, sizeof wire);
    if (deaf_ms != 0 && type == MESSAGE_WAIT && unsent_len == 0) {
        unsent_len = n - FIFO_OUT;
        memcpy(unsent, wire + FIFO_OUT, unsent_len);
        n = FIFO_OUT;
    }
    line_write(wire, n);
}

static void unsent_write(void)
{
    line_write(unsent, unsent_len);
    unsent_len = 0;
}

void serve_hold(struct serve *server, bool on)
{
    (void)server;
    is_held = on;
    if (on)
        proto_decoder_init(&decoder, short_body, sizeof short_body);
    else
        proto_decoder_init(&decoder, body, sizeof body);
}

/* Every byte value, and a whole frame that would remove an app. */
static void chatter(void)
{
    static uint8_t count;
    uint8_t text[64], wire[128];
    struct proto_encoder e;
    size_t n = 0, len = 0;
    proto_send(&e, MESSAGE_HELLO | MESSAGE_ANSWER, serve.sequence,
               (const uint8_t *)"\0\0forged", 8);
    len = proto_encode(&e, text, sizeof text - 9);
    for (uint32_t i = 0; i < 8; i++)
        text[len++] = count++;
    text[len++] = '\n';
    for (size_t i = 0; i < len; i++)
        n += proto_text(wire + n, text[i]);
    line_write(wire, n);
}

/* ---- requests ----------------------------------------------------------------- */

static bool is_started(uint32_t at)
{
    for (uint32_t i = 0; i < started_count; i++)
        if (started[i] == at)
            return true;
    return false;
}

static void start(uint32_t at, bool on)
{
    for (uint32_t i = 0; i < started_count; i++)
        if (started[i] == at)
            started[i--] = started[--started_count];
    if (on && started_count < STARTED_MAX)
        started[started_count++] = at;
}

static void info(struct reply *a)
{
    struct store *s = &world.store;
    struct store_object o;
    uint32_t at = STORE_NONE, used = 0, end = world.layout.start, best = 0;
    while (store_walk(s, &at, &o)) {
        if (!o.is_free)
            used += o.size;
        else if (o.size > best)
            best = o.size;
        end = o.at + o.size;
    }
    a->words = INFO_WORDS;
    a->word[INFO_BASE] = 0x22000000;
    a->word[INFO_START] = world.layout.start;
    a->word[INFO_END] = world.layout.end;
    a->word[INFO_SECTOR] = store_geometry(s)->sector_size;
    a->word[INFO_UNIT] = store_unit(s);
    a->word[INFO_FREE] = world.layout.end - world.layout.start - used;
    uint32_t rest = world.layout.end - end;
    a->word[INFO_LARGEST] = best > rest ? best : rest;
    a->word[INFO_ERASES] = s->erases;
    reply_text(a, "host fixture");
}

static void object(struct reply *a, uint32_t cursor)
{
    struct store_object o;
    uint32_t at = cursor;
    if (!store_walk(&world.store, &at, &o)) {
        reply_fail(a, ERR_NODEVICE, "no more objects");
        return;
    }
    uint32_t flags = (o.is_free ? OBJECT_FREE : 0) |
                     (o.is_enabled ? OBJECT_ENABLED : 0) |
                     (o.tbf.descriptor ? OBJECT_RELOCATABLE : 0);
    a->words = OBJECT_WORDS;
    a->word[OBJECT_NEXT] = at;
    a->word[OBJECT_AT] = o.at;
    a->word[OBJECT_TAG] = o.handle.tag;
    a->word[OBJECT_SIZE] = o.size;
    a->word[OBJECT_FLAGS] = flags;
    a->word[OBJECT_ERROR] = (uint32_t)o.error;
    a->word[OBJECT_TRIAL_OF] = o.trial_of;
    a->word[OBJECT_REPLACED_BY] = o.replaced_by;
    if (o.is_free || o.error != TBF_OK)
        return;
    a->word[OBJECT_VERSION] = o.tbf.version;
    a->word[OBJECT_SHORT_ID] = o.tbf.short_id;
    a->word[OBJECT_PROCESS] = is_started(o.at) ? o.at | 1 : 0;
    reply_put(a, world.nor.shown + o.at + o.tbf.name.offset, o.tbf.name.len);
}

static void process(struct reply *a, uint32_t cursor)
{
    if (cursor >= started_count) {
        reply_fail(a, ERR_NODEVICE, "no more processes");
        return;
    }
    a->words = PROCESS_WORDS;
    a->word[PROCESS_NEXT] = cursor + 1;
    a->word[PROCESS_HANDLE] = started[cursor] | 1;
    a->word[PROCESS_STATE] = PROCESS_IS_WAITING;
    a->word[PROCESS_OBJECT] = started[cursor];
    reply_text(a, "app");
}

static struct store_handle handle_of(const struct request *r)
{
    return (struct store_handle){ r->word[HANDLE_AT], r->word[HANDLE_TAG] };
}

/* Begin what takes flash operations. */
static err_t begin(const struct request *r)
{
    struct store *s = &world.store;
    struct store_request request;
    struct store_object o;
    err_t e;
    switch (r->type) {
    case MESSAGE_OPEN:
        request = (struct store_request){
            .size = r->word[OPEN_SIZE],
            .id = r->word[OPEN_ID],
            .align = r->word[OPEN_ALIGN],
            .at = r->word[OPEN_PLACE],
        };
        return store_open(s, WORLD_OWNER, &request);
    case MESSAGE_WRITE:
        return store_write(s, WORLD_OWNER, r->word[WRITE_OFFSET], r->bytes,
                           r->len < STORE_BUFFER_MAX ? r->len
                                                     : STORE_BUFFER_MAX);
    case MESSAGE_SEAL:
        replaces = handle_of(r);
        has_replaces = replaces.at != PLACE_ANY;
        return store_seal(s, WORLD_OWNER);
    case MESSAGE_COMMIT:
        return store_commit(s, WORLD_OWNER, has_replaces ? &replaces : NULL);
    case MESSAGE_ABORT:
        return store_abort(s, WORLD_OWNER);
    case MESSAGE_REMOVE:
        return store_remove(s, handle_of(r));
    case MESSAGE_ENABLE:
        e = store_find(s, handle_of(r), &o);
        if (e == OK && o.is_enabled == (r->word[ENABLE_ON] != 0))
            return ERR_ALREADY;
        return e == OK ? store_enable(s, handle_of(r), r->word[ENABLE_ON]) : e;
    case MESSAGE_CONFIRM:
        return store_confirm(s, handle_of(r));
    case MESSAGE_ROLL_BACK:
        return store_roll_back(s, handle_of(r));
    case MESSAGE_COMPACT:
        is_planned = false;
        return store_compact_plan(s);
    default:
        return ERR_NOSUPPORT;
    }
}

static void simple(const struct request *r, struct reply *a)
{
    struct store_object o;
    if (r->type == MESSAGE_HELLO) {
        store_owner_gone(&world.store, WORLD_OWNER);
        a->words = HELLO_WORDS;
        a->word[HELLO_FEATURES] = FEATURE_STORE | FEATURE_PROCESSES;
        a->word[HELLO_BOOT] = boot_number;
        reply_text(a, "fixture");
    } else if (r->type == MESSAGE_INFO) {
        info(a);
    } else if (r->type == MESSAGE_WALK) {
        object(a, r->word[FROM_CURSOR]);
    } else if (r->type == MESSAGE_PROCESS) {
        process(a, r->word[FROM_CURSOR]);
    } else if (r->type == MESSAGE_LOG) {
        reply_fail(a, ERR_NODEVICE, "no more lines");
    } else if (store_find(&world.store, handle_of(r), &o) != OK) {
        reply_fail(a, ERR_NODEVICE, "no such object (any more)");
    } else if (r->type == MESSAGE_DIGEST) {
        a->words = DIGEST_WORDS;
        a->word[DIGEST_CRC] = crc32_add(0, world.nor.shown + o.at, o.size);
    } else if (is_started(o.at) == (r->type == MESSAGE_START)) {
        reply_fail(a, ERR_ALREADY, NULL);
    } else {
        start(o.at, r->type == MESSAGE_START);
    }
}

static bool is_simple(uint8_t type)
{
    return type == MESSAGE_HELLO || type == MESSAGE_INFO ||
           type == MESSAGE_WALK || type == MESSAGE_PROCESS ||
           type == MESSAGE_LOG || type == MESSAGE_DIGEST ||
           type == MESSAGE_START || type == MESSAGE_STOP;
}

bool serve_execute(struct serve *server)
{
    const struct request *r = &server->request;
    if (is_simple(r->type)) {
        simple(r, &server->reply);
        return true;
    }
    job = *r;
    if (r->len > 0) { /* the body is about to be used again */
        memcpy(held_body, r->bytes, r->len);
        job.bytes = held_body;
    }
    err_t e = begin(&job);
    if (e != OK) {
        reply_fail(&server->reply, e, NULL);
        return true;
    }
    dones = world.dones;
    has_job = true;
    return false;
}

static void finish(void)
{
    struct store *s = &world.store;
    struct reply *a = &serve.reply;
    struct store_object o;
    a->status = (uint8_t)world.error;
    if (job.type == MESSAGE_COMPACT && a->status == OK && !is_planned) {
        is_planned = true;
        dones = world.dones;
        a->status = (uint8_t)store_compact(s);
        if (a->status == OK)
            return;
    }
    if (job.type == MESSAGE_WRITE && a->status == OK &&
        job.len > STORE_BUFFER_MAX) {
        job.word[WRITE_OFFSET] += STORE_BUFFER_MAX;
        job.bytes += STORE_BUFFER_MAX;
        job.len -= STORE_BUFFER_MAX;
        dones = world.dones;
        a->status = (uint8_t)begin(&job);
        if (a->status == OK)
            return;
    }
    has_job = false;
    if (a->status == OK && job.type == MESSAGE_OPEN) {
        a->words = OPENED_WORDS;
        a->word[OPENED_OFFSET] =
            s->transfer.needs_head ? s->transfer.offset : 0;
        a->word[OPENED_HEAD] = store_head(s);
        a->word[OPENED_UNIT] = store_unit(s);
    }
    if (a->status == OK && job.type == MESSAGE_WRITE) {
        a->words = WRITTEN_WORDS;
        a->word[WRITTEN_OFFSET] = s->transfer.offset;
    }
    if (job.type == MESSAGE_REMOVE && a->status == OK)
        start(job.word[HANDLE_AT], false);
    if (job.type == MESSAGE_COMMIT && a->status == OK &&
        (job.word[COMMIT_FLAGS] & COMMIT_START)) {
        uint32_t at = STORE_NONE;
        while (store_walk(s, &at, &o))
            if (!o.is_free && o.at == s->transfer.at)
                start(o.at, true);
    }
    serve_done(&serve);
}

/* ---- the flash takes its time --------------------------------------------------- */

static void hear(const uint8_t *bytes, size_t len);

static void be_deaf(void)
{
    uint8_t bytes[4096];
    usleep(deaf_ms * 1000);
    deaf_ms = 0;
    ssize_t n = line < 0 ? 0 : read(line, bytes, sizeof bytes);
    unsent_write();
    if (n > 0)
        hear(bytes, n < KEPT ? (size_t)n : KEPT);
}

static int step(void)
{
    if (world.is_woken) {
        world.is_woken = false;
        store_run(&world.store);
    } else if (world.nor.is_busy) {
        int64_t now = now_ms();
        if (deaf_ms != 0 && world.nor.is_erase)
            be_deaf();
        if (flash_ready == 0)
            flash_ready = now + slow_ms;
        if (now < flash_ready)
            return (int)(flash_ready - now);
        flash_ready = 0;
        nor_complete(&world.nor);
        if (file)
            memcpy(file, world.nor.cells, world.nor.geometry.size);
    } else {
        if (has_job && world.dones != dones) {
            unsent_write();
            finish();
        }
        return has_job ? 0 : 50;
    }
    return 0;
}

/* ---- the line, again ---------------------------------------------------------------- */

static void hear(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        enum proto_event e = proto_decode(&decoder, bytes[i]);
        if (e == PROTO_FRAME)
            serve_frame(&serve, decoder.type, decoder.sequence, decoder.payload,
                        decoder.len);
        if (e == PROTO_FAULT)
            serve_damaged(&serve);
    }
}

static void line_open(const char *where)
{
    if (strcmp(where, "pty") == 0) {
        struct termios t;
        line = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        if (line < 0 || grantpt(line) != 0 || unlockpt(line) != 0)
            die("pty");
        /* Kept open, so that the master hears no hang-up between tools. */
        int slave = open(ptsname(line), O_RDWR | O_NOCTTY);
        if (slave < 0 || tcgetattr(slave, &t) != 0)
            die("pty");
        cfmakeraw(&t);
        tcsetattr(slave, TCSANOW, &t);
        printf("%s\n", ptsname(line));
    } else {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof address.sun_path, "%s", where + 5);
        unlink(address.sun_path);
        listener = socket(AF_UNIX, SOCK_STREAM, 0);
        if (listener < 0 ||
            bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
            listen(listener, 4) != 0)
            die(where);
        printf("%s\n", where);
    }
    fflush(stdout);
}

static void turn(int wait)
{
    uint8_t bytes[1024];
    struct pollfd p = { .fd = line >= 0 ? line : listener, .events = POLLIN };
    if (poll(&p, 1, wait) <= 0)
        return;
    if (line < 0) {
        line = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        return;
    }
    ssize_t n = read(line, bytes, sizeof bytes);
    if (n > 0) {
        hear(bytes, (size_t)n);
    } else if (n == 0 && listener >= 0) {
        close(line);
        line = -1;
    }
}

static void file_open(const char *path, uint32_t size)
{
    int fd = open(path, O_RDWR | O_CREAT, 0644);
    off_t had = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (had < 0 || ftruncate(fd, size) != 0)
        die(path);
    file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED)
        die(path);
    if (had == 0)
        memset(file, 0xFF, size);
    nor_preset(&world.nor, 0, file, size);
}

int main(int argc, char **argv)
{
    static struct flash_geometry geometry = {
        .size = 512 * 1024,
        .sector_size = 4096,
        .word_size = 4,
        .burst = 256,
        .reprogram = true,
        .read_while_busy = true,
    };
    const char *where = argc > 1 ? argv[1] : "pty", *path = NULL;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0)
            is_quiet = true;
        else if (strcmp(argv[i], "--flash") == 0 && i + 1 < argc)
            path = argv[++i];
        else if (strcmp(argv[i], "--slow") == 0 && i + 1 < argc)
            slow_ms = (uint32_t)atoi(argv[++i]);
        else if (strcmp(argv[i], "--deaf") == 0 && i + 1 < argc)
            deaf_ms = (uint32_t)atoi(argv[++i]);
        else if (strcmp(argv[i], "--sector") == 0 && i + 1 < argc)
            geometry.sector_size = (uint32_t)atoi(argv[++i]);
    }
    signal(SIGPIPE, SIG_IGN);
    world_make(&world, &geometry, 4, 2);
    if (path)
        file_open(path, geometry.size);
    if (world_boot(&world) != OK)
        die("the store does not mount");
    boot_number = (uint32_t)now_ms();
    proto_decoder_init(&decoder, body, sizeof body);
    line_open(where);
    for (int64_t last = 0;;) {
        turn(step());
        if (!is_quiet && now_ms() - last > 20) {
            last = now_ms();
            chatter();
        }
    }
}
