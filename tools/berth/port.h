/* SPDX-License-Identifier: Apache-2.0 */
/* The way to a board: a serial device, a pseudo terminal, a Unix socket or a
 * TCP socket; or the control socket of the berth that holds the port already.
 *
 *   /dev/ttyUSB0, /dev/pts/3    unix:PATH    tcp:HOST:PORT
 *
 * One berth at a time holds a port. Others find its control socket, when it is
 * a console, and go through it; else they wait. */
#ifndef BERTH_PORT_H
#define BERTH_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct port {
    char name[200]; /* as the user writes it */
    int fd;
    int lock;         /* the file that is locked, -1: none */
    bool is_through;  /* another berth holds it, and passes frames on */
    int listener;     /* of our control socket, -1: none */
    char socket[256]; /* its path */
};

/* `name` NULL: BERTH_PORT in the environment, or the one board there is. Ends
 * the program when it cannot be opened. */
void port_open(struct port *port, const char *name, uint32_t baud);

/* The same, with a control socket for others. Refused when somebody else has
 * one. */
void port_hold(struct port *port, const char *name, uint32_t baud);

/* Hold one that port_open() has opened, and not through another berth. */
void port_listen(struct port *port);

/* Hold a line that is open already (a board this program has started), under
 * that name. */
void port_hold_fd(struct port *port, const char *name, int fd);

void port_close(struct port *port);

/* All bytes; false when the other end is gone. */
bool fd_write(int fd, const void *bytes, size_t len);

#endif
