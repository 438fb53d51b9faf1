/* SPDX-License-Identifier: Apache-2.0 */
/* TBF objects for tests of credentials. */
#ifndef TESTS_FAKE_OBJECT_H
#define TESTS_FAKE_OBJECT_H

#include <stdint.h>

#include <tools/berth/file.h>

struct object_spec {
    uint32_t body;      /* bytes of binary */
    uint32_t footers;   /* bytes of footers, zero */
    uint32_t writeable; /* bytes of a writeable region in the binary; 0: none */
    uint8_t has_no_program;
};

/* An enabled app "app". */
struct bytes object_build(const struct object_spec *spec);

/* Makes the header's checksum right. */
void object_seal(struct bytes *object);

#endif
