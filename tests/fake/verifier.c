/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier without a process: its arithmetic, at once. */
#include <tests/fake/verifier.h>

#include <string.h>

#include <crypto/verify.h>

struct fake_verifier fake_verifier;

enum verifier_answer verifier_ask(struct verifier *v, struct check *c)
{
    uint32_t named = credential_modulus_size(c->footer.format);
    const struct tbf_span *data = &c->footer.data;
    fake_verifier.asked++;
    if (fake_verifier.waits && v->check != c) {
        v->check = c;
        return VERIFIER_BUSY;
    }
    v->check = NULL;
    v->missing = fake_verifier.missing;
    if (fake_verifier.fails)
        return fake_verifier.fails;
    for (uint32_t number = 1; number <= c->key_count; number++) {
        const struct board_key *key = check_key(c, number);
        struct verify_job job = { .format = c->footer.format };
        if (key == NULL)
            continue;
        memcpy(job.hash, c->digest, sizeof job.hash);
        memcpy(job.signature, c->base + data->offset + named,
               data->len - named);
        memcpy(job.key, key->bytes, key->len);
        v->key = number;
        if (verify(&job, key->len))
            return VERIFIER_GOOD;
    }
    return VERIFIER_BAD;
}
