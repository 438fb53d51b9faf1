/* SPDX-License-Identifier: Apache-2.0 */
/* `berth verify`: are apps what somebody with a key made of them? */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "board.h"
#include "options.h"
#include "tab_file.h"
#include "verdict.h"

enum { OPT_KEY, OPT_HMAC, OPT_OFFSET, OPT_JSON };

static const struct option_spec specs[] = {
    [OPT_KEY] = { 'k', "key", "FILE",
                  "a key that is trusted, public or private; may be repeated" },
    [OPT_HMAC] = { 0, "hmac", "FILE",
                   "an HMAC secret, which may be bare bytes" },
    [OPT_OFFSET] = { 0, "offset", "BYTES",
                     "where in a flash image the apps begin; else at the "
                     "start" },
    [OPT_JSON] = { 0, "json", NULL, "answer for programs, as JSON" },
    { 0 },
};

static const struct options options = {
    "[--key FILE ...] FILE ...",
    "Judges the credentials of all apps in TABs, TBF objects or flash images. "
    "An\n"
    "app is accepted if at least one credential is right - with keys given, "
    "one\n"
    "made with one of them - and none is wrong. The exit status is 0 when all "
    "are\n"
    "accepted, else 1. Without a key, a hash shows damage, but not who made "
    "it.",
    specs,
};

struct verification {
    struct keys keys;
    uint32_t offset;
    bool is_json;
    size_t seen, refused;
    char reason[256]; /* of the last one refused */
};

static void object_report(struct verification *r, const char *name,
                          const uint8_t *base, const struct object_verdict *v)
{
    const char *reason = v->is_accepted ? NULL : verdict_reason(v, &r->keys);
    if (r->is_json) {
        printf("%s\n  {\"name\": ", r->seen ? "," : "");
        json_string(name);
        printf(", \"accepted\": %s, \"reason\": ", reason ? "false" : "true");
        json_string(reason ? reason : "");
        printf(", \"room\": %u, \"credentials\": [", v->room);
        verdict_json(v, base);
        printf("]}");
    } else {
        printf("%s: %s%s\n", name, reason ? "not accepted: " : "accepted",
               reason ? reason : "");
        verdict_print(v, base, &r->keys);
    }
    r->seen++;
    r->refused += reason != NULL;
    if (reason)
        snprintf(r->reason, sizeof r->reason, "%.150s: %s", name, reason);
}

/* The object, or objects in a row, in those bytes. Nothing that is left over
 * goes unsaid. */
static void chain_verify(struct verification *r, const char *name,
                         const struct bytes *bytes, uint32_t offset)
{
    static struct object_verdict v;
    if (bytes->len > INT32_MAX || offset >= bytes->len)
        fail(EXIT_REFUSED, "%s: nothing at offset %u of %zu bytes", name,
             offset, bytes->len);
    uint32_t len = (uint32_t)bytes->len;
    for (uint32_t at = offset; at < len;) {
        const uint8_t *base = bytes->data + at;
        object_judge(&v, base, len - at, &r->keys);
        bool is_first = at == offset;
        if (!is_first && (v.error == TBF_END || v.error == TBF_END_OF_REGION))
            return;
        if (v.error == TBF_OK && v.tbf.is_padding) {
            at += v.tbf.total_size;
            continue;
        }
        char place[256];
        snprintf(place, sizeof place, is_first ? "%.200s" : "%.200s + %u", name,
                 at);
        object_report(r, place, base, &v);
        if (tbf_ends_walk(v.error))
            return;
        at += v.tbf.total_size;
    }
}

static void file_verify(struct verification *r, const char *path)
{
    struct bytes file = file_read(path);
    if (!tab_is_tab(file.data, file.len)) {
        chain_verify(r, name_printable(path, NULL), &file, r->offset);
        return;
    }
    size_t count, builds = 0;
    struct tab_member *members = tab_read(path, &file, &count);
    for (size_t i = 0; i < count; i++) {
        if (!tab_is_build(&members[i]))
            continue;
        chain_verify(r, name_printable(path, members[i].name), &members[i].data,
                     0);
        builds++;
    }
    if (builds == 0)
        fail(EXIT_REFUSED, "%s: holds no build", path);
}

static void option_take(struct verification *r, int option, const char *value)
{
    switch (option) {
    case OPT_KEY:
        keys_add(&r->keys, key_read(value, KEY_ANY));
        break;
    case OPT_HMAC:
        keys_add(&r->keys, key_read_as(value, CREDENTIAL_HMAC));
        break;
    case OPT_OFFSET:
        r->offset = number_read("--offset", value, INT32_MAX);
        break;
    default:
        r->is_json = true;
        break;
    }
}

int cmd_verify(int argc, char **argv)
{
    struct verification r = { 0 };
    const char *value;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(&r, option, value);
    if (optind == argc)
        fail(EXIT_USAGE, "no file; `berth verify --help` shows the usage");
    if (r.is_json)
        printf("[");
    for (int i = optind; i < argc; i++)
        file_verify(&r, argv[i]);
    if (r.is_json)
        printf("%s]\n", r.seen ? "\n" : "");
    if (r.seen == 0)
        fail(EXIT_REFUSED, "there is no app in it, only padding");
    if (r.refused == 0)
        return EXIT_DONE;
    if (r.seen == 1)
        fail(EXIT_REFUSED, "%s", r.reason);
    fail(EXIT_REFUSED, "%zu of %zu apps are not accepted; the last is %s",
         r.refused, r.seen, r.reason);
}
