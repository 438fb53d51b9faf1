/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier without a process (LINK: -lbearssl, with crypto/verify.c). */
#ifndef TESTS_FAKE_VERIFIER_H
#define TESTS_FAKE_VERIFIER_H

#include <loader/verifier.h>

struct fake_verifier {
    uint32_t asked;
    bool waits; /* the first time it is asked; the test wakes the check */
    enum verifier_answer fails; /* what it answers instead; BUSY: nothing */
    uint32_t missing;
};

extern struct fake_verifier fake_verifier;

#endif
