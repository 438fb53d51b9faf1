/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the operator console: what each of them says, piece by piece,
 * and how a typed line names one. */
#include <loader/console_priv.h>

#include <stdarg.h>

#include <kernel/string.h>
#include <loader/orders.h>

/* A line, behind what c->news.text holds already. Returns true. */
static bool say(struct operator_console *c, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static bool say(struct operator_console *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    report_add_va(c->news.text, fmt, args);
    va_end(args);
    return news_line(&c->news);
}

/* All there is to be said is one line about c->argument. */
static bool say_about(struct operator_console *c, const char *before,
                      const char *after)
{
    return c->news.at == 0 && say(c, "%s%s%s", before, c->argument, after);
}

/* The first of the commands in orders[]. */
enum { COMMAND_STOP = 3 };

/* ---- apps ---------------------------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* A whole number; 0 if it is none. */
static uint32_t number(const char *text)
{
    uint32_t n = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        n = n * 10 + (uint32_t)(*text - '0');
    return *text ? 0 : n;
}

/* The operator names an app, or its PID: a name may be empty, hold spaces or
 * what no keyboard has. A number is a PID and no name, so that no app gets what
 * is meant for another by naming itself so. */
static bool is_meant(const struct operator_console *c,
                     const struct process_info *info)
{
    uint32_t pid = number(c->argument);
    return pid ? info->pid.handle == pid : is_same(info->name, c->argument);
}

/* The first app that is meant, from c->news.slot on; at the first step from 0 on. */
static bool find(struct operator_console *c, struct process_info *info)
{
    if (c->news.at == 0)
        c->news.slot = 0;
    for (; c->news.slot < process_slots(); c->news.slot++)
        if (process_inspect(c->news.slot, info) && is_meant(c, info))
            return true;
    return false;
}

static bool say_unknown(struct operator_console *c)
{
    return say_about(c, "no app named ", "");
}

/* What is said when it is done, in the order of the commands from COMMAND_STOP on,
 * which is that of enum message_order. */
static const char done[] = "stopped\0resumed.\0now faulted\0\0terminated";

/* Do it to every app of that name, one at each step. */
static bool step_act(struct operator_console *c)
{
    struct process_info info;
    uint32_t which = c->command - COMMAND_STOP;
    if (!find(c, &info))
        return say_unknown(c);
    c->news.slot++;
    if (order_give(which, info.pid) == OK)
        return which == ORDER_BOOT ||
               say(c, "Process %s %s", info.name, text_pick(done, which));
    report_add(c->news.text, "Nothing done: %s is ", info.name);
    report_add_state(c->news.text, &info);
    return news_line(&c->news);
}

static bool step_process(struct operator_console *c)
{
    struct fault_facts facts;
    if (c->news.at == 0)
        find(c, &facts.info);
    if (c->news.slot >= process_slots())
        return say_unknown(c);
    return process_facts(c->news.slot, &facts) &&
           report_line(&facts, REPORT_MAP + c->news.at, c->news.text,
                       REPORT_LINE_MAX) &&
           news_line(&c->news);
}

static bool step_list(struct operator_console *c)
{
    struct process_info info;
    uint32_t slot = (c->news.at - 1) / 2;
    if (c->news.at == 0)
        return news_say(
            &c->news, " PID    ShortID    Name                Quanta  Syscalls"
                      "  Restarts  Grants  State\r\n");
    if (slot >= process_slots())
        return false;
    if (!process_inspect(slot, &info))
        return true;
    if (c->news.at % 2 == 0) {
        report_add_state(c->news.text, &info);
        return news_line(&c->news);
    }
    report_add(c->news.text, " %-7u", (unsigned)info.pid.handle);
    if (info.short_id)
        report_add(c->news.text, "0x%-8x ", (unsigned)info.short_id);
    else
        report_add(c->news.text, "Unique     ");
    report_add(c->news.text, "%-20s%6u%10u", info.name, (unsigned)info.slices,
               (unsigned)info.syscalls);
    report_add(c->news.text, "%10u  %2u/%2u   ", (unsigned)info.restarts,
               (unsigned)info.grants_used, (unsigned)info.grants_total);
    return news_part(&c->news);
}

static bool step_status(struct operator_console *c)
{
    struct process_info info;
    unsigned count = 0;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info))
            count += c->news.at == 0   ? 1
                     : c->news.at == 1 ? info.state < PROCESS_FAULTED
                                       : (unsigned)info.slices;
    return c->news.at < 3 && say(c, "%s: %u",
                                 text_pick("Total processes\0Active processes\0"
                                           "Timeslice expirations",
                                           c->news.at),
                                 count);
}

