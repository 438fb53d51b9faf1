/* SPDX-License-Identifier: Apache-2.0 */
/* See port.h. */
#include <tests/sim/front/port.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <berth/compiler.h>

#define ESCAPE 0x01 /* Ctrl-A */

static bool refused(const char *where, const char *why)
{
    fprintf(stderr, "berth-sim: --serial %s: %s\n", where, why);
    return false;
}

/* ---- output ---------------------------------------------------------------------- */

/* Waits for a reader that is slow; one that is gone gets no more. */
void port_flush(struct port *port)
{
    size_t done = 0;
    while (port->out >= 0 && done < port->length) {
        ssize_t n = write(port->out, port->text + done, port->length - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = { .fd = port->out, .events = POLLOUT };
            poll(&wait, 1, 100);
        } else if (n < 0 && errno != EINTR) {
            port->out = -1;
        }
    }
    port->length = 0;
}

static void heard(struct line_listener *listener, uint8_t byte)
{
    struct port *port = CONTAINER_OF(listener, struct port, listener);
    if (port->length == sizeof port->text)
        port_flush(port);
    port->text[port->length++] = byte;
}

/* ---- clients --------------------------------------------------------------------- */

static void client_accept(struct port *port)
{
    int client = accept4(port->server, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    port->in = port->out = client;
}

static void client_gone(struct port *port)
{
    if (port->server >= 0) {
        close(port->in);
        port->out = -1;
    }
    port->in = -1;
}

/* ---- input ------------------------------------------------------------------------- */

static void escaped(struct port *port, char key)
{
    port->is_escaped = false;
    if (key == 'a' || key == ESCAPE)
        line_feed(port->line, &(char){ ESCAPE }, 1);
    else if (port->command)
        port->command(port->context, key);
}

/* From a terminal Ctrl-A begins a command. */
static void typed(struct port *port, const char *text, size_t length)
{
    if (!port->is_terminal) {
        line_feed(port->line, text, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (port->is_escaped)
            escaped(port, text[i]);
        else if (text[i] == ESCAPE)
            port->is_escaped = true;
        else
            line_feed(port->line, &text[i], 1);
    }
}

static bool port_read(struct port *port)
{
    char text[4096];
    ssize_t length = read(port->in, text, sizeof text);
    if (length > 0)
        typed(port, text, (size_t)length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR &&
                             errno != EIO)) /* EIO: nobody has the pty open */
        client_gone(port);
    return length > 0;
}

bool port_is_alive(const struct port *port)
{
    return port->in >= 0 || port->server >= 0;
}

bool port_poll(struct port *port, int milliseconds)
{
    struct pollfd wait = { .fd = port->in, .events = POLLIN };
    port_flush(port);
    if (port->in < 0)
        wait.fd = port->server;
    if (poll(&wait, 1, milliseconds) <= 0)
        return false;
    if ((wait.revents & POLLIN) != 0 && port->in >= 0)
        return port_read(port);
    if (port->in < 0)
        client_accept(port);
    else if (port->server >= 0 || !isatty(port->in))
        client_gone(port);
    else
        poll(NULL, 0,
             milliseconds < 0 || milliseconds > 20 ? 20 : milliseconds);
    return false;
}

/* ---- opening ------------------------------------------------------------------------- */

/* Raw but for output: what programs print here is for people. */
static void terminal_take(struct port *port)
{
    struct termios raw;
    if (!isatty(port->in) || tcgetattr(port->in, &port->was) != 0)
        return;
    raw = port->was;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    port->is_terminal = tcsetattr(port->in, TCSANOW, &raw) == 0;
}

static bool open_stdio(struct port *port)
{
    port->in = STDIN_FILENO;
    port->out = STDOUT_FILENO;
    terminal_take(port);
    return true;
}

static bool open_pty(struct port *port, const char *where)
{
    int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (pty < 0 || grantpt(pty) != 0 || unlockpt(pty) != 0)
        return refused(where, strerror(errno));
    if (tcgetattr(pty, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(pty, TCSANOW, &raw);
    }
    fprintf(stderr, "berth-sim: the serial line is %s\n", ptsname(pty));
    port->in = port->out = pty;
    return true;
}

static bool open_file(struct port *port, const char *where, const char *path)
{
    port->out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return port->out >= 0 || refused(where, strerror(errno));
}

static bool open_server(struct port *port, const char *where,
                        const struct sockaddr *address, socklen_t size,
                        bool waits)
{
    int yes = 1;
    port->server = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (port->server < 0)
        return refused(where, strerror(errno));
    setsockopt(port->server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(port->server, address, size) != 0 || listen(port->server, 1) != 0)
        return refused(where, strerror(errno));
    if (address->sa_family == AF_INET) {
        struct sockaddr_in bound;
        size = sizeof bound;
        getsockname(port->server, (struct sockaddr *)&bound, &size);
        fprintf(stderr, "berth-sim: the serial line is 127.0.0.1:%u\n",
                ntohs(bound.sin_port));
    }
    if (waits)
        client_accept(port);
    return true;
}

static bool open_unix(struct port *port, const char *where, const char *path,
                      bool waits)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return refused(where, "the path is too long for a socket");
    strcpy(address.sun_path, path);
    unlink(path);
    return open_server(port, where, (const struct sockaddr *)&address,
                       sizeof address, waits);
}

static bool open_tcp(struct port *port, const char *where, const char *number,
                     bool waits)
{
    char *end;
    unsigned long value = strtoul(number, &end, 10);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)value),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    if (*number == '\0' || *end != '\0' || value > 65535)
        return refused(where, "the port is a number up to 65535; 0: any");
    return open_server(port, where, (const struct sockaddr *)&address,
                       sizeof address, waits);
}

static const char *behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool port_open(struct port *port, const char *where, struct line *line)
{
    char name[256];
    *port = (struct port){ .line = line, .in = -1, .out = -1, .server = -1 };
    port->listener.heard = heard;
    line_listen(line, &port->listener);
    snprintf(name, sizeof name, "%s", where);
    char *option = strrchr(name, ',');
    bool waits = !(option && strcmp(option, ",nowait") == 0);
    if (!waits)
        *option = '\0';
    const char *rest;
    if (strcmp(name, "stdio") == 0)
        return open_stdio(port);
    if (strcmp(name, "pty") == 0)
        return open_pty(port, where);
    if (strcmp(name, "null") == 0)
        return true;
    if ((rest = behind(name, "unix:")) != NULL)
        return open_unix(port, where, rest, waits);
    if ((rest = behind(name, "tcp:")) != NULL)
        return open_tcp(port, where, rest, waits);
    if ((rest = behind(name, "file:")) != NULL)
        return open_file(port, where, rest);
    return refused(where, "there are stdio, pty, unix:PATH, tcp:PORT, "
                          "file:PATH and null");
}

void port_close(struct port *port)
{
    port_flush(port);
    if (port->is_terminal)
        tcsetattr(port->in, TCSANOW, &port->was);
    port->is_terminal = false;
}
