/* SPDX-License-Identifier: Apache-2.0 */
/* See noise_entropy.h. Samples are taken in deferred calls, a few in each. */
#include <chips/common/noise_entropy.h>

#include <kernel/string.h>

#define PIECE 32u /* samples of one deferred call, at most */

/* The next samples that have passed the tests; how many. */
static uint32_t collect(struct noise_entropy *n, uint8_t *samples)
{
    uint32_t count = 0;
    while (count < PIECE && n->noise->ops->sample(n->noise, &samples[count])) {
        if (!noise_health_add(&n->health, samples[count]))
            return 0;
        count++;
    }
    return count;
}

static void hand_over(struct noise_entropy *n)
{
    struct entropy_client *client = n->entropy.client;
    uint8_t digest[DIGEST_SIZE_MAX];
    uint32_t len = n->wanted < n->hash->size ? n->wanted : n->hash->size;
    n->hash->end(n->state, digest);
    n->wanted = 0;
    client->filled(client, OK, digest, len);
    memset(digest, 0, sizeof digest);
    __asm__ volatile("" : : "r"(digest) : "memory"); /* really */
}

/* A source that has gone silent has failed like one that repeats itself. */
static void watch_silence(struct noise_entropy *n, uint32_t count)
{
    n->silence = count != 0 ? 0 : n->silence + 1;
    if (n->silence > NOISE_PATIENCE)
        n->health.failed = true;
}

/* Those of the start-up test are not used. */
static void on_work(struct deferred *deferred)
{
    struct noise_entropy *n =
        CONTAINER_OF(deferred, struct noise_entropy, deferred);
    uint8_t samples[PIECE];
    bool good = noise_health_good(&n->health);
    uint32_t count = collect(n, samples);
    watch_silence(n, count);
    if (n->health.failed) {
        n->wanted = 0;
        n->entropy.client->filled(n->entropy.client, ERR_FAIL, samples, 0);
        return;
    }
    if (good && count != 0) {
        n->hash->add(n->state, samples, count);
        n->gathered = (uint16_t)(n->gathered + count);
    }
    if (n->gathered >= n->samples)
        hand_over(n);
    else
        deferred_call(deferred);
}

static err_t request(struct entropy *entropy, size_t len)
{
    struct noise_entropy *n =
        CONTAINER_OF(entropy, struct noise_entropy, entropy);
    if (n->health.failed)
        return ERR_FAIL;
    if (n->wanted != 0)
        return ERR_BUSY;
    n->wanted = (uint32_t)len;
    n->gathered = 0;
    n->silence = 0;
    n->hash->begin(n->state, NULL, 0);
    deferred_call(&n->deferred);
    return OK;
}

const struct entropy_ops noise_entropy_ops = { request };

void noise_entropy_init(struct noise_entropy *n)
{
    n->entropy.ops = &noise_entropy_ops;
    n->deferred.run = on_work;
}
