/* SPDX-License-Identifier: Apache-2.0 */
/* See rng.h. The source works for one app at a time; what it brings for an app
 * that is gone is nobody's. */
#include <drivers/rng.h>

enum { EXISTS, FILL };
enum { BUFFER_OUT = 0 };
enum { EVENT_DONE = 0, EVENT_COUNT };

struct ALIGNED(8) app_rng {
    struct turn turn; /* first */
    uint32_t wanted, done;
};

static void finish(const struct rng_driver *rng, struct process *p,
                   struct app_rng *a, err_t status)
{
    a->turn.waits = false;
    upcall_queue(&rng->grant, p, EVENT_DONE, (uint32_t)status, a->done, 0);
}

/* How many bytes the app still lacks, as its buffer is now. */
static uint32_t missing(const struct rng_driver *rng, struct process *p,
                        const struct app_rng *a)
{
    uint32_t room = allowed_rw(&rng->grant, p, BUFFER_OUT).len;
    uint32_t wanted = a->wanted < room ? a->wanted : room;
    return wanted > a->done ? wanted - a->done : 0;
}

/* Put the idle source to work for the next app. */
static void serve(struct rng_driver *rng)
{
    struct turn *turn;
    struct process *p;
    while (!rng->busy && (p = turns_next(&rng->turns, &turn)) != NULL) {
        struct app_rng *a = CONTAINER_OF(turn, struct app_rng, turn);
        uint32_t len = missing(rng, p, a);
        err_t e = len == 0 ? OK : rng->entropy->ops->request(rng->entropy, len);
        if (len == 0 || e != OK)
            finish(rng, p, a, e);
        else
            rng->busy = true;
    }
}

static void take(const struct rng_driver *rng, struct process *p, err_t status,
                 const uint8_t *bytes, size_t len)
{
    struct app_rng *a = grant_peek(&rng->grant, p);
    if (a == NULL || !a->turn.waits)
        return;
    uint32_t rest = missing(rng, p, a);
    if (rest > len)
        rest = (uint32_t)len;
    struct uslice to = allowed_rw(&rng->grant, p, BUFFER_OUT);
    if (rest != 0 && user_write(p, to, a->done, bytes, rest) == OK)
        a->done += rest;
    if (status != OK || rest == 0 || missing(rng, p, a) == 0)
        finish(rng, p, a, status);
}

static void filled(struct entropy_client *client, err_t status,
                   const uint8_t *bytes, size_t len)
{
    struct rng_driver *rng = CONTAINER_OF(client, struct rng_driver, client);
    rng->busy = false;
    struct process *p = process_find(rng->turns.last);
    if (p != NULL)
        take(rng, p, status, bytes, len);
    serve(rng);
}

static struct sysret fill(struct rng_driver *rng, struct process *p,
                          uint32_t wanted)
{
    struct app_rng *a = grant_enter(&rng->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    a->wanted = wanted;
    a->done = 0;
    a->turn.waits = true;
    if (missing(rng, p, a) == 0)
        finish(rng, p, a, OK);
    serve(rng);
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number != FILL)
        return sysret_failure(ERR_NOSUPPORT);
    return fill(self, p, arg1);
}

static bool absent(const void *self)
{
    const struct rng_driver *rng = self;
    return rng->entropy == NULL;
}

const struct driver_ops rng_ops = { .command = command, .absent = absent };

void rng_init(struct rng_driver *rng, struct entropy *entropy)
{
    rng->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_rw = 1,
        .size = sizeof(struct app_rng),
    };
    rng->turns.grant = &rng->grant;
    rng->client.filled = filled;
    rng->entropy = entropy;
    if (entropy != NULL)
        entropy->client = &rng->client;
}
