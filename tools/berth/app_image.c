/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of an ELF file to flash contents; the rules for fixed-address
 * apps are those that elf2tab set. */
#include "app_image.h"

#include <stdlib.h>

#include "berth.h"

#define IMAGE_MAX (16u << 20) /* a larger one is a mistaken load address */
#define STACK_DEFAULT 2048u
#define TBF_ALIGN 256u

static uint32_t round_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

static bool is_in_flash(const struct elf_segment *s)
{
    return s->filesz > 0;
}

/* A segment that takes RAM when the app runs. Flash that the app may write is
 * writeable too, but it runs where it is loaded and is all in the file. */
static bool is_in_ram(const struct elf_segment *s)
{
    return s->is_writeable && (s->vaddr != s->paddr || s->filesz == 0);
}

static int by_paddr(const void *a, const void *b)
{
    const struct elf_segment *const *x = a, *const *y = b;
    return ((*x)->paddr > (*y)->paddr) - ((*x)->paddr < (*y)->paddr);
}

/* Without a symbol the binary begins with the first section of the lowest
 * executable segment. */
static uint32_t flash_find(const struct elf_app *elf)
{
    if (elf->has_flash_origin)
        return elf->flash_origin;
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (!is_in_flash(s) || !s->is_executable)
            continue;
        uint32_t start = s->paddr;
        if (s->first_section < s->filesz)
            start += s->first_section;
        lowest = start < lowest ? start : lowest;
    }
    if (lowest == UINT32_MAX)
        fail(EXIT_REFUSED,
             "%s: no executable segment with contents: nothing to load",
             elf->path);
    return lowest;
}

static uint32_t ram_find(const struct elf_app *elf)
{
    if (!elf->has_sram_origin || elf->sram_origin == 0)
        fail(EXIT_REFUSED,
             "%s: does not say which RAM it is linked for; define the symbol "
             "_sram_origin at the start of its RAM, as linker/app.ld does",
             elf->path);
    return elf->sram_origin;
}

/* Refuses data that a loader would have to write to RAM, for only flash is
 * written, and data that the app could not write to. */
static void load_address_check(const struct elf_app *elf, uint32_t flash,
                               uint32_t ram, const struct elf_segment *s)
{
    bool is_above_ram = s->paddr >= ram;
    bool is_above_flash = s->paddr >= flash;
    bool is_nearer_ram = is_above_ram && (!is_above_flash || ram > flash);
    if (is_nearer_ram)
        fail(EXIT_REFUSED,
             "%s: the contents at 0x%08x are to be loaded into RAM; give "
             "their section a load address in flash (`> RAM AT > FLASH`)",
             elf->path, s->paddr);
    if (s->vaddr == s->paddr && s->memsz > s->filesz)
        fail(EXIT_REFUSED,
             "%s: zero-initialised data at 0x%08x lies in flash; give its "
             "section an address in RAM",
             elf->path, s->vaddr + s->filesz);
}

/* Append one segment; the image so far ends at flash + binary.len. */
static void segment_append(struct app_image *image, const struct elf_segment *s)
{
    const char *path = image->elf->path;
    uint32_t end = image->flash + (uint32_t)image->binary.len;
    uint32_t skip = 0;
    if (s->paddr < image->flash) {
        /* The linker may put the ELF's own headers there. */
        skip = image->flash - s->paddr;
        if (skip > s->first_section || skip >= s->filesz)
            fail(EXIT_REFUSED,
                 "%s: the contents at 0x%08x lie below the flash origin 0x%08x",
                 path, s->paddr, image->flash);
    } else if (s->paddr < end) {
        fail(EXIT_REFUSED,
             "%s: two segments overlap at load address 0x%08x; give each "
             "section a load address of its own",
             path, s->paddr);
    }
    uint32_t at = s->paddr + skip;
    if (at - image->flash > IMAGE_MAX ||
        s->filesz - skip > IMAGE_MAX - (at - image->flash))
        fail(EXIT_REFUSED,
             "%s: contents from 0x%08x to 0x%08x would make more than %u MiB "
             "of flash; check the load addresses (`AT > FLASH`)",
             path, image->flash, s->paddr, IMAGE_MAX >> 20);
    bytes_fill(&image->binary, 0, at - end);
    bytes_append(&image->binary, s->bytes + skip, s->filesz - skip);
}

static void entry_check(const struct app_image *image)
{
    const struct elf_app *elf = image->elf;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (is_in_flash(s) && elf->entry >= s->paddr &&
            elf->entry - s->paddr < s->filesz && elf->entry >= image->flash) {
            if (elf->entry % 2 != 0)
                fail(EXIT_REFUSED, "%s: the entry 0x%08x is odd", elf->path,
                     elf->entry);
            return;
        }
    }
    fail(EXIT_REFUSED,
         "%s: the entry 0x%08x lies in none of its segments; name it with "
         "ENTRY(...) in the linker script and keep its section",
         elf->path, elf->entry);
}

