/* SPDX-License-Identifier: Apache-2.0 */
/* Every driver that can stand on the scripted kernel (kernel.h), each on the
 * fakes of its devices: for tests that go over all of them. What needs the real
 * kernel is not here: IPC, the verifier, the app loader.
 *
 *     house_begin();                       // everything as after a reset
 *     struct process *p = house_process(0);
 *     fake_command(p, house[i].number, ...);
 *     house_event(3, OK);                  // a device does something
 *     house_settle();                      // until nothing is under way
 *     fake_end(); */
#ifndef TESTS_FAKE_HOUSE_H
#define TESTS_FAKE_HOUSE_H

#include <tests/fake/kernel.h>

enum { HOUSE_DRIVERS = 28, HOUSE_EVENTS = 20 };

/* Writeable flash of every app. */
#define HOUSE_REGION 0x22000000u

extern const struct driver house[HOUSE_DRIVERS];

enum { HOUSE_OPERATIONS = 29, HOUSE_BUFFERS = 3 };

/* One that is accepted by a command, and told by an event. */
struct house_operation {
    uint32_t driver;
    uint8_t first; /* a command before it, with arguments of 0 */
    uint8_t command, event;
    uint32_t a1, a2;
    uint16_t ro[HOUSE_BUFFERS],
        rw[HOUSE_BUFFERS]; /* what it wants to be lent */
    bool is_stirred; /* its event comes only when something outside happens */
    err_t second;    /* what a second app is answered meanwhile */
};

extern const struct house_operation house_operations[HOUSE_OPERATIONS];

/* The row of that number. */
const struct driver *house_find(uint32_t number);

void house_begin(void);

/* An app that may keep data, with an identity of its own for each `n` below 8;
 * 3 may install and has power over others. */
struct process *house_process(uint32_t n);

/* Device `n` below HOUSE_EVENTS goes on, if it has something to do: with that
 * status, where there is one. `n` + 1 to the devices that bring a value. */
void house_event(uint32_t n, err_t status);

/* A device that takes, or hears, from outside: both pins and both buttons move,
 * and that is typed to the app. */
void house_stir(const struct process *p, const char *text);

/* Flash and the rewriting of app flash fail from now on, or no longer. */
void house_fail(bool on);

/* Deferred calls run and devices finish what they have begun, until there is
 * no more of that. */
void house_settle(void);

#endif
