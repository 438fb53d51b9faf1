/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of reading keys: PEM, PKCS#8 and SubjectPublicKeyInfo. What
 * is taken for a key has a public half that reads as the same key.
 * SOURCES: tools/berth/key.c tools/berth/der.c tools/berth/file.c pic/footer.c
 * SOURCES: tests/fake/said.c
 * LINK: -lbearssl */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pic/footer.h>
#include <tools/berth/key.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void key_check(const struct key *key)
{
    const char *why;
    struct bytes material = key_material(key);
    require(material.len > 0 && key->path == NULL);
    free(material.data);
    if (key->format == CREDENTIAL_HMAC)
        return;
    struct bytes der = key_public_der(key);
    struct bytes pem = key_pem(&der, "PUBLIC KEY");
    struct key *again = key_parse(pem.data, pem.len, KEY_ANY, &why);
    require(again && again->format == key->format && !again->can_sign);
    require(memcmp(again->id, key->id, KEY_ID_SIZE) == 0);
    free(again);
    free(der.data);
    free(pem.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    struct key *key =
        key_parse(data, size, size % 2 ? KEY_SECRET : KEY_ANY, &why);
    require(key ? why == NULL : strlen(why) > 0);
    if (!key)
        return 0;
    key_check(key);
    free(key->secret.data);
    free(key);
    return 0;
}
