/* SPDX-License-Identifier: Apache-2.0 */
/* `berth image`: apps, and perhaps a kernel, to the contents of a flash. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/tbf.h>

#include "berth.h"
#include "esp_image.h"
#include "intel_hex.h"
#include "layout.h"
#include "options.h"
#include "tab_file.h"
#include "tbf_write.h"

#define IMAGE_MAX (512u << 20)
#define HEX_PIECE 1024u
#define CHAIN_END 64u /* bytes of padding that no object begins with */

enum {
    OPT_OUTPUT,
    OPT_BASE,
    OPT_SIZE,
    OPT_PAD,
    OPT_KERNEL,
    OPT_ESP32C3,
    OPT_APPS,
    OPT_ARCH,
    OPT_HEX,
    OPT_VERBOSE,
};

static const struct option_spec specs[] = {
    [OPT_OUTPUT] = { 'o', "output", "FILE", "the image" },
    [OPT_BASE] = { 0, "base", "ADDR", "address of its first byte" },
    [OPT_SIZE] = { 0, "size", "BYTES", "its size" },
    [OPT_PAD] = { 0, "pad", "BYTE", "what is unused; else 0xff" },
    [OPT_KERNEL] = { 0, "kernel", "FILE@ADDR", "a raw binary at ADDR" },
    [OPT_ESP32C3] = { 0, "esp32c3", "FORM",
                      "--kernel is an ELF file, without @ADDR, which an "
                      "ESP32-C3 boots from the image's start: copied by the "
                      "mask ROM (rom), or by direct boot (direct)" },
    [OPT_APPS] = { 0, "apps", "ADDR", "the chain's start; else the base" },
    [OPT_ARCH] = { 0, "arch", "ARCH", "of a TAB, only builds for ARCH" },
    [OPT_HEX] = { 0, "hex", NULL,
                  "Intel HEX instead of a raw image, of what is used only; "
                  "without apps their flash is left as it is" },
    [OPT_VERBOSE] = { 'v', "verbose", NULL, "print what lies where" },
    { 0 },
};

static const struct options options = {
    "-o FILE --base ADDR --size BYTES [OPTION ...] TBF|TAB ...",
    "Lays apps out in a flash image. Apps linked for an address lie there, "
    "all\n"
    "others in the first gap that holds them; gaps are bridged by padding\n"
    "objects. Of a TAB the first build that fits is taken.",
    specs,
};

struct kernel {
    const char *path;   /* NULL: none */
    enum esp_form form; /* else raw */
    uint32_t start;
    struct bytes bytes;
};

struct request {
    const char *output, *arch;
    const char *kernel_option;
    bool has_base, has_size, has_apps, is_hex, is_verbose;
    uint32_t base, size, apps;
    uint8_t pad;
    struct kernel kernel;
};

/* As the option says, or ready to be laid out. */
static void kernel_take(struct kernel *kernel, const char *value)
{
    if (kernel->form != ESP_NONE) {
        kernel->path = value;
        return;
    }
    const char *at = strrchr(value, '@');
    if (!at || at == value)
        fail(EXIT_USAGE, "--kernel: `%s` is not FILE@ADDR", value);
    kernel->path = keep(strndup(value, (size_t)(at - value)));
    kernel->start = number_read("--kernel", at + 1, UINT32_MAX);
    kernel->bytes = file_read(kernel->path);
}

static void option_take(struct request *r, int option, const char *value)
{
    switch (option) {
    case OPT_OUTPUT:
        r->output = value;
        break;
    case OPT_BASE:
        r->base = number_read("--base", value, UINT32_MAX);
        r->has_base = true;
        break;
    case OPT_SIZE:
        r->size = number_read("--size", value, IMAGE_MAX);
        r->has_size = true;
        break;
    case OPT_PAD:
        r->pad = (uint8_t)number_read("--pad", value, UINT8_MAX);
        break;
    case OPT_KERNEL:
        r->kernel_option = value;
        break;
    case OPT_ESP32C3:
        r->kernel.form = esp_form_read(value);
        break;
    case OPT_APPS:
        r->apps = number_read("--apps", value, UINT32_MAX);
        r->has_apps = true;
        break;
    case OPT_ARCH:
        r->arch = value;
        break;
    case OPT_HEX:
        r->is_hex = true;
        break;
    default:
        r->is_verbose = true;
        break;
    }
}

