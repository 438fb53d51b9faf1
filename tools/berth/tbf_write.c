/* SPDX-License-Identifier: Apache-2.0 */
/* Writes TBF objects and has the parser of the kernel check each. */
#include "tbf_write.h"

#include <stdlib.h>
#include <string.h>

#include <pic/reloc.h>
#include <pic/tbf.h>

#include "berth.h"

struct grouped_permission {
    uint32_t driver, offset;
    uint64_t commands;
};

static void entry_begin(struct bytes *b, uint32_t type, size_t len)
{
    if (len > UINT16_MAX)
        fail(EXIT_REFUSED, "a header entry of %zu bytes is too long", len);
    bytes_put16(b, type);
    bytes_put16(b, (uint32_t)len);
}

static void entry_end(struct bytes *b)
{
    bytes_fill(b, 0, (4 - b->len % 4) % 4);
}

static void checksum_set(struct bytes *b, size_t header_size)
{
    uint32_t sum = 0;
    set32(b->data + TBF_AT_CHECKSUM, 0);
    for (size_t i = 0; i < header_size; i += 4)
        sum ^= get32(b->data + i);
    set32(b->data + TBF_AT_CHECKSUM, sum);
}

static int by_driver(const void *a, const void *b)
{
    const struct grouped_permission *x = a, *y = b;
    if (x->driver != y->driver)
        return x->driver < y->driver ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Commands that share a driver and a multiple of 64 share an entry. */
static size_t permissions_group(const struct bytes *pairs,
                                struct grouped_permission *out)
{
    size_t count = 0;
    for (size_t i = 0; i < pairs->len; i += 8) {
        uint32_t driver = get32(pairs->data + i);
        uint32_t command = get32(pairs->data + i + 4);
        size_t k = 0;
        while (k < count &&
               (out[k].driver != driver || out[k].offset != command / 64))
            k++;
        if (k == count)
            out[count++] =
                (struct grouped_permission){ driver, command / 64, 0 };
        out[k].commands |= (uint64_t)1 << command % 64;
    }
    qsort(out, count, sizeof *out, by_driver);
    return count;
}

static void permissions_put(struct bytes *b, const struct bytes *pairs)
{
    struct grouped_permission *list =
        keep(calloc(pairs->len / 8, sizeof *list));
    size_t count = permissions_group(pairs, list);
    entry_begin(b, TBF_TLV_PERMISSIONS, 2 + 16 * count);
    bytes_put16(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        bytes_put32(b, list[i].driver);
        bytes_put32(b, list[i].offset);
        bytes_put64(b, list[i].commands);
    }
    entry_end(b);
    free(list);
}

static void storage_put(struct bytes *b, const struct tbf_spec *spec)
{
    const struct bytes *read = &spec->storage_read_ids;
    const struct bytes *modify = &spec->storage_modify_ids;
    entry_begin(b, TBF_TLV_STORAGE, 8 + read->len + modify->len);
    bytes_put32(b, spec->storage_write_id);
    bytes_put16(b, (uint32_t)(read->len / 4));
    bytes_append(b, read->data, read->len);
    bytes_put16(b, (uint32_t)(modify->len / 4));
    bytes_append(b, modify->data, modify->len);
    entry_end(b);
}

/* Main, and Program, which begins like it. */
static void program_put(struct bytes *b, const struct tbf_spec *spec,
                        const struct app_image *image, uint32_t header_size,
                        uint32_t type)
{
    uint32_t trailer = image->protected_size - header_size;
    bool is_program = type == TBF_TLV_PROGRAM;
    entry_begin(b, type, is_program ? 20 : 12);
    bytes_put32(b, trailer + image->entry);
    bytes_put32(b, trailer);
    bytes_put32(b, image->minimum_ram);
    if (is_program) {
        bytes_put32(b, image->protected_size + (uint32_t)image->binary.len);
        bytes_put32(b, spec->version);
    }
}

/* One entry for all regions, for not every kernel adds several entries up;
 * unless that is asked for. */
static void writeable_put(struct bytes *b, const struct tbf_spec *spec,
                          const struct app_image *image)
{
    const struct elf_app *elf = image->elf;
    size_t in_one = spec->regions_apart ? 1 : elf->region_count;
    for (size_t i = 0; i < elf->region_count; i++) {
        if (i % in_one == 0)
            entry_begin(b, TBF_TLV_WRITEABLE_FLASH, 8 * in_one);
        bytes_put32(b, elf->regions[i].addr - image->flash +
                           image->protected_size);
        bytes_put32(b, elf->regions[i].size);
    }
}

static void entries_put(struct bytes *b, const struct tbf_spec *spec,
                        const struct app_image *image, uint32_t header_size)
{
    if (spec->has_main)
        program_put(b, spec, image, header_size, TBF_TLV_MAIN);
    program_put(b, spec, image, header_size, TBF_TLV_PROGRAM);
    if (spec->name[0]) {
        entry_begin(b, TBF_TLV_NAME, strlen(spec->name));
        bytes_append(b, spec->name, strlen(spec->name));
        entry_end(b);
    }
    writeable_put(b, spec, image);
    if (!image->is_relocatable) {
        entry_begin(b, TBF_TLV_FIXED_ADDRESSES, 8);
        bytes_put32(b, image->ram);
        bytes_put32(b, image->flash);
    }
    if (spec->permissions.len)
        permissions_put(b, &spec->permissions);
    if (spec->has_storage)
        storage_put(b, spec);
    if (!spec->no_kernel_version) {
        entry_begin(b, TBF_TLV_KERNEL_VERSION, 4);
        bytes_put16(b, spec->kernel_major);
        bytes_put16(b, spec->kernel_minor);
    }
    if (spec->short_id) {
        entry_begin(b, TBF_TLV_SHORT_ID, 4);
        bytes_put32(b, spec->short_id);
    }
    if (image->is_relocatable) {
        entry_begin(b, TBF_TLV_RELOCATION, RELOC_TLV_SIZE);
        bytes_put32(b, RELOC_VERSION);
        bytes_put32(b, image->protected_size + image->descriptor);
    }
}

/* Offsets in the descriptor count from the object's start, which is known now. */
static void descriptor_settle(struct bytes *b, const struct app_image *image)
{
    static const enum reloc_word words[] = { RELOC_DATA_OFFSET,
                                             RELOC_TABLE_OFFSET };
    uint8_t *descriptor = b->data + image->protected_size + image->descriptor;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        uint8_t *word = descriptor + 4 * words[i];
        set32(word, get32(word) + image->protected_size);
    }
}

