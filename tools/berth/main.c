/* SPDX-License-Identifier: Apache-2.0 */
/* `berth <command> ...`: finds the command and runs it. A new command is one
 * file cmd_<name>.c, its line in berth.h, and its row here. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "berth.h"

static const struct command commands[] = {
    { "tab", "make TBF objects and a TAB bundle from linked apps", cmd_tab },
    { "prelink", "find read-only data that has to live in RAM", cmd_prelink },
    { "elf2tab", "the same as `tab`, with the command line of elf2tab",
      cmd_elf2tab },
    { "image", "lay apps out in a flash image", cmd_image },
    { "keygen", "make keys, and the table of them for a board", cmd_keygen },
    { "sign", "give apps credentials", cmd_sign },
    { "verify", "judge the credentials of apps", cmd_verify },
    { "info", "show what a TBF, TAB, ELF, flash image or the board holds",
      cmd_info },
    { "run", "boot a board in QEMU or the machine model, console here",
      cmd_run },
    { "console", "the board's console; other commands go through it",
      cmd_console },
    { "install", "install apps and start them, while others go on",
      cmd_install },
    { "update", "put newer versions in the place of apps", cmd_update },
    { "remove", "stop apps and remove them", cmd_remove },
    { "list", "show the apps on the board", cmd_list },
    { "start", "start installed apps", cmd_start },
    { "stop", "end apps; they stay installed", cmd_stop },
    { "pause", "have apps stand still", cmd_pause },
    { "resume", "have paused apps go on", cmd_resume },
    { "restart", "end apps and start them anew", cmd_restart },
    { "fault", "make apps fault", cmd_fault },
    { "enable", "have apps started at boot", cmd_enable },
    { "disable", "end apps and have them not started", cmd_disable },
    { "confirm", "keep updates that are on trial", cmd_confirm },
    { "rollback", "go back from updates that are on trial", cmd_rollback },
    { "kept", "show what data apps keep in flash", cmd_kept },
    { "forget", "free what an app has kept", cmd_forget },
    { "compact", "close the gaps between apps", cmd_compact },
    { "map", "a picture of flash and RAM", cmd_map },
    { "reset", "restart the board", cmd_reset },
    { "log", "the kernel's log", cmd_log },
    { "decode", "addresses of a panic report as names", cmd_decode },
    { "new", "a folder with a new app that builds at once", cmd_new },
    { "completion", "what makes a shell complete all this", cmd_completion },
    { "man", "the manual page", cmd_man },
};

const struct command *commands_all(size_t *count)
{
    *count = ARRAY_COUNT(commands);
    return commands;
}

static void help_print(void)
{
    puts("usage: berth COMMAND [OPTION ...] [FILE ...]\n");
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    puts("\n`berth COMMAND --help` lists the options of a command.\n\n"
         "exit status: 0 done, 1 an input cannot be used, 2 wrong command\n"
         "line, 3 a file cannot be read or written, 4 a mistake in berth, 5 "
         "the\n"
         "board refused, 6 the board does not answer, 7 no port, or it cannot\n"
         "be opened, 130 interrupted");
}

/* Called by the name of the tool whose command line it then accepts. */
static bool is_elf2tab(const char *name)
{
    const char *slash = strrchr(name, '/');
    return strcmp(slash ? slash + 1 : name, "elf2tab") == 0;
}

static int command_run(const struct command *command, int argc, char **argv)
{
    static char prefix[32];
    snprintf(prefix, sizeof prefix, "berth %s", command->name);
    say_prefix(prefix);
    argv[0] = prefix;
    return command->run(argc, argv);
}

int main(int argc, char **argv)
{
    if (argc > 0 && is_elf2tab(argv[0])) {
        say_prefix("elf2tab");
        return cmd_elf2tab(argc, argv);
    }
    if (argc < 2)
        fail(EXIT_USAGE, "no command; `berth --help` lists them");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help_print();
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("berth " BERTH_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return command_run(&commands[i], argc - 1, argv + 1);
    }
    fail(EXIT_USAGE, "no command `%s`; `berth --help` lists them", argv[1]);
}
