/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ELF files by libelf. What it hands out points into the file, which is
 * kept in memory. */
#include "elf_app.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "berth.h"
#include "file.h"

/* Newer than some elf.h. */
#define SECTION_RISCV_ATTRIBUTES 0x70000003u
#define RISCV_TAG_ARCH 5

bool elf_is_elf(const uint8_t *bytes, size_t len)
{
    return len >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static void header_check(const char *path, const struct bytes *file,
                         const GElf_Ehdr *header)
{
    if (!header || file->data[EI_CLASS] != ELFCLASS32 ||
        file->data[EI_DATA] != ELFDATA2LSB)
        fail(EXIT_REFUSED,
             "%s: not a 32-bit little-endian ELF; build it for rv32, as with "
             "-march=rv32imc -mabi=ilp32",
             path);
    if (header->e_machine != EM_RISCV)
        fail(EXIT_REFUSED,
             "%s: for machine %u, not RISC-V; build it with a RISC-V compiler",
             path, header->e_machine);
    if (header->e_type == ET_REL)
        fail(EXIT_REFUSED, "%s: an object file; link it first", path);
    if (header->e_type != ET_EXEC)
        fail(EXIT_REFUSED,
             "%s: not a static executable (ELF type %u); link it with "
             "-static and without -pie or -shared",
             path, header->e_type);
}

static void segment_read(struct elf_app *app, const struct bytes *file,
                         const GElf_Phdr *p)
{
    if (app->segment_count == ELF_APP_SEGMENTS)
        fail(EXIT_REFUSED, "%s: more than %d segments", app->path,
             ELF_APP_SEGMENTS);
    if (p->p_offset > file->len || p->p_filesz > file->len - p->p_offset)
        fail(EXIT_REFUSED, "%s: cut off: segment %zu lies beyond its end",
             app->path, app->segment_count);
    if (p->p_filesz > p->p_memsz || p->p_memsz > UINT32_MAX - p->p_vaddr ||
        p->p_memsz > UINT32_MAX - p->p_paddr)
        fail(EXIT_REFUSED, "%s: segment %zu has an impossible size", app->path,
             app->segment_count);
    app->segments[app->segment_count++] = (struct elf_segment){
        .vaddr = (uint32_t)p->p_vaddr,
        .paddr = (uint32_t)p->p_paddr,
        .filesz = (uint32_t)p->p_filesz,
        .memsz = (uint32_t)p->p_memsz,
        .is_writeable = p->p_flags & PF_W,
        .is_executable = p->p_flags & PF_X,
        .bytes = file->data + p->p_offset,
        .first_section = (uint32_t)p->p_filesz,
    };
}

static void segments_read(struct elf_app *app, Elf *elf,
                          const struct bytes *file)
{
    size_t count;
    if (elf_getphdrnum(elf, &count) != 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(elf, (int)i, &p))
            break;
        if (p.p_type == PT_DYNAMIC || p.p_type == PT_INTERP)
            fail(EXIT_REFUSED, "%s: dynamically linked; link it with -static",
                 app->path);
        if (p.p_type == PT_LOAD && p.p_memsz != 0)
            segment_read(app, file, &p);
    }
}

struct symbol_slot {
    const char *name;
    bool *is_there;
    uint32_t *value;
};

static void symbols_read(struct elf_app *app, Elf *elf, Elf_Scn *section,
                         const GElf_Shdr *header)
{
    const struct symbol_slot slots[] = {
        { "_flash_origin", &app->has_flash_origin, &app->flash_origin },
        { "_sram_origin", &app->has_sram_origin, &app->sram_origin },
        { "tbf_protected_region_size", &app->has_protected_size,
          &app->protected_size },
    };
    GElf_Sym symbol;
    Elf_Data *data = elf_getdata(section, NULL);
    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (!name || symbol.st_shndx == SHN_UNDEF)
            continue;
        for (size_t k = 0; k < ARRAY_COUNT(slots); k++) {
            if (strcmp(name, slots[k].name) == 0) {
                *slots[k].is_there = true;
                *slots[k].value = (uint32_t)symbol.st_value;
            }
        }
    }
}

static struct elf_region region_of(const GElf_Shdr *header)
{
    return (struct elf_region){ (uint32_t)header->sh_addr,
                                (uint32_t)header->sh_size };
}

static void region_read(struct elf_app *app, const GElf_Shdr *header)
{
    if (app->region_count == ELF_APP_REGIONS)
        fail(EXIT_REFUSED, "%s: more than %d writeable flash sections",
             app->path, ELF_APP_REGIONS);
    app->regions[app->region_count++] = region_of(header);
}

