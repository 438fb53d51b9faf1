/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the messages: any payload as a request of any type and as
 * an answer. What is taken is written and read again as it was; nothing outside
 * of the payload is read, nothing longer than a frame is written.
 * SOURCES: loader/messages.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <berth/messages.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void as_request(uint8_t type, const uint8_t *payload, size_t len)
{
    struct request r, again;
    uint8_t written[PROTO_PAYLOAD_MAX];
    err_t e = request_read(&r, type, payload, len);
    require(message_name(type) != NULL);
    if (e != OK) {
        require(e == ERR_NOSUPPORT || e == ERR_SIZE);
        return;
    }
    require(len == 4 * message_words(type) + r.len && r.len <= PROTO_PAGE);
    require(r.bytes >= payload && r.bytes + r.len == payload + len);
    require(request_write(written, &r) == len);
    require(memcmp(written, payload, len) == 0);
    require(request_read(&again, type, written, len) == OK);
    require(memcmp(r.word, again.word, sizeof r.word) == 0);
}

static void as_answer(const uint8_t *payload, size_t len)
{
    struct answer a, again;
    struct reply written = { .status = OK };
    if (answer_read(&a, payload, len) != OK)
        return;
    require(a.words <= ANSWER_WORDS_MAX);
    require((const uint8_t *)a.text + a.text_len == payload + len);
    written.status = (uint8_t)a.status;
    written.words = (uint8_t)a.words;
    memcpy(written.word, a.word, sizeof a.word);
    reply_put(&written, a.text, a.text_len);
    size_t n = reply_len(&written);
    require(n <= ANSWER_MAX);
    require(answer_read(&again, reply_payload(&written), n) == OK);
    require(again.status == a.status && again.words == a.words);
    require(memcmp(a.word, again.word, sizeof a.word) == 0);
    if (a.text_len <= ANSWER_TEXT_MAX)
        require(again.text_len == a.text_len &&
                memcmp(again.text, a.text, a.text_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* Exactly as long as it is, so that a byte too far is noticed. */
    uint8_t *payload = malloc(size - 1 + (size == 1));
    require(payload != NULL);
    memcpy(payload, data + 1, size - 1);
    as_request(data[0], payload, size - 1);
    as_answer(payload, size - 1);
    free(payload);
    return 0;
}
