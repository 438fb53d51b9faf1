/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes TAB bundles by libarchive. */
#include "tab_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"

#define MEMBER_MAX (64u << 20)

static void text_append(struct bytes *b, const char *text)
{
    bytes_append(b, text, strlen(text));
}

/* A TOML basic string. */
static void toml_string_append(struct bytes *b, const char *text)
{
    text_append(b, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        char escaped[8] = { *text, '\0' };
        if (c == '"' || c == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
        text_append(b, escaped);
    }
    text_append(b, "\"\n");
}

static struct bytes metadata_make(const struct tab_spec *spec)
{
    struct bytes b = { 0 };
    char line[96];
    struct tm tm;
    text_append(&b, "tab-version = 1\nname = ");
    toml_string_append(&b, spec->name);
    if (spec->boards) {
        text_append(&b, "only-for-boards = ");
        toml_string_append(&b, spec->boards);
    }
    snprintf(line, sizeof line, "minimum-tock-kernel-version = \"%u.%u\"\n",
             spec->kernel_major, spec->kernel_minor);
    text_append(&b, line);
    if (!gmtime_r(&spec->date, &tm) || tm.tm_year > 9999 - 1900)
        fail(EXIT_USAGE, "the build date lies beyond the year 9999");
    strftime(line, sizeof line, "build-date = %Y-%m-%dT%H:%M:%SZ\n", &tm);
    text_append(&b, line);
    return b;
}

static la_ssize_t on_write(struct archive *a, void *client, const void *data,
                           size_t len)
{
    (void)a;
    bytes_append(client, data, len);
    return (la_ssize_t)len;
}

static void archive_check(struct archive *a, int result)
{
    if (result != ARCHIVE_OK)
        fail(EXIT_SYSTEM, "%s", archive_error_string(a));
}

static void member_write(struct archive *a, const char *name, time_t date,
                         const struct bytes *data)
{
    struct archive_entry *entry = keep(archive_entry_new());
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, date, 0);
    archive_entry_set_size(entry, (la_int64_t)data->len);
    archive_check(a, archive_write_header(a, entry));
    if (archive_write_data(a, data->data, data->len) < 0)
        archive_check(a, ARCHIVE_FATAL);
    archive_entry_free(entry);
}

static struct archive *archive_begin(struct bytes *out)
{
    struct archive *a = keep(archive_write_new());
    archive_check(a, archive_write_set_format_gnutar(a));
    archive_check(a, archive_write_open(a, out, NULL, on_write, NULL));
    return a;
}

static void archive_end(struct archive *a)
{
    archive_check(a, archive_write_close(a));
    archive_write_free(a);
}

struct bytes tab_write(const struct tab_spec *spec,
                       const struct tab_member *members, size_t count)
{
    struct bytes out = { 0 };
    struct archive *a = archive_begin(&out);
    struct bytes metadata = metadata_make(spec);
    member_write(a, "metadata.toml", spec->date, &metadata);
    for (size_t i = 0; i < count; i++)
        member_write(a, members[i].name, spec->date, &members[i].data);
    archive_end(a);
    free(metadata.data);
    return out;
}

struct bytes tab_write_again(const struct tab_member *members, size_t count)
{
    struct bytes out = { 0 };
    struct archive *a = archive_begin(&out);
    for (size_t i = 0; i < count; i++)
        member_write(a, members[i].name, members[i].date, &members[i].data);
    archive_end(a);
    return out;
}

bool tab_is_build(const struct tab_member *member)
{
    size_t len = strlen(member->name);
    return len >= 4 && strcmp(member->name + len - 4, ".tbf") == 0;
}

const char *name_printable(const char *path, const char *member)
{
    size_t size = strlen(path) + (member ? strlen(member) : 0) + 3;
    char *name = keep(malloc(size));
    snprintf(name, size, "%s%s%s", path, member ? ": " : "",
             member ? member : "");
    for (char *c = name; *c; c++)
        *c = isprint((unsigned char)*c) ? *c : '?';
    return name;
}

bool tab_is_tab(const uint8_t *bytes, size_t len)
{
    return len >= 512 && memcmp(bytes + 257, "ustar", 5) == 0;
}

static void member_read(const char *path, struct archive *a,
                        struct archive_entry *entry, struct tab_member *out)
{
    const char *name = archive_entry_pathname(entry);
    int len = snprintf(out->name, sizeof out->name, "%s", name ? name : "");
    if (len <= 0 || (size_t)len >= sizeof out->name)
        fail(EXIT_REFUSED, "%s: a member has no name, or one too long", path);
    out->date = archive_entry_mtime(entry);
    la_int64_t size = archive_entry_size(entry);
    if (size < 0 || size > MEMBER_MAX)
        fail(EXIT_REFUSED, "%s: %s: too large", path, out->name);
    out->data = (struct bytes){ 0 };
    bytes_fill(&out->data, 0, (size_t)size);
    la_ssize_t got = archive_read_data(a, out->data.data, (size_t)size);
    if (got != size)
        fail(EXIT_REFUSED, "%s: %s: cut off", path, out->name);
}

struct tab_member *tab_read(const char *path, const struct bytes *file,
                            size_t *count)
{
    struct archive *a = keep(archive_read_new());
    struct archive_entry *entry;
    struct tab_member *members = NULL;
    *count = 0;
    archive_check(a, archive_read_support_format_tar(a));
    int e = archive_read_open_memory(a, file->data, file->len);
    while (e == ARCHIVE_OK &&
           (e = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        members = keep(realloc(members, (*count + 1) * sizeof *members));
        member_read(path, a, entry, &members[(*count)++]);
    }
    if (e != ARCHIVE_EOF)
        fail(EXIT_REFUSED, "%s: not a TAB: %s", path, archive_error_string(a));
    archive_read_free(a);
    return members;
}