static void binary_make(struct app_image *image)
{
    const struct elf_app *elf = image->elf;
    const struct elf_segment *order[ELF_APP_SEGMENTS];
    size_t count = 0;
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (is_in_flash(&elf->segments[i]))
            order[count++] = &elf->segments[i];
    }
    qsort(order, count, sizeof order[0], by_paddr);
    for (size_t i = 0; i < count; i++) {
        load_address_check(elf, image->flash, image->ram, order[i]);
        segment_append(image, order[i]);
    }
    /* Start-up code of libtock finds the byte length of its relocations right
     * behind the data image: there are none. */
    bytes_fill(&image->binary, 0, (4 - image->binary.len % 4) % 4);
    bytes_put32(&image->binary, 0);
}

uint32_t app_image_ram(const char *path, uint64_t linked,
                       const struct app_sizes *sizes)
{
    if (sizes->has_minimum_ram)
        return sizes->minimum_ram;
    uint64_t need = (linked + 3) / 4 * 4 + round_up(sizes->app_heap, 4) +
                    round_up(sizes->kernel_heap, 4);
    if (need > INT32_MAX)
        fail(EXIT_REFUSED, "%s: needs %llu bytes of RAM", path,
             (unsigned long long)need);
    return (uint32_t)need;
}

/* Stack, data and heaps; and never less than from the start of RAM to the end
 * of what was linked there, gaps included. */
static uint32_t ram_needed(const struct elf_app *elf, uint32_t ram,
                           const struct app_sizes *sizes)
{
    if (sizes->has_minimum_ram)
        return sizes->minimum_ram;
    uint64_t stack = sizes->has_stack ? sizes->stack
                     : elf->has_stack ? elf->stack.size
                                      : STACK_DEFAULT;
    uint64_t data = 0, linked = 0;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (!is_in_ram(s))
            continue;
        bool holds_stack = elf->has_stack && elf->stack.addr >= s->vaddr &&
                           elf->stack.addr - s->vaddr < s->memsz;
        uint64_t end = (uint64_t)s->vaddr + s->memsz;
        if (s->vaddr < ram)
            fail(EXIT_REFUSED,
                 "%s: data at 0x%08x lies below the RAM origin 0x%08x",
                 elf->path, s->vaddr, ram);
        linked = end - ram > linked ? end - ram : linked;
        data += s->memsz;
        if (holds_stack)
            data -= elf->stack.size < s->memsz ? elf->stack.size : s->memsz;
    }
    uint64_t need = data + (stack + 7) / 8 * 8;
    need = need > linked || sizes->gaps_ignored ? need : linked;
    return app_image_ram(elf->path, need, sizes);
}

static uint32_t protected_size_find(const struct elf_app *elf,
                                    const struct app_sizes *sizes)
{
    if (elf->has_protected_size && sizes->has_protected_size &&
        elf->protected_size != sizes->protected_size)
        fail(EXIT_REFUSED,
             "%s: linked for a protected size of %u "
             "(tbf_protected_region_size), not %u",
             elf->path, elf->protected_size, sizes->protected_size);
    return elf->has_protected_size     ? elf->protected_size
           : sizes->has_protected_size ? sizes->protected_size
                                       : 0;
}

void app_image_make(const struct elf_app *elf, const struct app_sizes *sizes,
                    struct app_image *out)
{
    *out = (struct app_image){ .elf = elf };
    if (elf->segment_count == 0)
        fail(EXIT_REFUSED,
             "%s: no segments to load; was it linked with a linker script?",
             elf->path);
    out->flash = flash_find(elf);
    out->ram = ram_find(elf);
    if (out->flash % 4 != 0)
        fail(EXIT_REFUSED,
             "%s: linked for flash at 0x%08x; it has to be a multiple of 4",
             elf->path, out->flash);
    binary_make(out);
    entry_check(out);
    out->entry = elf->entry - out->flash;
    out->minimum_ram = ram_needed(elf, out->ram, sizes);
    out->protected_size = protected_size_find(elf, sizes);
}

void app_image_settle(struct app_image *image, uint32_t header_size)
{
    const char *path = image->elf->path;
    if (image->protected_size == 0 && image->is_relocatable)
        image->protected_size = header_size;
    if (image->protected_size == 0) {
        /* As other tools assume it: the object begins at the multiple of 256
         * below the binary. */
        image->protected_size = image->flash % TBF_ALIGN;
        if (image->protected_size < header_size)
            fail(EXIT_REFUSED,
                 "%s: linked for flash at 0x%08x, where only %u bytes lie "
                 "between the multiple of 256 below and the binary, but its "
                 "header takes %u; link it for 0x%08x, or say where the header "
                 "goes with --protected-region-size",
                 path, image->flash, image->protected_size, header_size,
                 image->flash - image->protected_size +
                     round_up(header_size, 64));
    }
    if (image->protected_size < header_size)
        fail(EXIT_REFUSED,
             "%s: the header takes %u bytes, %u are set aside for it; link it "
             "with a larger protected region, or shorten the name or the "
             "permissions",
             path, header_size, image->protected_size);
    if (image->protected_size % 4 != 0)
        fail(EXIT_REFUSED, "%s: the protected size %u is not a multiple of 4",
             path, image->protected_size);
    if (image->protected_size > image->flash && !image->is_relocatable)
        fail(EXIT_REFUSED,
             "%s: no room for %u protected bytes below flash address 0x%08x",
             path, image->protected_size, image->flash);
}
