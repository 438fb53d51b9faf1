/* SPDX-License-Identifier: Apache-2.0 */
/* `berth install` and `berth update`: apps from TABs and TBFs onto a board that
 * goes on running. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <berth/crc32.h>
#include <pic/tbf.h>

#include "berth.h"
#include "board.h"
#include "progress.h"
#include "tab_file.h"

enum { OPT_FORCE = BOARD_OPTS, OPT_NO_START, OPT_STATISTICS };

static const struct option_spec specs[] = {
    BOARD_OPTIONS,
    [OPT_FORCE] = { 0, "force", NULL,
                    "also in the place of another build of the same version" },
    [OPT_NO_START] = { 0, "no-start", NULL, "install it, start it later" },
    [OPT_STATISTICS] = { 0, "statistics", NULL,
                         "print what went over the wire" },
    { 0 },
};

static const struct options install_options = {
    "[--port PORT] FILE ...",
    "Installs the apps in TAB bundles and TBF files and starts them; what "
    "runs\n"
    "goes on. Of a TAB it takes the build that suits the board. An app that "
    "is\n"
    "there already is left alone, of an older version it is an update.\n"
    "Interrupted, it can be run again: it goes on where it stopped.",
    specs,
};

static const struct options update_options = {
    "[--port PORT] FILE ...",
    "Puts newer versions in the place of apps on the board. The old app ends\n"
    "when the new one is complete and has been checked; if the new one fails\n"
    "the old one comes back.",
    specs,
};

struct job {
    struct board_options options;
    bool is_update, is_forced, wants_start, has_statistics;
    struct link link;
    struct board board;
    uint32_t payload; /* bytes of apps that were written */
};

/* ---- which build ----------------------------------------------------------------- */

struct build {
    const uint8_t *bytes;
    struct tbf tbf;
    uint32_t place; /* flash offset, PLACE_ANY */
    char name[ANSWER_TEXT_MAX + 1];
};

static bool build_parse(const char *path, const char *member,
                        const struct bytes *data, struct build *out)
{
    if (data->len > UINT32_MAX)
        fail(EXIT_REFUSED, "%s: too large", path);
    enum tbf_error e = tbf_parse(data->data, (uint32_t)data->len, &out->tbf);
    if ((e == TBF_END || e == TBF_END_OF_REGION) && !*member)
        fail(EXIT_REFUSED,
             "%s: neither TAB nor TBF; `berth tab` makes both of a linked app",
             path);
    if (e != TBF_OK)
        fail(EXIT_REFUSED, "%s%s%s: %s", path, *member ? ": " : "", member,
             tbf_error_text(e));
    if (out->tbf.total_size != data->len)
        fail(EXIT_REFUSED, "%s%s%s: %zu bytes, the header says %u", path,
             *member ? ": " : "", member, data->len, out->tbf.total_size);
    if (out->tbf.is_padding)
        return false;
    out->bytes = data->data;
    snprintf(out->name, sizeof out->name, "%.*s", (int)out->tbf.name.len,
             (const char *)data->data + out->tbf.name.offset);
    text_clean(out->name, strlen(out->name));
    return true;
}

/* Where it has to lie; false: it cannot lie on this board. */
static bool build_place(const struct job *job, struct build *b)
{
    const uint32_t *info = job->board.info;
    b->place = PLACE_ANY;
    if (b->tbf.fixed_flash != TBF_NO_ADDRESS) {
        b->place = b->tbf.fixed_flash - b->tbf.protected_size - info[INFO_BASE];
        uint64_t end = (uint64_t)b->place + b->tbf.total_size;
        if (b->place < info[INFO_START] || end > info[INFO_END])
            return false;
    }
    return b->tbf.fixed_ram == TBF_NO_ADDRESS || info[INFO_RAM_END] == 0 ||
           (b->tbf.fixed_ram >= info[INFO_RAM_START] &&
            b->tbf.fixed_ram < info[INFO_RAM_END]);
}

