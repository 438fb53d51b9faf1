/* SPDX-License-Identifier: Apache-2.0 */
/* `berth run`: a console on a board that it boots, in QEMU or on the machine
 * model, whose flash is a file. What is special about a board stands in lines
 * `NAME := value` of its board.mk, or of one that it includes:
 *
 *   FLASH_BASE, FLASH_SIZE  on the model the file is the whole flash that the
 *                 chip runs from, in which the apps lie at APPS_BASE. Without
 *                 them it is what apps.img is: flash of the apps alone
 *   RUN_ON        where it is booted if nothing is said
 *   RUN_PLAIN     yes: it has no prompt */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pic/tbf.h>

#include "berth.h"
#include "file.h"
#include "hold.h"
#include "options.h"

enum { RUN_BOARD, RUN_ON, RUN_TREE, RUN_FLASH, RUN_CHECK };

static const struct option_spec run_specs[] = {
    [RUN_BOARD] = { 'b', "board", "BOARD", "qemu-virt if not given" },
    [RUN_ON] = { 0, "on", "MACHINE",
                 "qemu, or sim for the machine model; what the board's "
                 "board.mk says if not given" },
    [RUN_TREE] = { 0, "tree", "FOLDER",
                   "Berth's source tree, with build/BOARD in it; else the one "
                   "this program was built in" },
    [RUN_FLASH] = { 0, "flash", "FILE",
                    "what the board has as its app flash, and keeps; made from "
                    "build/BOARD/apps.img when it is not there. "
                    "build/BOARD/flash.img if not given, which is made anew "
                    "when apps.img is newer. A board that runs from this "
                    "flash itself has the whole of it in the file" },
    [RUN_CHECK] = { 0, "check", NULL,
                    "boot nothing; only say whether another berth has the "
                    "board, by status 7" },
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
    bool is_check;
    bool is_flash_kept;    /* the user's own: made once */
    uint32_t before, size; /* of the apps in the file, of the file */
    char tree[500], flash[700];
    char run_on[20]; /* what board.mk says */
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

/* The value of a line `NAME := value` of a makefile, or else of the last
 * one that it includes; "": none. */
static void setting_find(const struct machine *m, const char *makefile,
                         const char *name, char *value, size_t cap)
{
    char path[900], line[300], other[300] = "";
    size_t len = strlen(name);
    *value = '\0';
    snprintf(path, sizeof path, "%s/%s", m->tree, makefile);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        (void)sscanf(line, "include %299s", other);
        char *at = line + len;
        if (strncmp(line, name, len) != 0)
            continue;
        at += strspn(at, " \t:?");
        if (*at != '=')
            continue;
        at += 1 + strspn(at + 1, " \t");
        snprintf(value, cap, "%.*s", (int)strcspn(at, " \t\n"), at);
    }
    if (file)
        fclose(file);
    if (!*value && *other)
        setting_find(m, other, name, value, cap);
}

static void setting_read(const struct machine *m, const char *name, char *value,
                         size_t cap)
{
    char makefile[100];
    snprintf(makefile, sizeof makefile, "boards/%s/board.mk", m->board);
    setting_find(m, makefile, name, value, cap);
}

static uint32_t setting_number(const struct machine *m, const char *name)
{
    char value[20];
    setting_read(m, name, value, sizeof value);
    return (uint32_t)strtoul(value, NULL, 0);
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
    bool is_there = stat(m->flash, &made) == 0;
    bool has_size = is_there && (m->size == 0 || made.st_size == m->size);
    if (is_there && m->is_flash_kept)
        return; /* the machine refuses what it cannot use */
    if (has_size && !is_older(&made.st_mtim, &built.st_mtim))
        return;
    struct bytes bytes = file_read(image), whole = { 0 };
    uint32_t at = chain_end(&bytes);
    uint32_t size = m->size != 0 ? m->size : (uint32_t)bytes.len;
    if (size < at || size - at < m->before)
        fail(EXIT_REFUSED, "%s: does not fit the board's flash of %u bytes",
             image, size);
    bytes_fill(&whole, 0xFF, m->before);
    bytes_append(&whole, bytes.data, at);
    bytes_fill(&whole, 0xFF, size - m->before - at);
    file_write(m->flash, whole.data, whole.len);
    free(bytes.data);
    free(whole.data);
}

