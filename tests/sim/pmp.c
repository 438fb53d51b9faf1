/* SPDX-License-Identifier: Apache-2.0 */
/* Each entry is kept as the stretch of bytes it covers, computed when a
 * register is written, so that a check is a walk over at most 16 stretches. */
#include <tests/sim/pmp.h>

#include <string.h>

#define EVERYTHING (UINT64_C(1) << 32)

static bool is_locked(const struct pmp *pmp, uint32_t entry)
{
    return (pmp->config[entry] & PMP_L) != 0 &&
           (pmp->mseccfg & MSECCFG_RLB) == 0;
}

static uint32_t trailing_ones(uint32_t value)
{
    return value == UINT32_MAX ? 32 : (uint32_t)__builtin_ctz(~value);
}

static void update_span(struct pmp *pmp, uint32_t entry)
{
    uint64_t address = pmp->address[entry];
    uint32_t ones = trailing_ones(pmp->address[entry]);
    uint64_t below = entry == 0 ? 0 : pmp->address[entry - 1];

    pmp->from[entry] = pmp->to[entry] = 0;
    switch (pmp->config[entry] & PMP_A) {
    case PMP_TOR:
        if (below < address) {
            pmp->from[entry] = below << 2;
            pmp->to[entry] = address << 2;
        }
        break;
    case PMP_NA4:
        pmp->from[entry] = address << 2;
        pmp->to[entry] = (address << 2) + 4;
        break;
    case PMP_NAPOT:
        pmp->from[entry] = (address >> ones << ones) << 2;
        pmp->to[entry] = pmp->from[entry] + (UINT64_C(8) << ones);
        break;
    default:
        break;
    }
}

static void update_spans(struct pmp *pmp, uint32_t first)
{
    for (uint32_t i = first; i < pmp->entries; i++)
        update_span(pmp, i);
}

void pmp_reset(struct pmp *pmp)
{
    memset(pmp->address, 0, sizeof(pmp->address));
    memset(pmp->config, 0, sizeof(pmp->config));
    pmp->mseccfg = 0;
    update_spans(pmp, 0);
}

/* Rules by which M-mode could execute, in the meaning they have with MML. */
static bool lets_machine_execute(uint32_t config)
{
    switch (config & (PMP_L | PMP_R | PMP_W | PMP_X)) {
    case PMP_L | PMP_X:
    case PMP_L | PMP_W:
    case PMP_L | PMP_W | PMP_X:
    case PMP_L | PMP_R | PMP_X:
        return true;
    default:
        return false;
    }
}

static void write_config_byte(struct pmp *pmp, uint32_t entry, uint32_t value)
{
    bool mml = (pmp->mseccfg & MSECCFG_MML) != 0;

    if (is_locked(pmp, entry))
        return;
    value &= PMP_L | PMP_A | PMP_R | PMP_W | PMP_X;
    /* W without R is reserved but with MML; W does not stay then. */
    if (!mml && (value & PMP_R) == 0)
        value &= ~PMP_W;
    if (mml && (pmp->mseccfg & MSECCFG_RLB) == 0 && lets_machine_execute(value))
        return;
    pmp->config[entry] = (uint8_t)value;
}

void pmp_write_config(struct pmp *pmp, uint32_t reg, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        if (reg * 4 + i < pmp->entries)
            write_config_byte(pmp, reg * 4 + i, value >> (8 * i) & 0xff);
    update_spans(pmp, reg * 4);
}

uint32_t pmp_read_config(const struct pmp *pmp, uint32_t reg)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 4; i++)
        value |= (uint32_t)pmp->config[reg * 4 + i] << (8 * i);
    return value;
}

void pmp_write_address(struct pmp *pmp, uint32_t entry, uint32_t value)
{
    if (entry >= pmp->entries || is_locked(pmp, entry))
        return;
    /* A locked TOR entry holds on to its lower bound as well. */
    if (entry + 1 < pmp->entries && is_locked(pmp, entry + 1) &&
        (pmp->config[entry + 1] & PMP_A) == PMP_TOR)
        return;
    pmp->address[entry] = value;
    update_spans(pmp, entry);
}

