/* SPDX-License-Identifier: Apache-2.0 */
/* The link rewriter: from a linked app with relocations to the same bytes with
 * every access to RAM made relative to gp and every address of flash relative to
 * pc, and the list of data words that hold addresses.
 * docs/design/link-rewriter.md says how. */
#ifndef PIC_HOST_REWRITE_H
#define PIC_HOST_REWRITE_H

#include <pic/host/flow.h>
#include <pic/host/job.h>
#include <pic/host/linked.h>

/* What a target moves with. */
enum space { SPACE_FLASH, SPACE_RAM, SPACE_ABSOLUTE };

enum site_role {
    SITE_UPPER, /* auipc or lui: the upper part */
    SITE_LOWER, /* what adds the lower part */
    SITE_FIXED, /* stays as it is; was checked */
};

/* How an upper part is made. */
enum site_form {
    FORM_KEEP,
    FORM_GP, /* c.lui and c.add, or addi, on gp */
    FORM_AUIPC,
    FORM_LUI,
    FORM_WORD, /* lw of a word in RAM that is relocated */
};

struct site {
    const struct linked_rel *rel;
    enum site_role role;
    enum space space;
    uint32_t target; /* the address that is meant */
    uint32_t before, after;
    int32_t upper; /* of a lower: its upper's index, or -1: by flow */
    bool is_got;   /* the pair loads the address; it shall compute it */
    bool is_tls;
    /* SITE_UPPER */
    enum site_form form;
    uint32_t base; /* what it puts into its register, link addresses */
    enum space base_space;
    uint32_t low, high; /* targets of its lowers */
    bool through_word;
    uint32_t word; /* FORM_WORD: address of the word */
};

struct rewrite {
    struct linked app;
    struct job *job;
    uint8_t *before; /* flash as it was linked */
    struct site *sites;
    size_t site_count;
    int32_t *site_at; /* per halfword of flash: index in `sites`, or -1 */
    struct flow_site *flow_sites;
    struct flow_code code;
    uint32_t *words; /* addresses of data words to relocate, ascending */
    size_t word_count;
    uint32_t pool, pool_end; /* spare words in reach of gp, link addresses */
    uint32_t words_missing;  /* pool words that would help */
    uint32_t padding;        /* bytes before read-only data that would help */
    const char *path;
    uint8_t *file;
    size_t file_len;
    const char *map_text;
    size_t map_len;
    const uint32_t *stack_size;
};

/* What to rewrite; `file` is not changed. Afterwards app.flash.bytes is the
 * binary. For job_run. */
void rewrite_app(struct job *job, void *rewrite);

/* ---- its parts ----------------------------------------------------------- */

/* sites.c: from relocations to sites, words and checks. */
void sites_find(struct rewrite *r);
/* pair.c: every lower part to its upper part, by name or by flow. */
void sites_pair(struct rewrite *r);
/* encode.c: the new instructions. */
void sites_encode(struct rewrite *r);
/* prove.c: that they do what they should, or job_internal. */
void rewrite_prove(struct rewrite *r);

/* The flow interpreter's view of `bytes`, with the sites' roles and no bases. */
void code_make(struct rewrite *r);

/* Every refusal about a site reads alike: where, what, what to do. */
void site_refuse(struct rewrite *r, const struct linked_rel *rel,
                 const char *format, ...) PRINTF_LIKE(3, 4);

#endif
