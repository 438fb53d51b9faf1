/* SPDX-License-Identifier: Apache-2.0 */
/* See bearssl_aes.h. CBC and ECB encrypt by what BearSSL calls CBC-MAC, a block
 * at a time: its every value is the block of ciphertext. */
#include <crypto/bearssl_aes.h>

#include <bearssl_aead.h>
#include <bearssl_block.h>
#include <bearssl_hash.h>
#include <kernel/string.h>

struct aes {
    union {
        br_aes_ct_ctrcbc_keys forward;  /* all the others */
        br_aes_ct_cbcdec_keys backward; /* CBC and ECB, decrypting */
        br_aes_ct_ctr_keys gcm;
    } key;
    union {
        uint8_t block[CIPHER_BLOCK];
        br_ccm_context ccm;
        br_gcm_context gcm;
    } at;
    enum cipher_mode mode;
    bool encrypt;
    uint32_t tag_len;
    bool has_text; /* the additional data is through */
};

static bool goes_backward(enum cipher_mode mode, bool encrypt)
{
    return !encrypt && (mode == CIPHER_CBC || mode == CIPHER_ECB);
}

static void aes_key(void *state, enum cipher_mode mode, bool encrypt,
                    const uint8_t *key, size_t len)
{
    struct aes *a = state;
    a->mode = mode;
    a->encrypt = encrypt;
    if (goes_backward(mode, encrypt))
        br_aes_ct_cbcdec_init(&a->key.backward, key, len);
    else if (mode == CIPHER_GCM)
        br_aes_ct_ctr_init(&a->key.gcm, key, len);
    else
        br_aes_ct_ctrcbc_init(&a->key.forward, key, len);
}

static void aes_start(void *state, const uint8_t *iv)
{
    struct aes *a = state;
    memcpy(a->at.block, iv, CIPHER_BLOCK);
}

/* One block: CBC's chaining value in and out, 0 in each turn for ECB. */
static void block_encrypt(struct aes *a, uint8_t *data)
{
    if (a->mode == CIPHER_ECB)
        memset(a->at.block, 0, CIPHER_BLOCK);
    br_aes_ct_ctrcbc_mac(&a->key.forward, a->at.block, data, CIPHER_BLOCK);
    memcpy(data, a->at.block, CIPHER_BLOCK);
}

static void block_decrypt(struct aes *a, uint8_t *data)
{
    if (a->mode == CIPHER_ECB)
        memset(a->at.block, 0, CIPHER_BLOCK);
    br_aes_ct_cbcdec_run(&a->key.backward, a->at.block, data, CIPHER_BLOCK);
}

static void aes_run(void *state, uint8_t *data, size_t len)
{
    struct aes *a = state;
    if (a->mode == CIPHER_CTR) {
        br_aes_ct_ctrcbc_ctr(&a->key.forward, a->at.block, data, len);
        return;
    }
    for (size_t i = 0; i < len; i += CIPHER_BLOCK) {
        if (a->encrypt)
            block_encrypt(a, data + i);
        else
            block_decrypt(a, data + i);
    }
}

static err_t gcm_message(struct aes *a, const uint8_t *nonce,
                         const struct cipher_message *m)
{
    if (m->nonce_len < 1 || m->nonce_len > CIPHER_BLOCK || m->tag_len < 4 ||
        m->tag_len > CIPHER_TAG_MAX)
        return ERR_INVAL;
    br_gcm_init(&a->at.gcm, &a->key.gcm.vtable, br_ghash_ctmul32);
    br_gcm_reset(&a->at.gcm, nonce, m->nonce_len);
    return OK;
}

static err_t ccm_message(struct aes *a, const uint8_t *nonce,
                         const struct cipher_message *m)
{
    br_ccm_init(&a->at.ccm, &a->key.forward.vtable);
    return br_ccm_reset(&a->at.ccm, nonce, m->nonce_len, m->aad_len,
                        m->text_len, m->tag_len)
               ? OK
               : ERR_INVAL;
}

static err_t aes_message(void *state, const uint8_t *nonce,
                         const struct cipher_message *m)
{
    struct aes *a = state;
    a->tag_len = m->tag_len;
    a->has_text = false;
    return a->mode == CIPHER_CCM ? ccm_message(a, nonce, m)
                                 : gcm_message(a, nonce, m);
}

static void aes_aad(void *state, const uint8_t *bytes, size_t len)
{
    struct aes *a = state;
    if (a->mode == CIPHER_CCM)
        br_ccm_aad_inject(&a->at.ccm, bytes, len);
    else
        br_gcm_aad_inject(&a->at.gcm, bytes, len);
}

static void aad_end(struct aes *a)
{
    if (a->has_text)
        return;
    a->has_text = true;
    if (a->mode == CIPHER_CCM)
        br_ccm_flip(&a->at.ccm);
    else
        br_gcm_flip(&a->at.gcm);
}

static void aes_text(void *state, uint8_t *data, size_t len)
{
    struct aes *a = state;
    aad_end(a);
    if (a->mode == CIPHER_CCM)
        br_ccm_run(&a->at.ccm, a->encrypt, data, len);
    else
        br_gcm_run(&a->at.gcm, a->encrypt, data, len);
}

static void aes_tag(void *state, uint8_t *tag)
{
    struct aes *a = state;
    uint8_t whole[CIPHER_TAG_MAX];
    aad_end(a);
    if (a->mode == CIPHER_CCM)
        br_ccm_get_tag(&a->at.ccm, whole);
    else
        br_gcm_get_tag(&a->at.gcm, whole);
    memcpy(tag, whole, a->tag_len);
}

const struct cipher_class bearssl_aes = {
    .state = sizeof(struct aes),
    .key = aes_key,
    .start = aes_start,
    .run = aes_run,
    .message = aes_message,
    .aad = aes_aad,
    .text = aes_text,
    .tag = aes_tag,
};
