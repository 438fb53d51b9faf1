/* SPDX-License-Identifier: Apache-2.0 */
/* Tock Binary Format, version 2: the numbers of the format. All integers are
 * little-endian. The parser is pic/tbf.h. */
#ifndef BERTH_TBF_H
#define BERTH_TBF_H

#define TBF_VERSION 2u
#define TBF_BASE_SIZE 16u

/* Offsets in the base header. */
enum {
    TBF_AT_VERSION = 0,     /* u16 */
    TBF_AT_HEADER_SIZE = 2, /* u16, base and TLVs */
    TBF_AT_TOTAL_SIZE = 4,  /* u32, the whole object */
    TBF_AT_FLAGS = 8,       /* u32 */
    TBF_AT_CHECKSUM = 12,   /* u32, XOR of all other header words */
};

#define TBF_FLAG_ENABLED 1u
#define TBF_FLAG_STICKY 2u

enum tbf_tlv_type {
    TBF_TLV_MAIN = 1,
    TBF_TLV_WRITEABLE_FLASH = 2,
    TBF_TLV_NAME = 3,
    TBF_TLV_FIXED_ADDRESSES = 5,
    TBF_TLV_PERMISSIONS = 6,
    TBF_TLV_STORAGE = 7,
    TBF_TLV_KERNEL_VERSION = 8,
    TBF_TLV_PROGRAM = 9,
    TBF_TLV_SHORT_ID = 10,
    TBF_TLV_CREDENTIALS = 128, /* footer only */
    TBF_TLV_RELOCATION = 0x8B01,
};

/* The first word of a footer of type TBF_TLV_CREDENTIALS. Those from
 * CREDENTIAL_HMAC on are not known to the kernel of Tock, which reads no footer
 * behind one that it does not know. */
enum credential_format {
    CREDENTIAL_RESERVED = 0, /* room for others, of any length */
    CREDENTIAL_RSA3072 = 1,  /* modulus, then signature */
    CREDENTIAL_RSA4096 = 2,  /* modulus, then signature over SHA-512 */
    CREDENTIAL_SHA256 = 3,
    CREDENTIAL_SHA384 = 4,
    CREDENTIAL_SHA512 = 5,
    CREDENTIAL_ECDSA = 6,        /* P-256 over SHA-256: r, s */
    CREDENTIAL_HMAC = 7,         /* HMAC-SHA-256 */
    CREDENTIAL_RSA2048 = 0xA,    /* signature over SHA-256 */
    CREDENTIAL_CLEARTEXT = 0xF1, /* an id that proves nothing */
};

/* "No fixed address" in TBF_TLV_FIXED_ADDRESSES. */
#define TBF_NO_ADDRESS 0xFFFFFFFFu

/* The kernel starts no app with a longer header: it reads headers again at each
 * start and when somebody asks for what only they know, with interrupts off.
 * 120 permissions fit, for drivers' numbers of which a large board has 40. */
#define TBF_HEADER_MAX 2048u

/* Stock tockloader reads no more of a header than this. */
#define TBF_TOCKLOADER_HEADER_MAX 200u

#endif
