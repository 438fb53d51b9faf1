/* SPDX-License-Identifier: Apache-2.0 */
/* What of a linked app goes to flash, and what it needs. */
#ifndef BERTH_APP_IMAGE_H
#define BERTH_APP_IMAGE_H

#include <stdint.h>

#include "elf_app.h"
#include "file.h"

/* Sizes that the user gave; those not given are taken from the ELF. */
struct app_sizes {
    bool has_stack, has_minimum_ram, has_protected_size;
    bool gaps_ignored; /* add segments up, even if they lie apart */
    uint32_t stack, app_heap, kernel_heap, minimum_ram, protected_size;
};

struct app_image {
    const struct elf_app *elf;
    uint32_t flash;          /* where the first byte of `binary` belongs */
    uint32_t ram;            /* where its RAM has to begin */
    uint32_t entry;          /* offset in `binary` */
    uint32_t protected_size; /* from the TBF header to `binary`; 0: any */
    uint32_t minimum_ram;
    struct bytes binary;
    /* Position independent: `flash` and `ram` are link addresses only. */
    bool is_relocatable;
    uint32_t descriptor; /* offset in `binary` of what pic/reloc.h describes */
};

/* Stack, data and heaps; `linked` bytes are there in any case. */
uint32_t app_image_ram(const char *path, uint64_t linked,
                       const struct app_sizes *sizes);

/* Refuses an app that cannot be run from one flash image and one RAM range. */
void app_image_make(const struct elf_app *elf, const struct app_sizes *sizes,
                    struct app_image *out);

/* Settle the protected size for a header of `header_size` bytes. */
void app_image_settle(struct app_image *image, uint32_t header_size);

#endif
