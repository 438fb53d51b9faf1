/* SPDX-License-Identifier: Apache-2.0 */
#include "prelink.h"

#include <ar.h>
#include <elf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "linked.h"

struct scan {
    struct prelink *p;
    struct job *job;
    const char *path;   /* as it was given */
    const char *member; /* of the archive, or NULL */
};

static bool is_moved(const Elf32_Shdr *h, const char *name)
{
    return h->sh_type == SHT_PROGBITS && (h->sh_flags & SHF_ALLOC) &&
           !(h->sh_flags & (SHF_WRITE | SHF_EXECINSTR)) &&
           strncmp(name, ".eh_frame", 9) != 0 &&
           strncmp(name, ".gcc_except_table", 17) != 0;
}

/* Does one of the relocations make a word an address? */
static bool holds_address(Elf_Scn *relocations)
{
    const Elf_Data *data = elf_getdata(relocations, NULL);
    bool is_there = data && data->d_buf && (uintptr_t)data->d_buf % 4 == 0;
    size_t count = is_there ? data->d_size / sizeof(Elf32_Rela) : 0;
    const Elf32_Rela *rela = count ? data->d_buf : NULL;
    for (size_t i = 0; i < count; i++) {
        if (ELF32_R_TYPE(rela[i].r_info) == REL_32)
            return true;
    }
    return false;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_linked(const struct scan *s)
{
    const struct map *map = s->p->map;
    if (!map)
        return true;
    const char *file = base_name(s->path);
    const char *name =
        s->member ? job_text(s->job, "%s(%s)", file, s->member) : file;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->pieces[i].object, name) == 0)
            return true;
    }
    return false;
}

/* Quoted, so that no character of a name means something to the linker; of an
 * archive only the last part is known to be what the linker will be given. */
static void line_print(const struct scan *s, const char *section)
{
    if (s->member)
        fprintf(s->p->out, "*%s:%s(%s)\n", base_name(s->path), s->member,
                section);
    else
        fprintf(s->p->out, "\"%s\"(%s)\n", s->path, section);
}

/* Has an earlier section of the object the same name and been printed? */
static bool is_repeated(const char *const *printed, size_t count,
                        const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(printed[i], name) == 0)
            return true;
    }
    return false;
}

static void object_scan(const struct scan *s, Elf *elf)
{
    size_t names, sections, count = 0;
    const Elf32_Ehdr *header = elf32_getehdr(elf);
    if (!header || header->e_shoff % 4 != 0 || header->e_machine != EM_RISCV ||
        header->e_type != ET_REL || elf_getshdrstrndx(elf, &names) != 0 ||
        elf_getshdrnum(elf, &sections) != 0 || !is_linked(s))
        return;
    const char **printed = job_alloc(s->job, sections + 1, sizeof *printed);
    for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn;
         scn = elf_nextscn(elf, scn)) {
        const Elf32_Shdr *h = elf32_getshdr(scn);
        if (!h || h->sh_type != SHT_RELA)
            continue;
        Elf_Scn *of = elf_getscn(elf, h->sh_info);
        const Elf32_Shdr *target = of ? elf32_getshdr(of) : NULL;
        const char *name =
            target ? elf_strptr(elf, names, target->sh_name) : NULL;
        if (!name || !is_moved(target, name) || !holds_address(scn))
            continue;
        s->p->sections++;
        s->p->bytes += target->sh_size;
        if (is_repeated(printed, count, name))
            continue;
        printed[count++] = name;
        line_print(s, name);
    }
}

/* The name of a member: "foo.o/", or "/123" into the table of long names. */
static const char *member_name(const struct scan *s, const struct ar_hdr *h,
                               const char *names, size_t names_len)
{
    size_t at = 0;
    const char *from = h->ar_name;
    size_t room = sizeof h->ar_name;
    if (h->ar_name[0] == '/') {
        at = strtoul(h->ar_name + 1, NULL, 10);
        if (at >= names_len)
            return "";
        from = names + at;
        room = names_len - at;
    }
    size_t len = 0;
    while (len < room && from[len] != '/' && from[len] != '\n')
        len++;
    return job_text(s->job, "%.*s", (int)len, from);
}

static void member_scan(struct scan *s, const uint8_t *data, size_t len)
{
    void *copy = job_alloc(s->job, len + 1, 1); /* aligned */
    memcpy(copy, data, len);
    Elf *elf = elf_memory(copy, len);
    if (elf && elf_kind(elf) == ELF_K_ELF)
        object_scan(s, elf);
    elf_end(elf);
}

static void archive_scan(struct scan *s, const uint8_t *file, size_t len)
{
    const char *names = "";
    size_t names_len = 0;
    for (size_t at = SARMAG; len - at >= sizeof(struct ar_hdr);) {
        struct ar_hdr h;
        char size_text[sizeof h.ar_size + 1] = "";
        memcpy(&h, file + at, sizeof h);
        memcpy(size_text, h.ar_size, sizeof h.ar_size);
        size_t size = strtoul(size_text, NULL, 10);
        at += sizeof h;
        if (memcmp(h.ar_fmag, ARFMAG, 2) != 0 || size > len - at)
            job_fail(s->job, "%s: a damaged archive; make it again", s->path);
        if (memcmp(h.ar_name, "// ", 3) == 0) {
            names = (const char *)file + at;
            names_len = size;
        } else if (h.ar_name[0] != '/' ||
                   (h.ar_name[1] >= '0' && h.ar_name[1] <= '9')) {
            s->member = member_name(s, &h, names, names_len);
            member_scan(s, file + at, size);
        }
        at += size + size % 2;
        if (at > len)
            break;
    }
}

void prelink_scan(struct prelink *p, struct job *job, const char *path,
                  uint8_t *file, size_t len)
{
    struct scan s = { .p = p, .job = job, .path = path };
    elf_version(EV_CURRENT);
    void *image = file;
    if (len >= SARMAG && memcmp(file, ARMAG, SARMAG) == 0) {
        archive_scan(&s, file, len);
        return;
    }
    Elf *elf = elf_memory(image, len);
    if (elf && elf_kind(elf) == ELF_K_ELF)
        object_scan(&s, elf);
    else
        job_fail(job,
                 "%s: neither an ELF object nor an archive of them; give "
                 "the link's inputs",
                 path);
    elf_end(elf);
}
