/* SPDX-License-Identifier: Apache-2.0 */
/* TBF objects out of an app image and what the user wants its header to say. */
#ifndef BERTH_TBF_WRITE_H
#define BERTH_TBF_WRITE_H

#include <stdint.h>

#include "app_image.h"
#include "file.h"

struct tbf_spec {
    const char *name;
    uint32_t version;
    uint32_t short_id; /* 0: none */
    bool no_kernel_version;
    uint32_t kernel_major, kernel_minor;
    bool is_disabled;
    bool has_main;      /* a Main entry too, for readers that know no Program */
    bool regions_apart; /* an entry for each writeable region */
    uint32_t footer_size;     /* room for credentials, 0 or at least 8 */
    struct bytes permissions; /* u32 pairs of driver and command */
    bool has_storage;
    uint32_t storage_write_id;
    struct bytes storage_read_ids, storage_modify_ids; /* u32 each */
};

/* The whole object. Settles the image's protected size. */
struct bytes tbf_write(const struct tbf_spec *spec, struct app_image *image);

/* An object without an app, `size` bytes long: 16 or more, a multiple of 4. */
struct bytes tbf_write_padding(uint32_t size);

#endif
