/* SPDX-License-Identifier: Apache-2.0 */
/* A TBF object under construction, entry by entry, and its parse: from a heap block
 * of exactly its size, once aligned and once not, so that the sanitizers see each
 * byte too many. */
#ifndef TESTS_FAKE_TBF_OBJECT_H
#define TESTS_FAKE_TBF_OBJECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pic/reloc.h>

/* An object under construction: header entries first, then the body. */
struct object {
    uint8_t bytes[70000];
    uint32_t header;
    uint32_t total;
};

void put16(uint8_t *p, uint32_t v);
void put32(uint8_t *p, uint32_t v);
struct object *object_new(void);
void object_add(struct object *o, uint32_t type, const void *payload,
                uint32_t len);
void object_add_words(struct object *o, uint32_t type, uint32_t count,
                      const uint32_t *words);

#define ADD_WORDS(o, type, ...)                                                \
    object_add_words(o, type,                                                  \
                     sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t),   \
                     (uint32_t[]){ __VA_ARGS__ })

void object_checksum(struct object *o);

/* Give the object a body of `body` bytes and a valid base header. */
void object_seal(struct object *o, uint32_t body);

enum tbf_error parse_bytes(const uint8_t *bytes, uint32_t avail,
                           struct tbf *out);
enum tbf_error parse(const struct object *o, struct tbf *out);

/* A sound object with Program, to which the caller adds entries. The binary
 * end is set by complete(), when the header's size is known. */
struct object *app_new(void);

void complete(struct object *o);
enum tbf_error app_parse(struct object *o, struct tbf *out);

#endif
