/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of judging and signing objects: a sound header and a body,
 * then the input as footers. Nothing that the input holds is accepted for keys
 * that it does not know; what the walk shows lies in the object. Signed, by
 * options that the first byte says, it is accepted, and signed once more it
 * stays the same; or it is refused.
 * SOURCES: tools/berth/sign.c tools/berth/credential.c tools/berth/key.c
 * SOURCES: tools/berth/der.c tools/berth/file.c pic/tbf.c pic/footer.c
 * SOURCES: tests/fake/said.c tests/fake/object.c
 * LINK: -lbearssl */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tests/fake/object.h>
#include <tests/fake/said.h>
#include <tests/fake/test_keys.h>
#include <tools/berth/berth.h>
#include <tools/berth/sign.h>

#define INPUT_MAX 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const struct key *key_of(const char *text)
{
    const char *why;
    const struct key *key =
        key_parse((const uint8_t *)text, strlen(text), KEY_ANY, &why);
    require(key != NULL);
    return key;
}

/* The fuzzer sees what memcmp() compares, and so could forge an HMAC, but none
 * of these. */
static const struct keys *public_keys(void)
{
    static struct keys keys;
    static const char *const texts[] = { TEST_KEY_EC_PUBLIC,
                                         TEST_KEY_RSA2048_PUBLIC,
                                         TEST_KEY_RSA4096_PUBLIC };
    for (size_t i = keys.count; i < ARRAY_COUNT(texts); i++)
        keys_add(&keys, key_of(texts[i]));
    return &keys;
}

static const struct keys *secret_key(void)
{
    static struct keys keys;
    if (keys.count == 0)
        keys_add(&keys, key_of(TEST_KEY_SECRET));
    return &keys;
}

static struct signing signing_of(uint8_t options)
{
    struct signing s = { 0 };
    signing_add(&s, CREDENTIAL_HMAC, secret_key()->list[0]);
    if (options & 1)
        signing_add(&s, CREDENTIAL_SHA512, NULL);
    s.is_stripped = options & 2;
    s.is_fitted = options & 4;
    s.reserve = options & 8 ? 100u : 0;
    s.multiple = options & 16 ? 512u : 0;
    return s;
}

/* False if it is refused, which is for what the input holds. */
static bool is_signed(struct bytes *out, const struct signing *s,
                      const struct bytes *object)
{
    if (FAILS(*out = sign_object(s, "fuzz", object))) {
        require(said_code == EXIT_REFUSED);
        return false;
    }
    return true;
}

static void sign_check(const uint8_t *base, size_t len, uint8_t options)
{
    static struct object_verdict v;
    static struct bytes object, once, twice;
    struct signing s = signing_of(options);
    object = (struct bytes){ 0 };
    bytes_append(&object, base, len);
    if (is_signed(&once, &s, &object)) {
        object_judge(&v, once.data, (uint32_t)once.len, secret_key());
        require(v.error == TBF_OK && v.is_accepted);
        require(v.tbf.total_size == once.len && once.len % 4 == 0);
        require(s.multiple == 0 || once.len % s.multiple == 0);
        s.is_stripped = false;
        require(is_signed(&twice, &s, &once));
        require(twice.len == once.len &&
                memcmp(twice.data, once.data, once.len) == 0);
        free(once.data);
        free(twice.data);
    }
    free(object.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct object_verdict v;
    if (size > INPUT_MAX)
        return 0;
    struct bytes object = object_build(&(struct object_spec){
        .body = 64, .footers = (uint32_t)(size + 3) / 4 * 4 });
    uint8_t *exact = malloc(object.len);
    require(exact != NULL);
    memcpy(exact, object.data, object.len);
    object_judge(&v, exact, (uint32_t)object.len, public_keys());
    require(v.error == TBF_OK && v.count == 0);
    if (size)
        memcpy(exact + v.tbf.binary_end, data, size);
    object_judge(&v, exact, (uint32_t)object.len, public_keys());
    require(!v.is_accepted);
    uint32_t shown =
        v.count < OBJECT_CREDENTIALS_MAX ? v.count : OBJECT_CREDENTIALS_MAX;
    for (uint32_t i = 0; i < shown; i++) {
        const struct tbf_span *span = &v.footers[i].whole;
        require(span->offset >= v.tbf.binary_end &&
                span->len <= object.len - span->offset);
    }
    sign_check(exact, object.len, size ? data[0] : 0);
    free(exact);
    free(object.data);
    return 0;
}
