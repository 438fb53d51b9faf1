/* SPDX-License-Identifier: Apache-2.0 */
/* An app of a few instructions, made in memory (elf.h) and given to the link
 * rewriter: what it has made of it, or why it refuses. Each test begins with an
 * empty app (TEST). */
#ifndef TESTS_FAKE_REWRITTEN_H
#define TESTS_FAKE_REWRITTEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <pic/host/insn.h>
#include <pic/host/rewrite.h>
#include <pic/host/table.h>
#include <tests/fake/elf.h>

#define A0 10u
#define A1 11u
#define A2 12u
#define T0 5u
#define RET 0x00008067u
#define NOP 0x00000013u

extern struct made m;
extern struct job job;
extern struct rewrite r;

int app_begin(void **state);
int app_end(void **state);
enum job_state rewrite(void);
void rewritten(void);

/* ... for a reason in which `text` stands. */
void refused(const char *text);

uint32_t now(uint32_t addr);
struct insn now_insn(uint32_t addr);
uint32_t store(uint32_t rs1, uint32_t rs2, int32_t imm);

/* auipc and a load, as linked, for `symbol` at `value`; address of the auipc. */
uint32_t pcrel_pair(uint32_t symbol, uint32_t value);

uint32_t got_pair(uint32_t symbol, uint32_t type);
uint32_t lui(uint32_t rd, uint32_t symbol, uint32_t value);
uint32_t lo_load(uint32_t rs1, uint32_t symbol, uint32_t value);
uint32_t lui_pair(uint32_t symbol, uint32_t value);

/* What lw at `addr` reaches from the upper part at `upper`. */
void reaches_by_gp(uint32_t upper, uint32_t lower, uint32_t target);

void reaches_by_pc(uint32_t upper, uint32_t lower, uint32_t target);
void data_word(uint32_t at, uint32_t type, uint32_t symbol, uint32_t value);

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_begin, app_end)

#endif