/* Is nothing but free space where it has to lie? */
static bool place_is_free(const struct job *job, const struct build *b)
{
    if (b->place == PLACE_ANY)
        return true;
    for (size_t i = 0; i < job->board.object_count; i++) {
        const uint32_t *w = job->board.objects[i].word;
        if (!(w[OBJECT_FLAGS] & OBJECT_FREE) &&
            w[OBJECT_AT] < b->place + b->tbf.total_size &&
            b->place < w[OBJECT_AT] + w[OBJECT_SIZE])
            return false;
    }
    return true;
}

/* Better ones have lower numbers: 0 goes anywhere. */
static uint32_t build_rank(const struct job *job, const struct build *b)
{
    bool is_bound = b->place != PLACE_ANY || b->tbf.fixed_ram != TBF_NO_ADDRESS;
    return !is_bound ? 0 : place_is_free(job, b) ? 1 : 2;
}

static void build_choose(const struct job *job, const char *path,
                         struct build *out)
{
    struct bytes file = file_read(path);
    struct tab_member whole = { .data = file }, *members = &whole;
    size_t count = 1, seen = 0;
    uint32_t best = 3;
    if (tab_is_tab(file.data, file.len))
        members = tab_read(path, &file, &count);
    for (size_t i = 0; i < count; i++) {
        struct build b = { 0 };
        size_t len = strlen(members[i].name);
        if (count > 1 &&
            (len < 4 || strcmp(members[i].name + len - 4, ".tbf") != 0))
            continue;
        if (!build_parse(path, members[i].name, &members[i].data, &b))
            continue;
        seen++;
        if (!build_place(job, &b) || build_rank(job, &b) >= best)
            continue;
        best = build_rank(job, &b);
        *out = b;
    }
    if (seen == 0)
        fail(EXIT_REFUSED, "%s: holds no app", path);
    if (best == 3)
        fail(EXIT_REFUSED,
             "%s: linked for addresses that this board does not have; build "
             "it position independent",
             path);
    if (best == 2)
        fail(EXIT_REFUSED,
             "%s: linked for flash that is taken; `berth map` shows by whom. "
             "Build it position independent, or remove what is there",
             path);
}

/* ---- what is there already ----------------------------------------------------------- */

static bool is_the_same(struct job *job, const struct board_object *o,
                        const struct build *b)
{
    const struct request request = {
        .type = MESSAGE_DIGEST,
        .word = { o->word[OBJECT_AT], o->word[OBJECT_TAG] },
    };
    struct answer a;
    if (o->word[OBJECT_SIZE] != b->tbf.total_size)
        return false;
    link_get(&job->link, &request, &a);
    if (a.status != OK)
        fail_refused(b->name, &a);
    return a.word[DIGEST_CRC] == crc32_add(0, b->bytes, b->tbf.total_size);
}

/* What the build is to replace, NULL: nothing; or *is_there. */
static const struct board_object *look_for(struct job *job,
                                           const struct build *b,
                                           bool *is_there)
{
    const struct board_object *old =
        *b->name ? board_find(&job->board, b->name) : NULL;
    *is_there = old && is_the_same(job, old, b);
    if (*is_there)
        return old;
    if (!old && job->is_update)
        fail(EXIT_REFUSED,
             "%s is not on the board, so there is nothing to update; "
             "`berth install` installs it",
             b->name);
    if (old && b->tbf.version < old->word[OBJECT_VERSION])
        fail(EXIT_REFUSED, "%s %u is on the board, this is the older %u",
             b->name, old->word[OBJECT_VERSION], b->tbf.version);
    if (old && b->tbf.version == old->word[OBJECT_VERSION] && !job->is_forced)
        fail(EXIT_REFUSED,
             "%s %u is on the board, this is another build of the same "
             "version; give it a higher version, or use --force",
             b->name, b->tbf.version);
    return old;
}

/* ---- the transfer ---------------------------------------------------------------------- */

