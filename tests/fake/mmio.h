/* SPDX-License-Identifier: Apache-2.0 */
/* A device for tests of chip code: registers that the test models, and a record
 * of every access, as text. An access of the wrong width fails the test, and so
 * does one too many: code that waits for what never comes. */
#ifndef TESTS_FAKE_MMIO_H
#define TESTS_FAKE_MMIO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <berth/compiler.h>

struct fake_device {
    uint32_t width; /* of all its registers, in bytes */
    /* By full address. NULL: reads are 0, writes are only recorded. */
    uint32_t (*read)(uint32_t address);
    void (*write)(uint32_t address, uint32_t value);
};

/* From now on that device is there, and nothing has been recorded. */
void fake_mmio(const struct fake_device *device);

/* Nothing has been recorded. */
void fake_mmio_forget(void);

/* What was written since then, and only that: "address=value ...", in
 * hexadecimal without leading zeros. */
#define assert_writes(text) assert_writes_at((text), __FILE__, __LINE__)
void assert_writes_at(const char *text, const char *file, int line);

/* The core: what interrupts_enable() was last given, how often it slept. */
extern uint32_t fake_interrupts;
extern uint32_t fake_waits;

#endif
