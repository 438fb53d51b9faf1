/* SPDX-License-Identifier: Apache-2.0 */
/* `berth tab`: linked apps to TBF objects and a TAB bundle. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "member.h"
#include "options.h"

#define HEAP_DEFAULT 1024u

enum {
    OPT_OUTPUT,
    OPT_TBF,
    OPT_NAME,
    OPT_STACK,
    OPT_APP_HEAP,
    OPT_KERNEL_HEAP,
    OPT_MINIMUM_RAM,
    OPT_APP_VERSION,
    OPT_PERMISSIONS,
    OPT_WRITE_ID,
    OPT_READ_IDS,
    OPT_MODIFY_IDS,
    OPT_SHORT_ID,
    OPT_KERNEL_MAJOR,
    OPT_KERNEL_MINOR,
    OPT_PROTECTED_SIZE,
    OPT_ARCH,
    OPT_BOARDS,
    OPT_DISABLE,
    OPT_MAIN,
    OPT_DETERMINISTIC,
    OPT_EXPLAIN,
    OPT_MAP,
    OPT_RELINK,
};

static const struct option_spec specs[] = {
    [OPT_OUTPUT] = { 'o', "output", "FILE", "the TAB; else NAME.tab" },
    [OPT_TBF] = { 0, "tbf", "FILE", "the TBF alone, of one ELF" },
    [OPT_NAME] = { 'n', "name", "NAME", "the app's name; else the file's" },
    [OPT_STACK] = { 0, "stack", "BYTES", "else section .stack, else 2048" },
    [OPT_APP_HEAP] = { 0, "app-heap", "BYTES", "else 1024" },
    [OPT_KERNEL_HEAP] = { 0, "kernel-heap", "BYTES",
                          "what drivers keep in its RAM; else 1024" },
    [OPT_MINIMUM_RAM] = { 0, "minimum-ram", "BYTES",
                          "all RAM it needs, instead of the three above" },
    [OPT_APP_VERSION] = { 0, "app-version", "N", "else 0" },
    [OPT_PERMISSIONS] = { 0, "permissions", "D,C",
                          "allow command C of driver D, and no others but "
                          "those named so; may be repeated" },
    [OPT_WRITE_ID] = { 0, "storage-write-id", "N", "id of what it stores" },
    [OPT_READ_IDS] = { 0, "storage-read-ids", "N,N", "what it may read" },
    [OPT_MODIFY_IDS] = { 0, "storage-modify-ids", "N,N", "what it may change" },
    [OPT_SHORT_ID] = { 0, "short-id", "N", "fixed identity; else none" },
    [OPT_KERNEL_MAJOR] = { 0, "kernel-major", "N", "kernel needed; else 2" },
    [OPT_KERNEL_MINOR] = { 0, "kernel-minor", "N", "at least; else 2" },
    [OPT_PROTECTED_SIZE] = { 0, "protected-region-size", "BYTES",
                             "from the object's start to the binary; else "
                             "what the ELF says, else what lies between the "
                             "binary and the multiple of 256 below" },
    [OPT_ARCH] = { 0, "arch", "ARCH", "in member names; else the ELF's" },
    [OPT_BOARDS] = { 0, "supported-boards", "A,B", "else any" },
    [OPT_DISABLE] = { 0, "disable", NULL, "do not start it at boot" },
    [OPT_MAIN] = { 0, "main", NULL,
                   "a Main entry too, for readers that know no Program" },
    [OPT_DETERMINISTIC] = { 0, "deterministic", NULL,
                            "no build date: same input, same bytes; "
                            "SOURCE_DATE_EPOCH sets a date" },
    [OPT_EXPLAIN] = { 0, "explain", NULL,
                      "print what was done to each position-independent app, "
                      "and every reason against it" },
    [OPT_MAP] = { 0, "map", "FILE",
                  "map file of the link, for the names of objects" },
    [OPT_RELINK] = { 0, "relink", "FILE",
                     "what another link would need for it to become position "
                     "independent: an argument for the compiler, or nothing" },
    { 0 },
};

static const struct options options = {
    "[OPTION ...] ELF ...",
    "Makes a TBF object of each statically linked rv32 app, and a TAB bundle "
    "of\n"
    "all. An app that was linked with -Wl,--emit-relocs is made position\n"
    "independent. Any other is linked at fixed addresses, and says by the "
    "symbols\n"
    "_flash_origin and _sram_origin where it has to lie.",
    specs,
};

struct request {
    const char *output, *tbf, *name, *boards;
    bool is_deterministic;
    bool has_sizes, has_permissions;
    struct member_spec member;
};

static const char *option_text(int option)
{
    static char text[64];
    snprintf(text, sizeof text, "--%s", specs[option].name);
    return text;
}

static void ids_read(int option, const char *list, struct bytes *out)
{
    uint32_t id;
    while ((list = number_next(option_text(option), list, &id)))
        bytes_put32(out, id);
}

static void permissions_read(const char *list, struct bytes *out)
{
    size_t before = out->len;
    ids_read(OPT_PERMISSIONS, list, out);
    if (out->len == before || (out->len - before) % 8 != 0)
        fail(EXIT_USAGE,
             "--permissions: `%s` is no list of DRIVER,COMMAND pairs", list);
}

static bool size_option_take(struct request *r, int option, const char *value)
{
    struct app_sizes *sizes = &r->member.sizes;
    struct {
        int option;
        uint32_t *value;
        bool *is_there;
    } slots[] = {
        { OPT_STACK, &sizes->stack, &sizes->has_stack },
        { OPT_APP_HEAP, &sizes->app_heap, &r->has_sizes },
        { OPT_KERNEL_HEAP, &sizes->kernel_heap, &r->has_sizes },
        { OPT_MINIMUM_RAM, &sizes->minimum_ram, &sizes->has_minimum_ram },
        { OPT_PROTECTED_SIZE, &sizes->protected_size,
          &sizes->has_protected_size },
    };
    for (size_t i = 0; i < ARRAY_COUNT(slots); i++) {
        if (slots[i].option == option) {
            *slots[i].value =
                number_read(option_text(option), value, 0x7FFFFFFF);
            *slots[i].is_there = true;
            return true;
        }
    }
    return false;
}

static void header_option_take(struct tbf_spec *spec, int option,
                               const char *value)
{
    const char *what = option_text(option);
    switch (option) {
    case OPT_APP_VERSION:
        spec->version = number_read(what, value, UINT32_MAX);
        break;
    case OPT_WRITE_ID:
        spec->storage_write_id = number_read(what, value, UINT32_MAX);
        spec->has_storage = true;
        break;
    case OPT_READ_IDS:
        ids_read(option, value, &spec->storage_read_ids);
        spec->has_storage = true;
        break;
    case OPT_MODIFY_IDS:
        ids_read(option, value, &spec->storage_modify_ids);
        spec->has_storage = true;
        break;
    case OPT_SHORT_ID:
        spec->short_id = number_read(what, value, UINT32_MAX);
        break;
    case OPT_KERNEL_MAJOR:
        spec->kernel_major = number_read(what, value, UINT16_MAX);
        break;
    case OPT_KERNEL_MINOR:
        spec->kernel_minor = number_read(what, value, UINT16_MAX);
        break;
    case OPT_DISABLE:
        spec->is_disabled = true;
        break;
    case OPT_MAIN:
        spec->has_main = true;
        break;
    default:
        fail(EXIT_INTERNAL, "option %d", option);
    }
}

static void option_take(struct request *r, int option, const char *value)
{
    switch (option) {
    case OPT_OUTPUT:
        r->output = value;
        break;
    case OPT_TBF:
        r->tbf = value;
        break;
    case OPT_NAME:
        r->name = value;
        break;
    case OPT_ARCH:
        r->member.arch = value;
        break;
    case OPT_BOARDS:
        r->boards = value;
        break;
    case OPT_DETERMINISTIC:
        r->is_deterministic = true;
        break;
    case OPT_EXPLAIN:
        r->member.is_explaining = true;
        r->member.relocatable.all_refusals = true;
        break;
    case OPT_MAP:
        r->member.relocatable.map = value;
        break;
    case OPT_RELINK:
        r->member.relocatable.relink = value;
        break;
    case OPT_PERMISSIONS:
        permissions_read(value, &r->member.tbf.permissions);
        r->has_permissions = true;
        break;
    default:
        if (!size_option_take(r, option, value))
            header_option_take(&r->member.tbf, option, value);
        break;
    }
}

/* "1,2" behind --permissions is one more of them. */
static bool is_pair(const char *text)
{
    return text[0] && strchr(text, ',') &&
           strspn(text, "0123456789abcdefABCDEFxX,") == strlen(text);
}

