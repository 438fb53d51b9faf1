/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the kernel do the longest steps that hashes, authentication codes and
 * encryption are cut into. */
#include <berth/aes.h>
#include <berth/hmac.h>
#include <berth/sha.h>

static uint8_t bytes[128], out[160];

static void crypt(enum berth_aes_mode mode, bool encrypt)
{
    bool has_tag = mode == BERTH_AES_CCM || mode == BERTH_AES_GCM;
    const struct berth_aes aes = {
        .mode = mode,
        .encrypt = encrypt,
        .key = bytes,
        .key_length = 32,
        .iv = bytes,
        .iv_length = mode == BERTH_AES_CCM ? 13 : 16,
        .source = bytes,
        .length = 96,
        .destination = out,
        .capacity = sizeof out,
        .text_at = has_tag ? 32 : 0,
        .tag_length = has_tag ? 16 : 0,
    };
    size_t length;
    (void)berth_aes(&aes, &length);
}

static void code(enum berth_hmac_kind kind)
{
    const struct berth_hmac hmac = {
        .kind = kind,
        .key = bytes,
        .key_length = BERTH_HMAC_KEY_MAX,
        .data = bytes,
        .length = 120,
        .code = out,
        .code_length = 64,
    };
    (void)berth_hmac(&hmac, BERTH_HMAC_WHOLE);
}

int main(void)
{
    (void)berth_sha256(bytes, 120, out);
    code(BERTH_HMAC_SHA256);
    code(BERTH_HMAC_SHA512);
    crypt(BERTH_AES_CTR, true);
    crypt(BERTH_AES_CBC, true);
    crypt(BERTH_AES_ECB, false);
    crypt(BERTH_AES_CCM, true);
    crypt(BERTH_AES_GCM, true);
    return 0;
}
