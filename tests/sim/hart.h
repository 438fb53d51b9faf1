/* SPDX-License-Identifier: Apache-2.0 */
/* The core: an RV32IMAC hart with M and U modes. Board models fill in struct
 * hart_config; tests and the debugger may look at struct hart. Devices have no
 * business here, they use machine.h. */
#ifndef TESTS_SIM_HART_H
#define TESTS_SIM_HART_H

#include <stdbool.h>
#include <stdint.h>

#include <tests/sim/pmp.h>

struct machine;
struct memory;
struct instruction;

enum privilege { PRIVILEGE_U = 0, PRIVILEGE_M = 3 };

enum cause {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_ECALL_U = 8,
    CAUSE_ECALL_M = 11,
    CAUSE_INTERRUPT = (int)0x80000000
};

/* Which version of the privileged specification: 1.10 has neither mstatush nor
 * menvcfg nor mcountinhibit, and mret leaves MPRV alone; with 1.12 mret to U
 * clears it. */
enum privileged { PRIVILEGED_1_10, PRIVILEGED_1_12 };

struct hart_config {
    enum privileged privileged;
    bool has_a;            /* atomics; M and C are always there */
    bool misaligned_traps; /* else such loads and stores just work */
    bool has_time;         /* CSR time, timeh */
    bool has_counters;     /* mcycle, minstret, cycle, instret */
    bool has_mcounteren;
    /* mcycle and minstret are nanoseconds of virtual time, sleep included, as
     * QEMU's are with -icount; else they count instructions. */
    bool counters_are_time;
    /* wfi takes the time of the straight line of instructions behind it as
     * well, as in QEMU 7.2, which counts a block when it begins. */
    bool wfi_takes_block;
    bool has_mie_mip; /* else every line is enabled, as on ESP32-C3 */
    bool has_mprv;
    bool mprv_is_doubtful; /* a chip of which nobody knows: to set it is a
                              violation, it has no effect */
    bool has_tw;           /* of 1.10: mstatus.TW although there is no S */
    /* Espressif's counter: mpcer, mpcmr, mpccr, and U's copies of them; and
     * CSR 0x810, the mode. */
    bool has_mpc;
    bool mtvec_is_vectored; /* mode is always 1, base has 256-byte steps */
    bool smepmp;
    bool pmp_overlap_is_error; /* active entries that overlap: a violation */
    uint32_t pmp_entries;      /* 0, 8 or 16 */
    uint32_t lines;            /* the bits of mie that can be set */
    uint32_t reset_pc;
    uint32_t mvendorid, marchid, mimpid;
};

/* A stretch of addresses all of whose accesses of one kind have one verdict,
 * and where its bytes are. size 0: nothing is known. */
struct window {
    uint32_t base, size;
    uint8_t *bytes;
};

/* One per 256 bytes of address, by its low bits; a window is entered under
 * each granule from which it was used. */
enum { WINDOW_SLOTS = 128, WINDOW_SHIFT = 8 };

struct fetch_window {
    uint32_t base, size; /* an instruction at most 4 bytes before its end */
    struct instruction *decoded;
};

/* What the last trap was, for reports. */
struct trap_record {
    uint64_t instructions;
    uint32_t cause, epc, tval;
    enum privilege from;
    bool is_valid;
};

struct hart {
    uint32_t x[33]; /* the last one is where writes to x0 go */
    uint32_t pc;
    enum privilege privilege;
    struct hart_config config;
    struct pmp pmp;

    uint32_t mstatus, mtvec, mie, mip, mepc, mcause, mtval, mscratch;
    uint32_t mcounteren, mcountinhibit;
    uint64_t counter[3]; /* 0 mcycle, 2 minstret: to add, or stopped at */
    uint32_t mpcer, mpcmr, mpccr; /* the last: to add, or stopped at */

    bool has_reservation;
    uint32_t reservation;
    bool sleeps;    /* in wfi */
    bool attention; /* the machine has to look before the next instruction */
    uint32_t data_privilege; /* index into loads, stores: mind MPRV */

    /* Instructions: executed so far is end - left. */
    uint64_t end, left;

    /* What is known of where accesses go: [privilege is M]. */
    struct window loads[2][WINDOW_SLOTS];
    struct window stores[2][WINDOW_SLOTS];
    struct fetch_window fetch[2];

    struct trap_record last_trap;
    uint32_t fruitless_traps; /* traps since an instruction was executed */
    uint64_t fruitful;        /* instructions executed at the last trap */
};

/* mstatus as software sees it. */
#define MSTATUS_MIE 0x8u
#define MSTATUS_MPIE 0x80u
#define MSTATUS_MPP 0x1800u
#define MSTATUS_MPRV 0x20000u
#define MSTATUS_TW 0x200000u

/* CSRs as an instruction of privilege `from` sees them; false: that is an
 * illegal instruction. */
bool csr_read(struct machine *, enum privilege from, uint32_t number,
              uint32_t *value);
bool csr_write(struct machine *, enum privilege from, uint32_t number,
               uint32_t value);

void hart_reset(struct machine *, bool power_on);
void hart_trap(struct machine *, uint32_t cause, uint32_t tval);

/* Forget what is known of accesses; of those of U-mode only. */
void hart_forget(struct hart *);
void hart_forget_user(struct hart *);

#endif
