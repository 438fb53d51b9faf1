/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials for tests, made with BearSSL and the keys in tests/keys. */
#ifndef TESTS_FAKE_SIGNING_H
#define TESTS_FAKE_SIGNING_H

#include <stdint.h>

#include <berth/tbf.h>

/* Bytes that one credential adds at the most. */
#define SIGNING_MAX (8u + 1024u)

/* An app of `binary` bytes and no footers; its size. */
uint32_t signing_object(uint8_t *to, uint32_t binary);

/* Append a credential of that format to the object of *size bytes, in a buffer
 * with room for it; the header is told of its size first. `key`: the file, NULL
 * for hashes. Ends the program if that cannot be. */
void signing_add(uint8_t *bytes, uint32_t *size, uint32_t format,
                 const char *key);

/* The same in two steps, for objects with several: first the size that all will
 * have, then one credential each at `at`; returns the end of it. */
void signing_size(uint8_t *bytes, uint32_t total);
uint32_t signing_put(uint8_t *bytes, uint32_t at, uint32_t format,
                     const char *key);
/* Any footer, credential or not; returns its end. */
uint32_t signing_footer(uint8_t *bytes, uint32_t at, uint32_t type,
                        uint32_t format, const uint8_t *data, uint32_t len);

#endif
