/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel as the app library sees it, one driver at a time: a test says what
 * commands are answered and which events come. */
#ifndef TESTS_FAKE_APP_H
#define TESTS_FAKE_APP_H

#include <stdbool.h>
#include <syscall.h>

#define FAKE_APP_NUMBERS 4u

extern struct fake_app {
    uint32_t driver; /* any other is asked for by mistake */
    struct sysret answer;
    uint32_t commands; /* so many were given, the last of them: */
    uint32_t number, arg0, arg1;
    void (*commanded)(void); /* if not null: one has come, and is a success */
    struct {
        const void *bytes;
        size_t length;
    } ro[FAKE_APP_NUMBERS], rw[FAKE_APP_NUMBERS], ur;
    struct {
        upcall_fn *function;
        void *userdata;
        bool has_event; /* as the queue: subscribing drops it */
        struct event event;
    } upcalls[FAKE_APP_NUMBERS];
} fake_app;

void fake_app_begin(uint32_t driver);
void fake_app_fails(uint32_t error);
void fake_app_answers(uint32_t value);

/* An event comes; it is delivered when the app waits. */
void fake_app_event(uint32_t number, uint32_t value0, uint32_t value1,
                    uint32_t value2);
/* The app waits: false if there was nothing to run. */
bool fake_app_wait(void);
/* Is anything lent? */
bool fake_app_lends(void);

#endif