static struct bytes header_make(const struct tbf_spec *spec,
                                const struct app_image *image,
                                uint32_t header_size, uint32_t total_size)
{
    struct bytes b = { 0 };
    bytes_put16(&b, TBF_VERSION);
    bytes_put16(&b, header_size);
    bytes_put32(&b, total_size);
    bytes_put32(&b, spec->is_disabled ? 0 : TBF_FLAG_ENABLED);
    bytes_put32(&b, 0);
    entries_put(&b, spec, image, header_size);
    return b;
}

/* One credential that says nothing, in whose place others can be put. */
static void footer_put(struct bytes *b, uint32_t size)
{
    if (size == 0)
        return;
    bytes_put16(b, TBF_TLV_CREDENTIALS);
    bytes_put16(b, size - 4);
    bytes_put32(b, 0); /* reserved */
    bytes_fill(b, 0, size - 8);
}

/* The kernel's own parser has the last word on what was written. */
static void object_verify(const struct bytes *b, const struct app_image *image)
{
    const char *path = image->elf->path;
    struct tbf t;
    enum tbf_error e = tbf_parse(b->data, (uint32_t)b->len, &t);
    if (e == TBF_BAD_NAME || e == TBF_BAD_WRITEABLE)
        fail(EXIT_REFUSED, "%s: %s", path, tbf_error_text(e));
    if (e != TBF_OK)
        fail(EXIT_INTERNAL, "%s: %s", path, tbf_error_text(e));
    if (t.init_offset != image->protected_size + image->entry ||
        t.protected_size != image->protected_size || t.total_size != b->len ||
        t.fixed_flash !=
            (image->is_relocatable ? TBF_NO_ADDRESS : image->flash))
        fail(EXIT_INTERNAL, "%s: the header does not say what it should", path);
}

struct bytes tbf_write(const struct tbf_spec *spec, struct app_image *image)
{
    /* No size depends on a value: a first try tells how long it gets. */
    struct bytes b = header_make(spec, image, 0, 0);
    uint32_t header_size = (uint32_t)b.len;
    free(b.data);
    if (header_size > TBF_HEADER_MAX)
        fail(EXIT_REFUSED,
             "%s: a header of %u bytes; no kernel starts an app with more than "
             "%u: name fewer permissions",
             image->elf->path, header_size, TBF_HEADER_MAX);
    if (header_size > TBF_TOCKLOADER_HEADER_MAX)
        warn("%s: the header takes %u bytes; stock tockloader reads no more "
             "than %u",
             image->elf->path, header_size, TBF_TOCKLOADER_HEADER_MAX);
    app_image_settle(image, header_size);
    uint32_t total =
        image->protected_size + (uint32_t)image->binary.len + spec->footer_size;
    b = header_make(spec, image, header_size, total);
    checksum_set(&b, header_size);
    bytes_fill(&b, 0, image->protected_size - header_size);
    bytes_append(&b, image->binary.data, image->binary.len);
    if (image->is_relocatable)
        descriptor_settle(&b, image);
    footer_put(&b, spec->footer_size);
    object_verify(&b, image);
    return b;
}

struct bytes tbf_write_padding(uint32_t size)
{
    struct bytes b = { 0 };
    bytes_put16(&b, TBF_VERSION);
    bytes_put16(&b, TBF_BASE_SIZE);
    bytes_put32(&b, size);
    bytes_put32(&b, 0);
    bytes_put32(&b, 0);
    checksum_set(&b, TBF_BASE_SIZE);
    return b;
}
