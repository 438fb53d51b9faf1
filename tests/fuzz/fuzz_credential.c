/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of judging objects: a sound header and a body, then the
 * input as footers. Nothing that the input holds is accepted for keys that it
 * does not know; what the walk shows lies in the object.
 * SOURCES: tools/berth/credential.c tools/berth/key.c tools/berth/der.c
 * SOURCES: tools/berth/file.c pic/tbf.c pic/footer.c tests/fake/said.c
 * SOURCES: tests/fake/object.c
 * LINK: -lbearssl */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tests/fake/object.h>
#include <tests/fake/test_keys.h>
#include <tools/berth/credential.h>

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

static const struct keys *all_keys(void)
{
    static struct keys keys;
    static const char *const texts[] = { TEST_KEY_EC_PUBLIC, TEST_KEY_SECRET,
                                         TEST_KEY_RSA2048_PUBLIC,
                                         TEST_KEY_RSA4096_PUBLIC };
    for (size_t i = keys.count; i < ARRAY_COUNT(texts); i++)
        keys_add(&keys, key_of(texts[i]));
    return &keys;
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
    object_judge(&v, exact, (uint32_t)object.len, all_keys());
    require(v.error == TBF_OK && v.count == 0);
    if (size)
        memcpy(exact + v.tbf.binary_end, data, size);
    object_judge(&v, exact, (uint32_t)object.len, all_keys());
    require(!v.is_accepted);
    uint32_t shown =
        v.count < OBJECT_CREDENTIALS_MAX ? v.count : OBJECT_CREDENTIALS_MAX;
    for (uint32_t i = 0; i < shown; i++) {
        const struct tbf_span *span = &v.footers[i].whole;
        require(span->offset >= v.tbf.binary_end &&
                span->len <= object.len - span->offset);
    }
    free(exact);
    free(object.data);
    return 0;
}
