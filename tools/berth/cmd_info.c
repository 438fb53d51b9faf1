/* SPDX-License-Identifier: Apache-2.0 */
/* `berth info`: what a file holds, for people. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/tbf.h>

#include "berth.h"
#include "board.h"
#include "board_info.h"
#include "elf_app.h"
#include "options.h"
#include "tab_file.h"
#include "verdict.h"

enum { OPT_OFFSET = BOARD_OPTS };

static const struct option_spec specs[] = {
    BOARD_OPTIONS,
    [OPT_OFFSET] = { 0, "offset", "BYTES",
                     "where to look for the first object; else at the start" },
    { 0 },
};

static const struct options options = {
    "[--offset BYTES] [FILE ...]",
    "Shows the headers of TBF objects (one, or the chain in a flash image), "
    "of\n"
    "all builds in a TAB, or the facts of an ELF that `berth tab` uses. The\n"
    "exit status is 1 when an object is malformed. Without a file: what a "
    "board\n"
    "says of itself.",
    specs,
};

/* Text that others wrote does not get at the terminal: no control characters,
 * neither those of one byte nor U+0080 to U+009F, which are C2 80 to C2 9F. */
static void text_print(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == 0xC2 && i + 1 < len && text[i + 1] < 0xA0)
            printf("\\u%04x", text[++i]);
        else if (iscntrl(text[i]))
            printf("\\x%02x", text[i]);
        else
            putchar(text[i]);
    }
}

static void hex_print(const uint8_t *p, uint32_t len)
{
    for (uint32_t i = 0; i < len && i < 16; i++)
        printf("%s%02x", i ? " " : "", p[i]);
    printf("%s", len > 16 ? " ..." : "");
}

static void address_print(const char *what, uint32_t address)
{
    if (address == TBF_NO_ADDRESS)
        printf("%s any", what);
    else
        printf("%s 0x%08x", what, address);
}

static void program_print(const uint8_t *p, uint32_t len)
{
    printf("entry at header + %u, trailer %u bytes, RAM %u bytes", get32(p),
           get32(p + 4), get32(p + 8));
    if (len == 20)
        printf(", binary end %u, version %u", get32(p + 12), get32(p + 16));
}

static void writeable_print(const uint8_t *p, uint32_t len)
{
    for (uint32_t i = 0; i + 8 <= len; i += 8)
        printf("%s%u bytes at %u", i ? ", " : "", get32(p + i + 4),
               get32(p + i));
}

static void name_print(const uint8_t *p, uint32_t len)
{
    text_print(p, len);
}

static void fixed_print(const uint8_t *p, uint32_t len)
{
    (void)len;
    address_print("RAM", get32(p));
    address_print(", flash", get32(p + 4));
}

static void permissions_print(const uint8_t *p, uint32_t len)
{
    if (len == 2)
        printf("no command of any driver");
    for (uint32_t at = 2; at + 16 <= len; at += 16) {
        uint64_t mask = get32(p + at + 8) | (uint64_t)get32(p + at + 12) << 32;
        printf("%sdriver 0x%x:", at > 2 ? "; " : "", get32(p + at));
        for (uint32_t bit = 0; bit < 64; bit++) {
            if (mask >> bit & 1)
                printf(" %llu", get32(p + at + 4) * 64ull + bit);
        }
    }
}

static uint32_t ids_print(const char *what, const uint8_t *p, uint32_t at)
{
    uint32_t count = get16(p + at);
    printf(", %s", what);
    for (uint32_t i = 0; i < count; i++)
        printf(" %u", get32(p + at + 2 + 4 * i));
    if (count == 0)
        printf(" none");
    return at + 2 + 4 * count;
}

static void storage_print(const uint8_t *p, uint32_t len)
{
    (void)len;
    printf("write id %u", get32(p));
    ids_print("modify", p, ids_print("read", p, 4));
}

