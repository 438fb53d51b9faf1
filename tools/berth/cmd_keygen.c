/* SPDX-License-Identifier: Apache-2.0 */
/* `berth keygen`: new keys, and the table of them that a board compiles in. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pic/footer.h>

#include "berth.h"
#include "key.h"
#include "options.h"

enum { OPT_TYPE, OPT_FORCE, OPT_KEY_SET };

static const struct option_spec specs[] = {
    [OPT_TYPE] = { 't', "type", "TYPE",
                   "ecdsa (P-256; the default), rsa2048, rsa4096 or hmac" },
    [OPT_FORCE] = { 0, "force", NULL, "replace files that are there" },
    [OPT_KEY_SET] = { 0, "key-set", "FILE",
                      "make no key, but a C file of the keys that follow, for "
                      "a board that is to accept what they sign" },
    { 0 },
};

static const struct options options = {
    "[--type TYPE] FILE | --key-set FILE KEY ...",
    "Makes a private key in FILE (PKCS#8 as PEM, for its owner alone) and its\n"
    "public half in FILE.pub, and prints the key's fingerprint. An HMAC key "
    "has no\n"
    "public half: who can check what it made can make it.",
    specs,
};

struct request {
    uint32_t format;
    bool is_forced;
    const char *key_set;
};

static uint32_t type_read(const char *text)
{
    static const struct {
        const char *name;
        uint32_t format;
    } types[] = {
        { "ecdsa", CREDENTIAL_ECDSA },
        { "rsa2048", CREDENTIAL_RSA2048 },
        { "rsa4096", CREDENTIAL_RSA4096 },
        { "hmac", CREDENTIAL_HMAC },
    };
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        if (strcmp(types[i].name, text) == 0)
            return types[i].format;
    }
    fail(EXIT_USAGE,
         "--type: there is no `%s`, but ecdsa, rsa2048, rsa4096 and hmac",
         text);
}

static void text_write(const struct request *r, const char *path,
                       const struct bytes *text, bool is_secret)
{
    if (!file_write_as(path, text->data, text->len, is_secret, r->is_forced))
        fail(EXIT_REFUSED, "%s is there already; --force replaces it", path);
}

static void key_make(const struct request *r, const char *path)
{
    const char *why;
    struct bytes pem = key_new(r->format);
    struct key *key = key_parse(pem.data, pem.len, KEY_ANY, &why);
    if (!key)
        fail(EXIT_INTERNAL, "the new key %s", why);
    size_t size = strlen(path) + sizeof ".pub";
    char *public_path = keep(malloc(size));
    snprintf(public_path, size, "%s.pub", path);
    bool has_public = r->format != CREDENTIAL_HMAC;
    if (has_public && !r->is_forced && access(public_path, F_OK) == 0)
        fail(EXIT_REFUSED, "%s is there already; --force replaces it",
             public_path);
    text_write(r, path, &pem, true);
    if (has_public) {
        struct bytes der = key_public_der(key);
        struct bytes public_pem = key_pem(&der, "PUBLIC KEY");
        text_write(r, public_path, &public_pem, false);
    }
    char id[2 * KEY_ID_SHOWN + 1];
    printf("%s: %s key %s\n", path, credential_name(r->format),
           key_id_text(key, id));
}

static void key_set_write(const struct request *r, char **paths, int count)
{
    struct keys keys = { 0 };
    bool is_secret = false;
    for (int i = 0; i < count; i++) {
        const struct key *key = key_read(paths[i], KEY_ANY);
        is_secret = is_secret || key->format == CREDENTIAL_HMAC;
        for (size_t k = 0; k < keys.count; k++) {
            if (memcmp(keys.list[k]->id, key->id, KEY_ID_SIZE) == 0)
                fail(EXIT_REFUSED, "%s and %s are one key", keys.list[k]->path,
                     key->path);
        }
        keys_add(&keys, key);
    }
    struct bytes text = key_set_make(&keys);
    text_write(r, r->key_set, &text, is_secret);
    if (is_secret)
        warn("%s holds an HMAC secret: keep it, and the board's flash, from "
             "others",
             r->key_set);
}

int cmd_keygen(int argc, char **argv)
{
    struct request r = { .format = CREDENTIAL_ECDSA };
    const char *value;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0) {
        if (option == OPT_TYPE)
            r.format = type_read(value);
        else if (option == OPT_KEY_SET)
            r.key_set = value;
        else
            r.is_forced = true;
    }
    int count = argc - optind;
    if (count == 0)
        fail(EXIT_USAGE, "no %s; `berth keygen --help` shows the usage",
             r.key_set ? "key" : "file");
    if (r.key_set)
        key_set_write(&r, argv + optind, count);
    else if (count == 1)
        key_make(&r, argv[optind]);
    else
        fail(EXIT_USAGE, "one key at a time, not %d", count);
    return EXIT_DONE;
}
