/* SPDX-License-Identifier: Apache-2.0 */
/* `elf2tab`, or `berth elf2tab`: what makefiles of libtock-c call. The command
 * line is that of elf2tab 0.13, and so is what is made of an ELF file without
 * relocations; one with them becomes position independent. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "member.h"
#include "options.h"
#include "sign.h"

#define VERSION_TEXT "elf2tab 0.13.0"
#define HEAP_DEFAULT 1024u
#define FOOTER_LEAST 8u

enum {
    OPT_VERSION,
    OPT_VERBOSE,
    OPT_DETERMINISTIC,
    OPT_DISABLE,
    OPT_OUTPUT,
    OPT_NAME,
    OPT_APP_VERSION,
    OPT_MINIMUM_RAM,
    OPT_STACK,
    OPT_APP_HEAP,
    OPT_KERNEL_HEAP,
    OPT_PROTECTED_SIZE,
    OPT_PERMISSIONS,
    OPT_WRITE_ID,
    OPT_READ_IDS,
    OPT_ACCESS_IDS,
    OPT_SHORT_ID,
    OPT_KERNEL_MAJOR,
    OPT_KERNEL_MINOR,
    OPT_BOARDS,
    OPT_FOOTER,
    OPT_SHA256,
    OPT_SHA384,
    OPT_SHA512,
    OPT_RSA4096,
    OPT_ECDSA,
};

static const struct option_spec specs[] = {
    [OPT_VERSION] = { 'V', "version", NULL, "print the version it stands for" },
    [OPT_VERBOSE] = { 'v', "verbose", NULL, "say what is made" },
    [OPT_DETERMINISTIC] = { 0, "deterministic", NULL, "no build date" },
    [OPT_DISABLE] = { 0, "disable", NULL, "do not start it at boot" },
    [OPT_OUTPUT] = { 'o', "output-file", "FILE", "the TAB; else TockApp.tab" },
    [OPT_NAME] = { 'n', "package-name", "NAME", "the app's name; else none" },
    [OPT_APP_VERSION] = { 0, "app-version", "N", "else 0" },
    [OPT_MINIMUM_RAM] = { 0, "minimum-ram-size", "BYTES",
                          "all RAM it needs, instead of the sum" },
    [OPT_STACK] = { 0, "stack", "BYTES", "else section .stack, else 2048" },
    [OPT_APP_HEAP] = { 0, "app-heap", "BYTES", "else 1024" },
    [OPT_KERNEL_HEAP] = { 0, "kernel-heap", "BYTES", "else 1024" },
    [OPT_PROTECTED_SIZE] = { 0, "protected-region-size", "BYTES",
                             "from the object's start to the binary" },
    [OPT_PERMISSIONS] = { 0, "permissions", "D,C ...",
                          "allow command C of driver D" },
    [OPT_WRITE_ID] = { 0, "write_id", "N", "id of what it stores" },
    [OPT_READ_IDS] = { 0, "read_ids", "N ...", "what it may read" },
    [OPT_ACCESS_IDS] = { 0, "access_ids", "N ...", "what it may change" },
    [OPT_SHORT_ID] = { 0, "short-id", "N", "fixed identity; else none" },
    [OPT_KERNEL_MAJOR] = { 0, "kernel-major", "N", "kernel needed" },
    [OPT_KERNEL_MINOR] = { 0, "kernel-minor", "N", "at least; else 0" },
    [OPT_BOARDS] = { 0, "supported-boards", "A,B", "else any" },
    [OPT_FOOTER] = { 0, "minimum-footer-size", "BYTES",
                     "room for credentials" },
    [OPT_SHA256] = { 0, "sha256", NULL, "a credential: SHA-256" },
    [OPT_SHA384] = { 0, "sha384", NULL, "the same, SHA-384" },
    [OPT_SHA512] = { 0, "sha512", NULL, "the same, SHA-512" },
    [OPT_RSA4096] = { 0, "rsa4096-private", "FILE",
                      "the same, by this RSA key of 4096 bits" },
    [OPT_ECDSA] = { 0, "ecdsa-nist-p256-private", "FILE",
                    "the same, by this key for P-256" },
    { 0 },
};

static const struct options options = {
    "[OPTION ...] ELF[,ARCH] ...",
    "Stands in for elf2tab 0.13. Beside each ELF file it writes a TBF object, "
    "and\n"
    "a TAB bundle of all. An app that was linked with -Wl,--emit-relocs is "
    "made\n"
    "position independent; any other is bound to the addresses it is linked "
    "for.",
    specs,
};

struct request {
    const char *output, *boards;
    bool is_deterministic, is_verbose, has_kernel;
    struct member_spec member;
    struct signing signing;
};

static uint32_t value_read(int option, const char *value)
{
    return number_read(specs[option].name, value, UINT32_MAX);
}

static void numbers_read(int option, const char *list, struct bytes *out)
{
    uint32_t number;
    while ((list = number_next(specs[option].name, list, &number)))
        bytes_put32(out, number);
}

static void size_take(int option, const char *value, uint32_t *size, bool *has)
{
    bool ignored;
    *size = number_read(specs[option].name, value, 0x7FFFFFFF);
    *(has ? has : &ignored) = true;
}

static void storage_take(struct tbf_spec *tbf, int option, const char *value)
{
    tbf->has_storage = true;
    if (option == OPT_WRITE_ID)
        tbf->storage_write_id = value_read(option, value);
    else
        numbers_read(option, value,
                     option == OPT_READ_IDS ? &tbf->storage_read_ids
                                            : &tbf->storage_modify_ids);
}

static void footer_take(struct tbf_spec *tbf, const char *value)
{
    uint32_t size = number_read("minimum-footer-size", value, UINT16_MAX - 3);
    size = (size + 3) / 4 * 4;
    tbf->footer_size = size && size < FOOTER_LEAST ? FOOTER_LEAST : size;
}

static void credential_take(struct signing *signing, int option,
                            const char *value)
{
    uint32_t format = option == OPT_RSA4096 ? CREDENTIAL_RSA4096
                      : option == OPT_ECDSA
                          ? CREDENTIAL_ECDSA
                          : CREDENTIAL_SHA256 + (uint32_t)(option - OPT_SHA256);
    const struct key *key = value ? key_read_as(value, format) : NULL;
    if (key && key->format != format)
        fail(EXIT_REFUSED, "%s is a key for %s, not for %s", value,
             credential_name(key->format), credential_name(format));
    if (key)
        key_sign_check(key);
    signing_add(signing, format, key);
}

static void header_take(struct request *r, int option, const char *value)
{
    struct tbf_spec *tbf = &r->member.tbf;
    switch (option) {
    case OPT_DISABLE:
        tbf->is_disabled = true;
        break;
    case OPT_NAME:
        tbf->name = value;
        break;
    case OPT_APP_VERSION:
        tbf->version = value_read(option, value);
        break;
    case OPT_PERMISSIONS:
        numbers_read(option, value, &tbf->permissions);
        if (tbf->permissions.len % 8 != 0)
            fail(EXIT_USAGE, "--permissions: `%s` is no list of pairs", value);
        break;
    case OPT_WRITE_ID:
    case OPT_READ_IDS:
    case OPT_ACCESS_IDS:
        storage_take(tbf, option, value);
        break;
    case OPT_SHORT_ID:
        tbf->short_id = value_read(option, value);
        break;
    case OPT_KERNEL_MAJOR:
        tbf->kernel_major = number_read("kernel-major", value, UINT16_MAX);
        r->has_kernel = true;
        break;
    case OPT_KERNEL_MINOR:
        tbf->kernel_minor = number_read("kernel-minor", value, UINT16_MAX);
        break;
    case OPT_FOOTER:
        footer_take(tbf, value);
        break;
    default:
        credential_take(&r->signing, option, value);
        break;
    }
}

static void option_take(struct request *r, int option, const char *value)
{
    struct app_sizes *sizes = &r->member.sizes;
    switch (option) {
    case OPT_VERSION:
        puts(VERSION_TEXT);
        exit(EXIT_DONE);
    case OPT_VERBOSE:
        r->is_verbose = true;
        break;
    case OPT_DETERMINISTIC:
        r->is_deterministic = true;
        break;
    case OPT_OUTPUT:
        r->output = value;
        break;
    case OPT_BOARDS:
        r->boards = value;
        break;
    case OPT_MINIMUM_RAM:
        size_take(option, value, &sizes->minimum_ram, &sizes->has_minimum_ram);
        break;
    case OPT_STACK:
        size_take(option, value, &sizes->stack, &sizes->has_stack);
        break;
    case OPT_APP_HEAP:
        size_take(option, value, &sizes->app_heap, NULL);
        break;
    case OPT_KERNEL_HEAP:
        size_take(option, value, &sizes->kernel_heap, NULL);
        break;
    case OPT_PROTECTED_SIZE:
        size_take(option, value, &sizes->protected_size,
                  &sizes->has_protected_size);
        break;
    default:
        header_take(r, option, value);
        break;
    }
}

static bool is_list_option(const char *text)
{
    return strcmp(text, "--permissions") == 0 ||
           strcmp(text, "--read_ids") == 0 || strcmp(text, "--access_ids") == 0;
}

static bool is_numbers(const char *text)
{
    return text[0] &&
           strspn(text, "0123456789abcdefABCDEFxX,") == strlen(text) &&
           text[0] >= '0' && text[0] <= '9';
}

/* Lists may go on over several arguments: make each one argument. */
static void lists_join(int *argc, char **argv)
{
    int to = 1;
    for (int i = 1; i < *argc; i++) {
        argv[to++] = argv[i];
        if (!is_list_option(argv[i]) || i + 1 == *argc)
            continue;
        char *list = keep(strdup(argv[++i]));
        while (i + 1 < *argc && is_numbers(argv[i + 1])) {
            size_t size = strlen(list) + strlen(argv[i + 1]) + 2;
            char *longer = keep(malloc(size));
            snprintf(longer, size, "%s,%s", list, argv[++i]);
            list = longer;
        }
        argv[to++] = list;
    }
    argv[to] = NULL;
    *argc = to;
}

