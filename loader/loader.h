/* SPDX-License-Identifier: Apache-2.0 */
/* The loading machine: from flash to running apps, at boot and later. For
 * boards, and for those through which apps are managed: the app-loader driver,
 * the serial protocol, the operator. docs/design/loader.md has the reasons.
 *
 * It owns the store. All else goes through here, because whoever changes flash
 * has to know what runs in it: an app that is removed or moved is stopped
 * before, an update starts in its stead, a trial is watched to its end.
 *
 * A request names a client. It answers OK and then ends with exactly one
 * client->done(), never from inside a call; or it answers an error at once and
 * nothing has changed. One request at a time, of all clients: others are
 * answered BUSY. A client may make its next request from inside done().
 * Nothing here judges who may ask: whoever is handed a struct loader may. */
#ifndef LOADER_LOADER_H
#define LOADER_LOADER_H

#include <kernel/process_admin.h>
#include <loader/accept.h>
#include <loader/identity.h>
#include <loader/store.h>

enum loader_op {
    LOADER_IDLE,
    LOADER_BOOT, /* its own: mount, discover, start all that may start */
    LOADER_OPEN,
    LOADER_WRITE,
    LOADER_SEAL,
    LOADER_COMMIT,
    LOADER_ABORT,
    LOADER_REMOVE,
    LOADER_ENABLE,
    LOADER_CONFIRM,
    LOADER_ROLL_BACK,
    LOADER_COMPACT,
    LOADER_START,
    LOADER_STOP,
};

/* What became of one binary. */
enum loader_verdict {
    LOADER_OK,            /* it runs, or may */
    LOADER_BAD_OBJECT,    /* detail: enum tbf_error */
    LOADER_LOST,          /* its size is corrupt: detail is where the walk goes
                             on, or STORE_NONE */
    LOADER_DISABLED,      /* the journal or its header says so */
    LOADER_NO_CREDENTIAL, /* the board demands one, it has none that counts */
    LOADER_REJECTED,      /* detail: enum check_verdict; other: the format */
    LOADER_BLOCKED,       /* detail: enum block; other: the one that does */
    LOADER_NOT_LOADED,    /* detail: enum load_error; wanted, actual */
    LOADER_NO_UPDATE,     /* detail: enum update_verdict; other: the old one */
};

struct loader_report {
    enum loader_verdict verdict;
    uint32_t at; /* the binary, by its offset in the flash */
    uint32_t detail, other;
    struct load_report load; /* NOT_LOADED: what was wanted, and OK: the pid */
};

/* For people, without a full stop. Returns its length. */
uint32_t loader_report_text(const struct loader_report *r, char *to,
                            uint32_t cap);

/* How a request ended. */
struct loader_result {
    enum loader_op op;
    err_t e;
    /* SEAL: why FAIL. COMMIT and START: what became of the start, also if it
       was refused: then e is OK all the same. */
    struct loader_report report;
    struct store_handle handle; /* COMMIT: the new object */
};

struct loader_client {
    /* Names who owns what this client opens; not 0. An app's is its pid's
     * handle, which is above 255; the kernel's own parts take small numbers. */
    uint32_t owner;
    /* The result is good until the client asks for something else. */
    void (*done)(struct loader_client *client,
                 const struct loader_result *result);
};

enum { LOADER_OWNER_SERIAL = 1, LOADER_OWNER_OPERATOR = 2 };

struct loader;

/* ---- the board ------------------------------------------------------------- */

struct loader_policy {
    enum identity_policy identity;
    uint32_t trial_ms; /* an update that has run that long is confirmed */
    uint32_t
        idle_ms; /* a transfer silent for so long is interrupted; 0: never */
};

/* What the board demands. It never changes: see struct store_place. */
struct loader_config {
    const struct loader_policy *policy;
    const struct accept_policy *accept; /* of boards with loader/accept.c */
    /* Each binary's report at boot, and a last one of NULL. Optional: without
     * it what was refused is in the log all the same. */
    void (*reported)(const struct loader_report *report);
};

/* Defined by the board. */
const struct loader_config *loader_config(const struct loader *l);