static NORETURN void give_up(struct job *job, const struct build *b)
{
    const struct request request = { .type = MESSAGE_ABORT };
    struct answer a;
    enum link_end end = link_ask(&job->link, &request, &a);
    if (end == LINK_ANSWERED && a.status == OK)
        fail(EXIT_INTERRUPTED, "interrupted; nothing of %s is on the board",
             b->name);
    fail(EXIT_INTERRUPTED, "interrupted; %s is not installed", b->name);
}

/* It is complete and will not do: nothing is to be left of it. The reason for
 * that is kept. */
static void forget(struct job *job, struct answer *a)
{
    const struct request request = { .type = MESSAGE_ABORT };
    static char reason[ANSWER_TEXT_MAX];
    struct answer aborted;
    memcpy(reason, a->text, a->text_len);
    a->text = reason;
    if (link_ask(&job->link, &request, &aborted) != LINK_ANSWERED ||
        aborted.status != OK)
        warn("what was written of it is still on the board");
}

static NORETURN void no_room(const struct job *job, const struct build *b)
{
    uint32_t size = b->tbf.total_size, free = job->board.info[INFO_FREE];
    uint32_t largest = job->board.info[INFO_LARGEST];
    bool is_scattered = size > largest && size <= free;
    fail(EXIT_BOARD,
         "%s: no room for %u bytes on the board (free %u, largest %u); %s",
         b->name, size, free, largest,
         b->place != PLACE_ANY ? "it has to lie where others are: `berth map` "
                                 "shows them, `berth remove` makes room"
         : is_scattered ? "`berth compact` brings the free parts together"
                        : "`berth remove` makes room");
}

/* One request of a transfer; false: begin anew. */
static bool step(struct job *job, const struct build *b,
                 const struct request *request, struct answer *a)
{
    if (link_interrupted && request->type != MESSAGE_COMMIT)
        give_up(job, b);
    if (link_ask(&job->link, request, a) == LINK_STRANGER)
        return false;
    if (a->status == OK)
        return true;
    bool is_open = request->type == MESSAGE_OPEN && a->text_len == 0;
    if (is_open && a->status == ERR_ALREADY)
        fail(EXIT_BOARD,
             "%s %u: this very build was rolled back on the board; give the "
             "next one a higher version",
             b->name, b->tbf.version);
    if ((a->status == ERR_NOMEM && a->text_len == 0) ||
        (is_open && a->status == ERR_SIZE))
        no_room(job, b);
    if (request->type == MESSAGE_SEAL)
        forget(job, a);
    fail_refused(b->name, a);
}

static bool write_piece(struct job *job, const struct build *b, uint32_t offset,
                        uint32_t len, struct answer *a)
{
    const struct request request = { .type = MESSAGE_WRITE,
                                     .word = { offset },
                                     .bytes = b->bytes + offset,
                                     .len = len };
    return step(job, b, &request, a);
}

static bool write_all(struct job *job, const struct build *b,
                      const struct answer *opened)
{
    struct progress progress;
    struct answer a;
    uint32_t size = b->tbf.total_size, at = opened->word[OPENED_OFFSET];
    uint32_t page = job->link.hello.word[HELLO_PAGE];
    uint32_t head = opened->word[OPENED_HEAD];
    if (page == 0 || page > PROTO_PAGE || at > size || head > size)
        fail(EXIT_BOARD, "%s: the board's answer makes no sense", b->name);
    progress_begin(&progress, b->name, size, at, job->options.is_json);
    bool is_good = at == 0 || write_piece(job, b, 0, head, &a);
    while (is_good && at < size) {
        is_good =
            write_piece(job, b, at, size - at < page ? size - at : page, &a);
        if (is_good && a.word[WRITTEN_OFFSET] <= at)
            fail(EXIT_BOARD, "%s: the board does not go on at byte %u", b->name,
                 at);
        if (is_good)
            at = a.word[WRITTEN_OFFSET];
        progress_at(&progress, at < size ? at : size);
    }
    progress_end(&progress);
    return is_good;
}

