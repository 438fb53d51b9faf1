/* SPDX-License-Identifier: Apache-2.0 */
/* Growing byte strings, little-endian integers in them, and whole files. */
#ifndef BERTH_FILE_H
#define BERTH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t len;
    size_t capacity;
};

void bytes_append(struct bytes *b, const void *data, size_t len);
void bytes_fill(struct bytes *b, uint8_t value, size_t count);
void bytes_put16(struct bytes *b, uint32_t value);
void bytes_put32(struct bytes *b, uint32_t value);
void bytes_put64(struct bytes *b, uint64_t value);

uint32_t get16(const uint8_t *p);
uint32_t get32(const uint8_t *p);
void set32(uint8_t *p, uint32_t value);

/* The whole file. */
struct bytes file_read(const char *path);

/* Write a file that is there whole or not at all: an existing one is replaced
 * only when all is written. Long runs of zeros become holes. */
void file_write(const char *path, const void *data, size_t len);

/* The same of a file that only its owner may read, if `is_secret`; and if not
 * `may_replace`, false when there is one of that name, which then stays. */
bool file_write_as(const char *path, const void *data, size_t len,
                   bool is_secret, bool may_replace);

/* The last part of a path, up to its last dot. */
char *file_stem(const char *path);

#endif