/* Mount the store and start what may start, from the kernel's loop. Requests
 * are BUSY meanwhile. `secret`: see struct store. */
void loader_boot(struct loader *l, uint32_t secret);

/* ---- what there is ---------------------------------------------------------- */

/* One object. Names and TLVs can be read at loader_bytes(). */
struct loader_object {
    struct store_object store; /* handle, tbf, enabled, trial, is_free */
    pid_handle_t pid;          /* the process made of it; PID_NONE: none */
};

/* The next at *at, which begins as STORE_NONE; false after the last. Padding
 * and holes come too (store.is_free). Not while flash is held, which no command
 * or deferred call can see. ERR_OFF until the store has been mounted: then it
 * answers false. */
bool loader_walk(struct loader *l, uint32_t *at, struct loader_object *object);
/* Where a walk goes on that a stranger says stands at `at`: see store_seek(). */
uint32_t loader_seek(struct loader *l, uint32_t at);
MUST_CHECK err_t loader_find(struct loader *l, struct store_handle handle,
                             struct loader_object *object);
/* The number of the key by which the app of a process was accepted; 0: by none.
 * What an app says of itself counts only then. */
uint32_t loader_key(const struct loader *l, pid_handle_t pid);
/* Valid until the kernel's loop is entered again. */
const uint8_t *loader_bytes(struct loader *l, uint32_t at);

/* As store_space(). */
uint32_t loader_space(const struct loader *l, uint32_t *largest);

/* What is going on: LOADER_IDLE if nothing. */
enum loader_op loader_busy(const struct loader *l);

/* Is it at its boot, or finding out what flash holds? Then nobody knows yet what
 * there is. */
bool loader_is_starting(const struct loader *l);

/* ---- a transfer: open, write ..., seal, commit ------------------------------- */

/* That which there is, interrupted ones included; NULL: none. */
const struct store_transfer *loader_transfer(const struct loader *l);

/* What each request says stands below, where it has a name of its own. `handle`:
 * the object it is about, or for SEAL the one to be replaced; `on`: what its flag
 * is to be. Not for OPEN and WRITE. */
MUST_CHECK err_t loader_ask(struct loader *l, struct loader_client *client,
                            enum loader_op op, struct store_handle handle,
                            uint32_t on);

#define LOADER_NO_HANDLE ((struct store_handle){ STORE_NONE, 0 })

/* As store_open(). When it was taken up again the transfer's offset says how much
 * is there. */
MUST_CHECK err_t loader_open(struct loader *l, struct loader_client *client,
                             const struct store_request *request);
/* As store_write(): in order; lent until done(). */
MUST_CHECK err_t loader_write(struct loader *l, struct loader_client *client,
                              uint32_t offset, const uint8_t *bytes,
                              uint32_t len);
/* Complete it and judge what flash holds now: credentials, identity, and
 * whether it may be an update of `replaces` (NULL: it is none). `force`: an
 * equal version will do. FAIL: result.report says why; it can be aborted. */
MUST_CHECK static inline err_t loader_seal(struct loader *l,
                                           struct loader_client *client,
                                           const struct store_handle *replaces,
                                           bool force)
{
    return loader_ask(l, client, LOADER_SEAL,
                      replaces != NULL ? *replaces : LOADER_NO_HANDLE, force);
}
/* Now it is installed. An update stops the old app and starts the new one on
 * trial; anything else is started with `start`. The result is OK once it is
 * committed; result.report says what became of the start. */
MUST_CHECK static inline err_t loader_commit(struct loader *l,
                                             struct loader_client *client,
                                             bool start)
{
    return loader_ask(l, client, LOADER_COMMIT, LOADER_NO_HANDLE, start);
}
MUST_CHECK static inline err_t loader_abort(struct loader *l,
                                            struct loader_client *client)
{
    return loader_ask(l, client, LOADER_ABORT, LOADER_NO_HANDLE, false);
}
/* That owner is no more: its transfer can be taken up by anybody, and nobody is
 * told of the end of what it asked for. */
void loader_owner_gone(struct loader *l, uint32_t owner);
/* It lets go of its transfer, and lives on: what else it asked for ends as any
 * request does. */
