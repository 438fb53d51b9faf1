/* SPDX-License-Identifier: Apache-2.0 */
/* What is said over the serial line, in the frames of berth/proto.h: a tool
 * asks, the board answers. Pure; implemented in loader/messages.c and used by
 * the kernel, the loader app, the host tool and the tests.
 *
 * A request is some 32-bit words, as many as its type has, and for WRITE bytes
 * behind them. An answer is a status, a count of words, the words, and text.
 * A reader takes words that are not there for 0 and passes over those it does
 * not know, so both sides may grow. docs/serial-protocol.md has the rules. */
#ifndef BERTH_MESSAGES_H
#define BERTH_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>
#include <berth/proto.h>

#define MESSAGES_VERSION 1u

/* Types of frames. What a tool sends: */
enum message {
    MESSAGE_HELLO = 0x01,
    MESSAGE_INFO = 0x02,
    MESSAGE_WALK = 0x03,
    MESSAGE_OPEN = 0x04,
    MESSAGE_WRITE = 0x05,
    MESSAGE_SEAL = 0x06,
    MESSAGE_COMMIT = 0x07,
    MESSAGE_ABORT = 0x08,
    MESSAGE_REMOVE = 0x09,
    MESSAGE_ENABLE = 0x0A,
    MESSAGE_CONFIRM = 0x0B,
    MESSAGE_ROLL_BACK = 0x0C,
    MESSAGE_COMPACT = 0x0D,
    MESSAGE_START = 0x0E,
    MESSAGE_STOP = 0x0F,
    MESSAGE_PROCESS = 0x10,
    MESSAGE_LOG = 0x11,
    MESSAGE_DIGEST = 0x12,
    MESSAGE_ORDER = 0x13,
    MESSAGE_TYPES, /* one more than the last request */

    /* "What about that sequence number?" Answered by its answer, or: */
    MESSAGE_ASK = 0x3F,
    MESSAGE_WAIT = 0x7D,     /* it is being worked on */
    MESSAGE_AGAIN = 0x7E,    /* it has not arrived: send it again */
    MESSAGE_STRANGER = 0x7F, /* say HELLO first; others have spoken since */

    MESSAGE_ANSWER = 0x80, /* added to the request's type */
};

/* ---- words of the requests -------------------------------------------------- */

/* A handle is two words; HANDLE_AT is PLACE_ANY for none. */
enum { HELLO_OLDEST, HELLO_NEWEST, HELLO_REQUEST_WORDS }; /* versions spoken */
enum { HANDLE_AT, HANDLE_TAG, HANDLE_WORDS };
/* Where: a flash offset it has to start at, PLACE_ANY for wherever. */
enum { OPEN_SIZE, OPEN_ID, OPEN_PLACE, OPEN_ALIGN, OPEN_WORDS };
enum { SEAL_AT, SEAL_TAG, SEAL_FLAGS, SEAL_WORDS }; /* of what it replaces */
enum { COMMIT_FLAGS, COMMIT_WORDS };
#define PLACE_ANY 0xFFFFFFFFu
enum { SEAL_FORCE = 1 };   /* an equal version too */
enum { COMMIT_START = 1 }; /* start it; an update is started anyway */
enum { ENABLE_AT, ENABLE_TAG, ENABLE_ON, ENABLE_WORDS };
enum { ORDER_WHAT, ORDER_PROCESS, ORDER_WORDS };
enum { FROM_CURSOR, FROM_WORDS };           /* WALK, PROCESS, LOG */
enum { WRITE_OFFSET, WRITE_REQUEST_WORDS }; /* then the bytes */

/* ---- words of the answers ---------------------------------------------------- */

enum {
    HELLO_VERSION, /* that both will speak */
    HELLO_FEATURES,
    HELLO_PAGE, /* bytes that a WRITE may carry */
    HELLO_BOOT, /* another number after each reset */
    HELLO_WORDS /* text: the board's name */
};

enum message_feature {
    FEATURE_STORE = 1,
    FEATURE_PROCESSES = 2,
    FEATURE_LOG = 4,
    FEATURE_KEYS = 8, /* credentials are demanded */
    FEATURE_ORDERS = 16,
    FEATURE_COMMANDS = 32, /* what is typed may be commands */
};

/* What ORDER wants of a process, or of the board. Takes effect at once, and is not
 * kept: after a reset all is as it was. */
enum message_order {
    ORDER_PAUSE,
    ORDER_RESUME,
    ORDER_FAULT,
    ORDER_BOOT, /* one that has ended, or faulted */
    ORDER_END,
    ORDER_ATTACH, /* what is typed goes to it, until Ctrl-] */
    ORDER_RESET,  /* the board; not answered if it can */
};

enum {
    INFO_BASE,  /* address of the flash's first byte; the rest are offsets */
    INFO_START, /* of the chain of objects */
    INFO_END,
    INFO_SECTOR,
    INFO_UNIT, /* bytes of a word that is programmed at once */
    INFO_FREE,
    INFO_LARGEST, /* largest object that fits */
    INFO_ERASES,
    INFO_RAM_START,
    INFO_RAM_END,
    INFO_RAM_FREE,
    INFO_SLOTS,
    INFO_WORDS /* text: the kernel's version */
};

