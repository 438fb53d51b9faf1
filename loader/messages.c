/* SPDX-License-Identifier: Apache-2.0 */
/* See berth/messages.h. Words are copied as they are: it runs on machines that
 * are little-endian, as the wire is. */
#include <berth/messages.h>

#include <kernel/string.h>

/* One more than the words of a request; 0: there is no such request. */
static const uint8_t shapes[MESSAGE_TYPES] = {
    [MESSAGE_HELLO] = 1 + HELLO_REQUEST_WORDS,
    [MESSAGE_INFO] = 1,
    [MESSAGE_WALK] = 1 + FROM_WORDS,
    [MESSAGE_OPEN] = 1 + OPEN_WORDS,
    [MESSAGE_WRITE] = 1 + WRITE_REQUEST_WORDS,
    [MESSAGE_SEAL] = 1 + SEAL_WORDS,
    [MESSAGE_COMMIT] = 1 + COMMIT_WORDS,
    [MESSAGE_ABORT] = 1,
    [MESSAGE_REMOVE] = 1 + HANDLE_WORDS,
    [MESSAGE_ENABLE] = 1 + ENABLE_WORDS,
    [MESSAGE_CONFIRM] = 1 + HANDLE_WORDS,
    [MESSAGE_ROLL_BACK] = 1 + HANDLE_WORDS,
    [MESSAGE_COMPACT] = 1,
    [MESSAGE_START] = 1 + HANDLE_WORDS,
    [MESSAGE_STOP] = 1 + HANDLE_WORDS,
    [MESSAGE_PROCESS] = 1 + FROM_WORDS,
    [MESSAGE_LOG] = 1 + FROM_WORDS,
    [MESSAGE_DIGEST] = 1 + HANDLE_WORDS,
    [MESSAGE_ORDER] = 1 + ORDER_WORDS,
};

static uint32_t shape_of(uint8_t type)
{
    return type < MESSAGE_TYPES ? shapes[type] : 0;
}

/* How many bytes may stand behind its words. */
static uint32_t bytes_max(uint8_t type)
{
    return type == MESSAGE_WRITE ? PROTO_PAGE : 0;
}

const char *message_name(uint8_t type)
{
    return text_pick("an unknown request\0"
                     "HELLO\0"
                     "INFO\0"
                     "WALK\0"
                     "OPEN\0"
                     "WRITE\0"
                     "SEAL\0"
                     "COMMIT\0"
                     "ABORT\0"
                     "REMOVE\0"
                     "ENABLE\0"
                     "CONFIRM\0"
                     "ROLL_BACK\0"
                     "COMPACT\0"
                     "START\0"
                     "STOP\0"
                     "PROCESS\0"
                     "LOG\0"
                     "DIGEST\0"
                     "ORDER",
                     shape_of(type) != 0 ? type : 0);
}

uint32_t message_words(uint8_t type)
{
    uint32_t shape = shape_of(type);
    return shape != 0 ? shape - 1 : 0;
}

err_t request_read(struct request *out, uint8_t type, const uint8_t *payload,
                   size_t len)
{
    uint32_t shape = shape_of(type);
    *out = (struct request){ .type = type };
    if (shape == 0)
        return ERR_NOSUPPORT;
    uint32_t head = 4 * (shape - 1);
    if (len < head || len - head > bytes_max(type))
        return ERR_SIZE;
    if (head != 0)
        memcpy(out->word, payload, head);
    out->bytes = payload + head;
    out->len = (uint32_t)len - head;
    return OK;
}

size_t request_write(uint8_t payload[PROTO_PAYLOAD_MAX],
                     const struct request *request)
{
    uint32_t head = 4 * message_words(request->type);
    uint32_t max = bytes_max(request->type);
    uint32_t len = request->len < max ? request->len : max;
    memcpy(payload, request->word, head);
    if (len > 0)
        memcpy(payload + head, request->bytes, len);
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
    memcpy(out->word, payload + 2, 4 * out->words);
    out->text = (const char *)payload + head;
    out->text_len = (uint32_t)len - head;
    return OK;
}

void reply_put(struct reply *reply, const void *text, size_t len)
{
    if (len > ANSWER_TEXT_MAX)
        len = ANSWER_TEXT_MAX;
    reply->text_len = (uint16_t)len;
    if (len > 0)
        memcpy(reply_text_at(reply), text, len);
}

void reply_text(struct reply *reply, const char *text)
{
    reply_put(reply, text, text != NULL ? strlen(text) : 0);
}

void reply_fail(struct reply *reply, err_t e, const char *reason)
{
    reply->status = (uint8_t)e;
    reply->words = 0;
    reply_text(reply, reason);
}
