/* SPDX-License-Identifier: Apache-2.0 */
/* Walks footers. Every byte is untrusted: a length is used only after it has
 * been compared with what is left of the object. */
#include <pic/footer.h>

static uint32_t half_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t word_at(const uint8_t *p)
{
    return half_at(p) | half_at(p + 2) << 16;
}

struct kind {
    uint16_t format;
    uint16_t size, modulus;
};

static const struct kind kinds[] = {
    { CREDENTIAL_RESERVED, 0, 0 },     { CREDENTIAL_RSA3072, 768, 384 },
    { CREDENTIAL_RSA4096, 1024, 512 }, { CREDENTIAL_SHA256, 32, 0 },
    { CREDENTIAL_SHA384, 48, 0 },      { CREDENTIAL_SHA512, 64, 0 },
    { CREDENTIAL_ECDSA, 64, 0 },       { CREDENTIAL_HMAC, 32, 0 },
    { CREDENTIAL_RSA2048, 256, 0 },    { CREDENTIAL_CLEARTEXT, 8, 0 },
};

/* Beside the table, so that a kernel that names none does not carry them. */
static const char *const names[ARRAY_COUNT(kinds)] = {
    "reserved", "RSA-3072",    "RSA-4096",     "SHA-256",  "SHA-384",
    "SHA-512",  "ECDSA P-256", "HMAC-SHA-256", "RSA-2048", "clear-text id",
};

static const struct kind *kind_find(uint32_t format)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (kinds[i].format == format)
            return &kinds[i];
    }
    return NULL;
}

/* The two bytes of a type and the two of a length are there. Other readers do
 * not round the length up either. */
bool footer_next(const uint8_t *base, const struct tbf *tbf, uint32_t *at,
                 struct footer *out)
{
    uint32_t left = tbf->total_size - *at;
    if (left < FOOTER_TLV_SIZE)
        return false;
    const uint8_t *tlv = base + *at;
    uint32_t len = half_at(tlv + 2);
    if (len > left - FOOTER_TLV_SIZE || word_at(tlv) == 0)
        return false;
    *out = (struct footer){ .whole = { *at, FOOTER_TLV_SIZE + len } };
    *at += FOOTER_TLV_SIZE + len;
    if (half_at(tlv) != TBF_TLV_CREDENTIALS || len < 4)
        return true;
    const struct kind *kind = kind_find(word_at(tlv + FOOTER_TLV_SIZE));
    if (!kind || (kind->size != 0 && kind->size != len - 4))
        return true;
    out->is_credential = true;
    out->format = kind->format;
    out->data = (struct tbf_span){ out->whole.offset + FOOTER_DATA, len - 4 };
    return true;
}

uint32_t credential_size(uint32_t format)
{
    const struct kind *kind = kind_find(format);
    return kind ? kind->size : 0;
}

uint32_t credential_modulus_size(uint32_t format)
{
    const struct kind *kind = kind_find(format);
    return kind ? kind->modulus : 0;
}

const char *credential_name(uint32_t format)
{
    const struct kind *kind = kind_find(format);
    return kind ? names[kind - kinds] : "unknown credential";
}
