/* SPDX-License-Identifier: Apache-2.0 */
/* A linked rv32 app with its relocations, as the rewriter wants it: two memory
 * images, the symbols by address, and every relocation that touches them.
 * Reads by libelf; any file is accepted or refused, none is trusted. */
#ifndef PIC_HOST_LINKED_H
#define PIC_HOST_LINKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pic/host/job.h>
#include <pic/host/map.h>

/* The relocation types of the psABI that a static link leaves. */
enum linked_type {
    REL_NONE = 0,
    REL_32 = 1,
    REL_BRANCH = 16,
    REL_JAL = 17,
    REL_CALL = 18,
    REL_CALL_PLT = 19,
    REL_GOT_HI20 = 20,
    REL_TLS_GOT_HI20 = 21,
    REL_TLS_GD_HI20 = 22,
    REL_PCREL_HI20 = 23,
    REL_PCREL_LO12_I = 24,
    REL_PCREL_LO12_S = 25,
    REL_HI20 = 26,
    REL_LO12_I = 27,
    REL_LO12_S = 28,
    REL_TPREL_HI20 = 29,
    REL_TPREL_LO12_I = 30,
    REL_TPREL_LO12_S = 31,
    REL_TPREL_ADD = 32,
    REL_ADD8 = 33,
    REL_ADD16 = 34,
    REL_ADD32 = 35,
    REL_ADD64 = 36,
    REL_SUB8 = 37,
    REL_SUB16 = 38,
    REL_SUB32 = 39,
    REL_SUB64 = 40,
    REL_ALIGN = 43,
    REL_RVC_BRANCH = 44,
    REL_RVC_JUMP = 45,
    REL_RVC_LUI = 46,
    REL_GPREL_I = 47,
    REL_GPREL_S = 48,
    REL_TPREL_I = 49,
    REL_TPREL_S = 50,
    REL_RELAX = 51,
    REL_SUB6 = 52,
    REL_SET6 = 53,
    REL_SET8 = 54,
    REL_SET16 = 55,
    REL_SET32 = 56,
    REL_32_PCREL = 57,
};

struct linked_section {
    const char *name;
    uint32_t addr, size, alignment;
    bool is_code, is_nobits;
};

struct linked_symbol {
    const char *name;
    uint32_t value, size;
    bool is_function, is_file, is_tls;
    bool is_absolute;       /* no section moves it */
    bool is_weak_undefined; /* it is 0, and that is meant */
    const char *file;       /* where a local symbol came from, or NULL */
};

struct linked_rel {
    uint32_t addr; /* of the site */
    uint32_t type;
    uint32_t symbol;
    uint32_t target; /* symbol and addend */
    int32_t addend;
};

/* Bytes by link address. */
struct linked_image {
    uint32_t base, length;
    uint8_t *bytes; /* ours to change */
};

struct linked_range {
    uint32_t base, length;
};

struct linked {
    const char *path;
    struct linked_image flash; /* the app binary; data lies in it too, */
    struct linked_image data;  /* which is this part of it, by RAM address */
    struct linked_range ram;   /* stack, data and bss */
    uint32_t entry;
    bool has_gp;
    uint32_t gp;
    bool has_tls;
    uint32_t tls, tls_size;
    uint32_t flash_alignment, ram_alignment;
    bool has_libtock_header; /* it begins with the words of libtock's crt0 */
    struct linked_section *sections;
    size_t section_count;
    struct linked_symbol *symbols;
    size_t symbol_count;
    uint32_t *functions; /* indexes of function symbols, by address */
    size_t function_count;
    struct linked_rel *rels; /* by address */
    size_t rel_count;
    const struct map *map; /* NULL: none */
};

/* Does the file carry relocations for what is loaded, or is it linked where
 * only a relocatable app can be? */
bool linked_wants_rewriting(const uint8_t *file, size_t len);

/* `stack_size`, if not NULL, replaces what the file says. */
void linked_read(struct linked *out, struct job *job, const char *path,
                 uint8_t *file, size_t len, const uint32_t *stack_size);

static inline bool linked_holds(const struct linked_image *image, uint32_t addr,
                                uint32_t len)
{
    return addr >= image->base && addr - image->base <= image->length &&
           len <= image->length - (addr - image->base);
}

/* Both ends are inside: the end of an array is an address of it. */
static inline bool linked_in_flash(const struct linked *app, uint32_t addr)
{
    return addr - app->flash.base <= app->flash.length;
}

static inline bool linked_in_ram(const struct linked *app, uint32_t addr)
{
    return addr - app->ram.base <= app->ram.length;
}

uint32_t linked_get(const struct linked_image *image, uint32_t addr);
void linked_set(struct linked_image *image, uint32_t addr, uint32_t value);

const struct linked_section *linked_section_at(const struct linked *app,
                                               uint32_t addr);
/* The function that holds `addr`, or NULL. */
const struct linked_symbol *linked_function_at(const struct linked *app,
                                               uint32_t addr);
const struct linked_symbol *linked_symbol_named(const struct linked *app,
                                                const char *name);
/* "object(section), function name+0x12" of a site. */
const char *linked_place(const struct linked *app, struct job *job,
                         uint32_t addr);
/* "symbol+4" of a relocation. */
const char *linked_target(const struct linked *app, struct job *job,
                          const struct linked_rel *rel);
const char *linked_type_name(uint32_t type);

#endif
