/* SPDX-License-Identifier: Apache-2.0 */
/* Reading is in steps, each of which relies on the one before: segments give
 * the two images, sections and symbols give names, relocations give sites. */
#include "linked.h"

#include <elf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#define SECTIONS_MAX 4096u
#define GAPS_MAX (256u << 10) /* more is a mistaken load address */
#define RAM_MAX (16u << 20)
#define LOW_END 0x40000u /* the linker relaxes what lies below */
#define OLD_PIC_BASE 0x80000000u
#define SECTION_ALIGN_USUAL 8u
#define CODE_ALIGN_USUAL 16u
#define RAM_ALIGN_LEAST 16u
#define ALIGN_MAX 4096u
#define STACK_DEFAULT 2048u

struct reader {
    struct linked *app;
    struct job *job;
    Elf *elf;
    size_t names;
    const uint8_t *file;
    size_t len;
    bool has_flash_origin, has_ram_origin;
    uint32_t flash_origin, ram_origin;
    bool has_stack;
    uint32_t stack_at, stack_size;
    Elf32_Phdr *segments; /* those that are loaded */
    size_t segment_count;
};

static uint32_t round_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

uint32_t linked_get(const struct linked_image *image, uint32_t addr)
{
    const uint8_t *p = image->bytes + (addr - image->base);
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

void linked_set(struct linked_image *image, uint32_t addr, uint32_t value)
{
    uint8_t *p = image->bytes + (addr - image->base);
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

/* ---- segments ------------------------------------------------------------ */

static bool is_ram(const Elf32_Phdr *p)
{
    return (p->p_flags & PF_W) &&
           (p->p_vaddr != p->p_paddr || p->p_filesz == 0);
}

static void segments_read(struct reader *r)
{
    size_t count = 0;
    const Elf32_Phdr *all = elf32_getphdr(r->elf);
    const char *path = r->app->path;
    if (!all || elf_getphdrnum(r->elf, &count) != 0 || count > 64)
        count = 0;
    r->segments = job_alloc(r->job, count + 1, sizeof *r->segments);
    for (size_t i = 0; i < count; i++) {
        const Elf32_Phdr *p = &all[i];
        if (p->p_type == PT_DYNAMIC || p->p_type == PT_INTERP)
            job_fail(r->job, "%s: dynamically linked; link it with -static",
                     path);
        if (p->p_type == PT_TLS) {
            r->app->has_tls = true;
            r->app->tls = p->p_vaddr;
            r->app->tls_size = p->p_memsz;
        }
        if (p->p_type != PT_LOAD || p->p_memsz == 0)
            continue;
        if (p->p_offset > r->len || p->p_filesz > r->len - p->p_offset ||
            p->p_filesz > p->p_memsz || p->p_memsz > UINT32_MAX - p->p_vaddr ||
            p->p_filesz > UINT32_MAX - p->p_paddr)
            job_fail(r->job,
                     "%s: the segment at 0x%08x is cut off or has an "
                     "impossible size",
                     path, p->p_vaddr);
        r->segments[r->segment_count++] = *p;
    }
    if (r->segment_count == 0)
        job_fail(r->job,
                 "%s: no segments to load; was it linked with a linker script?",
                 path);
}

static void place_check(struct reader *r, const char *what, uint32_t base,
                        uint32_t length)
{
    bool is_low = base < LOW_END || base > UINT32_MAX - LOW_END ||
                  length > UINT32_MAX - LOW_END - base;
    if (is_low || base == OLD_PIC_BASE)
        job_fail(r->job,
                 "%s: %s is linked at 0x%08x, where %s; link flash at "
                 "0x10000000 and RAM at 0x60000000, as app.ld does",
                 r->app->path, what, base,
                 is_low ? "the linker makes accesses that cannot be moved"
                        : "other tools take it for something else");
}

static uint32_t flash_base_find(struct reader *r)
{
    if (r->has_flash_origin)
        return r->flash_origin;
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < r->app->section_count; i++) {
        const struct linked_section *s = &r->app->sections[i];
        if (s->is_code && !s->is_nobits && s->addr < lowest)
            lowest = s->addr;
    }
    for (size_t i = 0; i < r->app->section_count; i++) {
        const struct linked_section *s = &r->app->sections[i];
        for (size_t k = 0; k < r->segment_count; k++) {
            const Elf32_Phdr *p = &r->segments[k];
            if (!is_ram(p) && s->addr >= p->p_vaddr && !s->is_nobits &&
                s->addr - p->p_vaddr < p->p_filesz && s->addr < lowest)
                lowest = s->addr;
        }
    }
    if (lowest == UINT32_MAX)
        job_fail(r->job, "%s: no code to run", r->app->path);
    return lowest;
}

/* The binary is every segment's contents where they are to be loaded. */
static void flash_make(struct reader *r)
{
    struct linked_image *flash = &r->app->flash;
    uint32_t base = flash_base_find(r), end = base;
    for (size_t i = 0; i < r->segment_count; i++) {
        const Elf32_Phdr *p = &r->segments[i];
        if (p->p_filesz == 0)
            continue;
        uint32_t stop = p->p_paddr + p->p_filesz;
        if (stop > base && stop - base > r->len + GAPS_MAX)
            job_fail(r->job,
                     "%s: contents at 0x%08x are to be loaded far from the "
                     "code at 0x%08x; give their section a load address in "
                     "flash (`> RAM AT > FLASH`)",
                     r->app->path, p->p_paddr, base);
        end = stop > end ? stop : end;
    }
    flash->base = base;
    flash->length = round_up(end - base, 4);
    flash->bytes = job_alloc(r->job, flash->length + 4, 1);
    for (size_t i = 0; i < r->segment_count; i++) {
        const Elf32_Phdr *p = &r->segments[i];
        if (p->p_filesz == 0)
            continue;
        uint32_t skip = p->p_paddr < base ? base - p->p_paddr : 0;
        if (skip >= p->p_filesz)
            job_fail(r->job,
                     "%s: the contents at 0x%08x lie below the flash origin "
                     "0x%08x",
                     r->app->path, p->p_paddr, base);
        memcpy(flash->bytes + (p->p_paddr + skip - base),
               r->file + p->p_offset + skip, p->p_filesz - skip);
    }
    if (base % 4 != 0)
        job_fail(r->job, "%s: flash is linked at 0x%08x, no multiple of 4",
                 r->app->path, base);
    place_check(r, "flash", base, flash->length);
}

/* A .tbss behind which nothing comes is in no loaded segment, but takes RAM. */
static uint32_t tls_end(const struct linked *app, uint32_t lowest, uint32_t end)
{
    bool is_behind = app->has_tls && app->tls >= lowest &&
                     app->tls - lowest <= RAM_MAX && app->tls_size <= RAM_MAX;
    uint32_t tls = app->tls + app->tls_size;
    return is_behind && tls > end ? tls : end;
}

static void ram_range_make(struct reader *r, const uint32_t *stack_size)
{
    struct linked *app = r->app;
    uint32_t lowest = UINT32_MAX, end = 0;
    for (size_t i = 0; i < r->segment_count; i++) {
        const Elf32_Phdr *p = &r->segments[i];
        if (!is_ram(p))
            continue;
        lowest = p->p_vaddr < lowest ? p->p_vaddr : lowest;
        end = p->p_vaddr + p->p_memsz > end ? p->p_vaddr + p->p_memsz : end;
    }
    if (r->has_ram_origin && r->ram_origin)
        lowest = r->ram_origin;
    else if (r->has_stack)
        lowest = r->stack_at < lowest ? r->stack_at : lowest;
    else if (lowest != UINT32_MAX && !stack_size)
        lowest -= STACK_DEFAULT;
    if (lowest == UINT32_MAX)
        job_fail(r->job,
                 "%s: no RAM, not even for a stack; add a section .stack and "
                 "the symbol _sram_origin at its start",
                 app->path);
    app->ram.base = lowest;
    end = end < lowest ? lowest : end;
    end = tls_end(app, lowest, end);
    if (end - lowest > RAM_MAX)
        job_fail(r->job, "%s: RAM from 0x%08x to 0x%08x is too much", app->path,
                 lowest, end);
    app->ram.length = round_up(end - lowest, 4);
}

/* The stack lies below the data; another size moves the start of RAM. */
static void stack_apply(struct reader *r, const uint32_t *stack_size)
{
    struct linked *app = r->app;
    if (stack_size) {
        uint32_t end = app->ram.base + app->ram.length;
        if (*stack_size > RAM_MAX)
            job_fail(r->job, "%s: a stack of %u bytes is too much", app->path,
                     *stack_size);
        app->ram.base = app->data.base - round_up(*stack_size, RAM_ALIGN_LEAST);
        app->ram.length = end - app->ram.base;
    }
    place_check(r, "RAM", app->ram.base, app->ram.length);
}

/* Where the contents of RAM segments begin and end, by RAM address; they lie
 * together in flash in the same order. */
static void data_make(struct reader *r)
{
    struct linked *app = r->app;
    uint32_t start = UINT32_MAX, end = 0, shift = 0;
    for (size_t i = 0; i < r->segment_count; i++) {
        const Elf32_Phdr *p = &r->segments[i];
        if (!is_ram(p) || p->p_filesz == 0)
            continue;
        if (start != UINT32_MAX && p->p_vaddr - p->p_paddr != shift)
            job_fail(r->job,
                     "%s: the data at 0x%08x does not follow the other data "
                     "in flash as it does in RAM; give both the same gaps "
                     "(ALIGN_WITH_INPUT), or make it one section",
                     app->path, p->p_vaddr);
        shift = p->p_vaddr - p->p_paddr;
        start = p->p_vaddr < start ? p->p_vaddr : start;
        end = p->p_vaddr + p->p_filesz > end ? p->p_vaddr + p->p_filesz : end;
    }
    if (start == UINT32_MAX) {
        uint32_t stack = r->has_stack ? r->stack_size : app->ram.length;
        start =
            app->ram.base + (stack < app->ram.length ? stack : app->ram.length);
        app->data = (struct linked_image){ .base = start };
        return;
    }
    if (shift % 4 != 0 || start - app->ram.base > app->ram.length ||
        end - app->ram.base > app->ram.length ||
        start - shift < app->flash.base)
        job_fail(r->job,
                 "%s: the data at 0x%08x is loaded from 0x%08x; its place in "
                 "RAM and the one in flash have to agree modulo 4, above the "
                 "RAM's start and the flash's",
                 app->path, start, start - shift);
    app->data = (struct linked_image){
        .base = start,
        .length = end - start,
        .bytes = app->flash.bytes + (start - shift - app->flash.base),
    };
}

/* ---- sections and symbols ------------------------------------------------ */

static void alignments_add(struct reader *r, const struct linked_section *s)
{
    struct linked *app = r->app;
    uint32_t usual = s->is_code ? CODE_ALIGN_USUAL : SECTION_ALIGN_USUAL;
    if (s->alignment & (s->alignment - 1) || s->alignment > ALIGN_MAX)
        job_fail(r->job,
                 "%s: section %s has alignment %u; no more than %u can "
                 "be had",
                 app->path, s->name, s->alignment, ALIGN_MAX);
    if (linked_in_ram(app, s->addr) && s->alignment > app->ram_alignment)
        app->ram_alignment = s->alignment;
    if (linked_in_flash(app, s->addr) && s->alignment > usual &&
        s->alignment > app->flash_alignment)
        app->flash_alignment = s->alignment;
}

static void sections_read(struct reader *r)
{
    struct linked *app = r->app;
    size_t count = 0;
    if (elf_getshdrnum(r->elf, &count) != 0)
        count = 0;
    if (count > SECTIONS_MAX)
        job_fail(r->job,
                 "%s: %zu sections; a linker script that gathers them "
                 "makes no more than %u",
                 app->path, count, SECTIONS_MAX);
    app->sections = job_alloc(r->job, count + 1, sizeof *app->sections);
    for (Elf_Scn *s = elf_nextscn(r->elf, NULL); s;
         s = elf_nextscn(r->elf, s)) {
        const Elf32_Shdr *h = elf32_getshdr(s);
        const char *name = h ? elf_strptr(r->elf, r->names, h->sh_name) : NULL;
        if (!name || !(h->sh_flags & SHF_ALLOC) || app->section_count == count)
            continue;
        if (strcmp(name, ".stack") == 0) {
            r->has_stack = true;
            r->stack_at = h->sh_addr;
            r->stack_size = h->sh_size;
        }
        if (h->sh_size == 0)
            continue;
        app->has_libtock_header |= strcmp(name, ".crt0_header") == 0;
        app->sections[app->section_count++] = (struct linked_section){
            .name = name,
            .addr = h->sh_addr,
            .size = h->sh_size,
            .alignment = h->sh_addralign,
            .is_code = h->sh_flags & SHF_EXECINSTR,
            .is_nobits = h->sh_type == SHT_NOBITS,
        };
    }
}

static void symbol_note(struct reader *r, const struct linked_symbol *s)
{
    if (strcmp(s->name, "_flash_origin") == 0) {
        r->has_flash_origin = true;
        r->flash_origin = s->value;
    } else if (strcmp(s->name, "_sram_origin") == 0) {
        r->has_ram_origin = true;
        r->ram_origin = s->value;
    } else if (strcmp(s->name, "__global_pointer$") == 0) {
        r->app->has_gp = true;
        r->app->gp = s->value;
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The contents, of which structures are read in place. */
static const Elf_Data *aligned_data(struct reader *r, Elf_Scn *scn)
{
    const Elf_Data *data = elf_getdata(scn, NULL);
    if (data && (uintptr_t)data->d_buf % 4 != 0)
        job_fail(r->job, "%s: damaged: a section is not aligned", r->app->path);
    return data;
}

static void symbols_read(struct reader *r, Elf_Scn *scn, const Elf32_Shdr *h)
{
    struct linked *app = r->app;
    const Elf_Data *data = aligned_data(r, scn);
    size_t count = data && data->d_buf ? data->d_size / sizeof(Elf32_Sym) : 0;
    const Elf32_Sym *from = count ? data->d_buf : NULL;
    const char *file = NULL;
    app->symbols = job_alloc(r->job, count + 1, sizeof *app->symbols);
    app->functions = job_alloc(r->job, count + 1, sizeof *app->functions);
    app->symbol_count = count;
    for (size_t i = 0; i < count; i++) {
        const Elf32_Sym *s = &from[i];
        unsigned type = ELF32_ST_TYPE(s->st_info);
        const char *name = elf_strptr(r->elf, h->sh_link, s->st_name);
        struct linked_symbol *to = &app->symbols[i];
        if (type == STT_SECTION) {
            Elf_Scn *of = elf_getscn(r->elf, s->st_shndx);
            const Elf32_Shdr *shdr = of ? elf32_getshdr(of) : NULL;
            name = shdr ? elf_strptr(r->elf, r->names, shdr->sh_name) : NULL;
        }
        bool is_local = ELF32_ST_BIND(s->st_info) == STB_LOCAL;
        *to = (struct linked_symbol){
            .name = name ? name : "",
            .value = s->st_shndx == SHN_UNDEF ? 0 : s->st_value,
            .size = s->st_size,
            .is_function = type == STT_FUNC && s->st_shndx != SHN_UNDEF,
            .is_file = type == STT_FILE,
            .is_tls = type == STT_TLS,
            .is_absolute = s->st_shndx == SHN_ABS || i == 0,
            .is_weak_undefined = s->st_shndx == SHN_UNDEF && i != 0,
            .file = is_local ? file : NULL,
        };
        if (to->is_file)
            file = to->name[0] ? base_name(to->name) : NULL;
        else if (s->st_shndx != SHN_UNDEF)
            symbol_note(r, to);
        if (to->is_function)
            app->functions[app->function_count++] = (uint32_t)i;
    }
}

static int by_value(const void *a, const void *b, void *arg)
{
    const struct linked_symbol *symbols = arg;
    const struct linked_symbol *x = &symbols[*(const uint32_t *)a];
    const struct linked_symbol *y = &symbols[*(const uint32_t *)b];
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* ---- relocations --------------------------------------------------------- */

static int by_addr(const void *a, const void *b)
{
    const struct linked_rel *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

static void rels_read(struct reader *r, Elf_Scn *scn, const char *of)
{
    struct linked *app = r->app;
    const Elf_Data *data = aligned_data(r, scn);
    size_t count = data && data->d_buf ? data->d_size / sizeof(Elf32_Rela) : 0;
    const Elf32_Rela *from = count ? data->d_buf : NULL;
    app->rels = job_grow(r->job, app->rels, app->rel_count, count + 1,
                         sizeof *app->rels);
    for (size_t i = 0; i < count; i++) {
        uint32_t symbol = ELF32_R_SYM(from[i].r_info);
        uint32_t type = ELF32_R_TYPE(from[i].r_info);
        if (type == REL_NONE || type == REL_RELAX || type == REL_ALIGN)
            continue;
        if (symbol >= app->symbol_count)
            job_fail(r->job,
                     "%s: a relocation of %s at 0x%08x names symbol "
                     "%u, and there are %zu; was it stripped?",
                     app->path, of, from[i].r_offset, symbol,
                     app->symbol_count);
        app->rels[app->rel_count++] = (struct linked_rel){
            .addr = from[i].r_offset,
            .type = type,
            .symbol = symbol,
            .addend = from[i].r_addend,
            .target = app->symbols[symbol].value + (uint32_t)from[i].r_addend,
        };
    }
}

static void relocations_read(struct reader *r)
{
    bool found = false;
    for (Elf_Scn *s = elf_nextscn(r->elf, NULL); s;
         s = elf_nextscn(r->elf, s)) {
        const Elf32_Shdr *h = elf32_getshdr(s);
        if (!h || h->sh_type != SHT_RELA)
            continue;
        found = true;
        Elf_Scn *of = elf_getscn(r->elf, h->sh_info);
        const Elf32_Shdr *target = of ? elf32_getshdr(of) : NULL;
        const char *name =
            target ? elf_strptr(r->elf, r->names, target->sh_name) : NULL;
        if (name && (target->sh_flags & SHF_ALLOC))
            rels_read(r, s, name);
    }
    if (!found)
        job_fail(r->job,
                 "%s: carries no relocations, so it cannot be made position "
                 "independent; link it with -Wl,--emit-relocs and do not "
                 "strip it",
                 r->app->path);
    if (r->app->rel_count)
        qsort(r->app->rels, r->app->rel_count, sizeof *r->app->rels, by_addr);
}

/* ---- the whole ----------------------------------------------------------- */

static void header_check(struct reader *r)
{
    const char *path = r->app->path;
    const Elf32_Ehdr *h =
        r->elf && r->len > EI_DATA && r->file[EI_CLASS] == ELFCLASS32
            ? elf32_getehdr(r->elf)
            : NULL;
    if (!h || r->file[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_RISCV)
        job_fail(r->job,
                 "%s: not an ELF file for rv32; build it with a RISC-V "
                 "compiler and -march=rv32imc -mabi=ilp32",
                 path);
    if (h->e_phoff % 4 != 0 || h->e_shoff % 4 != 0)
        job_fail(r->job, "%s: damaged: its headers are not aligned", path);
    if (h->e_type != ET_EXEC)
        job_fail(r->job,
                 "%s: not a static executable (ELF type %u); link it with "
                 "-static and without -pie, -shared or -r",
                 path, h->e_type);
    if (!(h->e_flags & 1))
        job_fail(r->job,
                 "%s: built without the C extension, whose short instructions "
                 "position independence needs; build it with -march=rv32imc",
                 path);
    r->app->entry = h->e_entry;
    if (elf_getshdrstrndx(r->elf, &r->names) != 0)
        job_fail(r->job, "%s: no section names", path);
}

/* A section's alignment holds only if the start of its memory has it too. */
static void alignments_check(struct reader *r)
{
    const struct linked *app = r->app;
    if (app->flash.base % app->flash_alignment != 0)
        job_fail(r->job,
                 "%s: a section in flash is aligned to %u, but flash "
                 "begins at 0x%08x; link it at a multiple",
                 app->path, app->flash_alignment, app->flash.base);
    if (app->ram.base % app->ram_alignment != 0)
        job_fail(r->job,
                 "%s: a section in RAM is aligned to %u, but RAM "
                 "begins at 0x%08x; link it at a multiple",
                 app->path, app->ram_alignment, app->ram.base);
}

static void tls_check(struct reader *r)
{
    const struct linked *app = r->app;
    if (app->has_tls && app->tls_size &&
        (!linked_in_ram(app, app->tls) || app->tls < app->data.base ||
         app->tls_size > app->ram.base + app->ram.length - app->tls))
        job_fail(r->job,
                 "%s: thread-local data at 0x%08x, %u bytes, is not all in "
                 "RAM's data and bss; place .tdata and .tbss there",
                 app->path, app->tls, app->tls_size);
}

static void elf_forget(void *elf)
{
    elf_end(elf);
}

void linked_read(struct linked *out, struct job *job, const char *path,
                 uint8_t *file, size_t len, const uint32_t *stack_size)
{
    elf_version(EV_CURRENT);
    struct reader r = { .app = out, .job = job, .file = file, .len = len };
    const struct map *map = out->map;
    *out = (struct linked){ .path = path,
                            .map = map,
                            .flash_alignment = 4,
                            .ram_alignment = RAM_ALIGN_LEAST };
    void *image = file;
    r.elf = elf_memory(image, len);
    if (r.elf)
        job_at_end(job, elf_forget, r.elf);
    header_check(&r);
    segments_read(&r);
    sections_read(&r);
    for (Elf_Scn *s = elf_nextscn(r.elf, NULL); s; s = elf_nextscn(r.elf, s)) {
        const Elf32_Shdr *h = elf32_getshdr(s);
        if (h && h->sh_type == SHT_SYMTAB && !out->symbols)
            symbols_read(&r, s, h);
    }
    if (out->function_count)
        qsort_r(out->functions, out->function_count, sizeof *out->functions,
                by_value, out->symbols);
    relocations_read(&r);
    flash_make(&r);
    ram_range_make(&r, stack_size);
    data_make(&r);
    stack_apply(&r, stack_size);
    for (size_t i = 0; i < out->section_count; i++)
        alignments_add(&r, &out->sections[i]);
    alignments_check(&r);
    tls_check(&r);
    if (!out->has_gp)
        out->gp = round_up(out->data.base, 0x800) + 0x800;
    if (out->entry - out->flash.base >= out->flash.length ||
        out->entry % 2 != 0)
        job_fail(job,
                 "%s: the entry 0x%08x lies in none of its segments; name it "
                 "with ENTRY(...) in the linker script and keep its section",
                 path, out->entry);
    if (out->ram.base - out->flash.base <= out->flash.length ||
        out->flash.base - out->ram.base <= out->ram.length)
        job_fail(job, "%s: flash and RAM overlap at 0x%08x", path,
                 out->ram.base);
}
