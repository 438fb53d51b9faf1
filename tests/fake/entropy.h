/* SPDX-License-Identifier: Apache-2.0 */
/* A source of random bytes that counts: each byte is one more than the last,
 * and comes when the test says so. */
#ifndef TESTS_FAKE_ENTROPY_H
#define TESTS_FAKE_ENTROPY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <berth/compiler.h>
#include <berth/hil/entropy.h>

#define FAKE_ENTROPY_PIECE 32u

struct fake_entropy {
    struct entropy entropy;
    size_t asked;  /* 0: idle */
    err_t broken;  /* what request() answers, unless OK */
    uint8_t count; /* the next byte */
    size_t requests;
};

static err_t fake_entropy_request(struct entropy *entropy, size_t len)
{
    struct fake_entropy *f =
        CONTAINER_OF(entropy, struct fake_entropy, entropy);
    f->requests++;
    if (f->broken != OK)
        return f->broken;
    assert_true(len != 0);
    assert_int_equal(f->asked, 0); /* one at a time */
    f->asked = len;
    return OK;
}

static const struct entropy_ops fake_entropy_ops = { fake_entropy_request };

/* The source has what was asked for, up to a piece; or that error. */
static inline void fake_entropy_comes(struct fake_entropy *f, err_t status)
{
    uint8_t bytes[FAKE_ENTROPY_PIECE];
    size_t len = f->asked < sizeof bytes ? f->asked : sizeof bytes;
    assert_true(f->asked != 0);
    f->asked = 0;
    for (size_t i = 0; status == OK && i < len; i++)
        bytes[i] = f->count++;
    f->entropy.client->filled(f->entropy.client, status, bytes,
                              status == OK ? len : 0);
}

#endif
