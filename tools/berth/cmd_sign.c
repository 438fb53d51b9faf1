/* SPDX-License-Identifier: Apache-2.0 */
/* `berth sign`: credentials for all builds of a TAB, or for a TBF object. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "options.h"
#include "sign.h"
#include "tab_file.h"

#define MULTIPLE_MAX 65536u

enum {
    OPT_OUTPUT,
    OPT_KEY,
    OPT_ECDSA,
    OPT_RSA,
    OPT_HMAC,
    OPT_SHA256,
    OPT_SHA384,
    OPT_SHA512,
    OPT_RESERVE,
    OPT_MULTIPLE,
    OPT_FIT,
    OPT_STRIP,
    OPT_VERBOSE,
};

static const struct option_spec specs[] = {
    [OPT_OUTPUT] = { 'o', "output", "FILE", "else the file itself" },
    [OPT_KEY] = { 'k', "key", "FILE",
                  "sign with this private key, as its kind has it; may be "
                  "repeated" },
    [OPT_ECDSA] = { 0, "ecdsa", "FILE", "the same, P-256 and no other" },
    [OPT_RSA] = { 0, "rsa", "FILE",
                  "the same, RSA of 2048 or 4096 bits and no other" },
    [OPT_HMAC] = { 0, "hmac", "FILE",
                   "HMAC-SHA-256 with this secret, which may be bare bytes" },
    [OPT_SHA256] = { 0, "sha256", NULL, "a hash: finds damage, not intent" },
    [OPT_SHA384] = { 0, "sha384", NULL, "the same, SHA-384" },
    [OPT_SHA512] = { 0, "sha512", NULL, "the same, SHA-512" },
    [OPT_RESERVE] = { 0, "reserve", "BYTES",
                      "leave at least this room for later credentials" },
    [OPT_MULTIPLE] = { 0, "multiple", "BYTES",
                       "make the whole size a multiple of this (512 for stock "
                       "tockloader); else of 4" },
    [OPT_FIT] = { 0, "fit", NULL, "leave no more room than is asked for" },
    [OPT_STRIP] = { 0, "strip", NULL,
                    "first remove the credentials that are there" },
    [OPT_VERBOSE] = { 'v', "verbose", NULL, "say what was made" },
    { 0 },
};

static const struct options options = {
    "[OPTION ...] TAB|TBF ...",
    "Gives all builds of TABs, or TBF objects, credentials, in the place of "
    "earlier\n"
    "ones of the same kind and key; others stay. They cover everything in "
    "front of\n"
    "the footers. Room that is there is used, else the object grows. The same\n"
    "input and key give the same bytes.",
    specs,
};

struct request {
    struct signing signing;
    const char *output;
    bool is_verbose, is_about_size;
};

static void key_add(struct request *r, const struct key *key)
{
    key_sign_check(key);
    signing_add(&r->signing, key->format, key);
}

static void option_take(struct request *r, int option, const char *value)
{
    struct signing *s = &r->signing;
    switch (option) {
    case OPT_OUTPUT:
        r->output = value;
        break;
    case OPT_KEY:
        key_add(r, key_read(value, KEY_ANY));
        break;
    case OPT_ECDSA:
        key_add(r, key_read_as(value, CREDENTIAL_ECDSA));
        break;
    case OPT_RSA:
        key_add(r, key_read_as(value, CREDENTIAL_RSA4096));
        break;
    case OPT_HMAC:
        key_add(r, key_read_as(value, CREDENTIAL_HMAC));
        break;
    case OPT_SHA256:
    case OPT_SHA384:
    case OPT_SHA512:
        signing_add(s, CREDENTIAL_SHA256 + (uint32_t)(option - OPT_SHA256),
                    NULL);
        break;
    case OPT_RESERVE:
        s->reserve = number_read("--reserve", value, 1 << 20);
        r->is_about_size = true;
        break;
    case OPT_MULTIPLE:
        s->multiple = number_read("--multiple", value, MULTIPLE_MAX);
        if (s->multiple == 0 || s->multiple % 4 != 0)
            fail(EXIT_USAGE, "--multiple: %s is no multiple of 4", value);
        r->is_about_size = true;
        break;
    case OPT_FIT:
        s->is_fitted = r->is_about_size = true;
        break;
    case OPT_STRIP:
        s->is_stripped = r->is_about_size = true;
        break;
    default:
        r->is_verbose = true;
        break;
    }
}

static void object_sign(const struct request *r, const char *name,
                        struct bytes *object)
{
    struct bytes out = sign_object(&r->signing, name, object);
    if (r->is_verbose)
        printf("%s: %zu bytes, %zu before\n", name, out.len, object->len);
    free(object->data);
    *object = out;
}

static struct bytes tab_sign(const struct request *r, const char *path,
                             const struct bytes *file)
{
    size_t count, builds = 0;
    struct tab_member *members = tab_read(path, file, &count);
    for (size_t i = 0; i < count; i++) {
        if (!tab_is_build(&members[i]))
            continue;
        object_sign(r, name_printable(path, members[i].name), &members[i].data);
        builds++;
    }
    if (builds == 0)
        fail(EXIT_REFUSED, "%s: holds no build", path);
    return tab_write_again(members, count);
}

static struct bytes file_sign(const struct request *r, const char *path)
{
    struct bytes file = file_read(path);
    if (tab_is_tab(file.data, file.len))
        return tab_sign(r, path, &file);
    object_sign(r, name_printable(path, NULL), &file);
    return file;
}

int cmd_sign(int argc, char **argv)
{
    struct request r = { 0 };
    const char *value;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(&r, option, value);
    int count = argc - optind;
    if (count == 0)
        fail(EXIT_USAGE, "no file; `berth sign --help` shows the usage");
    if (r.signing.count == 0 && !r.is_about_size)
        fail(EXIT_USAGE, "say what to make: --key FILE, --hmac FILE, --sha256 "
                         "...; `berth sign --help` lists them");
    if (r.output && count > 1)
        fail(EXIT_USAGE, "-o takes one file, not %d", count);
    /* Either all can be signed or none is changed. */
    struct bytes *made = keep(calloc((size_t)count, sizeof *made));
    for (int i = 0; i < count; i++)
        made[i] = file_sign(&r, argv[optind + i]);
    for (int i = 0; i < count; i++)
        file_write(r.output ? r.output : argv[optind + i], made[i].data,
                   made[i].len);
    return EXIT_DONE;
}
