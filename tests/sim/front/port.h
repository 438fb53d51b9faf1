/* SPDX-License-Identifier: Apache-2.0 */
/* The host's end of a serial line: this terminal, a pseudo-terminal, a socket,
 * a file. The one place that reads from and writes to the host while the
 * machine runs. */
#ifndef TESTS_SIM_PORT_H
#define TESTS_SIM_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include <tests/sim/devices/line.h>

struct port {
    struct line_listener listener;
    struct line *line;
    int in, out;      /* -1: none (any more) */
    int server;       /* where the next client comes in; -1: none comes */
    bool is_terminal; /* in raw mode, to be given back as it was */
    struct termios was;
    bool is_escaped; /* Ctrl-A was typed */
    /* A command behind Ctrl-A: x and what else main.c knows. */
    void (*command)(void *context, char key);
    void *context;
    uint8_t text[4096]; /* on its way out */
    size_t length;
};

/* stdio, pty, unix:PATH, tcp:PORT, file:PATH or null; with ",nowait" behind a
 * socket the machine does not wait for a client. false: it said why not. */
bool port_open(struct port *port, const char *where, struct line *line);
void port_close(struct port *port);

void port_flush(struct port *port);

/* Feeds the line with what was typed; waits for it up to so long, -1: for
 * ever. True: there was something, a byte or a command. */
bool port_poll(struct port *port, int milliseconds);

/* Whether anything can ever be typed. */
bool port_is_alive(const struct port *port);

#endif
