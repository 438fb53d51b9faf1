/* SPDX-License-Identifier: Apache-2.0 */
/* See berth/messages.h. */
#include <berth/messages.h>

struct shape {
    const char *name;
    uint8_t words;
    bool has_bytes;
};

static const struct shape shapes[MESSAGE_TYPES] = {
    [MESSAGE_HELLO] = { "HELLO", HELLO_REQUEST_WORDS, false },
    [MESSAGE_INFO] = { "INFO", 0, false },
    [MESSAGE_WALK] = { "WALK", FROM_WORDS, false },
    [MESSAGE_OPEN] = { "OPEN", OPEN_WORDS, false },
    [MESSAGE_WRITE] = { "WRITE", WRITE_REQUEST_WORDS, true },
    [MESSAGE_SEAL] = { "SEAL", SEAL_WORDS, false },
    [MESSAGE_COMMIT] = { "COMMIT", COMMIT_WORDS, false },
    [MESSAGE_ABORT] = { "ABORT", 0, false },
    [MESSAGE_REMOVE] = { "REMOVE", HANDLE_WORDS, false },
    [MESSAGE_ENABLE] = { "ENABLE", ENABLE_WORDS, false },
    [MESSAGE_CONFIRM] = { "CONFIRM", HANDLE_WORDS, false },
    [MESSAGE_ROLL_BACK] = { "ROLL_BACK", HANDLE_WORDS, false },
    [MESSAGE_COMPACT] = { "COMPACT", 0, false },
    [MESSAGE_START] = { "START", HANDLE_WORDS, false },
    [MESSAGE_STOP] = { "STOP", HANDLE_WORDS, false },
    [MESSAGE_PROCESS] = { "PROCESS", FROM_WORDS, false },
    [MESSAGE_LOG] = { "LOG", FROM_WORDS, false },
    [MESSAGE_DIGEST] = { "DIGEST", HANDLE_WORDS, false },
};

static const struct shape *shape_of(uint8_t type)
{
    return type < MESSAGE_TYPES && shapes[type].name ? &shapes[type] : NULL;
}

static uint32_t get_word(const uint8_t *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

static void put_word(uint8_t *to, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++)
        to[i] = (uint8_t)(word >> 8 * i);
}

static void copy(uint8_t *to, const void *from, uint32_t len)
{
    const uint8_t *bytes = from;
    for (uint32_t i = 0; i < len; i++)
        to[i] = bytes[i];
}

const char *message_name(uint8_t type)
{
    const struct shape *shape = shape_of(type);
    return shape ? shape->name : "an unknown request";
}

uint32_t message_words(uint8_t type)
{
    const struct shape *shape = shape_of(type);
    return shape ? shape->words : 0;
}

err_t request_read(struct request *out, uint8_t type, const uint8_t *payload,
                   size_t len)
{
    const struct shape *shape = shape_of(type);
    if (!shape)
        return ERR_NOSUPPORT;
    uint32_t head = 4u * shape->words;
    if (len < head || len - head > (shape->has_bytes ? PROTO_PAGE : 0))
        return ERR_SIZE;
    *out = (struct request){ .type = type };
    for (uint32_t i = 0; i < shape->words; i++)
        out->word[i] = get_word(payload + 4 * i);
    out->bytes = payload + head;
    out->len = (uint32_t)len - head;
    return OK;
}

size_t request_write(uint8_t payload[PROTO_PAYLOAD_MAX],
                     const struct request *request)
{
    const struct shape *shape = shape_of(request->type);
    if (!shape)
        return 0;
    uint32_t head = 4u * shape->words;
    for (uint32_t i = 0; i < shape->words; i++)
        put_word(payload + 4 * i, request->word[i]);
    uint32_t len = shape->has_bytes ? request->len : 0;
    if (len > PROTO_PAGE)
        len = PROTO_PAGE;
    copy(payload + head, request->bytes, len);
    return head + len;
}

err_t answer_read(struct answer *out, const uint8_t *payload, size_t len)
{
    if (len < 2 || len > ANSWER_MAX)
        return ERR_INVAL;
    uint32_t words = payload[1], head = 2 + 4 * words;
    if (head > len)
        return ERR_INVAL;
    *out = (struct answer){ .status = (err_t)payload[0] };
    out->words = words < ANSWER_WORDS_MAX ? words : ANSWER_WORDS_MAX;
    for (uint32_t i = 0; i < out->words; i++)
        out->word[i] = get_word(payload + 2 + 4 * i);
    out->text = (const char *)payload + head;
    out->text_len = (uint32_t)len - head;
    return OK;
}

size_t answer_write(uint8_t payload[ANSWER_MAX], const struct answer *answer)
{
    uint32_t words = answer->words;
    if (words > ANSWER_WORDS_MAX)
        words = ANSWER_WORDS_MAX;
    payload[0] = (uint8_t)answer->status;
    payload[1] = (uint8_t)words;
    for (uint32_t i = 0; i < words; i++)
        put_word(payload + 2 + 4 * i, answer->word[i]);
    uint32_t head = 2 + 4 * words, len = answer->text_len;
    if (len > ANSWER_TEXT_MAX)
        len = ANSWER_TEXT_MAX;
    copy(payload + head, answer->text, len);
    return head + len;
}

void answer_text(struct answer *answer, const char *text)
{
    uint32_t len = 0;
    while (text && text[len])
        len++;
    answer->text = text;
    answer->text_len = len;
}

void answer_fail(struct answer *answer, err_t e, const char *reason)
{
    *answer = (struct answer){ .status = e };
    answer_text(answer, reason);
}