static void kernel_print(const uint8_t *p, uint32_t len)
{
    (void)len;
    printf("%u.%u or a later %u.x", get16(p), get16(p + 2), get16(p));
}

static void word_print(const uint8_t *p, uint32_t len)
{
    (void)len;
    printf("0x%08x", get32(p));
}

static const struct entry_kind {
    uint32_t type;
    const char *name;
    void (*print)(const uint8_t *payload, uint32_t len);
} entry_kinds[] = {
    { TBF_TLV_MAIN, "main", program_print },
    { TBF_TLV_WRITEABLE_FLASH, "writeable", writeable_print },
    { TBF_TLV_NAME, "name", name_print },
    { TBF_TLV_FIXED_ADDRESSES, "addresses", fixed_print },
    { TBF_TLV_PERMISSIONS, "permissions", permissions_print },
    { TBF_TLV_STORAGE, "storage", storage_print },
    { TBF_TLV_KERNEL_VERSION, "kernel", kernel_print },
    { TBF_TLV_PROGRAM, "program", program_print },
    { TBF_TLV_SHORT_ID, "short id", word_print },
    { TBF_TLV_RELOCATION, "relocation", hex_print },
};

static void entry_print(uint32_t type, const uint8_t *payload, uint32_t len)
{
    for (size_t i = 0; i < ARRAY_COUNT(entry_kinds); i++) {
        if (entry_kinds[i].type == type) {
            printf("  %-12s ", entry_kinds[i].name);
            entry_kinds[i].print(payload, len);
            putchar('\n');
            return;
        }
    }
    printf("  type 0x%04x  %u bytes: ", type, len);
    hex_print(payload, len);
    putchar('\n');
}

/* Of an object that parsed, so all lengths are right. */
static void entries_print(const uint8_t *base, const struct tbf *t)
{
    for (uint32_t at = TBF_BASE_SIZE; at < t->header_size;) {
        uint32_t len = get16(base + at + 2);
        entry_print(get16(base + at), base + at + 4, len);
        at += 4 + ((len + 3) & ~3u);
    }
}

static void object_print(const uint8_t *base, const struct tbf *t)
{
    if (t->is_padding) {
        printf("padding, %u bytes\n", t->total_size);
        return;
    }
    printf("TBF object, %u bytes, %s%s\n", t->total_size,
           t->flags & TBF_FLAG_ENABLED ? "enabled" : "disabled",
           t->flags & TBF_FLAG_STICKY ? ", sticky" : "");
    printf("  %-12s %u bytes%s, checksum right\n", "header", t->header_size,
           t->header_size > TBF_TOCKLOADER_HEADER_MAX
               ? " (too long for stock tockloader)"
               : "");
    entries_print(base, t);
    printf("  %-12s %u to %u, entry at %u, footers %u bytes\n", "binary",
           t->protected_size, t->binary_end, t->init_offset,
           t->total_size - t->binary_end);
    static struct object_verdict v;
    const struct keys no_keys = { 0 };
    object_judge(&v, base, t->total_size, &no_keys);
    verdict_print(&v, base, &no_keys);
}

/* Everything from `offset` on that hangs together; false if something is
 * malformed. */
static bool chain_print(const char *path, const struct bytes *file,
                        uint32_t offset)
{
    uint32_t len = (uint32_t)file->len;
    bool is_sound = true;
    for (uint32_t at = offset; at < len;) {
        struct tbf t;
        enum tbf_error e = tbf_parse(file->data + at, len - at, &t);
        if (at > offset && (e == TBF_END || e == TBF_END_OF_REGION))
            break;
        text_print((const uint8_t *)path, strlen(path));
        printf(at || e != TBF_OK ? " + %u: " : ": ", at);
        is_sound = is_sound && e == TBF_OK;
        if (e == TBF_OK)
            object_print(file->data + at, &t);
        else
            printf("malformed: %s\n", tbf_error_text(e));
        if (tbf_ends_walk(e))
            break;
        at += t.total_size;
    }
    return is_sound;
}

