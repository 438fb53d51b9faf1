/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the loading machine share. For them alone. */
#ifndef LOADER_LOADER_PRIV_H
#define LOADER_LOADER_PRIV_H

#include <loader/loader.h>

/* What a step returns, beside OK and errors. */
enum loader_next {
    STEP_DONE = 16, /* the request has ended */
    STEP_NEXT,      /* the next step at once, */
    STEP_WAIT,      /* or what is waited for calls loader_later(), */
    STEP_LATER,     /* or from the kernel's loop, */
    STEP_AGAIN,     /* or this one once more from there */
};

/* ---- loader.c: requests ------------------------------------------------------- */

/* Go on with the script, from the kernel's loop. */
void loader_later(struct loader *l);
/* The same at once; from nothing that a step calls. */
void loader_go_on(struct loader *l);
/* A step that waits for a process returns that: it is made again soon. */
uint32_t loader_retry(struct loader *l);
bool is_app(const struct store_object *o); /* neither space nor padding */

/* ---- load.c: from object to process --------------------------------------------- */

extern loader_step *const boot_script[];
/* Judge l->object, make a process of it and wait until it runs or cannot.
 * l->result.report says what became of it. */
extern loader_step *const load_script[];
/* End the process made of the object at l->other, if there is one, and free it. */
loader_step stop;
pid_handle_t load_process(const struct loader *l, uint32_t at);
bool load_is_live(const struct loader *l, uint32_t at);
void load_init(struct loader *l);
void candidate_make(const struct loader *l, struct candidate *c,
                    const struct store_object *o);
/* The same of one that a key accepts which is not remembered yet. */
void candidate_with(const struct loader *l, struct candidate *c,
                    const struct store_object *o, uint32_t key);
/* What became of l->object. */
void report(struct loader *l, enum loader_verdict verdict, uint32_t detail,
            uint32_t other);
/* The same of one whose credentials do not do. */
void report_check(struct loader *l);
void report_log(struct loader *l); /* of what was refused */

/* ---- accept.c, or accept_none.c where nothing is checked --------------------------- */

void accept_init(struct loader *l);
/* Must an app be accepted to run? Is there anything to check? */
bool accept_is_required(const struct loader *l);
bool accept_checks(const struct loader *l);
/* Check what is at `o`, and return that; after accept_go, which is the next step,
 * l->check has the result. */
uint32_t accept_check(struct loader *l, const struct store_object *o);
loader_step accept_go;
/* Check what the object in l->object is to be judged by: what is off was not
 * checked at boot. In a script one after the other, accept_go between them. */
loader_step kin_look, kin_checked;
/* With that result, may it run? */
bool accept_may_run(const struct loader *l);
/* The key that has accepted it, as far as that is remembered; 0: none. */
uint32_t accept_key(const struct loader *l, const struct store_object *o);
/* Where credentials are demanded, what a key has accepted outranks what a hash
 * has, which anybody makes, and that what nothing has: it is not kept from
 * running by it. */
bool accept_outranks(const struct loader *l, uint32_t key, uint32_t other);
/* Remember it; false: there is no room. */
MUST_CHECK bool accept_add(struct loader *l, const struct store_object *o,
                           uint32_t key);
/* Remember it, if that result says so; false: there is no room, which is the
 * result then. */
bool accept_take(struct loader *l, const struct store_object *o);
/* It goes (STORE_NONE: all); those in [from, to) are `shift` bytes further down now. */
void accept_forget(struct loader *l, uint32_t at);
void accept_move(struct loader *l, uint32_t from, uint32_t to, uint32_t shift);
/* What the board demands of an update. */
void accept_update(const struct loader *l, struct update *u);
const char *accept_text(uint32_t verdict);

/* ---- update.c: trials, compaction -------------------------------------------------- */

/* From now on there is one on trial. */
void trial_watch(struct loader *l);
void tick_arm(struct loader *l);
loader_step compact_plan, compact_planned, compact_stop, compact_moved;
void update_init(struct loader *l);

/* ---- small things ------------------------------------------------------------------- */

static inline uint32_t flash_address(const struct loader *l, uint32_t at)
{
    return (uint32_t)(uintptr_t)store_bytes(&l->store, at);
}

/* Somebody has a transfer open: the store has no place for another change. */
static inline bool is_transferring(const struct loader *l)
{
    const struct store_transfer *t = loader_transfer(l);
    return t != NULL && t->owner != 0;
}

#endif