void loader_let_go(struct loader *l, uint32_t owner);

/* ---- objects ------------------------------------------------------------------ */

/* Its process ends first, if there is one. */
MUST_CHECK static inline err_t loader_remove(struct loader *l,
                                             struct loader_client *client,
                                             struct store_handle handle)
{
    return loader_ask(l, client, LOADER_REMOVE, handle, false);
}
/* Off: its process ends. On: it starts when loader_start() is asked for or at
 * the next boot. */
MUST_CHECK static inline err_t loader_enable(struct loader *l,
                                             struct loader_client *client,
                                             struct store_handle handle,
                                             bool on)
{
    return loader_ask(l, client, LOADER_ENABLE, handle, on);
}
MUST_CHECK static inline err_t loader_confirm(struct loader *l,
                                              struct loader_client *client,
                                              struct store_handle handle)
{
    return loader_ask(l, client, LOADER_CONFIRM, handle, false);
}
/* The one on trial ends and is removed; the old one starts. */
MUST_CHECK static inline err_t loader_roll_back(struct loader *l,
                                                struct loader_client *client,
                                                struct store_handle handle)
{
    return loader_ask(l, client, LOADER_ROLL_BACK, handle, false);
}
/* Close one gap: what has to move is stopped, moved and started again. ALREADY:
 * there is nothing to close. */
MUST_CHECK static inline err_t loader_compact(struct loader *l,
                                              struct loader_client *client)
{
    return loader_ask(l, client, LOADER_COMPACT, LOADER_NO_HANDLE, false);
}
/* Make a process of it: result.report says whether that could be. ALREADY: there
 * is one. */
MUST_CHECK static inline err_t loader_start(struct loader *l,
                                            struct loader_client *client,
                                            struct store_handle handle)
{
    return loader_ask(l, client, LOADER_START, handle, false);
}
/* End its process and free all that it has. */
MUST_CHECK static inline err_t loader_stop(struct loader *l,
                                           struct loader_client *client,
                                           struct store_handle handle)
{
    return loader_ask(l, client, LOADER_STOP, handle, false);
}

/* ---- state: zeroed, the board's ------------------------------------------------- */

/* What one trial or silent transfer is looked at again after. */
#define LOADER_TICK_MS 100u

/* A step of a request. It returns what comes next: OK, the end of the store's
 * operation that it has begun; a number of enum loader_next; or an error, with
 * which the request ends. */
typedef uint32_t loader_step(struct loader *l);

/* Only the functions above look inside. What is used most comes early, where an
 * instruction of two bytes reaches it. */
struct loader {
    uint32_t op; /* enum loader_op */
    flag_t is_mounted, is_mending;
    flag_t is_due;                /* the next step, in the kernel's loop */
    flag_t is_storing;            /* it comes after the store's operation */
    flag_t is_judged;             /* of the sealed transfer */
    flag_t is_on;                 /* of the request */
    struct loader_client *client; /* NULL: our own request, or a dead one's */
    loader_step *const *script;   /* of the request: what is left of it */
    err_t store_e;                /* how the store's operation ended */

    uint32_t at, other;   /* of the walks under way */
    uint32_t second, end; /* where that at boot goes on behind the first,
                                  * which is in `object`; and stops */
    struct store_handle handle, replaces; /* replaces.at: or STORE_NONE */
    pid_handle_t pid;                     /* whose start is waited for */
    uint32_t restarts, moved;             /* compaction: bits of slots */
    uint32_t key; /* that accepted the transfer; 0: none */
    struct deferred work;
    struct store store;

    struct deferred store_work, tick;
    bool is_holding, is_failure_told;
    struct ktimer timer, retry, warning;
    uint32_t trial_ticks; /* to the end of the one watched; 0: there is none */
    uint32_t trial_at;    /* of the walk that looks for it */
    uint32_t floor;       /* for the version of what is sealed */
    struct loader_result result;
    struct loader_object object; /* what is to be started, and who it is */
    struct candidate candidate;
    struct check_result check; /* of credentials */
    struct check_client check_client;
};

#endif