void pmp_write_mseccfg(struct pmp *pmp, uint32_t value)
{
    uint32_t sticky = pmp->mseccfg & (MSECCFG_MML | MSECCFG_MMWP);
    uint32_t rlb = value & MSECCFG_RLB;

    for (uint32_t i = 0; i < pmp->entries; i++)
        if (is_locked(pmp, i))
            rlb = 0;
    pmp->mseccfg = sticky | rlb | (value & (MSECCFG_MML | MSECCFG_MMWP));
}

/* With MML, L R W X name one of sixteen rules; the rights of M and of U. */
static const uint8_t mml_machine[16] = {
    [2] = PMP_R | PMP_W,  [3] = PMP_R | PMP_W,  [9] = PMP_X,
    [10] = PMP_X,         [11] = PMP_R | PMP_X, [12] = PMP_R,
    [13] = PMP_R | PMP_X, [14] = PMP_R | PMP_W, [15] = PMP_R,
};
static const uint8_t mml_user[16] = {
    [1] = PMP_X,
    [2] = PMP_R,
    [3] = PMP_R | PMP_W,
    [4] = PMP_R,
    [5] = PMP_R | PMP_X,
    [6] = PMP_R | PMP_W,
    [7] = PMP_R | PMP_W | PMP_X,
    [10] = PMP_X,
    [11] = PMP_X,
    [15] = PMP_R,
};

static uint32_t rights(const struct pmp *pmp, uint32_t config, bool machine)
{
    uint32_t lrwx = (config >> 4 & 8) | (config & PMP_R) << 2 |
                    (config & PMP_W) | (config & PMP_X) >> 2;

    if ((pmp->mseccfg & MSECCFG_MML) != 0)
        return machine ? mml_machine[lrwx] : mml_user[lrwx];
    if (machine && (config & PMP_L) == 0)
        return PMP_R | PMP_W | PMP_X;
    return config & (PMP_R | PMP_W | PMP_X);
}

static bool allows_unmatched(const struct pmp *pmp, enum pmp_kind kind,
                             bool machine)
{
    if (pmp->entries == 0)
        return true;
    if (!machine || (pmp->mseccfg & MSECCFG_MMWP) != 0)
        return false;
    return kind != PMP_FETCH || (pmp->mseccfg & MSECCFG_MML) == 0;
}

bool pmp_verdict(const struct pmp *pmp, uint32_t address, enum pmp_kind kind,
                 bool machine, uint64_t *from, uint64_t *to)
{
    *from = 0;
    *to = EVERYTHING;
    for (uint32_t i = 0; i < pmp->entries; i++) {
        uint64_t low = pmp->from[i], high = pmp->to[i];

        if (low >= high)
            continue;
        if (high <= address) {
            *from = high > *from ? high : *from;
        } else if (low > address) {
            *to = low < *to ? low : *to;
        } else {
            *from = low > *from ? low : *from;
            *to = high < *to ? high : *to;
            return (rights(pmp, pmp->config[i], machine) & kind) != 0;
        }
    }
    return allows_unmatched(pmp, kind, machine);
}

/* An access that reaches beyond the stretch of its first byte has bytes that
 * another entry decides, so whichever is lowest does not match all of them. */
bool pmp_allows(const struct pmp *pmp, uint32_t address, uint32_t bytes,
                enum pmp_kind kind, bool machine)
{
    uint64_t from, to;

    return pmp_verdict(pmp, address, kind, machine, &from, &to) &&
           (uint64_t)address + bytes <= to;
}

bool pmp_overlap(const struct pmp *pmp, uint32_t *one, uint32_t *other)
{
    for (uint32_t i = 0; i < pmp->entries; i++) {
        for (uint32_t j = i + 1; j < pmp->entries; j++) {
            if (pmp->from[i] < pmp->to[j] && pmp->from[j] < pmp->to[i]) {
                *one = i;
                *other = j;
                return true;
            }
        }
    }
    return false;
}
