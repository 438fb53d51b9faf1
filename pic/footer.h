/* SPDX-License-Identifier: Apache-2.0 */
/* Pure, total walk of the footers of a TBF object: which credentials it
 * carries, and where. Runs in the kernel, in the host tool and in the tests.
 * It computes no hash and judges no signature; it reads only between the
 * object's binary_end and its total_size.
 *
 * Every credential covers the same bytes: [0, binary_end), which is the header,
 * the protected trailer and the binary. Footers are covered by none, so they
 * are as untrusted as if they had come from elsewhere. A footer whose type,
 * format or length is not known is passed over: it hides none behind it. */
#ifndef PIC_FOOTER_H
#define PIC_FOOTER_H

#include <pic/tbf.h>

/* In front of a credential's data: type, length, format. */
#define FOOTER_TLV_SIZE 4u
#define FOOTER_DATA 8u

struct footer {
    struct tbf_span whole; /* the TLV with its type and length */
    flag_t is_credential;  /* a format of ours, of the length it has to have;
                            * otherwise what follows is not set */
    uint32_t format;       /* enum credential_format */
    struct tbf_span data;  /* behind the format */
};

/* A word of zeros ends the walk too, for it says nothing: much unused room that
 * was not marked as such costs no time.
 *
 * The footer at *at, which begins as tbf->binary_end, and steps over it; false
 * at the end. Then *at is less than tbf->total_size if what is left there is
 * no footer. `base` holds an object that parsed as `tbf` and is no
 * padding. */
bool footer_next(const uint8_t *base, const struct tbf *tbf, uint32_t *at,
                 struct footer *out);

/* Bytes of data that a credential of that format has; 0 for CREDENTIAL_RESERVED
 * and for what is not known. */
uint32_t credential_size(uint32_t format);

/* Bytes of them in front of the signature: the key's modulus, or none. */
uint32_t credential_modulus_size(uint32_t format);

/* A name for people: "ECDSA P-256". */
const char *credential_name(uint32_t format);

#endif
