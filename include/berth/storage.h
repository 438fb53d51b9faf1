/* SPDX-License-Identifier: Apache-2.0 */
/* What an app may do with data that is kept in flash: for drivers that keep
 * some, answered by who knows apps (loader/storage.h).
 *
 * Data belongs to an identity, which is a ShortId and the number of the key
 * whose credential was accepted (0: none was). An app reaches its own. That of
 * others it reaches only if it was accepted by a key, its header names their
 * ids, and they were accepted by the same key. */
#ifndef BERTH_STORAGE_H
#define BERTH_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>

#define STORAGE_IDS_MAX 8u

struct storage_rights {
    uint32_t id; /* its ShortId, not 0 */
    uint8_t key;
    bool may_write; /* what is new and its own; then, of what is its own, */
    bool may_read, may_modify;
    uint8_t reads, modifies; /* of others, with the same key */
    uint32_t read_ids[STORAGE_IDS_MAX], modify_ids[STORAGE_IDS_MAX];
};

struct storage_authority {
    /* False: nothing at all. `pid` is a process' handle. */
    bool (*rights)(const struct storage_authority *authority, uint32_t pid,
                   struct storage_rights *out);
    /* Does [address, address + len) lie in one of its writeable flash regions?
     * Then *at is its offset in the flash device, while the process lives. */
    bool (*writeable)(const struct storage_authority *authority, uint32_t pid,
                      uint32_t address, uint32_t len, uint32_t *at);
};

#endif
