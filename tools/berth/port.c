/* SPDX-License-Identifier: Apache-2.0 */
/* See port.h. */
#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "berth.h"

#define WAIT_SECONDS 30 /* for a port that another berth uses */

bool fd_write(int fd, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd p = { .fd = fd, .events = POLLOUT };
            (void)poll(&p, 1, 1000);
        } else if (n == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* ---- where berths meet ---------------------------------------------------- */

/* A folder of this user alone. */
static const char *meeting_place(void)
{
    static char path[160];
    const char *run = getenv("XDG_RUNTIME_DIR");
    struct stat st;
    if (run && strlen(run) < 100)
        snprintf(path, sizeof path, "%s/berth", run);
    else
        snprintf(path, sizeof path, "/tmp/berth-%u", (unsigned)getuid());
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
        st.st_uid != getuid() || (st.st_mode & 077) != 0)
        fail(EXIT_SYSTEM, "%s: not a folder of yours alone (chmod 700)", path);
    return path;
}

/* A port's name as a file's. */
static void meeting_file(char *out, size_t cap, const char *name,
                         const char *kind)
{
    int n = snprintf(out, cap, "%s/", meeting_place());
    size_t at = n > 0 ? (size_t)n : 0;
    for (; *name && at + 8 < cap; name++)
        out[at++] = *name == '/' ? '+' : *name;
    snprintf(out + at, cap - at, ".%s", kind);
}

static bool unix_address(struct sockaddr_un *out, const char *path)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof out->sun_path)
        return false;
    memcpy(out->sun_path, path, strlen(path) + 1);
    return true;
}

