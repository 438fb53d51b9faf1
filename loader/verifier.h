/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's side in the kernel: starts the process that checks one
 * signature (crypto/verifier), hands it the job as driver DRIVER_VERIFIER
 * (berth/verify.h), and takes its answer from how it ends. The process has RAM
 * and a slot only while it works; it is scheduled like any other.
 *
 * For checker_signature.c, and for boards, which own the struct, have its row in
 * their table, and a slot more than apps need. */
#ifndef LOADER_VERIFIER_H
#define LOADER_VERIFIER_H

#include <kernel/driver.h>
#include <loader/credential.h>

enum verifier_answer {
    VERIFIER_BUSY,
    VERIFIER_GOOD,    /* `key` made it */
    VERIFIER_BAD,     /* none of the keys did */
    VERIFIER_NO_ROOM, /* no slot, or no RAM: `missing` bytes in one piece */
    VERIFIER_FAILED,  /* it did anything but answer */
};

/* Longer than this it computes for no signature: in time slices used up, and in
 * all, whoever else computes. */
#define VERIFIER_SLICES_MAX 1000u
#define VERIFIER_MS_MAX 120000u
#define VERIFIER_LOOK_MS 1u

struct verifier {
    struct grant grant;
    uint32_t flash, size; /* its binary */
    struct check *check;  /* under way; NULL: none */
    pid_handle_t pid;
    struct deferred work;
    struct ktimer timer;
    enum verifier_answer answer;
    bool has_answer; /* only its end is waited for */
    uint32_t key, missing;
    uint64_t end; /* of all patience */
};

extern const struct driver_ops verifier_ops;

/* crypto/verifier.S: its binary. */
extern const uint8_t verifier_image[], verifier_image_end[];

/* `flash`, `size`: its binary. */
void verifier_init(struct verifier *v, uint32_t flash, uint32_t size);

/* Has one of the board's keys made the signature of check->footer? The first
 * time it is asked it begins; once it has answered it is asked again: then the
 * check's client is woken. */
enum verifier_answer verifier_ask(struct verifier *v, struct check *check);

/* checker_signature.c: the board's key of that number, if it is a key that can
 * have made the signature. */
const struct board_key *check_key(const struct check *c, uint32_t number);

#endif