/* ---- the board ------------------------------------------------------------------------ */

static bool call(struct operator_console *c, void (*hook)(void))
{
    if (c->news.at)
        return false;
    if (hook)
        hook();
    return news_say(&c->news, "Not on this board.\r\n");
}

static bool step_reset(struct operator_console *c)
{
    return call(c, operator_config()->reset);
}

static bool step_panic(struct operator_console *c)
{
    return call(c, operator_config()->panic);
}

static bool step_tockloader(struct operator_console *c)
{
    return call(c, operator_config()->bootloader);
}

static bool step_exit(struct operator_console *c)
{
    return call(c, operator_config()->poweroff);
}

static bool step_kernel(struct operator_console *c)
{
    if (c->news.at == 0)
        return say(c, "Kernel version: %s", operator_config()->version);
    if (c->news.at > operator_config()->section_count)
        return false;
    report_add_region(c->news.text,
                      &operator_config()->sections[c->news.at - 1]);
    return news_line(&c->news);
}

static bool step_log(struct operator_console *c)
{
    if (c->news.at == 0) {
        c->news.slot = 0;
        c->cursor_end = klog_end();
    }
    return (int32_t)(c->news.slot - c->cursor_end) < 0 &&
           news_log_line(&c->news, &c->news.slot);
}

static bool kept(struct operator_console *c, const char *whose)
{
    if (!operator_config()->kept)
        return call(c, NULL);
    const char *why = c->news.at ? NULL : operator_config()->kept(whose);
    return why && say(c, "%s", why);
}

static bool step_kept(struct operator_console *c)
{
    return kept(c, NULL);
}

static bool step_forget(struct operator_console *c)
{
    return kept(c, c->argument);
}

/* ---- the console ------------------------------------------------------------------------ */

static bool step_attach(struct operator_console *c)
{
    struct process_info info;
    if (!operator_config()->sink)
        return call(c, NULL);
    if (c->news.at == 0) {
        if (!find(c, &info))
            return say_unknown(c);
        c->attached = info.pid;
        return say_about(c, "Attached to ", ": Ctrl-] detaches.");
    }
    if (c->news.slot < process_slots())
        c->state = CONSOLE_ATTACHED;
    return false;
}

bool console_detached(struct operator_console *c)
{
    return say_about(c, "Detached from ", ".");
}

bool console_ended(struct operator_console *c)
{
    return say_about(c, "", " has ended: detached.");
}

bool console_start(struct operator_console *c)
{
    (void)c;
    return false;
}

/* An empty line. */
static bool step_nothing(struct operator_console *c)
{
    (void)c;
    return false;
}

static bool step_console_stop(struct operator_console *c)
{
    c->hibernating = true;
    return c->news.at == 0 &&
           news_say(&c->news, "Disabling the process console.\r\n"
                              "Run console-start to reactivate.\r\n");
}

static operator_step step_help;