static bool tab_print(const char *path, const struct bytes *file)
{
    size_t count;
    bool is_sound = true;
    struct tab_member *members = tab_read(path, file, &count);
    printf("%s: TAB of %zu members\n", path, count);
    for (size_t i = 0; i < count; i++) {
        const struct bytes *data = &members[i].data;
        size_t len = strlen(members[i].name);
        if (len >= 4 && strcmp(members[i].name + len - 4, ".tbf") == 0) {
            is_sound = chain_print(members[i].name, data, 0) && is_sound;
            continue;
        }
        text_print((const uint8_t *)members[i].name, len);
        printf(": %zu bytes\n", data->len);
        if (strcmp(members[i].name, "metadata.toml") != 0)
            continue;
        for (const uint8_t *p = data->data, *end = p + data->len; p < end;) {
            const uint8_t *eol = memchr(p, '\n', (size_t)(end - p));
            eol = eol ? eol : end;
            printf("  ");
            text_print(p, (size_t)(eol - p));
            putchar('\n');
            p = eol + 1;
        }
    }
    return is_sound;
}

static void symbol_print(const char *name, bool is_there, uint32_t value)
{
    if (is_there)
        printf("  %-28s 0x%08x\n", name, value);
    else
        printf("  %-28s not defined\n", name);
}

static void elf_print(const char *path)
{
    struct elf_app elf;
    elf_app_read(path, &elf);
    printf("%s: ELF for %s, entry 0x%08x\n", path, elf.arch, elf.entry);
    for (size_t i = 0; i < elf.segment_count; i++) {
        const struct elf_segment *s = &elf.segments[i];
        printf("  segment  0x%08x loaded at 0x%08x, %u bytes of %u, r%c%c\n",
               s->vaddr, s->paddr, s->filesz, s->memsz,
               s->is_writeable ? 'w' : '-', s->is_executable ? 'x' : '-');
    }
    symbol_print("_flash_origin", elf.has_flash_origin, elf.flash_origin);
    symbol_print("_sram_origin", elf.has_sram_origin, elf.sram_origin);
    symbol_print("tbf_protected_region_size", elf.has_protected_size,
                 elf.protected_size);
    if (elf.has_stack)
        printf("  %-28s %u bytes at 0x%08x\n", ".stack", elf.stack.size,
               elf.stack.addr);
    for (size_t i = 0; i < elf.region_count; i++)
        printf("  %-28s %u bytes at 0x%08x\n", "writeable flash",
               elf.regions[i].size, elf.regions[i].addr);
}

static bool file_print(const char *path, uint32_t offset)
{
    struct bytes file = file_read(path);
    if (elf_is_elf(file.data, file.len)) {
        elf_print(path);
        return true;
    }
    if (tab_is_tab(file.data, file.len))
        return tab_print(path, &file);
    if (file.len > UINT32_MAX || offset >= file.len)
        fail(EXIT_REFUSED, "%s: nothing at offset %u of %zu bytes", path,
             offset, file.len);
    if (file.len - offset < 2 || get16(file.data + offset) != TBF_VERSION)
        fail(EXIT_REFUSED,
             "%s: neither ELF nor TAB, and no TBF object at offset %u; "
             "--offset tells where in an image the apps begin",
             path, offset);
    return chain_print(path, &file, offset);
}

int cmd_info(int argc, char **argv)
{
    struct board_options board = { .baud = 115200 };
    const char *value;
    uint32_t offset = 0;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        if (!board_option(&board, option, value))
            offset = number_read("--offset", value, UINT32_MAX);
    if (optind == argc)
        return board_info(board.port, board.baud, board.is_json);
    bool is_sound = true;
    for (int i = optind; i < argc; i++)
        is_sound = file_print(argv[i], offset) && is_sound;
    return is_sound ? EXIT_DONE : EXIT_REFUSED;
}
