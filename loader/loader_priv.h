/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the loading machine share. For them alone. */
#ifndef LOADER_LOADER_PRIV_H
#define LOADER_LOADER_PRIV_H

#include <loader/loader.h>

/* ---- loader.c: requests ------------------------------------------------------- */

/* Go on with that step, from the kernel's loop. */
void loader_later(struct loader *l, loader_step *next);
/* The request has ended. From a step only. */
void loader_done(struct loader *l, err_t e);
/* Begin a request of `client`, NULL: our own. BUSY, OFF. */
MUST_CHECK err_t loader_begin(struct loader *l, struct loader_client *client,
                              enum loader_op op);
/* What the store answered to its part: if it began, `then` comes after it. Else
 * the request has not begun. */
MUST_CHECK err_t loader_store(struct loader *l, err_t e, loader_step *then);
/* The same within a request: it ends with the error. */
void loader_store_step(struct loader *l, err_t e, loader_step *then);

/* ---- load.c: from object to process --------------------------------------------- */

/* Judge l->object, make a process of it and wait until it runs or cannot; then
 * l->loaded. l->result.report says what became of it. */
void load_begin(struct loader *l, loader_step *loaded);
void load_walk(struct loader *l); /* boot */
/* End the process made of the object at `at`, if there is one, and free it. */
void load_stop(struct loader *l, uint32_t at, loader_step *stopped);
pid_handle_t load_process(const struct loader *l, uint32_t at);
void load_init(struct loader *l);
void candidate_make(const struct loader *l, struct candidate *c,
                    const struct store_object *o);
/* The same of one that a key accepts which is not remembered yet. */
void candidate_with(const struct loader *l, struct candidate *c,
                    const struct store_object *o, uint32_t key);
void report_log(struct loader *l, const struct tbf *tbf);

/* ---- accept.c, or accept_none.c where nothing is checked --------------------------- */

void accept_init(struct loader *l);
/* Must an app be accepted to run? Is there anything to check? */
bool accept_is_required(const struct loader *l);
bool accept_checks(const struct loader *l);
/* Check what is at `o`, then go on: l->check has the result. */
void accept_check(struct loader *l, const struct store_object *o,
                  loader_step *then);
/* Check what the object in l->object is to be judged by, then go on: what is off
 * was not checked at boot. */
void accept_kin(struct loader *l, loader_step *then);
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
/* It goes (STORE_NONE: all); those in [from, to) are `shift` bytes further down now. */
void accept_forget(struct loader *l, uint32_t at);
void accept_move(struct loader *l, uint32_t from, uint32_t to, uint32_t shift);
/* What the board demands of an update. */
void accept_update(const struct loader *l, struct update *u);
const char *accept_text(uint32_t verdict);

/* ---- update.c: trials, compaction -------------------------------------------------- */

void trial_watch(struct loader *l);
void update_init(struct loader *l);

/* ---- small things ------------------------------------------------------------------- */

static inline uint32_t flash_address(const struct loader *l, uint32_t at)
{
    return (uint32_t)(uintptr_t)store_bytes(&l->store, at);
}

#endif
