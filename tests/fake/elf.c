/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/elf.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT = 1,
    RODATA,
    DATA,
    BSS,
    STACK,
    RELA_TEXT,
    SYMTAB,
    STRTAB,
    SHSTRTAB
};
#define SECTIONS 10
#define SEGMENTS 4

static void *grown(void *old, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return old;
    *room = 2 * count + 64;
    void *new = realloc(old, *room * size);
    if (!new)
        abort();
    return new;
}

static uint32_t symbol_add(struct made *m, struct made_symbol symbol)
{
    m->symbols =
        grown(m->symbols, m->symbol_count, &m->symbol_room, sizeof symbol);
    m->symbols[m->symbol_count] = symbol;
    return (uint32_t)m->symbol_count++;
}

void made_begin(struct made *m)
{
    *m = (struct made){ .data_len = 64, .bss_len = 8192, .flags = 1 };
    symbol_add(m, (struct made_symbol){ .name = "" });
    symbol_add(m, (struct made_symbol){
                      .name = "__global_pointer$",
                      .value = MADE_GP,
                      .section = SHN_ABS,
                      .info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE) });
    symbol_add(m, (struct made_symbol){
                      .name = "_sram_origin",
                      .value = MADE_RAM,
                      .section = SHN_ABS,
                      .info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE) });
}

void made_free(struct made *m)
{
    free(m->text);
    free(m->symbols);
    free(m->rels);
}

uint32_t made_code16(struct made *m, uint16_t insn)
{
    size_t room = m->text_room;
    m->text = grown(m->text, m->text_len + 4, &room, 1);
    m->text_room = (uint32_t)room;
    m->text[m->text_len++] = (uint8_t)insn;
    m->text[m->text_len++] = (uint8_t)(insn >> 8);
    return made_here(m) - 2;
}

uint32_t made_code(struct made *m, uint32_t insn)
{
    uint32_t addr = made_code16(m, (uint16_t)insn);
    made_code16(m, (uint16_t)(insn >> 16));
    return addr;
}

static uint16_t section_of(uint32_t value)
{
    return value >= MADE_RAM ? DATA : TEXT;
}

uint32_t made_label(struct made *m, const char *name, uint32_t value)
{
    return symbol_add(m, (struct made_symbol){
                             .name = name,
                             .value = value,
                             .section = section_of(value),
                             .info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE) });
}

uint32_t made_function(struct made *m, const char *name, uint32_t value,
                       uint32_t size)
{
    return symbol_add(
        m, (struct made_symbol){ .name = name,
                                 .value = value,
                                 .size = size,
                                 .section = TEXT,
                                 .info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC) });
}

uint32_t made_absolute(struct made *m, const char *name, uint32_t value)
{
    return symbol_add(m, (struct made_symbol){
                             .name = name,
                             .value = value,
                             .section = SHN_ABS,
                             .info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE) });
}

uint32_t made_weak_undefined(struct made *m, const char *name)
{
    return symbol_add(
        m, (struct made_symbol){ .name = name,
                                 .section = SHN_UNDEF,
                                 .info = ELF32_ST_INFO(STB_WEAK, STT_NOTYPE) });
}

void made_rel(struct made *m, uint32_t addr, uint32_t type, uint32_t symbol,
              int32_t addend)
{
    m->rels = grown(m->rels, m->rel_count, &m->rel_room, sizeof *m->rels);
    m->rels[m->rel_count++] = (struct made_rel){ addr, type, symbol, addend };
}

/* ---- the file ------------------------------------------------------------ */

struct out {
    uint8_t *bytes;
    size_t len;
};

static uint32_t out_put(struct out *o, const void *data, size_t len)
{
    size_t at = (o->len + 3) / 4 * 4;
    o->bytes = realloc(o->bytes, at + len + 4);
    if (!o->bytes)
        abort();
    memset(o->bytes + o->len, 0, at - o->len);
    if (len)
        memcpy(o->bytes + at, data, len);
    o->len = at + len;
    return (uint32_t)at;
}

static uint32_t names_add(struct out *names, const char *name)
{
    size_t at = names->len, len = strlen(name) + 1;
    names->bytes = realloc(names->bytes, at + len);
    if (!names->bytes)
        abort();
    memcpy(names->bytes + at, name, len);
    names->len = at + len;
    return (uint32_t)at;
}

static uint32_t symbols_put(const struct made *m, struct out *o,
                            struct out *names)
{
    Elf32_Sym *list = calloc(m->symbol_count, sizeof *list);
    for (size_t i = 0; i < m->symbol_count; i++) {
        const struct made_symbol *s = &m->symbols[i];
        list[i] = (Elf32_Sym){ .st_name = names_add(names, s->name),
                               .st_value = s->value,
                               .st_size = s->size,
                               .st_info = s->info,
                               .st_shndx = s->section };
    }
    uint32_t at = out_put(o, list, m->symbol_count * sizeof *list);
    free(list);
    return at;
}

static uint32_t rels_put(const struct made *m, struct out *o)
{
    Elf32_Rela *list = calloc(m->rel_count + 1, sizeof *list);
    for (size_t i = 0; i < m->rel_count; i++) {
        const struct made_rel *r = &m->rels[i];
        list[i] = (Elf32_Rela){ .r_offset = r->addr,
                                .r_info = ELF32_R_INFO(r->symbol, r->type),
                                .r_addend = r->addend };
    }
    uint32_t at = out_put(o, list, m->rel_count * sizeof *list);
    free(list);
    return at;
}

