/* SPDX-License-Identifier: Apache-2.0 */
/* Registers have the numbers of gdb_target.h. Break points are addresses that
 * are compared with pc, so they work in flash as well; watch points are compared
 * with what the next instruction is about to access, and gdb is told after it
 * has. */
#include <tests/sim/gdb.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <tests/sim/core.h>
#include <tests/sim/gdb_target.h>
#include <tests/sim/watch.h>

enum { POINTS_MOST = 256, PACKET_MOST = 0x2000, POLL_EVERY = 4096 };

/* Z packets' types. */
enum point_type {
    POINT_BREAK = 0,
    POINT_BREAK_HARD = 1,
    POINT_WRITE = 2,
    POINT_READ = 3,
    POINT_ACCESS = 4
};

struct point {
    enum point_type type;
    uint32_t address, size;
};

struct gdb {
    int listener, client;
    char path[108];
    struct point points[POINTS_MOST];
    uint32_t point_count;
    bool is_stopped;  /* gdb has the word */
    bool steps;       /* stop after the next instruction */
    bool skips_break; /* the break point here was reported already */
    bool is_detached;
    char stop[64]; /* why, as gdb is told */
    uint32_t until_poll;
    const struct point *hit; /* a watch point the instruction will touch */
    uint32_t hit_address;
    char in[PACKET_MOST], packet[PACKET_MOST], answer[PACKET_MOST * 2 + 16];
    size_t in_count, in_next;
};

/* ---- the line -------------------------------------------------------------- */

static void lose_client(struct gdb *gdb)
{
    if (gdb->client >= 0)
        close(gdb->client);
    gdb->client = -1;
    gdb->is_detached = true;
    gdb->is_stopped = gdb->steps = false;
    gdb->point_count = 0;
}

/* The next byte, or -1 when gdb is gone. */
static int next_byte(struct gdb *gdb)
{
    if (gdb->in_next == gdb->in_count) {
        ssize_t length =
            gdb->client < 0 ? 0 : read(gdb->client, gdb->in, sizeof(gdb->in));

        if (length <= 0) {
            lose_client(gdb);
            return -1;
        }
        gdb->in_count = (size_t)length;
        gdb->in_next = 0;
    }
    return (unsigned char)gdb->in[gdb->in_next++];
}