/* An object of the store. FROM_CURSOR is PLACE_ANY for the first, then
 * OBJECT_NEXT of the one before; ERR_NODEVICE: there are no more. */
enum {
    OBJECT_NEXT,
    OBJECT_AT, /* offset in flash: its handle, with OBJECT_TAG */
    OBJECT_TAG,
    OBJECT_SIZE,
    OBJECT_FLAGS,
    OBJECT_ERROR, /* enum tbf_error: why it is no app */
    OBJECT_VERSION,
    OBJECT_SHORT_ID,
    OBJECT_TRIAL_OF,    /* offset, PLACE_ANY: of none */
    OBJECT_REPLACED_BY, /* offset, PLACE_ANY: by none */
    OBJECT_PROCESS,     /* handle of the process that runs it, 0: none */
    OBJECT_WORDS        /* text: its name */
};

enum message_object_flag {
    OBJECT_FREE = 1, /* not an object, space */
    OBJECT_ENABLED = 2,
    OBJECT_RELOCATABLE = 4,
};

/* A process. FROM_CURSOR is a slot, from 0. */
enum {
    PROCESS_NEXT,
    PROCESS_HANDLE,
    PROCESS_STATE,
    PROCESS_OBJECT, /* offset in flash */
    PROCESS_RAM,
    PROCESS_RAM_SIZE,
    PROCESS_RESTARTS,
    PROCESS_CODE, /* what it ended with */
    PROCESS_WORDS /* text: its name */
};

enum message_process_state {
    PROCESS_IS_RUNNING,
    PROCESS_IS_WAITING,
    PROCESS_IS_STOPPED,
    PROCESS_IS_FAULTED,
    PROCESS_IS_ENDED,
};

enum { OPENED_OFFSET, OPENED_HEAD, OPENED_UNIT, OPENED_WORDS };
enum { WRITTEN_OFFSET, WRITTEN_WORDS };
enum { LOG_NEXT, LOG_LEVEL, LOG_WORDS }; /* text: the line */
enum { COMMITTED_AT, COMMITTED_PROCESS, COMMITTED_WORDS };
enum { COMPACTED_BYTES, COMPACTED_WORDS };
enum { DIGEST_CRC, DIGEST_WORDS };

/* ---- requests ------------------------------------------------------------------ */

#define REQUEST_WORDS_MAX 5u

struct request {
    uint8_t type;
    uint32_t word[REQUEST_WORDS_MAX];
    const uint8_t *bytes; /* WRITE */
    uint32_t len;
};

/* NOSUPPORT: no such type; SIZE: shorter than its words, or bytes where none
 * belong, or more than PROTO_PAGE of them: then only the type is set. bytes
 * points into `payload`. */
MUST_CHECK err_t request_read(struct request *out, uint8_t type,
                              const uint8_t *payload, size_t len);

/* The payload; returns its length, at most PROTO_PAYLOAD_MAX. */
size_t request_write(uint8_t payload[PROTO_PAYLOAD_MAX],
                     const struct request *request);

const char *message_name(uint8_t type);

/* How many words a request has; 0: none, or there is no such request. */
uint32_t message_words(uint8_t type);

/* ---- answers -------------------------------------------------------------------- */

#define ANSWER_WORDS_MAX 12u
#define ANSWER_TEXT_MAX 128u
#define ANSWER_MAX (2u + 4u * ANSWER_WORDS_MAX + ANSWER_TEXT_MAX)

/* As it was read. */
struct answer {
    err_t status;
    uint32_t words;
    uint32_t word[ANSWER_WORDS_MAX];
    const char *text; /* not NUL-terminated */
    uint32_t text_len;
};

/* Any status makes sense; text of a failure is the reason for people. INVAL:
 * not an answer. text points into `payload`. */
MUST_CHECK err_t answer_read(struct answer *out, const uint8_t *payload,
                             size_t len);

/* One in the making, as it will go out: from `status` on this is the payload,
 * but that the text begins right behind the last word. Zeroed, then `words` and
 * what they are, then the text. */
struct reply {
    uint16_t text_len;
    uint8_t status, words;
    uint32_t word[ANSWER_WORDS_MAX];
    char text[ANSWER_TEXT_MAX]; /* room for it */
};

static inline uint8_t *reply_payload(struct reply *reply)
{
    return (uint8_t *)reply + offsetof(struct reply, status);
}

static inline char *reply_text_at(struct reply *reply)
{
    return (char *)reply + offsetof(struct reply, word) + 4u * reply->words;
}

static inline size_t reply_len(const struct reply *reply)
{
    return 2u + 4u * reply->words + reply->text_len;
}

/* Text behind the words that there are, cut after ANSWER_TEXT_MAX. NULL: none. */
void reply_put(struct reply *reply, const void *text, size_t len);
void reply_text(struct reply *reply, const char *text);
/* A failure with its reason. */
void reply_fail(struct reply *reply, err_t e, const char *reason);

/* Of driver 0x80010003, in the place of a frame's type: one was damaged. */
#define LINE_DAMAGED 0x100u

#endif
