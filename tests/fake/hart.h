/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's core, with RAM, a ROM and one device, for tests that give it an
 * instruction or a few and look at what has become of it. Each test begins with a
 * machine just reset (TEST). */
#ifndef TESTS_FAKE_HART_H
#define TESTS_FAKE_HART_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <tests/sim/machine.h>
#include <tests/sim/trace.h>

#define RAM 0x80000000u
#define ALIAS 0x40000000u
#define ROM 0x20000000u
#define REGISTERS 0x10000000u
#define HANDLER (RAM + 0x8000)
#define CODE (RAM + 0x1000)
#define DATA (RAM + 0x4000)
enum { RAM_SIZE = 0x10000, ROM_SIZE = 0x1000 };

extern struct machine machine;
extern struct hart *const hart;
extern FILE *report;
extern struct memory ram, alias, rom;

/* A device: one word, an event now and then. */
struct thing {
    struct device device;
    uint32_t word;
    uint64_t due, served_at;
};
extern struct thing thing;

extern const struct hart_config modern;

int set_up(void **unused);
int tear_down(void **unused);
int set_up_again(const struct hart_config *config);

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11 };
enum {
    MSTATUS = 0x300,
    MISA = 0x301,
    MEDELEG = 0x302,
    MIE = 0x304,
    MTVEC = 0x305,
    MCOUNTEREN = 0x306,
    MENVCFG = 0x30a,
    MSTATUSH = 0x310,
    MCOUNTINHIBIT = 0x320,
    MEPC = 0x341,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0,
    MSECCFG = 0x747,
    MCYCLE = 0xb00,
    CYCLE = 0xc00,
    TIME = 0xc01
};

#define NOP 0x00000013u
#define MRET 0x30200073u
#define WFI 0x10500073u
#define LW_T0_T1 0x00032283u     /* lw t0, 0(t1) */
#define LH_T0_T1 0x00031283u     /* lh t0, 0(t1) */
#define SW_T0_T1 0x00532023u     /* sw t0, 0(t1) */
#define AMOADD_T0_T1 0x005322afu /* amoadd.w t0, t0, (t1) */
#define LR_T0_T1 0x100322afu     /* lr.w t0, (t1) */
#define SC_T0_T1 0x185322afu     /* sc.w t0, t0, (t1) */
#define SFENCE_VMA 0x12000073u
#define LI_A0_1 0x00100513u
#define LI_A0_2 0x00200513u

void put(uint32_t address, uint32_t word);
uint32_t get(uint32_t address);
void set_csr(uint32_t number, uint32_t value);
uint32_t csr(uint32_t number);
void set_mode(enum privilege mode);

/* One instruction at CODE; if it traps the handler's first, a nop, may be
 * executed in its place. */
void execute(uint32_t word);

void assert_trap(uint32_t cause, uint32_t epc, uint32_t tval);
void assert_no_trap(void);
void set_entry(uint32_t entry, uint32_t address, uint32_t config);
bool machine_can_load(uint32_t address);
struct hart_config espressif(void);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
