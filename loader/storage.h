/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what with kept data (berth/storage.h), by an app's header. For
 * boards, which hand it to the drivers that keep data.
 *
 * The header's storage entry can always take rights away from the app itself:
 * with one, its own data can be written if the write id is not 0, and read or
 * changed if a list names it, by its ShortId or its write id. What it says of
 * other apps' ids counts only for an app that a key has accepted: a hash alone
 * anybody makes. Without an entry an app has all rights over its own data. An app without a fixed
 * ShortId has none: there is nothing to know it by after a restart. */
#ifndef LOADER_STORAGE_H
#define LOADER_STORAGE_H

#include <berth/hil/flash.h>
#include <berth/storage.h>
#include <kernel/driver.h>
#include <loader/identity.h>

struct storage_policy {
    struct storage_authority authority;
    enum identity_policy identity;
    const struct flash *flash; /* that holds the apps */
    /* The number of the key whose credential accepted that process; 0: none
     * has. */
    uint32_t (*key_of)(pid_handle_t pid);
};

/* Without key_of (NULL) none ever has. */
void storage_policy_init(struct storage_policy *policy,
                         enum identity_policy identity,
                         const struct flash *flash,
                         uint32_t (*key_of)(pid_handle_t pid));

/* Pure. `payload` is that of the header's storage entry, or NULL. */
bool storage_rights_make(struct storage_rights *out, uint32_t short_id,
                         uint32_t key, const uint8_t *payload, uint32_t len);

#endif
