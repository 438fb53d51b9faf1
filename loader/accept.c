/* SPDX-License-Identifier: Apache-2.0 */
/* See accept.h. A line of the table is as good as a check made now: it goes
 * before its object goes, follows it when it moves, and is lost at a reset. */
#include <kernel/panic.h>
#include <loader/loader_priv.h>

const uint8_t either_credentials_or_bootloader_mode = 'c';

static const struct accept_policy *policy_of(const struct loader *l)
{
    return loader_config(l)->accept;
}

/* There is one loading machine. */
static struct check check;

static void wake(struct check_client *client);

void accept_init(struct loader *l)
{
    const struct accept_policy *p = policy_of(l);
    struct check *c = &check;
    for (uint32_t i = 0; i < p->checker_count; i++) {
        bool fits = p->checkers[i].digest->state <= p->state_size;
        kassert(fits);
    }
    c->checkers = p->checkers;
    c->checker_count = p->checker_count;
    c->keys = p->keys;
    c->key_count = p->key_count;
    c->state = p->state;
    c->verifier = p->verifier;
    c->client = &l->check_client;
    l->check_client.wake = wake;
}

bool accept_is_required(const struct loader *l)
{
    return policy_of(l)->is_required;
}

bool accept_checks(const struct loader *l)
{
    return policy_of(l)->checker_count != 0;
}

/* ---- what is known ---------------------------------------------------------------- */

static uint32_t checksum_of(const struct loader *l, uint32_t at)
{
    typedef uint32_t MAY_ALIAS word;
    const void *p = store_bytes(&l->store, at + TBF_AT_CHECKSUM);
    return *(const word *)p;
}

uint32_t accept_key(const struct loader *l, const struct store_object *o)
{
    const struct accept_policy *p = policy_of(l);
    for (uint32_t i = 0; i < p->accepted_max; i++) {
        const struct accepted *a = &p->accepted[i];
        if (a->key != 0 && a->at == o->at &&
            a->checksum == checksum_of(l, o->at))
            return a->key;
    }
    return 0;
}

bool accept_outranks(const struct loader *l, uint32_t key, uint32_t other)
{
    bool is_weak = other == 0 || other == CHECK_KEY_OF_NOBODY;
    return policy_of(l)->is_required && is_weak && key != other && key != 0;
}

bool accept_add(struct loader *l, const struct store_object *o, uint32_t key)
{
    const struct accept_policy *p = policy_of(l);
    accept_forget(l, o->at);
    for (uint32_t i = 0; i < p->accepted_max && key != 0; i++) {
        if (p->accepted[i].key != 0)
            continue;
        p->accepted[i] = (struct accepted){ o->at, checksum_of(l, o->at), key };
        return true;
    }
    return key == 0;
}

void accept_forget(struct loader *l, uint32_t at)
{
    const struct accept_policy *p = policy_of(l);
    for (uint32_t i = 0; i < p->accepted_max; i++)
        if (p->accepted[i].at == at || at == STORE_NONE)
            p->accepted[i].key = 0;
}

void accept_move(struct loader *l, uint32_t from, uint32_t to, uint32_t shift)
{
    const struct accept_policy *p = policy_of(l);
    for (uint32_t i = 0; i < p->accepted_max; i++)
        if (p->accepted[i].at >= from && p->accepted[i].at < to)
            p->accepted[i].at -= shift;
}

/* ---- a check ------------------------------------------------------------------------ */

/* Is one under way? Else l->check has been settled without. */
static bool is_checking;

uint32_t accept_go(struct loader *l)
{
    if (!is_checking)
        return STEP_NEXT;
    switch (check_step(&check)) {
    case CHECK_MORE:
        return STEP_AGAIN;
    case CHECK_DONE:
        l->check = check.result;
        is_checking = false;
        return STEP_NEXT;
    case CHECK_WAITS:
        break;
    }
    l->script--;
    return STEP_WAIT;
}