static bool transfer(struct job *job, const struct build *b,
                     const struct board_object *old, struct answer *a)
{
    const struct request open = {
        .type = MESSAGE_OPEN,
        .word = { [OPEN_SIZE] = b->tbf.total_size,
                  [OPEN_ID] = crc32_add(0, b->bytes, b->tbf.total_size),
                  [OPEN_PLACE] = b->place },
    };
    const struct request seal = {
        .type = MESSAGE_SEAL,
        .word = { [SEAL_AT] = old ? old->word[OBJECT_AT] : PLACE_ANY,
                  [SEAL_TAG] = old ? old->word[OBJECT_TAG] : 0,
                  [SEAL_FLAGS] = job->is_forced ? SEAL_FORCE : 0 },
    };
    const struct request commit = {
        .type = MESSAGE_COMMIT,
        .word = { job->wants_start ? COMMIT_START : 0 },
    };
    return step(job, b, &open, a) && write_all(job, b, a) &&
           step(job, b, &seal, a) && step(job, b, &commit, a);
}

static void result_say(const struct job *job, const struct build *b,
                       const char *what, const struct answer *a)
{
    if (job->options.is_json) {
        printf("{\"app\": ");
        json_string(b->name);
        printf(", \"version\": %u, \"result\": \"%s\"}\n", b->tbf.version,
               what);
    } else {
        printf("%s %u %s\n", b->name, b->tbf.version, what);
    }
    if (a && a->text_len > 0)
        warn("%s: %.*s", b->name, (int)a->text_len, a->text);
}

static void install(struct job *job, const char *path)
{
    struct build b;
    struct answer a;
    bool is_there;
    board_read(&job->link, &job->board);
    build_choose(job, path, &b);
    const struct board_object *old = look_for(job, &b, &is_there);
    if (is_there) {
        result_say(job, &b, "is installed already", NULL);
        return;
    }
    for (uint32_t tries = 0; !transfer(job, &b, old, &a); tries++) {
        if (tries == 5)
            fail(EXIT_NO_ANSWER,
                 "%s: the board was reset again and again, or another tool "
                 "uses the line",
                 job->link.port.name);
        link_greet(&job->link);
        board_read(&job->link, &job->board);
        /* Only the answer to the commit may have been lost. */
        old = look_for(job, &b, &is_there);
        a = (struct answer){ .status = OK };
        if (is_there)
            break;
    }
    job->payload += b.tbf.total_size;
    result_say(job, &b, old && !is_there ? "updated" : "installed", &a);
}

static void statistics_print(const struct job *job)
{
    const struct link *l = &job->link;
    uint64_t all = l->bytes_out + l->bytes_in;
    fprintf(stderr,
            "payload %u bytes, sent %llu, received %llu, repeats %llu, "
            "wire_efficiency %.4f\n",
            job->payload, (unsigned long long)l->bytes_out,
            (unsigned long long)l->bytes_in, (unsigned long long)l->repeats,
            all ? job->payload / (double)all : 0);
}

static int run(const struct options *options, bool is_update, int argc,
               char **argv)
{
    static struct job job;
    const char *value;
    int option;
    job = (struct job){ .options.baud = 115200,
                        .is_update = is_update,
                        .wants_start = true };
    while ((option = option_next(options, argc, argv, &value)) >= 0) {
        if (option == OPT_FORCE)
            job.is_forced = true;
        else if (option == OPT_NO_START)
            job.wants_start = false;
        else if (option == OPT_STATISTICS)
            job.has_statistics = true;
        else
            (void)board_option(&job.options, option, value);
    }
    if (optind == argc)
        fail(EXIT_USAGE, "which app? Name a TAB or a TBF file");
    for (int i = optind; i < argc; i++)
        free(file_read(argv[i]).data); /* before anything is changed */
    link_open(&job.link, job.options.port, job.options.baud);
    for (; optind < argc; optind++)
        install(&job, argv[optind]);
    if (job.has_statistics)
        statistics_print(&job);
    port_close(&job.link.port);
    return EXIT_DONE;
}

int cmd_install(int argc, char **argv)
{
    return run(&install_options, false, argc, argv);
}

int cmd_update(int argc, char **argv)
{
    return run(&update_options, true, argc, argv);
}