static Elf32_Shdr section(uint32_t type, uint32_t flags, uint32_t addr,
                          uint32_t offset, uint32_t size)
{
    return (Elf32_Shdr){ .sh_type = type,
                         .sh_flags = flags,
                         .sh_addr = addr,
                         .sh_offset = offset,
                         .sh_size = size,
                         .sh_addralign = 4 };
}

static Elf32_Phdr segment(uint32_t vaddr, uint32_t paddr, uint32_t offset,
                          uint32_t filesz, uint32_t memsz, uint32_t flags)
{
    return (Elf32_Phdr){ .p_type = PT_LOAD,
                         .p_vaddr = vaddr,
                         .p_paddr = paddr,
                         .p_offset = offset,
                         .p_filesz = filesz,
                         .p_memsz = memsz,
                         .p_flags = flags };
}

uint8_t *made_file(const struct made *m, size_t *len)
{
    static const char *const section_names[SECTIONS] = {
        "",       ".text",      ".rodata", ".data",   ".bss",
        ".stack", ".rela.text", ".symtab", ".strtab", ".shstrtab"
    };
    struct out o = { 0 }, names = { 0 }, section_strings = { 0 };
    Elf32_Ehdr header = { .e_type = ET_EXEC,
                          .e_machine = EM_RISCV,
                          .e_version = 1,
                          .e_entry = MADE_FLASH,
                          .e_flags = m->flags,
                          .e_ehsize = sizeof header,
                          .e_phentsize = sizeof(Elf32_Phdr),
                          .e_shentsize = sizeof(Elf32_Shdr),
                          .e_shnum = SECTIONS,
                          .e_shstrndx = SHSTRTAB };
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS32;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    Elf32_Shdr sh[SECTIONS] = { { 0 } };
    Elf32_Phdr ph[SEGMENTS];
    uint32_t rodata =
        m->rodata_at ? m->rodata_at : MADE_FLASH + (m->text_len + 7) / 8 * 8;
    uint32_t load = rodata + (m->rodata_len + 7) / 8 * 8;
    uint32_t end = MADE_DATA + m->data_len;
    out_put(&o, &header, sizeof header);
    uint32_t text_at = out_put(&o, m->text, m->text_len);
    uint32_t rodata_at = out_put(&o, m->rodata, m->rodata_len);
    uint32_t data_at = out_put(&o, m->data, m->data_len);
    uint32_t rel_at = rels_put(m, &o);
    uint32_t sym_at = symbols_put(m, &o, &names);
    uint32_t str_at = out_put(&o, names.bytes, names.len);
    sh[TEXT] = section(SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, MADE_FLASH,
                       text_at, m->text_len);
    sh[RODATA] =
        section(SHT_PROGBITS, SHF_ALLOC, rodata, rodata_at, m->rodata_len);
    sh[DATA] = section(SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, MADE_DATA, data_at,
                       m->data_len);
    sh[BSS] = section(SHT_NOBITS, SHF_ALLOC | SHF_WRITE, end, 0, m->bss_len);
    sh[STACK] =
        section(SHT_NOBITS, SHF_ALLOC | SHF_WRITE, MADE_RAM, 0, MADE_STACK);
    sh[RELA_TEXT] = section(SHT_RELA, 0, 0, rel_at,
                            (uint32_t)(m->rel_count * sizeof(Elf32_Rela)));
    sh[RELA_TEXT].sh_link = SYMTAB;
    sh[RELA_TEXT].sh_info = TEXT;
    sh[RELA_TEXT].sh_entsize = sizeof(Elf32_Rela);
    sh[SYMTAB] = section(SHT_SYMTAB, 0, 0, sym_at,
                         (uint32_t)(m->symbol_count * sizeof(Elf32_Sym)));
    sh[SYMTAB].sh_link = STRTAB;
    sh[SYMTAB].sh_entsize = sizeof(Elf32_Sym);
    sh[STRTAB] = section(SHT_STRTAB, 0, 0, str_at, (uint32_t)names.len);
    for (int i = 0; i < SECTIONS; i++)
        sh[i].sh_name = names_add(&section_strings, section_names[i]);
    sh[SHSTRTAB] = (Elf32_Shdr){ .sh_name = sh[SHSTRTAB].sh_name,
                                 .sh_type = SHT_STRTAB,
                                 .sh_addralign = 1,
                                 .sh_offset = out_put(&o, section_strings.bytes,
                                                      section_strings.len),
                                 .sh_size = (uint32_t)section_strings.len };
    ph[0] = segment(MADE_FLASH, MADE_FLASH, text_at, m->text_len, m->text_len,
                    PF_R | PF_X);
    ph[1] =
        segment(rodata, rodata, rodata_at, m->rodata_len, m->rodata_len, PF_R);
    ph[2] = segment(MADE_DATA, load, data_at, m->data_len,
                    m->data_len + m->bss_len, PF_R | PF_W);
    ph[3] = segment(MADE_RAM, MADE_RAM, 0, 0, MADE_STACK, PF_R | PF_W);
    header.e_phoff = out_put(&o, ph, sizeof ph);
    header.e_phnum = SEGMENTS;
    header.e_shoff = out_put(&o, sh, sizeof sh);
    memcpy(o.bytes, &header, sizeof header);
    free(names.bytes);
    free(section_strings.bytes);
    *len = o.len;
    return o.bytes;
}
