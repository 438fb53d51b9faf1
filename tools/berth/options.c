/* SPDX-License-Identifier: Apache-2.0 */
/* Options and their arguments; getopt_long does the work. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 40
#define HELP_INDENT 30
#define HELP_WIDTH 79
#define KEY_HELP 'h'
#define KEY_FIRST 256 /* beyond all letters */

/* While a command is asked for its table: where to go with it. */
static jmp_buf *asked;
static const struct options *told;

/* One entry: the option, and its help in lines of its own column. */
static void help_entry(const char *left, const char *help)
{
    int column = printf("  %-28s", left);
    if (column > HELP_INDENT)
        column = printf("\n%*s", HELP_INDENT, "") - 1;
    while (*help) {
        int word = (int)strcspn(help, " ");
        if (column + 1 + word > HELP_WIDTH)
            column = printf("\n%*s", HELP_INDENT, "") - 1;
        column += printf(" %.*s", word, help);
        help += word;
        help += strspn(help, " ");
    }
    putchar('\n');
}

static void help_print(const struct options *options, const char *command)
{
    printf("usage: %s%s%s\n\n%s\n\n", command, *options->usage ? " " : "",
           options->usage, options->about);
    for (const struct option_spec *s = options->specs; s->name; s++) {
        char left[64];
        char letter[6] = "    ";
        if (s->letter)
            snprintf(letter, sizeof letter, "-%c, ", s->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, s->name,
                 s->value ? " " : "", s->value ? s->value : "");
        help_entry(left, s->help);
    }
    help_entry("-h, --help", "show this");
}

int option_next(const struct options *options, int argc, char **argv,
                const char **value)
{
    struct option longs[OPTIONS_MAX + 2] = { { 0 } };
    char shorts[2 * OPTIONS_MAX + 2] = "h";
    size_t n = 0, at = 1;
    for (; options->specs[n].name; n++) {
        const struct option_spec *s = &options->specs[n];
        if (n == OPTIONS_MAX)
            fail(EXIT_INTERNAL, "more than %d options", OPTIONS_MAX);
        longs[n] = (struct option){ s->name,
                                    s->value ? required_argument : no_argument,
                                    NULL, KEY_FIRST + (int)n };
        if (s->letter)
            shorts[at++] = s->letter;
        if (s->letter && s->value)
            shorts[at++] = ':';
    }
    longs[n] = (struct option){ "help", no_argument, NULL, KEY_HELP };
    int key = getopt_long(argc, argv, shorts, longs, NULL);
    *value = optarg;
    if (key == KEY_HELP && asked) {
        told = options;
        longjmp(*asked, 1);
    }
    if (key == KEY_HELP) {
        help_print(options, argv[0]);
        exit(EXIT_DONE);
    }
    if (key == '?')
        fail(EXIT_USAGE, "`%s --help` lists the options", argv[0]);
    if (key == -1 || key >= KEY_FIRST)
        return key == -1 ? -1 : key - KEY_FIRST;
    for (n = 0; options->specs[n].letter != key; n++)
        ;
    return (int)n;
}

const struct options *options_of(const struct command *command)
{
    char name[32], help[] = "--help";
    char *argv[] = { name, help, NULL };
    jmp_buf here;
    snprintf(name, sizeof name, "berth %s", command->name);
    asked = &here;
    told = NULL;
    if (setjmp(here) == 0) {
        optind = 0; /* getopt begins anew */
        (void)command->run(2, argv);
    }
    asked = NULL;
    if (!told)
        fail(EXIT_INTERNAL, "`%s` has no table of options", command->name);
    return told;
}

/* The number at the start of `text`; *end is behind it, or `text` itself when
 * there is none. */
static uint64_t number_scan(const char *text, const char **end)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = is_hex ? text + 2 : text;
    *end = text;
    if (!isxdigit((unsigned char)*digits))
        return 0;
    char *behind;
    uint64_t value = strtoull(digits, &behind, is_hex ? 16 : 10);
    if (behind == digits)
        return 0;
    unsigned shift = 0;
    if (*behind == 'K' || *behind == 'M')
        shift = *behind++ == 'K' ? 10 : 20;
    *end = behind;
    return value > UINT64_MAX >> shift ? UINT64_MAX : value << shift;
}

uint32_t number_read(const char *what, const char *text, uint32_t max)
{
    const char *end;
    uint64_t value = number_scan(text, &end);
    if (end == text || *end != '\0')
        fail(EXIT_USAGE, "%s: `%s` is no number", what, text);
    if (value > max)
        fail(EXIT_USAGE, "%s: %s is more than %lu", what, text,
             (unsigned long)max);
    return (uint32_t)value;
}

const char *number_next(const char *what, const char *list, uint32_t *out)
{
    list += strspn(list, ", ");
    if (*list == '\0')
        return NULL;
    const char *end;
    uint64_t value = number_scan(list, &end);
    if (end == list || !strchr(", ", *end) || value > UINT32_MAX)
        fail(EXIT_USAGE, "%s: `%s` is no list of 32-bit numbers", what, list);
    *out = (uint32_t)value;
    return end;
}
