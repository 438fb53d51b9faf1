/* SPDX-License-Identifier: Apache-2.0 */
/* See sha.h. */
#include <drivers/sha.h>

enum { EXISTS, SET_ALGORITHM, HASH };
enum { BUFFER_DATA = 0, BUFFER_DIGEST = 0 };
enum { EVENT_DONE = 0, EVENT_COUNT };
enum { SHA_256 };

static err_t put_digest(const struct sha_driver *sha, struct process *p,
                        struct digest_job *job)
{
    uint8_t digest[DIGEST_SIZE_MAX];
    struct uslice to = allowed_rw(&sha->grant, p, BUFFER_DIGEST);
    if (to.len != job->class->size)
        return ERR_NOMEM;
    job->class->end(job->state, digest);
    return user_write(p, to, 0, digest, job->class->size) == OK ? OK
                                                                : ERR_NOMEM;
}

static void step(struct steps *steps, struct process *p, struct turn *turn)
{
    const struct sha_driver *sha =
        CONTAINER_OF(steps, struct sha_driver, steps);
    struct digest_job *job = CONTAINER_OF(turn, struct digest_job, turn);
    bool all_in;
    err_t e = digest_job_step(job, &all_in, p, (struct uslice){ 0 },
                              allowed_ro(&sha->grant, p, BUFFER_DATA));
    if (e == OK && !all_in)
        return;
    if (e == OK)
        e = put_digest(sha, p, job);
    job->turn.waits = false;
    upcall_queue(&sha->grant, p, EVENT_DONE, (uint32_t)e, 0, 0);
}

static struct sysret hash(struct sha_driver *sha, struct process *p)
{
    struct digest_job *job = grant_enter(&sha->grant, p);
    if (job == NULL || job->turn.waits)
        return sysret_failure(ERR_NOMEM);
    job->class = sha->sha256;
    job->begun = false;
    job->total = allowed_ro(&sha->grant, p, BUFFER_DATA).len;
    job->done = 0;
    steps_begin(&sha->steps, &job->turn);
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number == SET_ALGORITHM)
        return sysret_of(arg1 == SHA_256 ? OK : ERR_NOSUPPORT);
    if (number != HASH)
        return sysret_failure(ERR_NOSUPPORT);
    return hash(self, p);
}

const struct driver_ops sha_ops = { .command = command };

void sha_init(struct sha_driver *sha, const struct digest_class *sha256)
{
    sha->sha256 = sha256;
    sha->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 1,
        .allow_rw = 1,
        .size = digest_job_size(&sha->sha256, 1),
    };
    steps_init(&sha->steps, &sha->grant, step);
}
