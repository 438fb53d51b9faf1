/* SPDX-License-Identifier: Apache-2.0 */
/* The map file of a link, by GNU ld or lld: which input section lies where. */
#ifndef PIC_HOST_MAP_H
#define PIC_HOST_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <pic/host/job.h>

struct map_piece {
    uint32_t addr, size;
    const char *object; /* "libc.a(printf.o)" or "main.o", without folders */
    const char *path;   /* as the linker was given it */
    const char *section;
};

struct map {
    struct map_piece *pieces; /* by address */
    size_t count;
};

/* `text` of `len` bytes; lines that are none of a map's are passed over. */
void map_read(struct map *out, struct job *job, const char *text, size_t len);

/* The piece that holds `addr`, or NULL. */
const struct map_piece *map_at(const struct map *map, uint32_t addr);

#endif
