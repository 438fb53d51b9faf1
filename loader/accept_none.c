/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is checked, nothing demanded: an app is what it says it is. */
#include <loader/loader_priv.h>

void accept_init(struct loader *l)
{
    (void)l;
}

bool accept_is_required(const struct loader *l)
{
    (void)l;
    return false;
}

bool accept_checks(const struct loader *l)
{
    (void)l;
    return false;
}

uint32_t accept_check(struct loader *l, const struct store_object *o)
{
    (void)l, (void)o;
    return STEP_NEXT;
}

uint32_t accept_go(struct loader *l)
{
    l->check.verdict = CHECK_NOT_MADE;
    l->check.key = 0;
    return STEP_NEXT;
}

uint32_t kin_look(struct loader *l)
{
    l->script += 2; /* nothing to look for */
    return STEP_NEXT;
}

uint32_t kin_checked(struct loader *l)
{
    (void)l;
    return STEP_NEXT;
}

bool accept_take(struct loader *l, const struct store_object *o)
{
    (void)l, (void)o;
    return true;
}

bool accept_may_run(const struct loader *l)
{
    (void)l;
    return true;
}

uint32_t accept_key(const struct loader *l, const struct store_object *o)
{
    (void)l, (void)o;
    return 0;
}

bool accept_outranks(const struct loader *l, uint32_t key, uint32_t other)
{
    (void)l, (void)key, (void)other;
    return false;
}

bool accept_add(struct loader *l, const struct store_object *o, uint32_t key)
{
    (void)l, (void)o, (void)key;
    return true;
}

void accept_forget(struct loader *l, uint32_t at)
{
    (void)l, (void)at;
}

void accept_move(struct loader *l, uint32_t from, uint32_t to, uint32_t shift)
{
    (void)l, (void)from, (void)to, (void)shift;
}

const char *accept_text(uint32_t verdict)
{
    (void)verdict;
    return "";
}

void accept_update(const struct loader *l, struct update *u)
{
    (void)l, (void)u;
}
