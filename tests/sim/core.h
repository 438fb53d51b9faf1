/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the core itself: hart.c, csr.c, bus.c, execute.c,
 * machine.c and those who look at it step by step. Nobody else includes it. */
#ifndef TESTS_SIM_CORE_H
#define TESTS_SIM_CORE_H

#include <tests/sim/decode.h>
#include <tests/sim/machine.h>

/* ---- hart.c ---------------------------------------------------------------- */

static inline uint64_t hart_executed(const struct hart *hart)
{
    return hart->end - hart->left;
}

/* Index into fetch, loads, stores. */
static inline uint32_t hart_index(enum privilege privilege)
{
    return privilege == PRIVILEGE_M ? 1 : 0;
}

/* After privilege or mstatus changed. */
void hart_update_privilege(struct hart *);

/* The interrupt that is to be taken now. */
bool hart_interrupt(const struct hart *, uint32_t *line);
/* One that is enabled waits, whether or not it can be taken: wfi goes on. */
bool hart_is_woken(const struct hart *);
void hart_mret(struct machine *);

/* ---- bus.c ----------------------------------------------------------------- */

/* An access of the guest, with all checks. false: it trapped. Addresses of
 * atomics are aligned or trap, whatever the hart says of other accesses. */
bool bus_load(struct machine *, uint32_t address, uint32_t bytes,
              uint32_t *value);
bool bus_store(struct machine *, uint32_t address, uint32_t bytes,
               uint32_t value);
bool bus_load_reserved(struct machine *, uint32_t address, uint32_t *value);
/* *failed: somebody else was there, nothing was stored. */
bool bus_store_conditional(struct machine *, uint32_t address, uint32_t value,
                           bool *failed);
bool bus_atomic(struct machine *, const struct instruction *, uint32_t *value);

/* The instruction at pc. Looks it up if it can be kept, else decodes it into
 * *scratch. NULL: it trapped. */
const struct instruction *bus_fetch(struct machine *, uint32_t pc,
                                    struct instruction *scratch);

/* The decoded instruction is to be found anew. */
void bus_decode(struct machine *, uint32_t pc);

/* ---- execute.c ------------------------------------------------------------- */

/* Executes until nothing is left, or the hart has attention. */
void hart_run(struct machine *);

/* ---- semihosting.c --------------------------------------------------------- */

/* Whether the ebreak at pc is a call of the host's. */
bool semihosting_is_call(struct machine *, uint32_t pc);
void semihosting_call(struct machine *);

/* ---- machine.c ------------------------------------------------------------- */

struct device *machine_device_at(const struct machine *, uint32_t address);

#endif
