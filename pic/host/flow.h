/* SPDX-License-Identifier: Apache-2.0 */
/* Which upper part of an address reaches which use of it, in machine code.
 *
 * An abstract interpreter over all code that can be reached: for each register
 * and each stack slot it knows whether one and the same upper part lies in it
 * on every way there. What it cannot know it says so about; it never guesses.
 *
 * It takes for granted what compilers keep: a stack slot to which a register is
 * spilled is reached through sp or a frame pointer only, a call that comes back
 * leaves what the caller still uses, and one function does not fall into the
 * next behind a call. */
#ifndef PIC_HOST_FLOW_H
#define PIC_HOST_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pic/host/job.h>

enum flow_role {
    FLOW_PLAIN,
    FLOW_UPPER,   /* 4 bytes that put `base` into rd, however they do it */
    FLOW_LOWER,   /* adds the lower part to rs1: `found` is what is in it */
    FLOW_ADDRESS, /* reaches `target` by itself, as from gp */
    FLOW_CALL,    /* auipc and jalr: a call or jump to `target` */
};

enum flow_kind {
    FLOW_UNSEEN = 0, /* no way leads here */
    FLOW_UNKNOWN,    /* something else */
    FLOW_BASE,       /* base[0], base[1], plus perhaps an index */
    FLOW_MIXED,      /* that of site `from` on one way, of `other` on another */
    /* What follows is between the interpreter and itself. */
    FLOW_TABLE,  /* the address of a jump table, plus perhaps an index */
    FLOW_LOADED, /* a word of that table */
    FLOW_FRAME,  /* sp at the function's start, plus base[0] */
};

struct flow_value {
    uint32_t base[2];
    int32_t from, other; /* site, or -1: not a known one */
    enum flow_kind kind;
};

struct flow_site {
    enum flow_role role;
    uint32_t rd;      /* FLOW_UPPER */
    uint32_t base[2]; /* FLOW_UPPER: any two words that tell it from others */
    uint32_t target;
    bool makes_address;      /* a load that stands for an addi: through a GOT */
    struct flow_value found; /* FLOW_LOWER */
};

/* A word of data that names a place in the code. */
struct flow_label {
    uint32_t at;     /* address of the word */
    uint32_t target; /* place in the code */
    bool is_start;   /* code refers to the word itself: a table may begin */
};

struct flow_code {
    const uint8_t *bytes;
    uint32_t base, length;
    const int32_t *site_at; /* per halfword: index in `sites`, or -1 */
    struct flow_site *sites;
    /* Where functions begin, ascending; two per function: start and end. */
    const uint32_t (*functions)[2];
    size_t function_count;
    const uint32_t *roots; /* whose address is taken: called from anywhere */
    size_t root_count;
    const struct flow_label *labels; /* by `at` */
    size_t label_count;
    const uint32_t *targets; /* the same labels' targets, ascending */
    /* Other places, ascending, where code may begin: used where nothing else
     * leads to a site. */
    const uint32_t *others;
    size_t other_count;
    const uint32_t *lowers; /* addresses of FLOW_LOWER sites, ascending */
    size_t lower_count;
    size_t steps; /* instructions that were looked at, by flow_run */
};

/* Fills in `found` of every site that is FLOW_LOWER. */
void flow_run(struct flow_code *code, struct job *job);

#endif
