/* SPDX-License-Identifier: Apache-2.0 */
/* Tells an app that is to be rewritten from one that is bound to addresses. */
#include <elf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "linked.h"

#define FLASH_LINK_BASE 0x10000000u

/* Code where only an app that will be moved is linked. */
static bool is_linked_to_move(Elf *elf)
{
    size_t count = 0;
    const Elf32_Phdr *p = elf32_getphdr(elf);
    if (!p || elf_getphdrnum(elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (p[i].p_type == PT_LOAD && (p[i].p_flags & PF_X) &&
            FLASH_LINK_BASE - p[i].p_paddr < p[i].p_filesz)
            return true;
    }
    return false;
}

/* Relocations of what is loaded, not of debug information alone. */
static bool has_relocations(Elf *elf)
{
    for (Elf_Scn *s = elf_nextscn(elf, NULL); s; s = elf_nextscn(elf, s)) {
        const Elf32_Shdr *h = elf32_getshdr(s);
        if (!h || h->sh_type != SHT_RELA)
            continue;
        Elf_Scn *of = elf_getscn(elf, h->sh_info);
        const Elf32_Shdr *target = of ? elf32_getshdr(of) : NULL;
        if (target && (target->sh_flags & SHF_ALLOC))
            return true;
    }
    return false;
}

bool linked_wants_rewriting(const uint8_t *file, size_t len)
{
    if (len < sizeof(Elf32_Ehdr) || memcmp(file, ELFMAG, SELFMAG) != 0 ||
        file[EI_CLASS] != ELFCLASS32 || file[EI_DATA] != ELFDATA2LSB)
        return false;
    uint8_t *copy = malloc(len); /* libelf wants to be able to write */
    if (!copy)
        return false;
    memcpy(copy, file, len);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((void *)copy, len);
    const Elf32_Ehdr *h = elf ? elf32_getehdr(elf) : NULL;
    bool wants = h && h->e_phoff % 4 == 0 && h->e_shoff % 4 == 0 &&
                 (is_linked_to_move(elf) || has_relocations(elf));
    elf_end(elf);
    free(copy);
    return wants;
}
