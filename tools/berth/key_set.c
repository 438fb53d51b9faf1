/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as a table in C (include/berth/keys.h), for a board to compile in. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <berth/keys.h>
#include <pic/footer.h>

#include "berth.h"
#include "key.h"

static void text_put(struct bytes *out, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void text_put(struct bytes *out, const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    bytes_append(out, line, strlen(line));
}

static void array_put(struct bytes *out, const struct key *key, size_t number)
{
    struct bytes material = key_material(key);
    text_put(out, "static const uint8_t key_%zu[] = {", number);
    for (size_t i = 0; i < material.len; i++)
        text_put(out, "%s0x%02x,", i % 12 ? " " : "\n    ", material.data[i]);
    text_put(out, "\n};\n\n");
    free(material.data);
}

static const char *format_word(uint32_t format)
{
    return format == CREDENTIAL_ECDSA     ? "CREDENTIAL_ECDSA"
           : format == CREDENTIAL_RSA2048 ? "CREDENTIAL_RSA2048"
           : format == CREDENTIAL_RSA4096 ? "CREDENTIAL_RSA4096"
                                          : "CREDENTIAL_HMAC";
}

/* A file's name is no place for quotes in a string of C. */
static void row_put(struct bytes *out, const struct key *key, size_t number)
{
    char *name = file_stem(key->path);
    for (char *c = name; *c; c++)
        *c = isalnum((unsigned char)*c) || strchr("-_.", *c) ? *c : '_';
    text_put(out, "    { \"%.60s\",\n      {", name);
    for (unsigned i = 0; i < BOARD_KEY_ID_SIZE; i++)
        text_put(out, " 0x%02x%s", key->id[i],
                 i + 1 < BOARD_KEY_ID_SIZE ? "," : " },\n");
    text_put(out, "      %s, sizeof key_%zu, key_%zu },\n",
             format_word(key->format), number, number);
    free(name);
}

struct bytes key_set_make(const struct keys *keys)
{
    struct bytes out = { 0 };
    text_put(&out,
             "/* SPDX-License-Identifier: Apache-2.0 */\n"
             "/* Made by `berth keygen --key-set`: the keys of this board. */\n"
             "#include <berth/keys.h>\n#include <berth/tbf.h>\n\n");
    for (size_t i = 0; i < keys->count; i++)
        array_put(&out, keys->list[i], i);
    text_put(&out, "const struct board_key board_keys[] = {\n");
    for (size_t i = 0; i < keys->count; i++)
        row_put(&out, keys->list[i], i);
    text_put(&out, "};\n\nconst uint32_t board_key_count =\n"
                   "    sizeof board_keys / sizeof board_keys[0];\n");
    return out;
}
