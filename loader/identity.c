/* SPDX-License-Identifier: Apache-2.0 */
/* See identity.h. */
#include <kernel/string.h>
#include <loader/identity.h>

void identity_make(struct identity *out, enum identity_policy policy,
                   const uint8_t *base, const struct tbf *tbf, uint32_t key)
{
    *out = (struct identity){ 0 };
    if (policy == IDENTITY_BY_HEADER) {
        out->short_id = tbf->short_id;
        out->is_unique = true;
    }
    if (tbf->name.len == 0 || out->short_id != 0)
        return;
    out->name = base + tbf->name.offset;
    out->name_len = tbf->name.len;
    if (out->is_unique)
        return;
    out->short_id = tbf_short_id_of_name(out->name, out->name_len);
    if (policy == IDENTITY_BY_NAME_KEY && key != 0) {
        const uint8_t bytes[] = { (uint8_t)key, (uint8_t)(key >> 8) };
        out->key = key;
        /* Two apps of one name and two keys are two apps. */
        out->short_id ^= tbf_short_id_of_name(bytes, sizeof bytes);
    }
}

static bool name_equal(const struct identity *a, const struct identity *b)
{
    return a->name_len == b->name_len &&
           memcmp(a->name, b->name, a->name_len) == 0;
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
    if (a->short_id != 0 && a->short_id == b->short_id)
        return true;
    return !a->is_unique && !b->is_unique && a->name != NULL &&
           b->name != NULL && a->key == b->key && name_equal(a, b);
}

enum block candidate_blocked(const struct candidate *app,
                             const struct candidate *other)
{
    if (app->at == other->at)
        return BLOCK_NONE;
    if (app->replaced_by == other->at)
        return BLOCKED_BY_TRIAL;
    if (app->trial_of == other->at ||
        !identity_equal(&app->identity, &other->identity))
        return BLOCK_NONE;
    if (other->version != app->version)
        return other->version > app->version ? BLOCKED_BY_VERSION : BLOCK_NONE;
    return other->at < app->at ? BLOCKED_BY_IDENTITY : BLOCK_NONE;
}

enum block process_blocks(const struct identity *app,
                          const struct identity *process)
{
    return identity_equal(app, process) ? BLOCKED_BY_IDENTITY : BLOCK_NONE;
}

static bool key_follows(const struct update *u)
{
    if (u->new_key == u->old_key)
        return true;
    for (uint32_t i = 0; i < u->successor_count; i++)
        if (u->successors[i].key == u->old_key &&
            u->successors[i].successor == u->new_key)
            return true;
    return false;
}

/* With a change of keys the identity is compared without them. */
static bool same_app(const struct update *u)
{
    const struct identity *a = u->old_identity, *b = u->new_identity;
    if (a->name == NULL || b->name == NULL)
        return identity_equal(a, b);
    return name_equal(a, b);
}

enum update_verdict update_check(const struct update *u)
{
    if (!same_app(u))
        return UPDATE_OTHER_IDENTITY;
    if (u->needs_key && (u->new_key == 0 || u->old_key == 0 || !key_follows(u)))
        return UPDATE_OTHER_KEY;
    if (u->new_version < u->old_version)
        return UPDATE_LOWER_VERSION;
    if (u->new_version < u->floor)
        return UPDATE_BELOW_FLOOR;
    if (u->new_version == u->old_version && !u->is_forced)
        return UPDATE_SAME_VERSION;
    return UPDATE_OK;
}

uint32_t version_floor(uint32_t floor, const struct identity *identity,
                       const struct candidate *app)
{
    bool counts = app->trial_of == IDENTITY_NONE &&
                  identity_equal(identity, &app->identity);
    return counts && app->version > floor ? app->version : floor;
}
