/* SPDX-License-Identifier: Apache-2.0 */
/* `berth decode`: a panic report with the names that its addresses have. */
#include <ctype.h>
#include <gelf.h>
#include <getopt.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "file.h"
#include "options.h"

enum { OPT_ELF };

static const struct option_spec specs[] = {
    [OPT_ELF] = { 'e', "elf", "FILE",
                  "the kernel's ELF file; again for apps at fixed addresses" },
    { 0 },
};

static const struct options options = {
    "--elf KERNEL.elf [FILE]",
    "Copies a report (FILE, else the standard input) and writes behind each\n"
    "address of code which function it is in, and how far.",
    specs,
};

struct symbol {
    uint32_t start, size;
    const char *name;
};

struct symbols {
    struct symbol *list;
    size_t count;
};

static void symbol_add(struct symbols *s, const GElf_Sym *symbol,
                       const char *name)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    if (!name || !*name || *name == '$' || symbol->st_shndx == SHN_UNDEF ||
        symbol->st_shndx >= SHN_LORESERVE ||
        (type != STT_FUNC && type != STT_NOTYPE))
        return;
    s->list = keep(realloc(s->list, (s->count + 1) * sizeof *s->list));
    s->list[s->count++] =
        (struct symbol){ (uint32_t)symbol->st_value, (uint32_t)symbol->st_size,
                         keep(strdup(name)) };
}

static bool is_code(Elf *elf, const GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
    return section && gelf_getshdr(section, &header) &&
           (header.sh_flags & SHF_EXECINSTR);
}

static void symbols_read(struct symbols *s, const char *path)
{
    struct bytes file = file_read(path);
    size_t before = s->count;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)file.data, file.len);
    Elf_Scn *section = NULL;
    if (!elf || elf_kind(elf) != ELF_K_ELF)
        fail(EXIT_REFUSED, "%s: not an ELF file", path);
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        Elf_Data *data = elf_getdata(section, NULL);
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB ||
            !data || header.sh_entsize == 0)
            continue;
        for (int i = 0; (uint64_t)i < header.sh_size / header.sh_entsize; i++) {
            GElf_Sym symbol;
            if (gelf_getsym(data, i, &symbol) && is_code(elf, &symbol))
                symbol_add(s, &symbol,
                           elf_strptr(elf, header.sh_link, symbol.st_name));
        }
    }
    elf_end(elf);
    if (s->count == before)
        fail(EXIT_REFUSED, "%s: names no code; is it stripped?", path);
}

static int by_start(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* The function an address is in. A symbol without a size, of assembly, goes
 * to the next one. */
static const struct symbol *symbol_of(const struct symbols *s, uint32_t address)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->list[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t back = 0; back < 8 && low > 0; back++, low--) {
        const struct symbol *found = &s->list[low - 1];
        if (address - found->start < (found->size ? found->size : 256))
            return found;
    }
    return NULL;
}

/* The length of the address that begins there, 0: none does. */
static size_t address_at(const char *line, const char *at, uint32_t *out)
{
    size_t prefix = strncmp(at, "0x", 2) == 0 ? 2 : 0, n = prefix;
    if (at > line && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
        return 0;
    while (isxdigit((unsigned char)at[n]))
        n++;
    if (n - prefix != 8 || isalnum((unsigned char)at[n]))
        return 0;
    *out = (uint32_t)strtoul(at + prefix, NULL, 16);
    return n;
}

static void line_decode(const struct symbols *s, const char *line)
{
    for (const char *at = line; *at;) {
        uint32_t address;
        size_t n = address_at(line, at, &address);
        if (n == 0) {
            putchar(*at++);
            continue;
        }
        const struct symbol *symbol = symbol_of(s, address);
        fwrite(at, 1, n, stdout);
        at += n;
        if (symbol)
            printf(" <%s+%u>", symbol->name, address - symbol->start);
    }
}

int cmd_decode(int argc, char **argv)
{
    struct symbols symbols = { 0 };
    const char *value;
    char *line = NULL;
    size_t cap = 0;
    while (option_next(&options, argc, argv, &value) >= 0)
        symbols_read(&symbols, value);
    if (symbols.count == 0)
        fail(EXIT_USAGE, "--elf KERNEL.elf is missing: names are in it");
    if (argc - optind > 1)
        fail(EXIT_USAGE, "one report at a time");
    qsort(symbols.list, symbols.count, sizeof *symbols.list, by_start);
    FILE *in = optind < argc ? fopen(argv[optind], "r") : stdin;
    if (!in)
        fail(EXIT_SYSTEM, "%s: cannot be read", argv[optind]);
    while (getline(&line, &cap, in) >= 0)
        line_decode(&symbols, line);
    free(line);
    return EXIT_DONE;
}
