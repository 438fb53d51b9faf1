/* SPDX-License-Identifier: Apache-2.0 */
/* A parallel flash bank as QEMU's virt board has it: two 16-bit Intel chips
 * (CFI command set 1) side by side on a 32-bit bus, 128 blocks of 256 KiB, a
 * write buffer of 4 KiB. Beyond QEMU's model programs only clear bits, erases
 * happen when they are confirmed, and the bank can be busy for a while.
 * Commands that the chips would answer by spoiling the sequence are written
 * down in `complaint`. No bus, no machine in here. */
#ifndef TESTS_SIM_PFLASH_H
#define TESTS_SIM_PFLASH_H

#include <stdbool.h>
#include <stdint.h>

#include <tests/sim/devices/flash.h>

#define PFLASH_SIZE (32u << 20)
#define PFLASH_BLOCK (256u << 10)
#define PFLASH_BUFFER 4096u

enum pflash_step {
    PFLASH_IDLE,    /* a command comes next */
    PFLASH_SECOND,  /* what the command wants: data, a count, a confirmation */
    PFLASH_FILL,    /* words for the buffer */
    PFLASH_CONFIRM, /* the buffer's confirmation */
};

struct pflash {
    struct flash flash;
    bool is_read_only;
    uint64_t program_ns, erase_ns; /* busy times; 0: never busy */
    uint64_t busy_until;
    enum pflash_step step;
    uint8_t command; /* 0: array mode, reads give the bytes */
    uint8_t status;
    uint32_t words_left, window; /* of the buffer */
    bool is_window_known;
    uint32_t low, high; /* bytes of the buffer that were given */
    uint8_t buffer[PFLASH_BUFFER];
    char complaint[160];
};

void pflash_init(struct pflash *bank, uint8_t *bytes, struct power *power);

/* A reset, or the power was away: array mode, whatever it was doing. */
void pflash_reset(struct pflash *bank);

/* size: 1, 2 or 4 bytes at an offset that is a multiple of it. */
uint32_t pflash_read(struct pflash *bank, uint64_t now, uint32_t offset,
                     uint32_t size);
void pflash_write(struct pflash *bank, uint64_t now, uint32_t offset,
                  uint32_t size, uint32_t value);

/* Whether reads and fetches get the bytes, so that code can run from it. */
bool pflash_is_array(const struct pflash *bank, uint64_t now);

#endif
