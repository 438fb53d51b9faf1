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
void report_log(struct loader *l, const struct tbf *tbf);

/* ---- update.c: trials, compaction -------------------------------------------------- */

void trial_watch(struct loader *l);
void update_init(struct loader *l);

/* ---- small things ------------------------------------------------------------------- */

static inline uint32_t flash_address(const struct loader *l, uint32_t at)
{
    return (uint32_t)(uintptr_t)flash_bytes(l->config->flash, at);
}

#endif
