/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes and checksums on the machine, by system calls and by the
 * library. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/crc.h>
#include <berth/event.h>
#include <berth/random.h>
#include <string.h>

enum { RNG = DRIVER_RNG, CRC = DRIVER_CRC };

static const struct quad success = { { SYSRET_SUCCESS, KEEP, KEEP, KEEP } };
static const uint8_t large[6000] = { 1 }; /* in flash */
static uint8_t bytes[1500], more[1500];
static volatile bool heard;
static err_t heard_status;
static uint32_t heard_value;

static struct quad failure(uint32_t error)
{
    return QUAD(SYSRET_FAILURE, error, KEEP, KEEP);
}

static void check_command(const char *clause, uint32_t driver, uint32_t number,
                          struct quad want, uint32_t arg1, uint32_t arg2)
{
    check_call(clause, SYSCALL_COMMAND, QUAD(driver, number, arg1, arg2), want);
}

static bool told(uint32_t driver, uint32_t v0, uint32_t v1, uint32_t v2)
{
    struct event e = syscall_yield_wait_for(driver, 0);
    if (e.value[0] == v0 && e.value[1] == v1 && e.value[2] == v2) {
        return true;
    }
    printf("     told (%lu, 0x%lx, %lu)\n", (unsigned long)e.value[0],
           (unsigned long)e.value[1], (unsigned long)e.value[2]);
    return false;
}

static bool is_zero(const uint8_t *from, size_t length)
{
    while (length && *from == 0) {
        from++;
        length--;
    }
    return length == 0;
}

/* ---- random bytes ------------------------------------------------------------ */

static void random_calls(void)
{
    check_command("rng: exists", RNG, 0, success, 1, 2);
    check_command("rng: command 2 is NOSUPPORT", RNG, 2, failure(ERR_NOSUPPORT),
                  1, 2);
    check_command("rng: without a buffer", RNG, 1, success, 8, 0);
    check("rng: it is done with nothing", told(RNG, 0, 0, 0));
    (void)syscall_allow_rw(RNG, 0, bytes, 100);
    check_command("rng: nothing wanted", RNG, 1, success, 0, 0);
    check("rng: is done at once", told(RNG, 0, 0, 0));
    check_command("rng: 8 bytes", RNG, 1, success, 8, 0);
    check("rng: they come", told(RNG, 0, 8, 0));
    check("rng: and are not zero, and no more than 8",
          !is_zero(bytes, 8) && is_zero(bytes + 8, 92));
    check_command("rng: more than the buffer holds", RNG, 1, success,
                  0xFFFFFFFF, 0);
    check("rng: fills it", told(RNG, 0, 100, 0));
    check("rng: to its end and no further",
          !is_zero(bytes + 92, 8) && is_zero(bytes + 100, 500));
    struct sysret first = syscall_command(RNG, 1, 90, 0);
    struct sysret second = syscall_command(RNG, 1, 3, 0);
    check("rng: two requests",
          first.variant == SYSRET_SUCCESS && second.variant == SYSRET_SUCCESS);
    struct event e = syscall_yield_wait_for(RNG, 0);
    if (e.value[1] == 90) { /* it was done already */
        e = syscall_yield_wait_for(RNG, 0);
    }
    check("rng: the second has the last event", e.value[1] == 3);
    check("rng: and no other", syscall_yield_no_wait() == 0);
    first = syscall_command(RNG, 1, 100, 0);
    (void)syscall_allow_rw(RNG, 0, NULL, 0);
    memset(bytes, 0, sizeof bytes);
    e = syscall_yield_wait_for(RNG, 0);
    check("rng: a buffer taken back ends it",
          e.value[0] == 0 && e.value[1] <= 100 && is_zero(bytes, 100));
}

static void on_random(err_t status, size_t length, void *userdata)
{
    heard = userdata == bytes;
    heard_status = status;
    heard_value = length;
}

