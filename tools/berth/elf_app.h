/* SPDX-License-Identifier: Apache-2.0 */
/* Plain facts out of a linked rv32 ELF file. Refuses what is no such file, and
 * whatever in it contradicts itself; judges nothing else. */
#ifndef BERTH_ELF_APP_H
#define BERTH_ELF_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_APP_SEGMENTS 32
#define ELF_APP_REGIONS 16

/* One PT_LOAD program header. */
struct elf_segment {
    uint32_t vaddr, paddr;
    uint32_t filesz, memsz;
    bool is_writeable, is_executable;
    const uint8_t *bytes;   /* filesz of them */
    uint32_t first_section; /* offset of the first one that is loaded */
};

struct elf_region {
    uint32_t addr, size;
};

struct elf_app {
    const char *path;
    uint32_t entry;
    char arch[40]; /* such as rv32imac: from the attributes, else guessed */
    size_t segment_count;
    struct elf_segment segments[ELF_APP_SEGMENTS];
    bool has_flash_origin, has_sram_origin, has_protected_size;
    uint32_t flash_origin;   /* symbol _flash_origin */
    uint32_t sram_origin;    /* symbol _sram_origin */
    uint32_t protected_size; /* symbol tbf_protected_region_size */
    bool has_stack;
    struct elf_region stack; /* section .stack */
    size_t region_count;
    struct elf_region regions[ELF_APP_REGIONS]; /* sections named *.wfr* */
};

bool elf_is_elf(const uint8_t *bytes, size_t len);

void elf_app_read(const char *path, struct elf_app *out);

#endif