static void request_check(struct request *r)
{
    if (!r->output || !r->has_base || !r->has_size)
        fail(EXIT_USAGE, "--output, --base and --size are needed; `berth image "
                         "--help` shows the usage");
    if (r->kernel_option)
        kernel_take(&r->kernel, r->kernel_option);
    if (r->kernel.form != ESP_NONE && !r->kernel.path)
        fail(EXIT_USAGE, "--esp32c3 says how the kernel is booted: name it by "
                         "--kernel");
    if (r->kernel.path && !r->has_apps)
        fail(EXIT_USAGE, "with --kernel, say by --apps where the apps begin");
    if (!r->has_apps)
        r->apps = r->base;
    uint64_t end = (uint64_t)r->base + r->size;
    if (end > (uint64_t)1 << 32)
        fail(EXIT_USAGE, "the image ends beyond 32-bit addresses");
    if (r->apps < r->base || r->apps > end || r->apps % 4 != 0)
        fail(EXIT_USAGE, "--apps: 0x%08x is no multiple of 4 in the image",
             r->apps);
    const struct kernel *k = &r->kernel;
    if (k->path && k->form == ESP_NONE &&
        (k->start < r->base || k->start > end || k->bytes.len > end - k->start))
        fail(EXIT_REFUSED,
             "%s: %zu bytes at 0x%08x lie outside the image from 0x%08x to "
             "0x%08llx",
             k->path, k->bytes.len, k->start, r->base, (unsigned long long)end);
}

static void build_add(struct layout_app *app, const char *member,
                      const struct bytes *object)
{
    app->builds = keep(
        realloc(app->builds, (app->build_count + 1) * sizeof *app->builds));
    struct layout_build *b = &app->builds[app->build_count++];
    *b = (struct layout_build){ .bytes = object->data };
    snprintf(b->name, sizeof b->name, "%.70s%s%.80s", app->path,
             member ? ": " : "", member ? member : "");
    uint32_t len = object->len > UINT32_MAX ? 0 : (uint32_t)object->len;
    enum tbf_error e = tbf_parse(object->data, len, &b->tbf);
    if (e != TBF_OK)
        fail(EXIT_REFUSED, "%s: not a sound TBF object: %s", b->name,
             tbf_error_text(e));
    if (b->tbf.total_size != object->len)
        fail(EXIT_REFUSED, "%s: %zu bytes behind the object's end", b->name,
             object->len - b->tbf.total_size);
}

/* rv32imc.0x20040080.0x80001000.tbf is for rv32imc. */
static bool is_build(const char *name, const char *arch)
{
    size_t len = strlen(name);
    if (len < 4 || strcmp(name + len - 4, ".tbf") != 0)
        return false;
    return !arch || (strncmp(name, arch, strlen(arch)) == 0 &&
                     name[strlen(arch)] == '.');
}

static struct layout_app app_read(const struct request *r, const char *path)
{
    struct layout_app app = { .path = path };
    struct bytes file = file_read(path);
    if (!tab_is_tab(file.data, file.len)) {
        build_add(&app, NULL, &file);
        return app;
    }
    size_t count;
    struct tab_member *members = tab_read(path, &file, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_build(members[i].name, r->arch))
            build_add(&app, members[i].name, &members[i].data);
    }
    if (app.build_count == 0)
        fail(EXIT_REFUSED, "%s: holds no build%s%s", path,
             r->arch ? " for " : "", r->arch ? r->arch : "");
    return app;
}

static void kernel_check(const struct request *r, const struct layout *l)
{
    const struct kernel *k = &r->kernel;
    uint64_t end = (uint64_t)k->start + k->bytes.len;
    const struct layout_app *app = layout_next(l, l->start);
    for (; app; app = layout_next(l, layout_end(app))) {
        if (k->start < layout_end(app) && end > l->start)
            fail(EXIT_REFUSED,
                 "%s (0x%08x to 0x%08llx) overlaps the chain of apps at %s "
                 "(0x%08x to 0x%08llx)",
                 k->path, k->start, (unsigned long long)end,
                 layout_chosen(app)->name, app->start,
                 (unsigned long long)layout_end(app));
    }
}