/* path/name.elf,arch: the member is arch.tbf, else name.tbf. */
static void member_add(const struct request *r, char *file,
                       struct tab_member *out)
{
    char *comma = strrchr(file, ',');
    if (comma)
        *comma = '\0';
    member_make(&r->member, file, out);
    snprintf(out->name, sizeof out->name, "%.74s.tbf",
             comma ? comma + 1 : file_stem(file));
    if (r->signing.count) {
        struct bytes plain = out->data;
        out->data = sign_object(&r->signing, file, &plain);
        free(plain.data);
    }
    char *dot = strrchr(file, '.');
    char *slash = strrchr(file, '/');
    size_t len =
        dot && (!slash || dot > slash) ? (size_t)(dot - file) : strlen(file);
    char *path = keep(malloc(len + 5));
    snprintf(path, len + 5, "%.*s.tbf", (int)len, file);
    file_write(path, out->data.data, out->data.len);
    if (r->is_verbose)
        printf("%s: %zu bytes\n", path, out->data.len);
}

int cmd_elf2tab(int argc, char **argv)
{
    struct request r = {
        .output = "TockApp.tab",
        .member = {
            .sizes = { .app_heap = HEAP_DEFAULT,
                       .kernel_heap = HEAP_DEFAULT,
                       .gaps_ignored = true },
            .tbf = { .name = "", .has_main = true, .regions_apart = true },
        },
    };
    const char *value;
    int option;
    lists_join(&argc, argv);
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(&r, option, value);
    size_t count = (size_t)(argc - optind);
    if (count == 0)
        fail(EXIT_USAGE, "no ELF file; `elf2tab --help` shows the usage");
    r.member.tbf.no_kernel_version = !r.has_kernel;
    struct tab_member *members = keep(calloc(count, sizeof *members));
    for (size_t i = 0; i < count; i++)
        member_add(&r, argv[optind + (int)i], &members[i]);
    const struct tab_spec tab = {
        .name = r.member.tbf.name,
        .boards = r.boards,
        .kernel_major = r.member.tbf.kernel_major,
        .kernel_minor = r.member.tbf.kernel_minor,
        .date = build_date(r.is_deterministic),
    };
    struct bytes out = tab_write(&tab, members, count);
    file_write(r.output, out.data, out.len);
    return EXIT_DONE;
}
