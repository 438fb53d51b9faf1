/* SPDX-License-Identifier: Apache-2.0 */
/* See digest_job.h. */
#include <drivers/digest_job.h>

#include <kernel/string.h>

uint16_t digest_job_size(const struct digest_class *const *classes,
                         uint32_t count)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (classes[i] != NULL && classes[i]->state > largest)
            largest = classes[i]->state;
    }
    return (uint16_t)((sizeof(struct digest_job) + largest + 7) & ~7u);
}

static err_t begin(struct digest_job *job, struct process *p, struct uslice key)
{
    uint8_t bytes[DIGEST_KEY_MAX];
    if (key.len > sizeof bytes)
        return ERR_SIZE;
    if (key.len != 0 && user_read(p, bytes, key, 0, key.len) != OK)
        return ERR_SIZE;
    job->class->begin(job->state, bytes, key.len);
    job->begun = true;
    job->prepared = job->class->prepare == NULL;
    job->closed = false;
    memset(bytes, 0, sizeof bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory"); /* really */
    return OK;
}

static err_t add(struct digest_job *job, struct process *p, struct uslice data)
{
    uint8_t piece[DIGEST_PIECE];
    uint32_t len = job->total - job->done;
    if (len > sizeof piece)
        len = sizeof piece;
    if (data.len < job->total ||
        user_read(p, piece, data, job->done, len) != OK)
        return ERR_SIZE;
    job->class->add(job->state, piece, len);
    job->done += len;
    return OK;
}

err_t digest_job_step(struct digest_job *job, bool *all_in, struct process *p,
                      struct uslice key, struct uslice data)
{
    *all_in = false;
    if (!job->begun)
        return begin(job, p, key);
    if (!job->prepared) {
        job->prepared = !job->class->prepare(job->state);
        return OK;
    }
    if (job->done < job->total)
        return add(job, p, data);
    *all_in = true;
    return OK;
}
