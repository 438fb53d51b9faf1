/* SPDX-License-Identifier: Apache-2.0 */
/* Images and symbols into the machine. Nothing is zeroed that the file does
 * not hold: on silicon nobody does it either. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>
#include <libelf.h>

#include <tests/sim/machine.h>
#include <tests/sim/symbols.h>

struct image {
    const char *path;
    int file;
    Elf *elf;
    GElf_Ehdr header;
};

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "berth-sim: %s: %s\n", path, what);
    return false;
}

static bool image_check(struct image *image)
{
    if (image->elf == NULL || elf_kind(image->elf) != ELF_K_ELF ||
        gelf_getehdr(image->elf, &image->header) == NULL)
        return complain(image->path, "is not an ELF file");
    if (image->header.e_machine != EM_RISCV ||
        gelf_getclass(image->elf) != ELFCLASS32)
        return complain(image->path, "is not for 32-bit RISC-V");
    return true;
}

static void image_close(struct image *image)
{
    if (image->elf != NULL)
        elf_end(image->elf);
    close(image->file);
}

static bool image_open(struct image *image, const char *path)
{
    *image = (struct image){ .path = path };
    elf_version(EV_CURRENT);
    image->file = open(path, O_RDONLY | O_CLOEXEC);
    if (image->file < 0)
        return complain(path, strerror(errno));
    image->elf = elf_begin(image->file, ELF_C_READ, NULL);
    if (image_check(image))
        return true;
    image_close(image);
    return false;
}

static bool load_segment(struct machine *machine, const struct image *image,
                         const GElf_Phdr *segment)
{
    size_t size;
    const char *bytes = elf_rawfile(image->elf, &size);

    if (segment->p_type != PT_LOAD || segment->p_filesz == 0)
        return true;
    if (bytes == NULL || segment->p_offset > size ||
        segment->p_filesz > size - segment->p_offset)
        return complain(image->path, "is cut short");
    if (machine->model->place != NULL)
        return machine->model->place(machine, (uint32_t)segment->p_paddr,
                                     bytes + segment->p_offset,
                                     segment->p_filesz);
    if (machine_poke(machine, (uint32_t)segment->p_paddr,
                     bytes + segment->p_offset, segment->p_filesz))
        return true;
    fprintf(stderr,
            "berth-sim: %s: the segment of 0x%x bytes at 0x%08x is not in any "
            "memory of %s\n",
            image->path, (unsigned)segment->p_filesz,
            (unsigned)segment->p_paddr, machine->model->name);
    return false;
}

static bool load_segments(struct machine *machine, const struct image *image)
{
    size_t count;
    GElf_Phdr segment;

    if (elf_getphdrnum(image->elf, &count) != 0)
        return complain(image->path, elf_errmsg(-1));
    for (size_t i = 0; i < count; i++)
        if (gelf_getphdr(image->elf, (int)i, &segment) == NULL ||
            !load_segment(machine, image, &segment))
            return false;
    return true;
}

/* Functions, objects and labels; not files, sections and the assembler's
 * marks between code and data. */
static bool is_of_interest(const GElf_Sym *symbol, const char *name)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);

    return name != NULL && name[0] != '\0' && name[0] != '$' &&
           name[0] != '.' && symbol->st_shndx != SHN_UNDEF &&
           symbol->st_shndx != SHN_ABS &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

static void add_table(struct machine *machine, const struct image *image,
                      Elf_Scn *section, const GElf_Shdr *header,
                      uint32_t offset)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data != NULL && gelf_getsym(data, i, &symbol) != NULL;
         i++) {
        const char *name =
            elf_strptr(image->elf, header->sh_link, symbol.st_name);

        if (is_of_interest(&symbol, name))
            symbols_add(machine->symbols, name,
                        (uint32_t)symbol.st_value + offset,
                        (uint32_t)symbol.st_size);
    }
}

static void add_symbols(struct machine *machine, const struct image *image,
                        uint32_t offset)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    if (machine->symbols == NULL)
        machine->symbols = symbols_new();
    while ((section = elf_nextscn(image->elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL &&
            header.sh_type == SHT_SYMTAB)
            add_table(machine, image, section, &header, offset);
    symbols_sort(machine->symbols);
}

bool machine_is_elf(const char *path)
{
    char magic[SELFMAG] = "";
    FILE *file = fopen(path, "rb");
    bool is_read = file != NULL && fread(magic, 1, SELFMAG, file) == SELFMAG;

    if (file != NULL)
        fclose(file);
    return is_read && memcmp(magic, ELFMAG, SELFMAG) == 0;
}

bool machine_load_elf(struct machine *machine, const char *path,
                      uint32_t *entry)
{
    struct image image;
    bool is_loaded;

    if (!image_open(&image, path))
        return false;
    is_loaded = load_segments(machine, &image);
    if (is_loaded)
        add_symbols(machine, &image, 0);
    if (is_loaded && entry != NULL)
        *entry = (uint32_t)image.header.e_entry;
    image_close(&image);
    return is_loaded;
}

bool machine_load_symbols(struct machine *machine, const char *path,
                          uint32_t offset)
{
    struct image image;

    if (!image_open(&image, path))
        return false;
    add_symbols(machine, &image, offset);
    image_close(&image);
    return true;
}

bool machine_load_raw(struct machine *machine, const char *path,
                      uint32_t address)
{
    static char chunk[65536];
    FILE *file = fopen(path, "rb");
    size_t length;
    bool fits = true;

    if (file == NULL)
        return complain(path, strerror(errno));
    while (fits && (length = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        fits = machine->model->place != NULL
                   ? machine->model->place(machine, address, chunk, length)
                   : machine_poke(machine, address, chunk, length);
        address += (uint32_t)length;
    }
    fclose(file);
    return fits ||
           complain(path, "does not fit into memory where it should lie");
}
