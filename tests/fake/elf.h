/* SPDX-License-Identifier: Apache-2.0 */
/* Linked rv32 apps made by hand, in memory: code at 0x10000000, constants behind
 * it, a stack at 0x60000000, data and bss above. */
#ifndef TESTS_FAKE_ELF_H
#define TESTS_FAKE_ELF_H

#include <stddef.h>
#include <stdint.h>

#define MADE_FLASH 0x10000000u
#define MADE_RAM 0x60000000u
#define MADE_STACK 0x400u
#define MADE_DATA (MADE_RAM + MADE_STACK)
#define MADE_GP (MADE_DATA + 0x800u)

struct made_symbol {
    const char *name;
    uint32_t value, size;
    uint16_t section;
    uint8_t info;
};

struct made_rel {
    uint32_t addr, type, symbol;
    int32_t addend;
};

struct made {
    uint8_t *text;
    uint32_t text_len, text_room;
    uint32_t rodata_at; /* 0: right behind the code */
    uint8_t rodata[256], data[8192];
    uint32_t rodata_len, data_len, bss_len;
    uint32_t flags; /* e_flags */
    struct made_symbol *symbols;
    size_t symbol_count, symbol_room;
    struct made_rel *rels;
    size_t rel_count, rel_room;
};

/* With a symbol for gp and a stack; 64 bytes of data, all zero. */
void made_begin(struct made *m);
void made_free(struct made *m);

/* Code; each returns its address. */
uint32_t made_code(struct made *m, uint32_t insn);
uint32_t made_code16(struct made *m, uint16_t insn);

/* Where the next instruction comes. */
static inline uint32_t made_here(const struct made *m)
{
    return MADE_FLASH + m->text_len;
}

/* The number of a new symbol. */
uint32_t made_label(struct made *m, const char *name, uint32_t value);
uint32_t made_function(struct made *m, const char *name, uint32_t value,
                       uint32_t size);
uint32_t made_absolute(struct made *m, const char *name, uint32_t value);
uint32_t made_weak_undefined(struct made *m, const char *name);

void made_rel(struct made *m, uint32_t addr, uint32_t type, uint32_t symbol,
              int32_t addend);

/* The file; the caller frees it. */
uint8_t *made_file(const struct made *m, size_t *len);

#endif