/* Leaves the ELF files in argv, `*count` of them. */
static char **request_read(int argc, char **argv, struct request *r,
                           size_t *count)
{
    const char *value;
    int option;
    *r = (struct request){
        .member = {
            .sizes = { .app_heap = HEAP_DEFAULT, .kernel_heap = HEAP_DEFAULT },
            .tbf = { .kernel_major = 2, .kernel_minor = 2 },
        },
    };
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(r, option, value);
    char **files = argv + optind;
    *count = 0;
    for (int i = optind; i < argc; i++) {
        if (r->has_permissions && is_pair(argv[i]))
            permissions_read(argv[i], &r->member.tbf.permissions);
        else
            files[(*count)++] = argv[i];
    }
    if (*count == 0)
        fail(EXIT_USAGE, "no ELF file; `berth tab --help` shows the usage");
    if (r->tbf && *count > 1)
        fail(EXIT_USAGE, "--tbf takes one ELF file, not %zu; use -o", *count);
    if (r->member.sizes.has_minimum_ram &&
        (r->has_sizes || r->member.sizes.has_stack))
        fail(EXIT_USAGE, "--minimum-ram is the sum of --stack, --app-heap and "
                         "--kernel-heap: give it or them");
    return files;
}

int cmd_tab(int argc, char **argv)
{
    struct request r;
    size_t count;
    char **files = request_read(argc, argv, &r, &count);
    struct tbf_spec *tbf = &r.member.tbf;
    tbf->name = r.name ? r.name : file_stem(files[0]);
    struct tab_member *members = members_make(&r.member, files, count);
    if (r.tbf)
        file_write(r.tbf, members[0].data.data, members[0].data.len);
    if (r.tbf && !r.output)
        return EXIT_DONE;
    const struct tab_spec tab = {
        .name = tbf->name,
        .boards = r.boards,
        .kernel_major = tbf->kernel_major,
        .kernel_minor = tbf->kernel_minor,
        .date = build_date(r.is_deterministic),
    };
    char path[4096];
    snprintf(path, sizeof path, "%s.tab", tbf->name);
    struct bytes out = tab_write(&tab, members, count);
    file_write(r.output ? r.output : path, out.data, out.len);
    return EXIT_DONE;
}