static void wake(struct check_client *client)
{
    loader_later(CONTAINER_OF(client, struct loader, check_client));
}

static uint32_t settled(struct loader *l, enum check_verdict verdict,
                        uint32_t key)
{
    l->check.verdict = verdict;
    l->check.key = key;
    l->check.detail = 0;
    return STEP_NEXT;
}

/* A region that the app writes lies before binary_end, which is what any
 * credential covers. */
uint32_t accept_check(struct loader *l, const struct store_object *o)
{
    const uint8_t *base = store_bytes(&l->store, o->at);
    uint32_t key = accept_key(l, o);
    is_checking = false;
    if (policy_of(l)->is_required && tbf_writeable_count(base, &o->tbf) != 0)
        return settled(l, CHECK_WRITEABLE, 0);
    if (key != 0 || policy_of(l)->checker_count == 0)
        return settled(l, key != 0 ? CHECK_ACCEPTED : CHECK_NO_CREDENTIAL, key);
    is_checking = true;
    check_begin(&check, base, &o->tbf);
    return STEP_NEXT;
}

bool accept_take(struct loader *l, const struct store_object *o)
{
    bool may_run = accept_may_run(l);
    if (l->check.verdict == CHECK_ACCEPTED && accept_key(l, o) == 0 &&
        !accept_add(l, o, l->check.key)) {
        l->check.verdict = CHECK_NO_ROOM;
        may_run = false;
    }
    return may_run;
}

/* ---- what an object is judged by -------------------------------------------------- */

/* One that nothing is known of, though it may be of the same identity: of that
 * the key is a part, which has yet to be found out. */
static bool is_kin(const struct loader *l, const struct store_object *o)
{
    struct candidate a, b;
    if (!is_app(o) || accept_key(l, o) != 0)
        return false;
    candidate_with(l, &a, &l->object.store, 0);
    candidate_with(l, &b, o, 0);
    return identity_equal(&a.identity, &b.identity) || o->at == l->replaces.at;
}

/* l->at is where the walk is, l->other the one that is checked. */
uint32_t kin_look(struct loader *l)
{
    struct store_object o;
    if (!accept_is_required(l)) {
        l->script += 2;
        return STEP_NEXT;
    }
    if (!store_walk(&l->store, &l->at, &o)) {
        l->script += 2;
        return STEP_LATER; /* what follows takes stack, as this does */
    }
    l->other = o.at;
    return is_kin(l, &o) ? accept_check(l, &o) : (uint32_t)STEP_AGAIN;
}

uint32_t kin_checked(struct loader *l)
{
    const struct store_object o = { .at = l->other };
    if (l->check.verdict == CHECK_ACCEPTED)
        (void)!accept_add(l, &o, l->check.key);
    l->script -= 2;
    return STEP_AGAIN; /* kin_look */
}

/* Where nothing is demanded only what is certainly wrong, and what could not be
 * found out, keeps an app from running. */
bool accept_may_run(const struct loader *l)
{
    switch (l->check.verdict) {
    case CHECK_NOT_MADE:
    case CHECK_ACCEPTED:
        return true;
    case CHECK_NO_CREDENTIAL:
    case CHECK_UNKNOWN_KEY:
    case CHECK_NOT_SIGNED:
        return !policy_of(l)->is_required;
    case CHECK_MALFORMED:
    case CHECK_BAD_HASH:
    case CHECK_VERIFIER_FAILED:
    case CHECK_NO_VERIFIER:
    case CHECK_NO_ROOM:
    case CHECK_WRITEABLE:
        break;
    }
    return false;
}

const char *accept_text(uint32_t verdict)
{
    return check_text((enum check_verdict)verdict);
}

void accept_update(const struct loader *l, struct update *u)
{
    const struct accept_policy *p = policy_of(l);
    u->needs_key = p->is_required;
    u->successors = p->successors;
    u->successor_count = p->successor_count;
}