static void verbose_line(const struct request *r, uint64_t start, uint64_t end,
                         const char *name)
{
    if (r->is_verbose)
        printf("0x%08llx to 0x%08llx %8llu  %s\n", (unsigned long long)start,
               (unsigned long long)end, (unsigned long long)(end - start),
               name);
}

/* Where the chain ends. */
static uint64_t chain_write(const struct request *r, const struct layout *l,
                            uint8_t *image)
{
    uint64_t at = l->start;
    const struct layout_app *app;
    while ((app = layout_next(l, at))) {
        const struct layout_build *b = layout_chosen(app);
        if (app->start > at) {
            struct bytes padding = tbf_write_padding(app->start - (uint32_t)at);
            memcpy(image + (at - r->base), padding.data, padding.len);
            free(padding.data);
            verbose_line(r, at, app->start, "(padding)");
        }
        memcpy(image + (app->start - r->base), b->bytes, b->tbf.total_size);
        at = layout_end(app);
        verbose_line(r, app->start, at, b->name);
    }
    return at;
}

/* A kernel may have long gaps, of what erased flash holds. */
static void hex_add_kernel(struct bytes *out, const struct kernel *k)
{
    uint8_t erased[HEX_PIECE];
    memset(erased, 0xFF, sizeof erased);
    for (size_t at = 0, n; at < k->bytes.len; at += n) {
        n = k->bytes.len - at < HEX_PIECE ? k->bytes.len - at : HEX_PIECE;
        if (memcmp(k->bytes.data + at, erased, n) != 0)
            intel_hex_add(out, k->start + (uint32_t)at, k->bytes.data + at, n);
    }
}

/* Whatever was in flash, the chain ends where it ends here. */
static void hex_write(const struct request *r, const struct layout *l,
                      uint64_t chain_end, const uint8_t *image)
{
    struct bytes out = { 0 };
    if (r->kernel.path)
        hex_add_kernel(&out, &r->kernel);
    if (chain_end > l->start) {
        uint64_t end =
            chain_end + CHAIN_END < l->end ? chain_end + CHAIN_END : l->end;
        intel_hex_add(&out, l->start, image + (l->start - r->base),
                      (size_t)(end - l->start));
    }
    intel_hex_end(&out);
    file_write(r->output, out.data, out.len);
    free(out.data);
}

int cmd_image(int argc, char **argv)
{
    struct request r = { .pad = 0xFF };
    const char *value;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(&r, option, value);
    request_check(&r);
    size_t count = (size_t)(argc - optind);
    struct layout l = {
        .start = r.apps,
        .end = (uint64_t)r.base + r.size,
        .apps = keep(calloc(count + 1, sizeof *l.apps)),
        .count = count,
    };
    for (size_t i = 0; i < count; i++)
        l.apps[i] = app_read(&r, argv[optind + (int)i]);
    layout_make(&l);

    uint8_t *image = keep(malloc((size_t)r.size + 1));
    memset(image, r.pad, r.size);
    if (r.kernel.form != ESP_NONE) {
        r.kernel.start = r.base;
        r.kernel.bytes.len =
            esp_image_lay(r.kernel.path, r.kernel.form, image, r.apps - r.base);
        verbose_line(&r, r.base, r.base + (uint64_t)r.kernel.bytes.len,
                     r.kernel.path);
    } else if (r.kernel.path) {
        kernel_check(&r, &l);
        memcpy(image + (r.kernel.start - r.base), r.kernel.bytes.data,
               r.kernel.bytes.len);
        verbose_line(&r, r.kernel.start,
                     (uint64_t)r.kernel.start + r.kernel.bytes.len,
                     r.kernel.path);
    }
    uint64_t end = chain_write(&r, &l, image);
    if (r.is_hex)
        hex_write(&r, &l, end, image);
    else
        file_write(r.output, image, r.size);
    return EXIT_DONE;
}
