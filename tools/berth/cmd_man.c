/* SPDX-License-Identifier: Apache-2.0 */
/* `berth man`: docs/berth.1, out of the tables that are the help text too. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "berth.h"
#include "options.h"

static const struct option_spec specs[] = { { 0 } };

static const struct options options = {
    "",
    "Prints the manual page: `berth man > berth.1; man -l berth.1`.",
    specs,
};

/* Text in roff: what would mean something to it is escaped. */
static void text_put(const char *text)
{
    for (const char *c = text; *c; c++) {
        bool begins_line = c == text || c[-1] == '\n';
        if (begins_line && (*c == '.' || *c == '\''))
            fputs("\\&", stdout);
        if (*c == '\\')
            fputs("\\e", stdout);
        else if (*c == '-')
            fputs("\\-", stdout);
        else if (*c == '`')
            fputs("\\(ga", stdout);
        else
            putchar(*c);
    }
}

static void line_put(const char *text)
{
    text_put(text);
    putchar('\n');
}

static void option_put(const struct option_spec *s)
{
    fputs(".TP\n\\fB", stdout);
    if (s->letter)
        printf("\\-%c\\fR, \\fB", s->letter);
    fputs("\\-\\-", stdout);
    text_put(s->name);
    fputs("\\fR", stdout);
    if (s->value) {
        fputs(" \\fI", stdout);
        text_put(s->value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    line_put(s->help);
}

static void command_put(const struct command *command)
{
    const struct options *o = options_of(command);
    printf(".SS ");
    line_put(command->name);
    printf("\\fBberth %s\\fR ", command->name);
    line_put(o->usage);
    puts(".PP");
    line_put(o->about);
    for (const struct option_spec *s = o->specs; s->name; s++)
        option_put(s);
}

static void section_put(const char *name, const char *const *pairs)
{
    printf(".SH %s\n", name);
    for (; *pairs; pairs += 2) {
        fputs(".TP\n\\fB", stdout);
        text_put(pairs[0]);
        puts("\\fR");
        line_put(pairs[1]);
    }
}

int cmd_man(int argc, char **argv)
{
    static const char *const statuses[] = {
        "0",   "done",
        "1",   "an input cannot be used; the message says why",
        "2",   "the command line is wrong",
        "3",   "a file cannot be read or written, or there is no memory",
        "4",   "a mistake in berth itself",
        "5",   "the board refused; the message says why",
        "6",   "the board does not answer, or went away",
        "7",   "no port, several, or it cannot be opened",
        "130", "interrupted; what was under way is undone",
        NULL,
    };
    static const char *const variables[] = {
        "BERTH_PORT",
        "the board, if --port is not given",
        "BERTH_PATIENCE",
        "seconds of silence after which a board counts as gone, if not 10",
        "SOURCE_DATE_EPOCH",
        "the build date in TABs, for builds that repeat",
        "XDG_RUNTIME_DIR",
        "where commands find the one that holds a port",
        NULL,
    };
    const char *value;
    size_t count;
    while (option_next(&options, argc, argv, &value) >= 0)
        ;
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    const struct command *commands = commands_all(&count);
    puts(".\\\" SPDX-License-Identifier: Apache-2.0\n"
         ".\\\" Made by `berth man`; `make man` makes it anew.\n"
         ".TH BERTH 1 \"\" \"berth " BERTH_VERSION "\" \"Berth\"\n"
         ".SH NAME\n"
         "berth \\- apps for boards that run Berth\n"
         ".SH SYNOPSIS\n"
         ".B berth\n"
         "\\fICOMMAND\\fR [\\fIOPTION\\fR ...] [\\fIFILE\\fR ...]\n"
         ".SH DESCRIPTION\n"
         "Makes apps out of linked programs, signs them, and installs and "
         "manages\nthem on a board, over a serial line, while others run "
         "there.\n"
         "Each command tells its options with \\fB\\-\\-help\\fR.\n"
         ".SH COMMANDS");
    for (size_t i = 0; i < count; i++)
        command_put(&commands[i]);
    section_put("EXIT STATUS", statuses);
    section_put("ENVIRONMENT", variables);
    return EXIT_DONE;
}