/* Notes in each segment where the first of its sections begins. */
static void section_place(struct elf_app *app, const struct bytes *file,
                          const GElf_Shdr *header)
{
    for (size_t i = 0; i < app->segment_count; i++) {
        struct elf_segment *s = &app->segments[i];
        uint32_t begin = (uint32_t)(s->bytes - file->data);
        if (header->sh_offset >= begin &&
            header->sh_offset - begin < s->first_section)
            s->first_section = (uint32_t)header->sh_offset - begin;
    }
}

static uint32_t uleb_read(const uint8_t **p, const uint8_t *end)
{
    uint32_t value = 0;
    for (unsigned shift = 0; *p < end; shift += 7) {
        uint8_t byte = *(*p)++;
        if (shift < 32)
            value |= (uint32_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

/* "rv32i2p1_m2p0_c2p0_zicsr2p0" to "rv32imc": versions and extensions of more
 * than one letter say nothing about what tools call an architecture. */
static void arch_shorten(const char *full, size_t len, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < len && full[i] && n + 1 < size; i++) {
        if (i < 5) {
            out[n++] = full[i];
        } else if (full[i] == '_' && i + 2 < len && full[i + 1] != '\0' &&
                   full[i + 2] >= '0' && full[i + 2] <= '9') {
            out[n++] = full[i + 1];
        }
    }
    out[n] = '\0';
}

/* The section is 'A', then one part per vendor: u32 length, name, and parts of
 * tag 1: u32 length and pairs of tag and value, text where the tag is odd. */
static void arch_read(struct elf_app *app, const uint8_t *p, size_t len)
{
    static const char vendor[] = "riscv";
    const uint8_t *end = p + len;
    const size_t head = 1 + 4 + sizeof vendor + 1 + 4;
    if (len < head || p[0] != 'A' || memcmp(p + 5, vendor, sizeof vendor) != 0)
        return;
    p += head;
    while (p < end) {
        uint32_t tag = uleb_read(&p, end);
        if (tag % 2 == 0) {
            (void)uleb_read(&p, end);
            continue;
        }
        size_t text = strnlen((const char *)p, (size_t)(end - p));
        if (tag == RISCV_TAG_ARCH && text >= 5)
            arch_shorten((const char *)p, text, app->arch, sizeof app->arch);
        p += text < (size_t)(end - p) ? text + 1 : text;
    }
}

static void section_read(struct elf_app *app, const struct bytes *file,
                         Elf *elf, Elf_Scn *section, size_t names)
{
    GElf_Shdr place;
    const GElf_Shdr *header = gelf_getshdr(section, &place);
    const char *name = header ? elf_strptr(elf, names, header->sh_name) : NULL;
    if (!name)
        return;
    if (header->sh_type == SHT_SYMTAB)
        symbols_read(app, elf, section, header);
    if (header->sh_type == SECTION_RISCV_ATTRIBUTES) {
        const Elf_Data *data = elf_rawdata(section, NULL);
        if (data && data->d_buf)
            arch_read(app, data->d_buf, data->d_size);
    }
    if (!(header->sh_flags & SHF_ALLOC))
        return;
    if (header->sh_type != SHT_NOBITS && header->sh_size > 0)
        section_place(app, file, header);
    if (strcmp(name, ".stack") == 0) {
        app->has_stack = true;
        app->stack = region_of(header);
    }
    if (strstr(name, ".wfr") && header->sh_size > 0)
        region_read(app, header);
}

void elf_app_read(const char *path, struct elf_app *out)
{
    struct bytes file = file_read(path);
    if (!elf_is_elf(file.data, file.len))
        fail(EXIT_REFUSED, "%s: not an ELF file; give the linked app", path);
    elf_version(EV_CURRENT);
    void *image = file.data;
    Elf *elf = elf_memory(image, file.len);
    GElf_Ehdr place;
    const GElf_Ehdr *header = elf ? gelf_getehdr(elf, &place) : NULL;
    header_check(path, &file, header);
    *out = (struct elf_app){ .path = path, .entry = (uint32_t)header->e_entry };
    snprintf(out->arch, sizeof out->arch, "%s",
             header->e_flags & 1 ? "rv32imc" : "rv32im"); /* 1: compressed */
    segments_read(out, elf, &file);
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0)
        return;
    for (Elf_Scn *s = elf_nextscn(elf, NULL); s; s = elf_nextscn(elf, s))
        section_read(out, &file, elf, s, names);
}