/* In the child: becomes the machine, its serial line on `fd`. */
static NORETURN void machine_become(const struct machine *m, int fd)
{
    char script[600], kernel[600];
    bool is_sim = strcmp(m->on, "sim") == 0;
    snprintf(script, sizeof script, "%s/tools/%s", m->tree, m->on);
    snprintf(kernel, sizeof kernel, "%s/build/%s/kernel.elf", m->tree,
             m->board);
    setsid();                         /* ctrl-C is for us */
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* even when we are killed */
    dup2(fd, 0);
    dup2(fd, 1);
    if (is_sim)
        execl(script, script, m->board, kernel, "none", "--flash", m->flash,
              "--pace", "real", (char *)NULL);
    else
        execl(script, script, m->board, kernel, m->flash, "-serial", "stdio",
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

/* QEMU has no such flash as boards have that run from it: there the apps are
 * loaded, and nothing can be kept. */
static void machine_flash(struct machine *m)
{
    bool has_whole = setting_number(m, "FLASH_SIZE") != 0;
    bool is_read_only = has_whole && strcmp(m->on, "qemu") == 0;
    if (is_read_only && m->is_flash_kept)
        fail(EXIT_USAGE,
             "--flash: in QEMU this board has no flash that could be written; "
             "--on sim has it");
    if (has_whole && !is_read_only) {
        m->size = setting_number(m, "FLASH_SIZE");
        m->before =
            setting_number(m, "APPS_BASE") - setting_number(m, "FLASH_BASE");
    }
    if (!*m->flash)
        snprintf(m->flash, sizeof m->flash, "%s/build/%s/%s.img", m->tree,
                 m->board, is_read_only ? "apps" : "flash");
}

static void machine_read(struct machine *m, int argc, char **argv)
{
    const char *value;
    int option;
    *m = (struct machine){ .board = "qemu-virt" };
    tree_find(m);
    while ((option = option_next(&run_options, argc, argv, &value)) >= 0) {
        if (option == RUN_BOARD)
            m->board = value;
        else if (option == RUN_ON)
            m->on = value;
        else if (option == RUN_TREE)
            snprintf(m->tree, sizeof m->tree, "%s", value);
        else if (option == RUN_CHECK)
            m->is_check = true;
        else
            snprintf(m->flash, sizeof m->flash, "%s", value);
    }
    m->is_flash_kept = *m->flash;
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    if (strchr(m->board, '/') || strlen(m->board) > 60)
        fail(EXIT_USAGE, "--board %s: not a board's name", m->board);
    setting_read(m, "RUN_ON", m->run_on, sizeof m->run_on);
    if (!m->on)
        m->on = *m->run_on ? m->run_on : "qemu";
    if (strcmp(m->on, "qemu") != 0 && strcmp(m->on, "sim") != 0)
        fail(EXIT_USAGE, "--on %s: there are qemu and sim", m->on);
    machine_flash(m);
}

int cmd_run(int argc, char **argv)
{
    struct machine m;
    struct port port;
    char name[100], is_plain[10];
    int ends[2];
    machine_read(&m, argc, argv);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        fail(EXIT_SYSTEM, "socketpair: %s", strerror(errno));
    snprintf(name, sizeof name, "run:%s", m.board);
    port_hold_fd(&port, name, ends[0]);
    if (m.is_check) {
        port_close(&port);
        return EXIT_DONE;
    }
    flash_make(&m); /* not under a board that runs */
    setting_read(&m, "RUN_PLAIN", is_plain, sizeof is_plain);
    const char *leave =
        *is_plain ? "press" : "type exit at the prompt, or press";
    fprintf(stderr, "Booting %s %s.", m.board,
            strcmp(m.on, "sim") == 0 ? "on the machine model" : "in QEMU");
    if (isatty(0))
        fprintf(stderr, " To leave: %s Ctrl-A x.", leave);
    fputc('\n', stderr);
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
