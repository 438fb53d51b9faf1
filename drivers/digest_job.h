/* SPDX-License-Identifier: Apache-2.0 */
/* A digest of what lies in an app, made in steps of at most DIGEST_PIECE bytes.
 * What the drivers for hashes and authentication codes share. */
#ifndef DRIVERS_DIGEST_JOB_H
#define DRIVERS_DIGEST_JOB_H

#include <berth/hil/digest.h>
#include <drivers/turns.h>
#include <kernel/driver.h>

/* A driver's data in an app. `state` is as large as the driver's largest
 * class wants it. */
struct ALIGNED(8) digest_job {
    struct turn turn;                 /* first */
    const struct digest_class *class; /* NULL: none chosen */
    uint32_t verb;                    /* the driver's own */
    flag_t begun;                     /* the key is in, data may be */
    flag_t prepared;                  /* class->prepare() was called */
    flag_t closed;                    /* class->close() has no more to do */
    uint32_t total, done;             /* bytes of the data buffer */
    ALIGNED(8) uint8_t state[];
};

/* Bytes of a job that can do any of the classes; those may be NULL. */
uint16_t digest_job_size(const struct digest_class *const *classes,
                         uint32_t count);

/* One step: the key, what follows from it, or a piece of the data. `all_in` once
 * nothing was left to do. SIZE: a buffer was shortened or taken back meanwhile, or the key is
 * longer than DIGEST_KEY_MAX; the job is to be given up. */
MUST_CHECK err_t digest_job_step(struct digest_job *job, bool *all_in,
                                 struct process *p, struct uslice key,
                                 struct uslice data);

#endif