/* Each command: its name and what it wants, what it does, and how. */
#define COMMANDS(ROW)                                                          \
    ROW("help", "this list", step_help)                                        \
    ROW("status", "how many apps", step_status)                                \
    ROW("list", "all apps", step_list)                                         \
    ROW("stop NAME", "pause an app", step_act)                                 \
    ROW("start NAME", "resume it", step_act)                                   \
    ROW("fault NAME", "make it fault", step_act)                               \
    ROW("boot NAME", "start it again", step_act)                               \
    ROW("terminate NAME", "end it", step_act)                                  \
    ROW("process NAME", "counters and map", step_process)                      \
    ROW("kernel", "version and map", step_kernel)                              \
    ROW("reset", "restart the board", step_reset)                              \
    ROW("panic", "stop with a dump", step_panic)                               \
    ROW("console-start", "undo console-stop", console_start)                   \
    ROW("console-stop", "ignore commands", step_console_stop)                  \
    ROW("log", "kernel log", step_log)                                         \
    ROW("attach NAME", "type to an app", step_attach)                          \
    ROW("kept", "data apps keep", step_kept)                                   \
    ROW("forget ID", "free an app's", step_forget)                             \
    ROW("tockloader", "give it the line", step_tockloader)                     \
    ROW("exit", "power off", step_exit)

#define COMMAND_TEXT(name, what, step) name "\0" what "\0"
#define COMMAND_STEP(name, what, step) step,
static const char texts[] = COMMANDS(COMMAND_TEXT);
static operator_step *const steps[] = { COMMANDS(COMMAND_STEP) };

static const char *command_name(uint32_t command)
{
    return text_pick(texts, 2 * command);
}

/* The last two are not there on every board. */
static uint32_t command_count(void)
{
    uint32_t count = ARRAY_COUNT(steps);
    return count - !operator_config()->bootloader -
           !operator_config()->poweroff;
}

/* Of those that are there, the one of that number. */
static uint32_t command_there(uint32_t number)
{
    return number +
           (number >= ARRAY_COUNT(steps) - 2 && !operator_config()->bootloader);
}

/* The end of the spaces, or of the word, at `at`. */
static const char *skip(const char *at, bool spaces)
{
    while (*at && (*at == ' ') == spaces)
        at++;
    return at;
}

/* One line in many pieces; `at` counts them. */
static bool say_names(struct operator_console *c, uint32_t at)
{
    uint32_t count = command_count();
    if (at == 0)
        return news_say(&c->news, "Valid commands are:");
    if (at > count)
        return at == count + 1 && news_say(&c->news, "\r\n");
    const char *name = command_name(command_there(at - 1));
    report_add(c->news.text, " %.*s", (int)(skip(name, false) - name), name);
    return news_part(&c->news);
}

static bool step_help(struct operator_console *c)
{
    if (c->news.at == 0)
        return news_say(&c->news, "Welcome to the process console.\r\n");
    if (say_names(c, c->news.at - 1))
        return true;
    uint32_t i = c->news.at - command_count() - 3;
    if (i >= command_count())
        return false;
    i = command_there(i);
    return say(c, "  %-14s  %s", command_name(i), text_pick(texts, 2 * i + 1));
}

static bool step_unknown(struct operator_console *c)
{
    return say_names(c, c->news.at);
}

static bool step_usage(struct operator_console *c)
{
    return say_about(c, "usage: ", "");
}

/* ---- from a line to a command -------------------------------------------------------------- */

/* A command is known by its name at the beginning of the line, whatever
 * follows it at once. */
static bool is_command(const char *line, const char *name)
{
    while (*name > ' ' && *name == *line) {
        name++;
        line++;
    }
    return *name <= ' ';
}

operator_step *console_parse(struct operator_console *c)
{
    const char *line = skip(c->line, true), *name;
    const char *argument = skip(skip(line, false), true);
    uint32_t i = 0;
    c->line[skip(argument, false) - c->line] = '\0';
    c->argument = argument;
    if (!*line)
        return step_nothing;
    while (!is_command(line, name = command_name(i)))
        if (++i == ARRAY_COUNT(steps))
            return step_unknown;
    c->command = i;
    if (*argument || !*skip(name, false))
        return steps[i];
    c->argument = operator_config()->default_app;
    if (steps[i] == step_attach && c->argument)
        return step_attach;
    c->argument = name;
    return step_usage;
}
