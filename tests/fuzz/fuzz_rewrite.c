/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the link rewriter: whatever the ELF file, it is refused
 * with words, or rewritten, proved, and prepared by the kernel's engine. A proof
 * that fails is a finding: the rewriter has made a mistake.
 *
 * An input that is an ELF file is taken as it is. Any other is a list of changes
 * to an app that holds one of everything: what is behind the format's checks is
 * reached sooner.
 * SOURCES: pic/host/job.c pic/host/insn.c pic/host/linked.c pic/host/names.c
 * SOURCES: pic/host/map.c pic/host/flow.c pic/host/code.c pic/host/sites.c
 * SOURCES: pic/host/pair.c pic/host/encode.c pic/host/prove.c
 * SOURCES: pic/host/rewrite.c pic/host/table.c pic/tbf.c pic/reloc.c
 * SOURCES: tests/fake/elf.c
 * LINK: -lelf */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/host/insn.h>
#include <pic/host/rewrite.h>
#include <pic/host/table.h>
#include <tests/fake/elf.h>

#define SIZE_MAX_TRIED (256u << 10)
#define CONSTANTS (MADE_FLASH + 0x230)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct made m;

static void pair_add(uint32_t first, uint32_t second, uint32_t hi_type,
                     uint32_t lo_type, uint32_t symbol, bool is_named)
{
    uint32_t pc = made_code(&m, first);
    made_code(&m, second);
    made_rel(&m, pc, hi_type, symbol, 0);
    if (is_named)
        symbol = made_label(&m, ".L", pc);
    made_rel(&m, pc + 4, lo_type, symbol, 0);
}

static void pcrel_add(uint32_t symbol, uint32_t value, uint32_t type)
{
    uint32_t off = value - made_here(&m);
    pair_add(insn_auipc(10, insn_hi(off)), insn_lw(10, 10, insn_lo(off)), type,
             REL_PCREL_LO12_I, symbol, true);
}

static void absolute_add(uint32_t symbol, uint32_t value)
{
    pair_add(insn_lui(11, insn_hi(value)), insn_lw(10, 11, insn_lo(value)),
             REL_HI20, REL_LO12_I, symbol, false);
}

static void word_add(uint32_t at, uint32_t symbol, uint32_t value)
{
    memcpy(m.data + (at - MADE_DATA), &value, 4);
    made_rel(&m, at, REL_32, symbol, 0);
}

static uint8_t *everything_make(size_t *len)
{
    made_begin(&m);
    m.rodata_at = CONSTANTS;
    m.rodata_len = 64;
    uint32_t variable = made_label(&m, "variable", MADE_DATA + 0xF40);
    uint32_t constant = made_label(&m, "constant", CONSTANTS + 8);
    uint32_t weak = made_weak_undefined(&m, "nobody");
    made_label(&m, "_pool_start", MADE_DATA + 32);
    made_label(&m, "_pool_end", MADE_DATA + 48);
    made_code(&m, insn_addi(REG_SP, REG_SP, -16));
    absolute_add(constant, CONSTANTS + 8);
    made_code(&m, 0x00B12423); /* sw a1,8(sp) */
    absolute_add(variable, MADE_DATA + 0xF40);
    pcrel_add(variable, MADE_DATA + 0xF40, REL_PCREL_HI20);
    pcrel_add(constant, CONSTANTS + 8, REL_PCREL_HI20);
    pcrel_add(weak, 0, REL_PCREL_HI20);
    pcrel_add(variable, MADE_DATA, REL_GOT_HI20);
    pcrel_add(constant, MADE_DATA + 4, REL_GOT_HI20);
    made_code(&m, insn_lw(12, REG_SP, 8));
    uint32_t at = made_code(&m, insn_lw(10, 12, insn_lo(CONSTANTS + 8)));
    made_rel(&m, at, REL_LO12_I, constant, 0);
    at = made_code(&m, insn_lw(10, REG_GP, 0x40));
    made_rel(&m, at, REL_GPREL_I, made_label(&m, "near", MADE_GP + 0x40), 0);
    uint32_t next = made_here(&m) + 8;
    at = made_code(&m, insn_auipc(1, 0));
    made_code(&m, 0x008080E7); /* jalr ra,8(ra) */
    made_rel(&m, at, REL_CALL, made_label(&m, "next", next), 0);
    at = made_code(&m, 0x00050463); /* beqz a0,.+8 */
    made_rel(&m, at, REL_BRANCH, made_label(&m, ".L2", at + 8), 0);
    made_code(&m, insn_lw(13, REG_GP, -2048)); /* the table's first word */
    made_code(&m, 0x00068067);                 /* jr a3 */
    made_code(&m, 0x00008067);                 /* ret */
    word_add(MADE_DATA, made_label(&m, ".L3", next), next);
    word_add(MADE_DATA + 4, variable, MADE_DATA + 0xF40);
    word_add(MADE_DATA + 12, weak, 0);
    made_rel(&m, CONSTANTS, REL_ADD32, constant, 0);
    made_rel(&m, CONSTANTS, REL_SUB32, made_label(&m, ".L4", next), 0);
    made_function(&m, "_start", MADE_FLASH, m.text_len);
    uint8_t *file = made_file(&m, len);
    made_free(&m);
    return file;
}

static void run(struct job *job, void *argument)
{
    struct rewrite *r = argument;
    struct table table;
    rewrite_app(job, r);
    table_make(&table, r);
}

static void finding(const char *text)
{
    fprintf(stderr, "%s\n", text);
    abort();
}

static void rewrite(uint8_t *file, size_t len)
{
    struct rewrite r = { .path = "app.elf", .file = file, .file_len = len };
    struct job job;
    enum job_state state = job_run(&job, run, &r);
    if (state == JOB_INTERNAL)
        finding(job.messages->text);
    if ((state == JOB_REFUSED) != (job.messages != NULL))
        finding("refused without a word, or a word without being refused");
    job_free(&job);
}

/* Each change: where (two bytes), and what to exclusive-or there. */
static void changes_apply(uint8_t *file, size_t len, const uint8_t *data,
                          size_t size)
{
    for (size_t i = 0; i + 3 <= size; i += 3)
        file[(data[i] | (size_t)data[i + 1] << 8) % len] ^= data[i + 2];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t *app;
    static size_t app_len;
    if (!app)
        app = everything_make(&app_len);
    if (size > SIZE_MAX_TRIED)
        return 0;
    bool is_elf = size >= 4 && memcmp(data, "\177ELF", 4) == 0;
    size_t len = is_elf ? size : app_len;
    uint8_t *file = malloc(len ? len : 1);
    if (!file)
        abort();
    memcpy(file, is_elf ? data : app, len);
    if (!is_elf)
        changes_apply(file, len, data, size);
    rewrite(file, len);
    free(file);
    return 0;
}
