/* SPDX-License-Identifier: Apache-2.0 */
/* The relocation engine: makes the RAM of an app that may lie anywhere. Pure:
 * it sees the app's TBF and the RAM it prepares and nothing else. The kernel
 * runs it at every start of a process, host tools and tests run the same code.
 * docs/relocation-format.md is the format in words; this header has its
 * numbers.
 *
 * Every byte of the TBF is untrusted. Nothing outside the TBF is read, nothing
 * outside [ram, ram + ram_len) is written, and the work is bounded by the
 * lengths that were checked. */
#ifndef PIC_RELOC_H
#define PIC_RELOC_H

#include <stdint.h>

#include <berth/compiler.h>
#include <pic/tbf.h>

/* Payload of the header TLV TBF_TLV_RELOCATION. */
#define RELOC_VERSION 1u
enum {
    RELOC_TLV_VERSION = 0,    /* u32 */
    RELOC_TLV_DESCRIPTOR = 4, /* u32, offset from the start of the TBF */
    RELOC_TLV_SIZE = 8,
};

/* The descriptor: that many little-endian words, in this order. */
enum reloc_word {
    RELOC_FLASH_BASE,   /* link address of the app binary's first byte */
    RELOC_FLASH_LENGTH, /* of the linked flash, from there */
    RELOC_RAM_BASE,     /* link address of the first byte of RAM */
    RELOC_RAM_LENGTH,   /* of the linked RAM, from there */
    RELOC_DATA_OFFSET,  /* data image, from the start of the TBF */
    RELOC_DATA_LENGTH,
    RELOC_DATA_AT,    /* where it goes, from RAM start: the stack size */
    RELOC_BSS_LENGTH, /* zeroed, right behind the data image */
    RELOC_GP,         /* initial gp, from RAM start */
    RELOC_TLS_AT,     /* thread-local data, from RAM start */
    RELOC_TLS_LENGTH,
    RELOC_TP,              /* initial tp, from RAM start */
    RELOC_RAM_ALIGNMENT,   /* of RAM start */
    RELOC_FLASH_ALIGNMENT, /* of the app binary's first byte */
    RELOC_TABLE_OFFSET,    /* from the start of the TBF */
    RELOC_TABLE_LENGTH,
    RELOC_TABLE_ENCODING,
    RELOC_WORDS
};
#define RELOC_DESCRIPTOR_SIZE (4u * RELOC_WORDS)
#define RELOC_RELR 1u
/* The same, and an offset word has bits for the words behind it: shorter where
 * addresses stand in small groups. */
#define RELOC_RELR_NEAR 2u
#define RELOC_NEAR_BITS 8u           /* the upper bits of an offset word */
#define RELOC_NEAR_OFFSETS 0xFFFFFFu /* and the bits that are left */

/* What is wrong, in the order in which it is looked for. `entry` says where:
 * the number of a descriptor word, for the last six otherwise. */
enum reloc_error {
    RELOC_OK = 0,
    RELOC_MORE,             /* no error: the step is done, the work is not */
    RELOC_BAD_DESCRIPTOR,   /* the descriptor is not inside the binary */
    RELOC_BAD_ENCODING,     /* a table encoding that nobody knows */
    RELOC_BAD_ALIGNMENT,    /* not a power of two, or below 4 */
    RELOC_BAD_RANGES,       /* a link range wraps, or the two meet */
    RELOC_BAD_FLASH_LENGTH, /* more linked flash than binary */
    RELOC_BAD_DATA,         /* image: not words, or not inside the binary */
    RELOC_BAD_TABLE,        /* likewise the table */
    RELOC_BAD_STACK,        /* RAM offset of the image: not a multiple of 16 */
    RELOC_BAD_BSS,          /* stack, data and bss exceed the linked RAM */
    RELOC_BAD_TLS,          /* not inside data and bss */
    RELOC_NO_ROOM,          /* the RAM is smaller than the linked RAM */
    RELOC_MISPLACED_FLASH,  /* the binary does not lie at its alignment */
    RELOC_MISPLACED_RAM,    /* nor the RAM */
    /* entry: number of the table's word */
    RELOC_BITMAP_FIRST,   /* a bitmap before any offset */
    RELOC_UNALIGNED,      /* an offset that is not a multiple of 4 */
    RELOC_NOT_ASCENDING,  /* an offset below what was listed already */
    RELOC_OFFSET_OUTSIDE, /* an offset beyond the data image */
    RELOC_BITMAP_OUTSIDE, /* a bit, or a whole bitmap, beyond it */
    /* entry: offset in the data image */
    RELOC_BAD_TARGET, /* a listed word points into neither link range */
};

/* The descriptor, after it has been checked. */
struct reloc {
    uint32_t word[RELOC_WORDS];
};

/* End of stack, data and bss, from RAM start: the app's first break. */
static inline uint32_t reloc_break(const struct reloc *r)
{
    return r->word[RELOC_DATA_AT] + r->word[RELOC_DATA_LENGTH] +
           r->word[RELOC_BSS_LENGTH];
}

/* Read and check the descriptor of an object that parsed and has one
 * (tbf->descriptor != 0). `base` is a multiple of 4. Changes nothing else;
 * what speaks against the place is found by reloc_begin. */
MUST_CHECK enum reloc_error reloc_read(struct reloc *out, uint32_t *entry,
                                       const void *base, const struct tbf *tbf);

/* Link ranges, and how far what they hold has moved. */
struct reloc_ranges {
    uint32_t flash_base, flash_length, flash_delta;
    uint32_t ram_base, ram_length, ram_delta;
};

/* One preparation under way. Only the functions below look inside. */
struct reloc_job {
    const uint32_t *from, *from_end; /* data image left to copy */
    uint32_t *to, *to_end;           /* end of bss */
    uint32_t *data, *data_end;
    const uint32_t *table, *table_at, *table_end;
    uint32_t *where; /* the next word that a bitmap speaks of, or NULL */
    uint32_t near;   /* how many words an offset word speaks of besides */
    struct reloc_ranges ranges;
};

/* Where things are. */
struct reloc_place {
    const void *flash;      /* the TBF's bytes, as they can be read here */
    void *ram;              /* the RAM, as it can be written here */
    uint32_t flash_address; /* of the TBF's first byte, for the app */
    uint32_t ram_address;   /* of RAM start, for the app */
    uint32_t ram_len;
};

/* Check the place and set up the job; writes nothing. */
MUST_CHECK enum reloc_error reloc_begin(struct reloc_job *job, uint32_t *entry,
                                        const struct reloc *r,
                                        const struct tbf *tbf,
                                        const struct reloc_place *place);

/* Go on for about `budget` words (at least 64), copied or zeroed; a word of the
 * table counts as 64. RELOC_MORE until all is done, then RELOC_OK. The stack is
 * left as it is. After an error what was prepared is worthless: whoever gave the
 * RAM zeroes it. */
MUST_CHECK enum reloc_error reloc_step(struct reloc_job *job, uint32_t *entry,
                                       uint32_t budget);

/* A short sentence for people, without a full stop. */
const char *reloc_error_text(enum reloc_error e);

#endif
