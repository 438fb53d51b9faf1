/* SPDX-License-Identifier: Apache-2.0 */
/* See hmac.h. Each app has its own state, in its grant: no app waits for
 * another to end a code that it has begun. */
#include <drivers/hmac.h>

enum { SET_ALGORITHM, RUN, UPDATE, FINISH, VERIFY, VERIFY_FINISH };
enum { BUFFER_KEY = 0, BUFFER_DATA = 1, BUFFER_COMPARE = 2, BUFFER_CODE = 2 };
enum { EVENT_CODE = 0, EVENT_VERIFIED = 1, EVENT_COUNT };

static bool verifies(uint32_t verb)
{
    return verb == VERIFY || verb == VERIFY_FINISH;
}

static err_t put_code(const struct hmac_driver *hmac, struct process *p,
                      const struct digest_class *class, const uint8_t *code)
{
    struct uslice to = allowed_rw(&hmac->grant, p, BUFFER_CODE);
    uint32_t len = to.len < class->size ? to.len : class->size;
    return len != 0 && user_write(p, to, 0, code, len) == OK ? OK : ERR_NOMEM;
}

/* In the same time whatever the bytes are. */
static err_t compare(const struct hmac_driver *hmac, struct process *p,
                     const struct digest_class *class, const uint8_t *code,
                     bool *equal)
{
    uint8_t other[DIGEST_SIZE_MAX];
    struct uslice from = allowed_ro(&hmac->grant, p, BUFFER_COMPARE);
    if (from.len != class->size ||
        user_read(p, other, from, 0, class->size) != OK)
        return ERR_SIZE;
    uint8_t difference = 0;
    for (uint32_t i = 0; i < class->size; i++)
        difference = (uint8_t)(difference | (code[i] ^ other[i]));
    *equal = difference == 0;
    return OK;
}

/* All data is in: what comes of it. Returns the status, and what is told. */
static err_t conclude(const struct hmac_driver *hmac, struct process *p,
                      struct digest_job *job, uint32_t *told)
{
    uint8_t code[DIGEST_SIZE_MAX];
    if (job->verb == UPDATE)
        return OK;
    job->class->end(job->state, code);
    job->begun = false;
    if (!verifies(job->verb)) {
        *told = code[0];
        return put_code(hmac, p, job->class, code);
    }
    bool equal = false;
    err_t e = compare(hmac, p, job->class, code, &equal);
    *told = equal;
    return e;
}

/* Is there a step to do between the data and the code? */
static bool close(struct digest_job *job)
{
    if (job->verb == UPDATE || job->closed || job->class->close == NULL)
        return false;
    job->closed = !job->class->close(job->state);
    return true;
}

static void step(struct steps *steps, struct process *p, struct turn *turn)
{
    const struct hmac_driver *hmac =
        CONTAINER_OF(steps, struct hmac_driver, steps);
    struct digest_job *job = CONTAINER_OF(turn, struct digest_job, turn);
    bool all_in;
    uint32_t told = 0;
    err_t e = digest_job_step(job, &all_in, p,
                              allowed_ro(&hmac->grant, p, BUFFER_KEY),
                              allowed_ro(&hmac->grant, p, BUFFER_DATA));
    if (e == OK && (!all_in || close(job)))
        return;
    if (e == OK)
        e = conclude(hmac, p, job, &told);
    else
        job->begun = false;
    job->turn.waits = false;
    upcall_queue(&hmac->grant, p,
                 verifies(job->verb) ? EVENT_VERIFIED : EVENT_CODE, (uint32_t)e,
                 told, 0);
}

static struct sysret set_algorithm(const struct hmac_driver *hmac,
                                   struct digest_job *job, uint32_t algorithm)
{
    const struct digest_class *class =
        algorithm < HMAC_ALGORITHMS ? hmac->classes[algorithm] : NULL;
    if (class == NULL)
        return sysret_failure(ERR_NOSUPPORT);
    if (job->turn.waits)
        return sysret_failure(ERR_BUSY);
    if (class != job->class)
        job->begun = false;
    job->class = class;
    return sysret_success();
}

static struct sysret start(struct hmac_driver *hmac, struct process *p,
                           struct digest_job *job, uint32_t verb)
{
    bool ends = verb == FINISH || verb == VERIFY_FINISH;
    bool begins = !job->begun || verb == RUN || verb == VERIFY;
    if (job->turn.waits)
        return sysret_failure(ERR_NOMEM);
    if (job->class == NULL)
        return sysret_failure(ends ? ERR_OFF : ERR_INVAL);
    if (ends && begins)
        return sysret_failure(ERR_OFF);
    if (begins && allowed_ro(&hmac->grant, p, BUFFER_KEY).len > DIGEST_KEY_MAX)
        return sysret_failure(ERR_SIZE);
    if (begins)
        job->begun = false;
    job->verb = verb;
    job->done = 0;
    job->total = ends ? 0 : allowed_ro(&hmac->grant, p, BUFFER_DATA).len;
    steps_begin(&hmac->steps, &job->turn);
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct hmac_driver *hmac = self;
    (void)arg2;
    if (number > VERIFY_FINISH)
        return sysret_failure(ERR_NOSUPPORT);
    struct digest_job *job = grant_enter(&hmac->grant, p);
    if (job == NULL)
        return sysret_failure(ERR_NOMEM);
    if (number == SET_ALGORITHM)
        return set_algorithm(hmac, job, arg1);
    return start(hmac, p, job, number);
}

const struct driver_ops hmac_ops = { .command = command };

void hmac_init(struct hmac_driver *hmac,
               const struct digest_class *const *classes)
{
    hmac->classes = classes;
    hmac->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 3,
        .allow_rw = 3,
        .size = digest_job_size(classes, HMAC_ALGORITHMS),
    };
    steps_init(&hmac->steps, &hmac->grant, step);
}
