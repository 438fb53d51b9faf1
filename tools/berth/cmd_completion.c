/* SPDX-License-Identifier: Apache-2.0 */
/* `berth completion`: scripts for shells, out of the tables of options. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "berth.h"
#include "options.h"

static const struct option_spec specs[] = { { 0 } };

static const struct options options = {
    "bash|zsh|fish",
    "Prints a script that completes commands, options and files. For bash:\n"
    "`. <(berth completion bash)` in ~/.bashrc. For zsh: the file _berth in a\n"
    "folder of $fpath. For fish: ~/.config/fish/completions/berth.fish.",
    specs,
};

/* All options of a command, with or without those that take no value. */
static void words_put(const struct options *o, bool all)
{
    for (const struct option_spec *s = o->specs; s->name; s++) {
        if (!all && !s->value)
            continue;
        printf("--%s ", s->name);
        if (s->letter)
            printf("-%c ", s->letter);
    }
    if (all)
        printf("--help -h");
}

/* Is what the option takes the name of a file? */
static bool is_file(const struct option_spec *s)
{
    return s->value && strncmp(s->value, "FILE", 4) == 0;
}

static void files_put(const struct options *o)
{
    for (const struct option_spec *s = o->specs; s->name; s++) {
        if (is_file(s) && s->letter)
            printf("--%s|-%c|", s->name, s->letter);
        else if (is_file(s))
            printf("--%s|", s->name);
    }
}

/* Are operands names of files, by the usage line? Brackets around an option hold
 * its value, not an operand. */
static bool takes_files(const struct options *o)
{
    static const char *const words[] = { "FILE", "ELF", "TAB", "FOLDER" };
    char operands[256] = "";
    size_t n = 0;
    for (const char *c = o->usage; *c && n + 1 < sizeof operands; c++) {
        if (strncmp(c, "[-", 2) == 0)
            c += strcspn(c, "]");
        if (*c)
            operands[n++] = *c;
        else
            break;
    }
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (strstr(operands, words[i]))
            return true;
    }
    return false;
}

/* After an option that takes a value: names of files, or nothing. Else options
 * where a dash begins the word, and files. */
static void bash_print(const struct command *commands, size_t count)
{
    puts("# bash completion of berth, made by `berth completion bash`\n"
         "_berth() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]}\n"
         "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    local options='' valued='' files='' operands=''\n"
         "    COMPREPLY=()\n"
         "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    printf("        mapfile -t COMPREPLY < <(compgen -W '");
    for (size_t i = 0; i < count; i++)
        printf("%s ", commands[i].name);
    puts("--help --version' -- \"$word\")\n"
         "        return\n"
         "    fi\n"
         "    case ${COMP_WORDS[1]} in");
    for (size_t i = 0; i < count; i++) {
        const struct options *o = options_of(&commands[i]);
        printf("    %s)\n        options='", commands[i].name);
        words_put(o, true);
        printf("'\n        valued=' ");
        words_put(o, false);
        printf("'\n        files='|");
        files_put(o);
        puts(takes_files(o) ? "'\n        operands=yes ;;" : "' ;;");
    }
    puts("    esac\n"
         "    if [[ $files == *\"|$before|\"* ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "    elif [[ $valued == *\" $before \"* ]]; then\n"
         "        return\n"
         "    elif [[ $word == -* ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- "
         "\"$word\")\n"
         "    elif [ -n \"$operands\" ]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "    fi\n"
         "}\n"
         "complete -o filenames -F _berth berth");
}

/* In single quotes; zsh's _arguments also gives brackets and colons a
 * meaning. */
static void quoted_put(const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(special, *text))
            printf("\\%c", *text);
        else
            putchar(*text == '\n' ? ' ' : *text);
    }
}

static void zsh_option(const struct option_spec *s)
{
    printf(" \\\n            ");
    if (s->letter)
        printf("'*'{-%c,--%s}'[", s->letter, s->name);
    else
        printf("'*--%s[", s->name);
    quoted_put(s->help, "[]:\\");
    putchar(']');
    if (s->value) {
        putchar(':');
        quoted_put(s->value, "[]:\\");
        fputs(is_file(s) ? ":_files" : ": ", stdout);
    }
    putchar('\'');
}

static void zsh_print(const struct command *commands, size_t count)
{
    puts("#compdef berth\n"
         "# zsh completion of berth, made by `berth completion zsh`\n"
         "_berth() {\n"
         "    local -a commands\n"
         "    commands=(");
    for (size_t i = 0; i < count; i++) {
        printf("        '%s:", commands[i].name);
        quoted_put(commands[i].summary, "");
        puts("'");
    }
    puts("    )\n"
         "    if (( CURRENT == 2 )); then\n"
         "        _describe command commands\n"
         "        return\n"
         "    fi\n"
         "    local command=$words[2]\n"
         "    shift words\n"
         "    (( CURRENT-- ))\n"
         "    case $command in");
    for (size_t i = 0; i < count; i++) {
        const struct options *o = options_of(&commands[i]);
        printf("    %s)\n        _arguments", commands[i].name);
        for (const struct option_spec *s = o->specs; s->name; s++)
            zsh_option(s);
        printf(" \\\n            '(- *)'{-h,--help}'[show its options]'%s ;;\n",
               takes_files(o) ? " '*: :_files'" : "");
    }
    puts("    esac\n"
         "}\n"
         "_berth \"$@\"");
}

static void fish_print(const struct command *commands, size_t count)
{
    puts("# fish completion of berth, made by `berth completion fish`");
    for (size_t i = 0; i < count; i++) {
        printf("complete -c berth -n __fish_use_subcommand -f -a %s -d '",
               commands[i].name);
        quoted_put(commands[i].summary, "");
        puts("'");
    }
    for (size_t i = 0; i < count; i++) {
        const struct options *o = options_of(&commands[i]);
        if (!takes_files(o))
            printf("complete -c berth -n '__fish_seen_subcommand_from %s' -f\n",
                   commands[i].name);
        for (const struct option_spec *s = o->specs; s->name; s++) {
            printf("complete -c berth -n '__fish_seen_subcommand_from %s'",
                   commands[i].name);
            if (s->letter)
                printf(" -s %c", s->letter);
            printf(" -l %s%s -d '", s->name,
                   is_file(s) ? " -r -F"
                   : s->value ? " -x"
                              : "");
            quoted_put(s->help, "\\");
            puts("'");
        }
    }
}

int cmd_completion(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(const struct command *commands, size_t count);
    } shells[] = {
        { "bash", bash_print },
        { "zsh", zsh_print },
        { "fish", fish_print },
    };
    const char *value;
    size_t count;
    while (option_next(&options, argc, argv, &value) >= 0)
        ;
    if (argc - optind != 1)
        fail(EXIT_USAGE, "one shell: bash, zsh or fish");
    const char *shell = argv[optind];
    const struct command *commands = commands_all(&count);
    for (size_t i = 0; i < ARRAY_COUNT(shells); i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print(commands, count);
            return EXIT_DONE;
        }
    }
    fail(EXIT_USAGE, "`%s`: there are bash, zsh and fish", shell);
}