static int unix_connect(const char *path)
{
    struct sockaddr_un address;
    if (!unix_address(&address, path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 &&
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* ---- which port ------------------------------------------------------------ */

struct candidates {
    char name[16][200];
    size_t count;
};

static void candidate_add(struct candidates *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->name[i], name) == 0)
            return;
    if (c->count < 16)
        snprintf(c->name[c->count++], sizeof c->name[0], "%s", name);
}

/* Ports that other berths hold. */
static void candidates_held(struct candidates *c)
{
    const char *place = meeting_place();
    DIR *dir = opendir(place);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char path[500], name[260];
        size_t len = strlen(entry->d_name);
        if (len < 6 || strcmp(entry->d_name + len - 5, ".sock") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        int fd = unix_connect(path);
        if (fd < 0)
            continue;
        close(fd);
        snprintf(name, sizeof name, "%.*s", (int)len - 5, entry->d_name);
        for (char *p = name; *p; p++)
            *p = *p == '+' ? '/' : *p;
        candidate_add(c, name);
    }
    if (dir)
        closedir(dir);
}

/* Serial ports on USB: what boards are plugged into. */
static void candidates_usb(struct candidates *c)
{
    struct sp_port **ports;
    if (sp_list_ports(&ports) != SP_OK)
        return;
    for (size_t i = 0; ports[i]; i++)
        if (sp_get_port_transport(ports[i]) == SP_TRANSPORT_USB)
            candidate_add(c, sp_get_port_name(ports[i]));
    sp_free_port_list(ports);
}

static const char *port_find(void)
{
    static struct candidates c;
    candidates_held(&c);
    if (c.count == 0)
        candidates_usb(&c);
    if (c.count == 0)
        fail(EXIT_PORT, "no board found: none is run by `berth run` and no "
                        "serial port is plugged in; name one with --port "
                        "(/dev/..., unix:PATH or tcp:HOST:PORT)");
    if (c.count > 1) {
        for (size_t i = 0; i < c.count; i++)
            fprintf(stderr, "  %s\n", c.name[i]);
        fail(EXIT_PORT, "more than one board (above): choose with --port");
    }
    return c.name[0];
}

/* ---- opening ---------------------------------------------------------------- */

static int tcp_open(const char *where)
{
    char host[160];
    const char *colon = strrchr(where, ':');
    if (!colon || (size_t)(colon - where) >= sizeof host)
        fail(EXIT_USAGE, "tcp:%s: write tcp:HOST:PORT", where);
    snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *list;
    int e = getaddrinfo(host, colon + 1, &hints, &list);
    if (e != 0)
        fail(EXIT_PORT, "tcp:%s: %s", where, gai_strerror(e));
    int fd = -1;
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    int on = 1;
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* A terminal that is not the library's business: a pty has no speed. */
static int pty_open(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios t;
    if (fd < 0)
        return fd;
    if (tcgetattr(fd, &t) != 0) /* a file, which frames would overwrite */
        fail(EXIT_PORT,
             "%s: no serial port; a socket is named unix:PATH or tcp:HOST:PORT",
             path);
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
    return fd;
}

static int device_open(const char *path, uint32_t baud)
{
    struct sp_port *device;
    int fd = -1;
    if (strncmp(path, "/dev/pts/", 9) == 0)
        return pty_open(path);
    if (sp_get_port_by_name(path, &device) != SP_OK)
        return pty_open(path); /* a name that leads to one */
    if (sp_open(device, SP_MODE_READ_WRITE) != SP_OK)
        fail(EXIT_PORT, "%s: %s", path, sp_last_error_message());
    if (sp_set_baudrate(device, (int)baud) != SP_OK ||
        sp_set_bits(device, 8) != SP_OK ||
        sp_set_parity(device, SP_PARITY_NONE) != SP_OK ||
        sp_set_stopbits(device, 1) != SP_OK ||
        sp_set_flowcontrol(device, SP_FLOWCONTROL_NONE) != SP_OK ||
        sp_get_port_handle(device, &fd) != SP_OK)
        fail(EXIT_PORT, "%s: %u baud, 8N1: %s", path, baud,
             sp_last_error_message());
    return fd;
}

static int wire_open(const char *name, uint32_t baud)
{
    if (strncmp(name, "run:", 4) == 0)
        fail(EXIT_PORT, "%s: no `berth run` has that board now", name);
    errno = 0;
    int fd = strncmp(name, "unix:", 5) == 0  ? unix_connect(name + 5)
             : strncmp(name, "tcp:", 4) == 0 ? tcp_open(name + 4)
                                             : device_open(name, baud);
    if (fd < 0)
        fail(EXIT_PORT, "%s: %s", name,
             errno ? strerror(errno) : "cannot be opened");
    return fd;
}

static bool lock_try(struct port *port)
{
    char path[300];
    meeting_file(path, sizeof path, port->name, "lock");
    port->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (port->lock < 0)
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    if (flock(port->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    close(port->lock);
    port->lock = -1;
    return false;
}

static void port_name(struct port *port, const char *name)
{
    *port = (struct port){ .fd = -1, .lock = -1, .listener = -1 };
    if (!name)
        name = getenv("BERTH_PORT");
    if (!name || !*name)
        name = port_find();
    if (strlen(name) >= sizeof port->name)
        fail(EXIT_USAGE, "--port: the name is too long");
    snprintf(port->name, sizeof port->name, "%s", name);
    meeting_file(port->socket, sizeof port->socket, port->name, "sock");
}

/* Has the console taken us in? It does so one by one (hold.c). Waits for a tenth
 * of a second. */
static bool is_let_through(struct port *port)
{
    struct pollfd p = { .fd = port->fd, .events = POLLIN };
    char welcome;
    if (poll(&p, 1, 100) <= 0)
        return false;
    if (read(port->fd, &welcome, 1) == 1)
        return true;
    close(port->fd);
    port->fd = -1;
    return false;
}

void port_open(struct port *port, const char *name, uint32_t baud)
{
    port_name(port, name);
    for (uint32_t tenth = 0;; tenth++) {
        if (port->fd < 0)
            port->fd = unix_connect(port->socket);
        port->is_through = port->fd >= 0;
        if (port->is_through && is_let_through(port))
            return;
        if (!port->is_through && lock_try(port))
            break;
        if (tenth == 10)
            fprintf(stderr, "waiting: another berth uses %s\n", port->name);
        if (tenth == 10 * WAIT_SECONDS)
            fail(EXIT_PORT, "%s: another berth has used it for %d s",
                 port->name, WAIT_SECONDS);
        if (!port->is_through)
            usleep(100000);
    }
    port->fd = wire_open(port->name, baud);
}

void port_listen(struct port *port)
{
    struct sockaddr_un address;
    if (!unix_address(&address, port->socket))
        fail(EXIT_SYSTEM, "%s: too long for a socket", port->socket);
    unlink(port->socket);
    port->listener =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (port->listener < 0 ||
        bind(port->listener, (struct sockaddr *)&address, sizeof address) !=
            0 ||
        listen(port->listener, 8) != 0)
        fail(EXIT_SYSTEM, "%s: %s", port->socket, strerror(errno));
}

static NORETURN void fail_held(const struct port *port)
{
    fail(EXIT_PORT,
         "%s: another berth uses it; what the board says is on its terminal",
         port->name);
}

void port_hold(struct port *port, const char *name, uint32_t baud)
{
    port_name(port, name);
    if (!lock_try(port))
        fail_held(port);
    port->fd = wire_open(port->name, baud);
    port_listen(port);
}

void port_hold_fd(struct port *port, const char *name, int fd)
{
    port_name(port, name);
    if (!lock_try(port))
        fail_held(port);
    port->fd = fd;
    port_listen(port);
}

void port_close(struct port *port)
{
    if (port->listener >= 0) {
        close(port->listener);
        unlink(port->socket);
    }
    if (port->fd >= 0)
        close(port->fd);
    if (port->lock >= 0)
        close(port->lock);
    port->fd = port->lock = port->listener = -1;
}
