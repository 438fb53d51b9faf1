/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's RTC_CNTL: resets and their reasons, the RTC watchdog and the
 * super watchdog, both of which bite, and words that outlive a reset. */
#ifndef TESTS_SIM_C3_RTC_H
#define TESTS_SIM_C3_RTC_H

#include <tests/sim/devices/c3_dog.h>
#include <tests/sim/devices/c3_gpio.h>
#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/machine.h>

enum c3_reset {
    C3_RESET_POWER_ON = 0x01,
    C3_RESET_SOFTWARE_CORE = 0x03,
    C3_RESET_TIMG0_CORE = 0x07,
    C3_RESET_TIMG1_CORE = 0x08,
    C3_RESET_RWDT_CORE = 0x09,
    C3_RESET_TIMG0_CPU = 0x0B,
    C3_RESET_SOFTWARE_CPU = 0x0C,
    C3_RESET_RWDT_CPU = 0x0D,
    C3_RESET_RWDT_SYSTEM = 0x10,
    C3_RESET_TIMG1_CPU = 0x11,
    C3_RESET_SUPER = 0x12,
};

enum { C3_STORES = 8 };

struct c3_rtc {
    struct device device;
    struct c3_matrix *matrix;
    struct c3_system *system;
    const struct c3_gpio *gpio;
    enum c3_reset cause, next; /* next: of the reset that is on its way, or 0 */
    uint32_t options, clock, option1, fib, store[C3_STORES];
    uint32_t raw, enabled;
    struct c3_dog dog;
    uint32_t dog_config;
    bool is_unlocked, swd_is_unlocked;
    uint32_t swd;
    uint64_t swd_fed;
};

/* The caller has filled in matrix to gpio. */
void c3_rtc_add(struct machine *machine, struct c3_rtc *rtc, uint32_t base);

/* The chip, or only its CPU, is to be reset for that reason. */
void c3_rtc_reset_by(struct c3_rtc *rtc, enum c3_reset cause);
/* A watchdog does it: people are told. */
void c3_rtc_bitten(struct c3_rtc *rtc, enum c3_reset cause, const char *dog);

enum c3_reset c3_rtc_cause(const struct c3_rtc *rtc);
const char *c3_rtc_cause_name(const struct c3_rtc *rtc);
bool c3_rtc_wants_download(const struct c3_rtc *rtc);

#endif
