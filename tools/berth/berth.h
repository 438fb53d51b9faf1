/* SPDX-License-Identifier: Apache-2.0 */
/* The host command `berth`: its sub-commands, its exit codes, and how it
 * speaks. The commands live for one run: whoever finds something wrong says so
 * and ends the program, and what is written to disk appears whole or not at
 * all (file.h). So nothing here returns errors or frees memory. */
#ifndef BERTH_BERTH_H
#define BERTH_BERTH_H

#include <stddef.h>

#include <berth/compiler.h>

#define BERTH_VERSION "0.1.0"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,       /* an input cannot be used; the message says why */
    EXIT_USAGE = 2,         /* the command line is wrong */
    EXIT_SYSTEM = 3,        /* a file cannot be read or written, or no memory */
    EXIT_INTERNAL = 4,      /* a mistake in berth itself */
    EXIT_BOARD = 5,         /* the board refused; the message says why */
    EXIT_NO_ANSWER = 6,     /* the board does not answer, or went away */
    EXIT_PORT = 7,          /* no port, several, or it cannot be opened */
    EXIT_INTERRUPTED = 130, /* ctrl-C; what was under way is undone */
};

struct command {
    const char *name;
    const char *summary;               /* one line for `berth --help` */
    int (*run)(int argc, char **argv); /* argv[0] is "berth <name>" */
};

/* All of them, in the order of the help, *count of them. */
const struct command *commands_all(size_t *count);

int cmd_tab(int argc, char **argv);
int cmd_prelink(int argc, char **argv);
int cmd_elf2tab(int argc, char **argv);
int cmd_image(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_console(int argc, char **argv);
int cmd_install(int argc, char **argv);
int cmd_update(int argc, char **argv);
int cmd_remove(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_pause(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_restart(int argc, char **argv);
int cmd_fault(int argc, char **argv);
int cmd_enable(int argc, char **argv);
int cmd_disable(int argc, char **argv);
int cmd_confirm(int argc, char **argv);
int cmd_rollback(int argc, char **argv);
int cmd_kept(int argc, char **argv);
int cmd_forget(int argc, char **argv);
int cmd_compact(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_new(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_man(int argc, char **argv);

/* From here on messages begin with `prefix: `. */
void say_prefix(const char *prefix);

/* Message to stderr; fail also ends the program. */
NORETURN void fail(enum exit_code code, const char *format, ...)
    PRINTF_LIKE(2, 3);
void warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* What others have written does not get at the terminal: control characters, and
 * what is no UTF-8, become question marks. */
void text_clean(char *text, size_t len);

/* Memory that the program keeps to its end; never NULL. */
void *keep(void *memory);

#endif
