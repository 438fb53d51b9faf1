/* SPDX-License-Identifier: Apache-2.0 */
/* Pure, total parser of TBF objects over untrusted bytes. Runs in the kernel,
 * in the host tool and in the tests. It never reads outside [base, base+avail),
 * never allocates, never writes anything but *out. */
#ifndef PIC_TBF_H
#define PIC_TBF_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/tbf.h>

enum tbf_error {
    TBF_OK = 0,
    /* These end the walk: nothing behind them can be found. */
    TBF_END,           /* no object here (version is not 2): end of the chain */
    TBF_END_OF_REGION, /* fewer than 8 bytes left */
    TBF_BAD_TOTAL_SIZE, /* < 16, not a multiple of 4, or beyond the region */
    /* These condemn one object; the walk goes on at total_size. */
    TBF_BAD_HEADER_SIZE, /* < 16, > total_size, or not a multiple of 4 */
    TBF_BAD_CHECKSUM,
    TBF_BAD_TLV,         /* a known TLV of a wrong length or content */
    TBF_TLV_OVERRUN,     /* a TLV runs past the header */
    TBF_BAD_PERMISSIONS, /* malformed permissions TLV */
    TBF_BAD_STORAGE,     /* malformed storage permissions TLV */
    TBF_BAD_NAME,        /* package name is not UTF-8 */
    TBF_BAD_ENTRY,       /* init function outside the binary */
    TBF_BAD_BINARY_END,  /* binary end outside [protected end, total_size] */
    TBF_BAD_WRITEABLE,   /* a writeable region outside the binary */
    TBF_BAD_RELOCATION,  /* no or another version, descriptor out of place */
};

/* Bytes in flash, by offset from the object's start. */
struct tbf_span {
    uint32_t offset;
    uint32_t len;
};

struct tbf {
    uint32_t total_size;
    uint32_t header_size;
    uint32_t flags;
    flag_t is_padding;       /* header_size == 16: nothing else is set */
    uint32_t init_offset;    /* from the object's start */
    uint32_t protected_size; /* header and protected trailer */
    uint32_t minimum_ram;
    uint32_t binary_end; /* from the object's start */
    uint32_t version;
    flag_t has_kernel_version;
    uint32_t kernel_major, kernel_minor;
    uint32_t fixed_ram, fixed_flash; /* TBF_NO_ADDRESS: none */
    uint32_t short_id;               /* 0: none */
    struct tbf_span name;            /* len 0: none */
    struct tbf_span permissions;     /* payload of the TLV; len 0: no TLV */
    struct tbf_span storage;         /* likewise */
    flag_t has_writeable;            /* flash regions: tbf_writeable() */
    uint32_t descriptor; /* of relocation (pic/reloc.h), from the object's
                          * start; 0: none */
};

/* Parse the object at `base`, of which `avail` bytes may be read. Whenever the
 * walk can go on (any result not in the first group) out->total_size is the
 * distance to the next object. */
MUST_CHECK enum tbf_error tbf_parse(const uint8_t *base, uint32_t avail,
                                    struct tbf *out);

/* The first step of that, which no other changes: total_size and header_size, read
 * in the order in which they can be trusted. */
MUST_CHECK enum tbf_error tbf_sizes(const uint8_t *base, uint32_t avail,
                                    struct tbf *out);

/* Does that result end the walk of a chain? */
static inline bool tbf_ends_walk(enum tbf_error e)
{
    return e == TBF_END || e == TBF_END_OF_REGION || e == TBF_BAD_TOTAL_SIZE;
}

/* A short sentence for people, without a full stop. */
const char *tbf_error_text(enum tbf_error e);

/* Writeable flash region number `index` (0 for the first, over all TLVs);
 * false when there are not so many. For an object that parsed. */
bool tbf_writeable(const uint8_t *base, const struct tbf *tbf, uint32_t index,
                   struct tbf_span *out);

/* How many there are. */
uint32_t tbf_writeable_count(const uint8_t *base, const struct tbf *tbf);

/* One entry of the permissions TLV; false when there are not so many. Each is
 * that long, behind a count of two bytes. */
#define TBF_PERMISSION_SIZE 16u
struct tbf_permission {
    uint32_t driver;
    uint32_t offset;   /* commands offset * 64 ... + 63 */
    uint64_t commands; /* bit n: command offset * 64 + n */
};
bool tbf_permission(const uint8_t *base, const struct tbf *tbf, uint32_t index,
                    struct tbf_permission *out);

/* Does an object that needs kernel `major.minor` run on ours? False also when
 * it does not say what it needs. */
bool tbf_kernel_fits(const struct tbf *tbf);

/* CRC-32 by which a name becomes a ShortId (not reflected, init 0,
 * complemented). */
uint32_t tbf_short_id_of_name(const uint8_t *name, uint32_t len);

#endif
