/* SPDX-License-Identifier: Apache-2.0 */
/* See storage.h. Headers are read again each time: it happens once for a
 * request of an app, and nothing that could be stale is kept. */
#include <kernel/flash_hold.h>
#include <kernel/process_admin.h>
#include <loader/checker.h>
#include <loader/storage.h>

static uint32_t half_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t word_at(const uint8_t *p)
{
    return half_at(p) | half_at(p + 2) << 16;
}

/* Does the list name `own`? Others' ids go to `out`, as many as there is room
 * for. */
static bool list_take(const uint8_t *list, uint32_t count, uint32_t own,
                      uint32_t write_id, uint32_t *out, uint8_t *taken)
{
    bool is_own = false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id = word_at(list + 4 * i);
        if (id == 0)
            continue;
        if (id == own || id == write_id)
            is_own = true;
        else if (*taken < STORAGE_IDS_MAX)
            out[(*taken)++] = id;
    }
    return is_own;
}

bool storage_rights_make(struct storage_rights *out, uint32_t short_id,
                         uint32_t key, const uint8_t *payload, uint32_t len)
{
    *out = (struct storage_rights){ .id = short_id, .key = (uint8_t)key };
    if (short_id == 0)
        return false;
    if (payload == NULL) {
        out->may_write = out->may_read = out->may_modify = true;
        return true;
    }
    if (len < 8)
        return false;
    uint32_t write_id = word_at(payload), room = (len - 8) / 4;
    const uint8_t *list = payload + 4;
    out->may_write = write_id != 0;
    for (uint32_t i = 0; i < 2; i++) { /* what it reads, what it changes */
        bool is_first = i == 0;
        uint32_t count = half_at(list);
        if (count > room)
            return false;
        bool may = list_take(list + 2, count, short_id, write_id,
                             is_first ? out->read_ids : out->modify_ids,
                             is_first ? &out->reads : &out->modifies);
        if (is_first)
            out->may_read = may;
        else
            out->may_modify = may;
        list += 2 + 4 * count;
        room -= count;
    }
    if (key == 0 || key == CHECK_KEY_OF_NOBODY)
        out->reads = out->modifies = 0;
    return out->may_write || out->may_read || out->may_modify ||
           out->reads != 0 || out->modifies != 0;
}

/* The header of that process, and where it lies in the device. */
static bool header_of(const struct storage_policy *s, pid_handle_t pid,
                      uint32_t *at, struct tbf *tbf)
{
    uint32_t flash = process_flash(pid);
    uint32_t size = s->flash->geometry->size;
    *at = flash - (uint32_t)(uintptr_t)s->flash->base;
    if (flash == 0 || *at >= size)
        return false;
    flash_open();
    return tbf_parse(flash_bytes(s->flash, *at), size - *at, tbf) == TBF_OK;
}

static uint32_t no_key(pid_handle_t pid)
{
    (void)pid;
    return 0;
}

static bool rights(const struct storage_authority *authority, uint32_t handle,
                   struct storage_rights *out)
{
    const struct storage_policy *s =
        CONTAINER_OF(authority, const struct storage_policy, authority);
    pid_handle_t pid = { handle };
    struct identity identity;
    struct tbf tbf;
    uint32_t at;
    if (!header_of(s, pid, &at, &tbf))
        return false;
    const uint8_t *base = flash_bytes(s->flash, at);
    uint32_t key = s->key_of(pid);
    identity_make(&identity, s->identity, base, &tbf, key);
    return storage_rights_make(out, identity.short_id, key,
                               tbf.storage.len != 0 ? base + tbf.storage.offset
                                                    : NULL,
                               tbf.storage.len);
}

static bool writeable(const struct storage_authority *authority,
                      uint32_t handle, uint32_t address, uint32_t len,
                      uint32_t *at)
{
    const struct storage_policy *s =
        CONTAINER_OF(authority, const struct storage_policy, authority);
    struct tbf tbf;
    struct tbf_span region;
    uint32_t start;
    if (!header_of(s, (pid_handle_t){ handle }, &start, &tbf))
        return false;
    const uint8_t *base = flash_bytes(s->flash, start);
    *at = process_lies((pid_handle_t){ handle }, address) -
          (uint32_t)(uintptr_t)s->flash->base;
    for (uint32_t i = 0; tbf_writeable(base, &tbf, i, &region); i++) {
        uint32_t in_region = *at - start - region.offset;
        if (in_region <= region.len && len <= region.len - in_region)
            return true;
    }
    return false;
}

void storage_policy_init(struct storage_policy *policy,
                         enum identity_policy identity,
                         const struct flash *flash,
                         uint32_t (*key_of)(pid_handle_t pid))
{
    policy->authority.rights = rights;
    policy->authority.writeable = writeable;
    policy->key_of = key_of != NULL ? key_of : no_key;
    policy->identity = identity;
    policy->flash = flash;
}
