/* SPDX-License-Identifier: Apache-2.0 */
/* `berth console`, and `berth run`: the same on a board that it boots. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pic/tbf.h>

#include "berth.h"
#include "board.h"
#include "file.h"
#include "hold.h"

static const struct option_spec console_specs[] = { BOARD_OPTIONS, { 0 } };

static const struct options console_options = {
    "[--port PORT]",
    "The board's console on this terminal; ctrl-A x leaves it. While it is "
    "open\n"
    "other commands of berth go through it.",
    console_specs,
};

int cmd_console(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct port port;
    const char *value;
    int option;
    while ((option = option_next(&console_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    port_hold(&port, o.port, o.baud);
    if (isatty(0))
        fprintf(stderr, "%s; ctrl-A x leaves it\n", port.name);
    bool has_ended = hold_run(&port);
    port_close(&port);
    if (has_ended)
        fail(EXIT_NO_ANSWER, "%s: the other end has closed the line",
             port.name);
    return EXIT_DONE;
}

/* ---- run ------------------------------------------------------------------------- */

enum { RUN_BOARD, RUN_ON, RUN_TREE, RUN_FLASH };

static const struct option_spec run_specs[] = {
    [RUN_BOARD] = { 'b', "board", "BOARD", "qemu-virt if not given" },
    [RUN_ON] = { 0, "on", "MACHINE", "qemu, or sim for the machine model" },
    [RUN_TREE] = { 0, "tree", "FOLDER",
                   "Berth's source tree, with build/BOARD in it; else the one "
                   "this program was built in" },
    [RUN_FLASH] = { 0, "flash", "FILE",
                    "what the board has as its app flash, and keeps; made from "
                    "build/BOARD/apps.img when it is not there. "
                    "build/BOARD/flash.img if not given, which is made anew "
                    "when apps.img is newer" },
    { 0 },
};

static const struct options run_options = {
    "[--board BOARD] [--on qemu|sim] [--flash FILE]",
    "Boots a board that was built (`make`), its console on this terminal;\n"
    "ctrl-A x ends it. Meanwhile other commands of berth find it by\n"
    "themselves.",
    run_specs,
};

struct machine {
    const char *board, *on;
    bool is_flash_kept; /* the user's own: made once */
    char tree[500], flash[700];
};

static void tree_find(struct machine *m)
{
    ssize_t n = readlink("/proc/self/exe", m->tree, sizeof m->tree - 1);
    m->tree[n > 0 ? n : 0] = '\0';
    for (uint32_t up = 0; up < 2; up++) {
        char *slash = strrchr(m->tree, '/');
        if (slash)
            *slash = '\0';
    }
}

/* Where the last app of an image ends: what lies behind is erased flash. */
static uint32_t chain_end(const struct bytes *image)
{
    uint32_t at = 0;
    struct tbf tbf;
    while (at < image->len &&
           !tbf_ends_walk(
               tbf_parse(image->data + at, (uint32_t)image->len - at, &tbf)))
        at += tbf.total_size;
    return at < image->len ? at : (uint32_t)image->len;
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec
                                  : a->tv_nsec < b->tv_nsec;
}

static void flash_make(const struct machine *m)
{
    char image[700];
    struct stat made, built;
    snprintf(image, sizeof image, "%s/build/%s/apps.img", m->tree, m->board);
    if (stat(image, &built) != 0)
        fail(EXIT_SYSTEM, "%s: %s; `make BOARD=%s run` builds it", image,
             strerror(errno), m->board);
    if (stat(m->flash, &made) == 0 &&
        (m->is_flash_kept || !is_older(&made.st_mtim, &built.st_mtim)))
        return;
    struct bytes bytes = file_read(image);
    uint32_t at = chain_end(&bytes);
    memset(bytes.data + at, 0xFF, bytes.len - at);
    file_write(m->flash, bytes.data, bytes.len);
    free(bytes.data);
}

/* In the child: becomes the machine, its serial line on `fd`. */
static NORETURN void machine_become(const struct machine *m, int fd)
{
    char script[600], kernel[600];
    bool is_sim = strcmp(m->on, "sim") == 0;
    snprintf(script, sizeof script, "%s/tools/%s", m->tree, m->on);
    snprintf(kernel, sizeof kernel, "%s/build/%s/kernel.elf", m->tree,
             m->board);
    setsid(); /* ctrl-C is for us */
    dup2(fd, 0);
    dup2(fd, 1);
    execl(script, script, m->board, kernel, m->flash,
          is_sim ? "--pace" : "-serial", is_sim ? "real" : "stdio",
          (char *)NULL);
    fprintf(stderr, "%s: %s\n", script, strerror(errno));
    _exit(EXIT_SYSTEM);
}

static void machine_end(pid_t child)
{
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void machine_read(struct machine *m, int argc, char **argv)
{
    const char *value;
    int option;
    *m = (struct machine){ .board = "qemu-virt", .on = "qemu" };
    tree_find(m);
    while ((option = option_next(&run_options, argc, argv, &value)) >= 0) {
        if (option == RUN_BOARD)
            m->board = value;
        else if (option == RUN_ON)
            m->on = value;
        else if (option == RUN_TREE)
            snprintf(m->tree, sizeof m->tree, "%s", value);
        else
            snprintf(m->flash, sizeof m->flash, "%s", value);
    }
    m->is_flash_kept = *m->flash;
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    if (strcmp(m->on, "qemu") != 0 && strcmp(m->on, "sim") != 0)
        fail(EXIT_USAGE, "--on %s: there are qemu and sim", m->on);
    if (strchr(m->board, '/') || strlen(m->board) > 60)
        fail(EXIT_USAGE, "--board %s: not a board's name", m->board);
    if (!*m->flash)
        snprintf(m->flash, sizeof m->flash, "%s/build/%s/flash.img", m->tree,
                 m->board);
}

int cmd_run(int argc, char **argv)
{
    struct machine m;
    struct port port;
    char name[100];
    int ends[2];
    machine_read(&m, argc, argv);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        fail(EXIT_SYSTEM, "socketpair: %s", strerror(errno));
    snprintf(name, sizeof name, "run:%s", m.board);
    port_hold_fd(&port, name, ends[0]);
    flash_make(&m); /* not under a board that runs */
    fprintf(stderr, "Booting %s %s. %s\n", m.board,
            strcmp(m.on, "sim") == 0 ? "on the machine model" : "in QEMU",
            isatty(0) ? "To leave: type exit at the prompt, or press Ctrl-A x."
                      : "");
    pid_t child = fork();
    if (child < 0)
        fail(EXIT_SYSTEM, "fork: %s", strerror(errno));
    if (child == 0)
        machine_become(&m, ends[1]);
    close(ends[1]);
    bool has_ended = hold_run(&port);
    port_close(&port);
    if (has_ended)
        usleep(300000); /* its last words to stderr, its exit status */
    int status = 0;
    if (has_ended && waitpid(child, &status, WNOHANG) == child)
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_NO_ANSWER;
    machine_end(child);
    return EXIT_DONE;
}