static void random_library(void)
{
    check_equal("berth_random", (uint32_t)berth_random(bytes, sizeof bytes), 0);
    check_equal("and again", (uint32_t)berth_random(more, sizeof more), 0);
    check("is different", memcmp(bytes, more, sizeof bytes) != 0);
    unsigned ones = 0;
    for (size_t i = 0; i < sizeof bytes * 8; i++) {
        ones += bytes[i / 8] >> i % 8 & 1;
    }
    check("and about half of it ones", ones > 5600 && ones < 6400);
    check_equal("berth_random_timeout",
                (uint32_t)berth_random_timeout(more, 40, 1000), 0);
    check_equal("berth_random_async",
                (uint32_t)berth_random_async(more, 40, on_random, bytes), 0);
    check_equal("a second one is BUSY", (uint32_t)berth_random(more, 4),
                ERR_BUSY);
    berth_wait_until(&heard);
    check("it calls back", heard_status == OK && heard_value == 40);
}

/* ---- checksums ----------------------------------------------------------------- */

static const char digits[] = "123456789";

static void crc_calls(void)
{
    check_command("crc: exists", CRC, 0, success, 1, 2);
    check_command("crc: without a buffer is SIZE", CRC, 1, failure(ERR_SIZE), 0,
                  1);
    (void)syscall_allow_ro(CRC, 0, digits, 9);
    check_command("crc: nothing is SIZE", CRC, 1, failure(ERR_SIZE), 0, 0);
    check_command("crc: beyond the buffer is SIZE", CRC, 1, failure(ERR_SIZE),
                  0, 10);
    check_command("crc: no such algorithm is INVAL", CRC, 1, failure(ERR_INVAL),
                  3, 9);
    check_command("crc: command 2 is NOSUPPORT", CRC, 2, failure(ERR_NOSUPPORT),
                  0, 9);
    check("crc: none of them has an event", syscall_yield_no_wait() == 0);
    check_command("crc: CRC-32", CRC, 1, success, 0, 9);
    check("crc: of 123456789", told(CRC, 0, 0xCBF43926, 0));
    check_command("crc: CRC-32C", CRC, 1, success, 1, 9);
    check("crc: of 123456789", told(CRC, 0, 0xE3069283, 0));
    check_command("crc: CRC-16-CCITT", CRC, 1, success, 2, 9);
    check("crc: of 123456789", told(CRC, 0, 0x89F6, 0));
    (void)syscall_allow_ro(CRC, 0, bytes, sizeof bytes);
    struct sysret first = syscall_command(CRC, 1, 0, sizeof bytes);
    struct sysret second = syscall_command(CRC, 1, 0, 9);
    (void)syscall_allow_ro(CRC, 0, bytes, 9);
    check("crc: a long one", first.variant == SYSRET_SUCCESS);
    check("crc: a second one is BUSY",
          second.variant == SYSRET_FAILURE && second.value[0] == ERR_BUSY);
    check("crc: a buffer shortened ends it", told(CRC, ERR_SIZE, 0, 0));
    (void)syscall_allow_ro(CRC, 0, NULL, 0);
}

static void on_crc(err_t status, uint32_t crc, void *userdata)
{
    heard = userdata == bytes;
    heard_status = status;
    heard_value = crc;
}

static void crc_library(void)
{
    uint32_t crc = 0;
    check_equal("berth_crc", (uint32_t)berth_crc(BERTH_CRC_32, digits, 9, &crc),
                0);
    check_equal("its value", crc, 0xCBF43926);
    check_equal(
        "berth_crc_timeout",
        (uint32_t)berth_crc_timeout(BERTH_CRC_32C, digits, 9, &crc, 1000), 0);
    check_equal("its value", crc, 0xE3069283);
    check_equal("nothing is SIZE",
                (uint32_t)berth_crc(BERTH_CRC_32, digits, 0, &crc), ERR_SIZE);
    heard = false;
    check_equal(
        "berth_crc_async",
        (uint32_t)berth_crc_async(BERTH_CRC_32, digits, 9, on_crc, bytes), 0);
    berth_wait_until(&heard);
    check("it calls back", heard_status == OK && heard_value == 0xCBF43926);
    check_equal(
        "no time at all is too little",
        (uint32_t)berth_crc_timeout(BERTH_CRC_32, large, sizeof large, &crc, 0),
        ERR_CANCEL);
    check_equal("after which the next one works",
                (uint32_t)berth_crc(BERTH_CRC_32, digits, 9, &crc), 0);
}

int main(void)
{
    random_calls();
    random_library();
    crc_calls();
    crc_library();
    return check_end();
}
