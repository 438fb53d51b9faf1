/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts in words. */
#include "verdict.h"

#include <stdio.h>

#include "berth.h"
#include "board.h"

static const char *footer_name(const struct footer *f)
{
    return f->is_credential ? credential_name(f->format) : "unknown";
}

static void unused_print(const struct footer *f, const uint8_t *base)
{
    if (!f->is_credential)
        printf("type 0x%04x, %u bytes, passed over",
               get16(base + f->whole.offset), f->whole.len);
    else if (f->format == CREDENTIAL_CLEARTEXT)
        printf("0x%08x%08x, which proves nothing",
               get32(base + f->data.offset + 4), get32(base + f->data.offset));
    else
        printf("not checked here");
}

static void judgement_print(const struct footer *f, const struct judgement *j,
                            const uint8_t *base, const struct keys *keys)
{
    char id[2 * KEY_ID_SHOWN + 1];
    switch (j->verdict) {
    case CREDENTIAL_RIGHT:
    case CREDENTIAL_WRONG:
        printf(j->verdict == CREDENTIAL_RIGHT ? "right" : "wrong");
        if (j->key)
            printf(", by key %s (%s)", key_id_text(j->key, id), j->key->path);
        break;
    case CREDENTIAL_NO_KEY:
        printf(keys->count ? "by none of the keys given, or not right"
                           : "not checked: that needs its key");
        break;
    case CREDENTIAL_UNUSED:
        unused_print(f, base);
        break;
    }
}

static uint32_t shown_count(const struct object_verdict *v)
{
    return v->count < OBJECT_CREDENTIALS_MAX ? v->count
                                             : OBJECT_CREDENTIALS_MAX;
}

void verdict_print(const struct object_verdict *v, const uint8_t *base,
                   const struct keys *keys)
{
    for (uint32_t i = 0; i < shown_count(v); i++) {
        printf("  %-13s ", footer_name(&v->footers[i]));
        judgement_print(&v->footers[i], &v->judgements[i], base, keys);
        putchar('\n');
    }
    if (v->count > OBJECT_CREDENTIALS_MAX)
        printf("  %u more footers\n", v->count - OBJECT_CREDENTIALS_MAX);
    if (v->room)
        printf("  %-13s %u bytes\n", "room", v->room);
    if (v->rest)
        printf("  %-13s %u bytes at the end\n", "no footer", v->rest);
}

void verdict_json(const struct object_verdict *v, const uint8_t *base)
{
    static const char *const words[] = { "right", "wrong", "no key", "unused" };
    for (uint32_t i = 0; i < shown_count(v); i++) {
        const struct footer *f = &v->footers[i];
        const struct judgement *j = &v->judgements[i];
        printf("%s\n    {\"type\": %u, \"kind\": ", i ? "," : "",
               get16(base + f->whole.offset));
        json_string(footer_name(f));
        printf(", \"bytes\": %u, \"verdict\": \"%s\"", f->whole.len,
               words[j->verdict]);
        if (j->key) {
            printf(", \"key\": \"");
            for (unsigned k = 0; k < KEY_ID_SIZE; k++)
                printf("%02x", j->key->id[k]);
            printf("\", \"file\": ");
            json_string(j->key->path);
        }
        putchar('}');
    }
}

const char *verdict_reason(const struct object_verdict *v,
                           const struct keys *keys)
{
    uint32_t kinds[CREDENTIAL_UNUSED + 1] = { 0 };
    for (uint32_t i = 0; i < shown_count(v); i++)
        kinds[v->judgements[i].verdict]++;
    if (v->error != TBF_OK)
        return tbf_error_text(v->error);
    if (kinds[CREDENTIAL_WRONG])
        return "a credential is wrong: what it covers was changed, or it was";
    if (v->has_writeable && kinds[CREDENTIAL_RIGHT] + kinds[CREDENTIAL_NO_KEY])
        return "it may write to flash that its credentials cover; isolated "
               "storage is for what it keeps";
    if (v->count > OBJECT_CREDENTIALS_MAX)
        return "more footers than make sense";
    if (keys->count && kinds[CREDENTIAL_RIGHT] + kinds[CREDENTIAL_NO_KEY])
        return "no credential is right that was made with a key given";
    if (kinds[CREDENTIAL_NO_KEY])
        return "its credentials need a key to check them (--key)";
    return "carries no credential";
}
