/* SPDX-License-Identifier: Apache-2.0 */
/* Installs apps at run time, for tests: makes small TBF objects whose app prints
 * a number through low-level debug, and speaks to the app loader. */
#ifndef TESTS_SYS_APPS_PAYLOAD_H
#define TESTS_SYS_APPS_PAYLOAD_H

#include <berth/err.h>
#include <stdint.h>
#include <string.h>
#include <syscall.h>

#define LOADER DRIVER_APP_LOADER
#define MORE DRIVER_APP_LOADER_MORE
#define PAYLOAD_MAX 8192u

struct payload {
    uint32_t size, version, short_id;
    uint32_t prints; /* 0: it faults at once */
};

struct entry {
    uint32_t handle[2], size, version, short_id, flags, pid;
    char name[36];
};

static uint32_t image[PAYLOAD_MAX / 4];

/* addi rd, x0, value */
static uint32_t li(uint32_t rd, uint32_t value)
{
    return value << 20 | rd << 7 | 0x13;
}

static void payload_make(const struct payload *p)
{
    enum { HEADER = 56, ECALL = 0x73 };
    const uint32_t code[] = {
        p->prints == 0 ? 0 : li(10, DRIVER_LOW_LEVEL_DEBUG),
        li(11, 2),
        li(12, p->prints),
        li(14, 2),
        ECALL,
        li(10, 1), /* yield-wait, for ever */
        li(14, 0),
        ECALL,
        0xFF5FF06F, /* back by 12 bytes */
    };
    const uint32_t header[HEADER / 4] = {
        2 | HEADER << 16, p->size,     1, 0, 9 | 20 << 16, 0, 0, 512,
        p->size,          p->version, /* program */
        8 | 4 << 16,      2,          /* kernel 2.0 */
        10 | 4 << 16,     p->short_id,
    };
    for (uint32_t i = 0; i < p->size / 4; i++)
        image[i] = i * 0x01010101u + p->version;
    memcpy(image, header, sizeof header);
    memcpy(image + HEADER / 4, code, sizeof code);
    for (uint32_t i = 0; i < HEADER / 4; i++)
        if (i != 3)
            image[3] ^= header[i];
}

/* ---- requests: the status of the event, or 100 and the error that was answered */

#define REFUSED 100u

static uint32_t ask(uint32_t number, uint32_t a, uint32_t b, uint32_t *value)
{
    struct sysret r = syscall_command(LOADER, number, a, b);
    if (r.variant != SYSRET_SUCCESS)
        return REFUSED + r.value[0];
    struct event e = syscall_yield_wait_for(LOADER, number - 1);
    if (value != NULL)
        *value = e.value[1];
    return e.value[0];
}

static uint32_t ask_more(uint32_t number, uint32_t a, uint32_t b)
{
    struct sysret r = syscall_command(MORE, number, a, b);
    if (r.variant != SYSRET_SUCCESS)
        return REFUSED + r.value[0];
    return syscall_yield_wait_for(MORE, 0).value[0];
}

static uint32_t write_image(uint32_t from, uint32_t to, uint32_t piece)
{
    uint32_t status = 0;
    for (uint32_t at = from; at < to && status == 0; at += piece) {
        uint32_t len = to - at < piece ? to - at : piece;
        (void)syscall_allow_ro(LOADER, 0, (uint8_t *)image + at, len);
        status = ask(2, at, len, NULL);
    }
    return status;
}

static uint32_t install(const struct payload *p, const uint32_t *replaces)
{
    payload_make(p);
    uint32_t status = ask(1, p->size, 0, NULL);
    if (status == 0)
        status = write_image(0, p->size, 4096);
    if (status == 0 && replaces != NULL) {
        struct sysret r = syscall_command(MORE, 6, replaces[0], replaces[1]);
        status = r.variant == SYSRET_SUCCESS ? 0 : REFUSED + r.value[0];
    }
    if (status == 0)
        status = ask(3, 0, 0, NULL);
    return status;
}

/* The app of that ShortId and version. */
static uint32_t find(struct entry *e, uint32_t short_id, uint32_t version)
{
    (void)syscall_allow_rw(MORE, 0, e, sizeof *e);
    for (uint32_t n = 0;; n++) {
        struct sysret r = syscall_command(MORE, 1, n, 0);
        if (r.variant != SYSRET_SUCCESS)
            return REFUSED + r.value[0];
        if (e->short_id == short_id && e->version == version)
            return 0;
    }
}

#endif