static void send_bytes(struct gdb *gdb, const char *bytes, size_t size)
{
    while (size > 0 && gdb->client >= 0) {
        ssize_t sent = send(gdb->client, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0) {
            lose_client(gdb);
            return;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
}

static uint8_t checksum(const char *text)
{
    uint8_t sum = 0;

    while (*text != '\0')
        sum = (uint8_t)(sum + (uint8_t)*text++);
    return sum;
}

static void send_packet(struct gdb *gdb, const char *text)
{
    char end[8];

    snprintf(end, sizeof(end), "#%02x", checksum(text));
    send_bytes(gdb, "$", 1);
    send_bytes(gdb, text, strlen(text));
    send_bytes(gdb, end, 3);
}

/* Into gdb->packet, acknowledged. Between packets ^C may come: that is the
 * packet "\003". false: gdb is gone. */
static bool receive_packet(struct gdb *gdb)
{
    for (;;) {
        size_t length = 0;
        int c = next_byte(gdb);

        while (c >= 0 && c != '$' && c != 3)
            c = next_byte(gdb);
        if (c == 3) {
            strcpy(gdb->packet, "\003");
            return true;
        }
        while ((c = next_byte(gdb)) >= 0 && c != '#')
            if (length < sizeof(gdb->packet) - 1)
                gdb->packet[length++] = (char)c;
        gdb->packet[length] = '\0';
        if (next_byte(gdb) < 0 || next_byte(gdb) < 0)
            return false;
        send_bytes(gdb, "+", 1);
        return true;
    }
}

/* ---- hexadecimal ----------------------------------------------------------- */

static bool parse_hex(const char **at, uint32_t *value)
{
    char *end;
    unsigned long number = strtoul(*at, &end, 16);

    if (end == *at)
        return false;
    *at = end;
    *value = (uint32_t)number;
    return true;
}

/* "address,length", and what stands after it. */
static bool parse_range(const char **at, uint32_t *address, uint32_t *length)
{
    if (!parse_hex(at, address) || **at != ',')
        return false;
    ++*at;
    return parse_hex(at, length);
}

static void put_bytes(char *to, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sprintf(to + 2 * i, "%02x", bytes[i]);
    to[2 * count] = '\0';
}

static size_t get_bytes(const char *from, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    unsigned value;

    while (count < most && sscanf(from, "%2x", &value) == 1) {
        bytes[count++] = (uint8_t)value;
        from += 2;
    }
    return count;
}

/* ---- registers ------------------------------------------------------------- */

static bool read_register(struct machine *machine, uint32_t number,
                          uint32_t *value)
{
    const struct hart *hart = &machine->hart;

    if (number < 32)
        *value = hart->x[number];
    else if (number == REGISTER_PC)
        *value = hart->pc;
    else if (number == REGISTER_PRIVILEGE)
        *value = (uint32_t)hart->privilege;
    else
        return number >= REGISTER_CSR0 && number < REGISTER_PRIVILEGE &&
               csr_read(machine, PRIVILEGE_M, number - REGISTER_CSR0, value);
    return true;
}

static bool write_register(struct machine *machine, uint32_t number,
                           uint32_t value)
{
    struct hart *hart = &machine->hart;

    if (number < 32) {
        hart->x[number == 0 ? 32 : number] = value;
    } else if (number == REGISTER_PC) {
        hart->pc = value & ~1u;
        hart->sleeps = false;
    } else if (number == REGISTER_PRIVILEGE) {
        hart->privilege = (value & 3) == 3 ? PRIVILEGE_M : PRIVILEGE_U;
        hart_update_privilege(hart);
    } else {
        return number >= REGISTER_CSR0 && number < REGISTER_PRIVILEGE &&
               csr_write(machine, PRIVILEGE_M, number - REGISTER_CSR0, value);
    }
    return true;
}

static void answer_registers(struct gdb *gdb, struct machine *machine)
{
    uint32_t values[33];

    for (uint32_t i = 0; i < 33; i++)
        read_register(machine, i, &values[i]);
    put_bytes(gdb->answer, (const uint8_t *)values, sizeof(values));
}

static void set_registers(struct gdb *gdb, struct machine *machine)
{
    uint32_t values[33];
    size_t count =
        get_bytes(gdb->packet + 1, (uint8_t *)values, sizeof(values)) / 4;

    for (uint32_t i = 0; i < count; i++)
        write_register(machine, i, values[i]);
    strcpy(gdb->answer, "OK");
}

static void answer_register(struct gdb *gdb, struct machine *machine)
{
    const char *at = gdb->packet + 1;
    uint32_t number, value;

    strcpy(gdb->answer, "E14");
    if (parse_hex(&at, &number) && read_register(machine, number, &value))
        put_bytes(gdb->answer, (const uint8_t *)&value, sizeof(value));
}

static void set_register(struct gdb *gdb, struct machine *machine)
{
    const char *at = gdb->packet + 1;
    uint32_t number, value = 0;

    strcpy(gdb->answer, "E14");
    if (!parse_hex(&at, &number) || *at++ != '=')
        return;
    get_bytes(at, (uint8_t *)&value, sizeof(value));
    if (write_register(machine, number, value))
        strcpy(gdb->answer, "OK");
}

/* ---- memory ---------------------------------------------------------------- */

/* Registers of devices cannot be read: that might change them. */
static void answer_memory(struct gdb *gdb, struct machine *machine)
{
    const char *at = gdb->packet + 1;
    uint32_t address, length;
    uint8_t bytes[PACKET_MOST];

    strcpy(gdb->answer, "E14");
    if (!parse_range(&at, &address, &length))
        return;
    if (length > sizeof(bytes))
        length = sizeof(bytes);
    if (machine_peek(machine, address, bytes, length))
        put_bytes(gdb->answer, bytes, length);
}

static void set_memory(struct gdb *gdb, struct machine *machine)
{
    const char *at = gdb->packet + 1;
    uint32_t address, length;
    uint8_t bytes[PACKET_MOST];

    strcpy(gdb->answer, "E14");
    if (!parse_range(&at, &address, &length) || *at++ != ':' ||
        length > sizeof(bytes) || get_bytes(at, bytes, length) != length)
        return;
    if (machine_poke(machine, address, bytes, length))
        strcpy(gdb->answer, "OK");
}

/* ---- break points and watch points ----------------------------------------- */

static bool points_equal(const struct point *a, const struct point *b)
{
    return a->type == b->type && a->address == b->address && a->size == b->size;
}

static void change_point(struct gdb *gdb, bool is_set)
{
    const char *at = gdb->packet + 1;
    uint32_t type;
    struct point point;

    strcpy(gdb->answer, "E22");
    if (!parse_hex(&at, &type) || type > POINT_ACCESS || *at++ != ',' ||
        !parse_range(&at, &point.address, &point.size))
        return;
    point.type = (enum point_type)type;
    for (uint32_t i = 0; i < gdb->point_count; i++)
        if (points_equal(&gdb->points[i], &point))
            gdb->points[i] = gdb->points[--gdb->point_count];
    if (is_set && gdb->point_count == POINTS_MOST)
        return;
    if (is_set)
        gdb->points[gdb->point_count++] = point;
    strcpy(gdb->answer, "OK");
}

static bool is_break_at(const struct gdb *gdb, uint32_t pc)
{
    for (uint32_t i = 0; i < gdb->point_count; i++)
        if (gdb->points[i].type <= POINT_BREAK_HARD &&
            gdb->points[i].address == pc)
            return true;
    return false;
}

static bool watches(const struct gdb *gdb)
{
    for (uint32_t i = 0; i < gdb->point_count; i++)
        if (gdb->points[i].type > POINT_BREAK_HARD)
            return true;
    return false;
}

static bool point_minds(const struct point *point, uint32_t address,
                        uint32_t bytes, bool is_store)
{
    return (point->type == POINT_ACCESS ||
            point->type == (is_store ? POINT_WRITE : POINT_READ)) &&
           (uint64_t)address < (uint64_t)point->address + point->size &&
           (uint64_t)point->address < (uint64_t)address + bytes;
}

static void find_hit(struct gdb *gdb, struct machine *machine)
{
    const struct hart *hart = &machine->hart;
    uint32_t encoding = 0, bytes, address;
    struct instruction i;
    bool is_store;

    gdb->hit = NULL;
    if (!watches(gdb))
        return;
    if (!machine_peek(machine, hart->pc, &encoding, 4))
        machine_peek(machine, hart->pc, &encoding, 2);
    i = decode(encoding, hart->config.has_a);
    bytes = instruction_accesses(&i, &is_store);
    address = hart->x[i.rs1] + (uint32_t)i.imm;
    for (uint32_t n = 0; bytes > 0 && n < gdb->point_count; n++) {
        if (point_minds(&gdb->points[n], address, bytes, is_store)) {
            gdb->hit = &gdb->points[n];
            gdb->hit_address = address;
        }
    }
}

/* ---- packets --------------------------------------------------------------- */

static void stop_with(struct gdb *gdb, const char *why)
{
    gdb->is_stopped = true;
    gdb->steps = false;
    snprintf(gdb->stop, sizeof(gdb->stop), "%s", why);
    send_packet(gdb, gdb->stop);
}

/* Goes on, where "c" or "s" may say from where. */
static void resume(struct gdb *gdb, struct machine *machine, bool is_step)
{
    const char *at = gdb->packet + 1;
    uint32_t pc;

    if (gdb->packet[0] != 'v' && parse_hex(&at, &pc))
        machine->hart.pc = pc & ~1u;
    gdb->is_stopped = false;
    gdb->steps = is_step;
    gdb->skips_break = true;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* A piece of the description: "offset,length" are at `range`. */
static void answer_description(struct gdb *gdb, struct machine *machine,
                               const char *range)
{
    char text[2 * PACKET_MOST];
    uint32_t offset, length;
    size_t size;

    gdb_describe(machine, text, sizeof(text));
    size = strlen(text);
    strcpy(gdb->answer, "E00");
    if (!parse_range(&range, &offset, &length) || offset > size)
        return;
    snprintf(gdb->answer, sizeof(gdb->answer), "%c%.*s",
             size - offset > length ? 'm' : 'l', (int)length, text + offset);
}

static void answer_query(struct gdb *gdb, struct machine *machine)
{
    static const char description[] = "qXfer:features:read:target.xml:";
    const char *packet = gdb->packet;

    if (starts_with(packet, "qSupported"))
        snprintf(gdb->answer, sizeof(gdb->answer),
                 "PacketSize=%x;vContSupported+;hwbreak+;swbreak+;"
                 "qXfer:features:read+",
                 (unsigned)(PACKET_MOST - 16));
    else if (starts_with(packet, description))
        answer_description(gdb, machine, packet + strlen(description));
    else if (starts_with(packet, "qAttached"))
        strcpy(gdb->answer, "1");
    else if (strcmp(packet, "qC") == 0)
        strcpy(gdb->answer, "QC1");
    else if (strcmp(packet, "qfThreadInfo") == 0)
        strcpy(gdb->answer, "m1");
    else if (strcmp(packet, "qsThreadInfo") == 0)
        strcpy(gdb->answer, "l");
}

/* Those that begin with v. true: nothing is to be answered now. */
static bool serve_v(struct gdb *gdb, struct machine *machine)
{
    const char *packet = gdb->packet;

    if (strcmp(packet, "vCont?") == 0) {
        strcpy(gdb->answer, "vCont;c;C;s;S");
        return false;
    }
    if (!starts_with(packet, "vCont;"))
        return false;
    resume(gdb, machine, packet[6] == 's' || packet[6] == 'S');
    return true;
}

/* One packet, its answer. */
static void serve_packet(struct gdb *gdb, struct machine *machine)
{
    gdb->answer[0] = '\0';
    switch (gdb->packet[0]) {
    case 3:
        stop_with(gdb, "T02thread:1;");
        return;
    case '?':
        strcpy(gdb->answer, gdb->stop);
        break;
    case 'g':
        answer_registers(gdb, machine);
        break;
    case 'G':
        set_registers(gdb, machine);
        break;
    case 'p':
        answer_register(gdb, machine);
        break;
    case 'P':
        set_register(gdb, machine);
        break;
    case 'm':
        answer_memory(gdb, machine);
        break;
    case 'M':
        set_memory(gdb, machine);
        break;
    case 'Z':
    case 'z':
        change_point(gdb, gdb->packet[0] == 'Z');
        break;
    case 'c':
    case 's':
        resume(gdb, machine, gdb->packet[0] == 's');
        return;
    case 'v':
        if (serve_v(gdb, machine))
            return;
        break;
    case 'q':
        answer_query(gdb, machine);
        break;
    case 'H':
    case 'T':
        strcpy(gdb->answer, "OK");
        break;
    case 'D': /* it hangs up itself, once it has read that */
        gdb->is_detached = true;
        gdb->is_stopped = gdb->steps = false;
        gdb->point_count = 0;
        strcpy(gdb->answer, "OK");
        break;
    case 'k':
        lose_client(gdb);
        machine_exit(machine, 0);
        return;
    default:
        break;
    }
    send_packet(gdb, gdb->answer);
}

/* ---- opening --------------------------------------------------------------- */

static int listen_tcp(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    int yes = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(file, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(file, 1) == 0)
        return file;
    close(file);
    return -1;
}

static int listen_unix(struct gdb *gdb, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int file;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    strcpy(gdb->path, path);
    file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (bind(file, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(file, 1) == 0)
        return file;
    close(file);
    return -1;
}

/* Cuts it off, too. */
static bool ends_with_nowait(char *where)
{
    char *option = strrchr(where, ',');

    if (option == NULL || strcmp(option, ",nowait") != 0)
        return false;
    *option = '\0';
    return true;
}

struct gdb *gdb_listen(struct machine *machine, const char *spoken)
{
    struct gdb *gdb = calloc(1, sizeof(*gdb));
    char where[256];

    if (gdb == NULL)
        return NULL;
    snprintf(where, sizeof(where), "%s", spoken);
    gdb->client = -1;
    gdb->is_stopped = !ends_with_nowait(where);
    strcpy(gdb->stop, "T05thread:1;");
    gdb->listener = starts_with(where, "tcp:")
                        ? listen_tcp(where + strlen("tcp:"))
                        : listen_unix(gdb, where);
    if (gdb->listener < 0) {
        fprintf(stderr, "berth-sim: gdb at %s: %s\n", where, strerror(errno));
        free(gdb);
        return NULL;
    }
    watch_of(machine)->gdb = gdb;
    return gdb;
}

void gdb_free(struct gdb *gdb)
{
    if (gdb == NULL)
        return;
    if (gdb->client >= 0)
        close(gdb->client);
    close(gdb->listener);
    if (gdb->path[0] != '\0')
        unlink(gdb->path);
    free(gdb);
}

static void accept_client(struct gdb *gdb)
{
    int yes = 1;

    do
        gdb->client = accept4(gdb->listener, NULL, NULL, SOCK_CLOEXEC);
    while (gdb->client < 0 && errno == EINTR);
    setsockopt(gdb->client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    gdb->in_count = gdb->in_next = 0;
}

/* ---- between instructions -------------------------------------------------- */

static bool is_readable(int file)
{
    struct pollfd entry = { .fd = file, .events = POLLIN };

    return poll(&entry, 1, 0) > 0;
}

/* While it runs gdb sends nothing but ^C; after a detach a new one may come. */
static void look_for_input(struct gdb *gdb)
{
    if (gdb->client < 0) {
        if (is_readable(gdb->listener)) {
            accept_client(gdb);
            gdb->is_detached = false;
            gdb->is_stopped = true;
        }
        return;
    }
    if (gdb->in_next == gdb->in_count && !is_readable(gdb->client))
        return;
    if (next_byte(gdb) == 3)
        stop_with(gdb, "T02thread:1;");
}

static void serve_while_stopped(struct gdb *gdb, struct machine *machine)
{
    if (gdb->client < 0)
        accept_client(gdb);
    while (gdb->is_stopped && receive_packet(gdb))
        serve_packet(gdb, machine);
}

bool gdb_before(struct gdb *gdb, struct machine *machine)
{
    if (!gdb->is_stopped && ++gdb->until_poll >= POLL_EVERY) {
        gdb->until_poll = 0;
        look_for_input(gdb);
    }
    if (!gdb->is_stopped && !gdb->skips_break &&
        is_break_at(gdb, machine->hart.pc))
        stop_with(gdb, "T05thread:1;hwbreak:;");
    if (gdb->is_stopped) {
        serve_while_stopped(gdb, machine);
        return false;
    }
    gdb->skips_break = false;
    find_hit(gdb, machine);
    return true;
}

void gdb_after(struct gdb *gdb, struct machine *machine)
{
    static const char *const kinds[] = { [POINT_WRITE] = "watch",
                                         [POINT_READ] = "rwatch",
                                         [POINT_ACCESS] = "awatch" };
    char why[64];

    if (machine->end != END_NONE)
        return;
    if (gdb->hit != NULL) {
        snprintf(why, sizeof(why), "T05thread:1;%s:%x;", kinds[gdb->hit->type],
                 gdb->hit_address);
        stop_with(gdb, why);
    } else if (gdb->steps) {
        stop_with(gdb, "T05thread:1;");
    }
}

/* gdb may want to look at a hart that sleeps; a step of a wfi is done. */
void gdb_sleeps(struct gdb *gdb, struct machine *machine)
{
    if (!gdb->is_stopped)
        look_for_input(gdb);
    if (gdb->is_stopped)
        serve_while_stopped(gdb, machine);
}

void gdb_end(struct machine *machine)
{
    char text[8];

    if (machine->watch == NULL || machine->watch->gdb == NULL ||
        machine->watch->gdb->client < 0)
        return;
    snprintf(text, sizeof(text), "W%02x",
             (unsigned)machine_status(machine) & 255);
    send_packet(machine->watch->gdb, text);
    lose_client(machine->watch->gdb);
}
