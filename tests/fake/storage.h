/* SPDX-License-Identifier: Apache-2.0 */
/* What apps may do with kept data, as a test says: struct fake_storage storage =
 * { .authority = fake_storage_authority }; fake_storage_allow(&storage, p)
 * gives an app all rights over what is its own, and the rights to be changed. */
#ifndef TESTS_FAKE_STORAGE_H
#define TESTS_FAKE_STORAGE_H

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/storage.h>

struct fake_storage {
    struct storage_authority authority;
    struct {
        uint32_t pid;
        struct storage_rights rights;
    } of[8];
    uint32_t count;
    uint32_t from, len; /* the writeable region, at `at` in the device */
    uint32_t at;
};

static inline bool fake_storage_rights(const struct storage_authority *a,
                                       uint32_t pid, struct storage_rights *out)
{
    const struct fake_storage *s =
        CONTAINER_OF(a, const struct fake_storage, authority);
    for (uint32_t i = 0; i < s->count; i++)
        if (s->of[i].pid == pid) {
            *out = s->of[i].rights;
            return true;
        }
    return false;
}

static inline bool fake_storage_writeable(const struct storage_authority *a,
                                          uint32_t pid, uint32_t address,
                                          uint32_t len, uint32_t *at)
{
    const struct fake_storage *s =
        CONTAINER_OF(a, const struct fake_storage, authority);
    (void)pid;
    *at = address - s->from + s->at;
    return address >= s->from && address - s->from <= s->len &&
           len <= s->len - (address - s->from);
}

static const struct storage_authority fake_storage_authority = {
    fake_storage_rights, fake_storage_writeable
};

static inline struct storage_rights *fake_storage_allow(struct fake_storage *s,
                                                        struct process *p,
                                                        uint32_t id)
{
    assert_true(s->count < ARRAY_COUNT(s->of));
    s->of[s->count].pid = process_pid(p).handle;
    s->of[s->count].rights = (struct storage_rights){
        .id = id, .may_write = true, .may_read = true, .may_modify = true
    };
    return &s->of[s->count++].rights;
}

#endif
