/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the operator console: what each of them says, piece by piece,
 * and how a typed line names one. */
#include <loader/console_priv.h>

#include <kernel/format.h>
#include <kernel/string.h>

/* A line. Returns true. */
static bool say(struct operator_console *c, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static bool say(struct operator_console *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    format_va(c->text, REPORT_LINE_MAX, fmt, args);
    va_end(args);
    return console_line(c);
}

/* All there is to be said is one line about c->argument. */
static bool say_about(struct operator_console *c, const char *before,
                      const char *after)
{
    return c->at == 0 && say(c, "%s%s%s", before, c->argument, after);
}

/* ---- apps ---------------------------------------------------------------------------- */

static bool has_name(const struct operator_console *c,
                     const struct process_info *info)
{
    size_t len = strlen(info->name);
    return strlen(c->argument) == len &&
           memcmp(info->name, c->argument, len) == 0;
}

/* The first app of that name from c->slot on. */
static bool find(struct operator_console *c, struct process_info *info)
{
    for (; c->slot < process_slots(); c->slot++)
        if (process_inspect(c->slot, info) && has_name(c, info))
            return true;
    return false;
}

static bool say_unknown(struct operator_console *c)
{
    return say_about(c, "no app named ", "; `list` shows them");
}

/* Do it to every app of that name, one at each step; `done` says so. */
static bool act(struct operator_console *c, err_t (*verb)(pid_handle_t),
                const char *done)
{
    struct process_info info;
    if (c->at == 0)
        c->slot = 0;
    if (!find(c, &info))
        return say_unknown(c);
    c->slot++;
    if (verb(info.pid) == OK)
        return !done || say(c, "Process %s %s", info.name, done);
    *c->text = '\0';
    report_add(c->text, "Nothing done: %s is ", info.name);
    report_add_state(c->text, &info);
    return console_line(c);
}

static bool step_start(struct operator_console *c)
{
    return act(c, process_resume, "resumed.");
}

static bool step_stop(struct operator_console *c)
{
    return act(c, process_stop, "stopped");
}

static bool step_fault(struct operator_console *c)
{
    return act(c, process_fault, "now faulted");
}

static bool step_terminate(struct operator_console *c)
{
    return act(c, process_terminate, "terminated");
}

static bool step_boot(struct operator_console *c)
{
    return act(c, process_boot, NULL);
}

static bool step_process(struct operator_console *c)
{
    struct fault_facts facts;
    if (c->at == 0) {
        c->slot = 0;
        find(c, &facts.info);
    }
    if (c->slot >= process_slots())
        return say_unknown(c);
    return process_facts(c->slot, &facts) &&
           report_line(&facts, REPORT_MAP + c->at, c->text, REPORT_LINE_MAX) &&
           console_line(c);
}

static bool step_list(struct operator_console *c)
{
    struct process_info info;
    uint32_t slot = (c->at - 1) / 2;
    char id[12] = "Unique";
    if (c->at == 0)
        return console_say(
            c, " PID    ShortID    Name                Quanta  Syscalls"
               "  Restarts  Grants  State\r\n");
    if (slot >= process_slots())
        return false;
    if (!process_inspect(slot, &info))
        return true;
    *c->text = '\0';
    if (c->at % 2 == 0) {
        report_add_state(c->text, &info);
        return console_line(c);
    }
    if (info.short_id)
        format(id, sizeof id, "0x%x", (unsigned)info.short_id);
    report_add(c->text, " %-7u%-10s %-20s%6u%10u%10u  %2u/%2u   ",
               (unsigned)info.pid.handle, id, info.name, (unsigned)info.slices,
               (unsigned)info.syscalls, (unsigned)info.restarts,
               (unsigned)info.grants_used, (unsigned)info.grants_total);
    return console_part(c);
}

static bool step_status(struct operator_console *c)
{
    struct process_info info;
    unsigned total = 0, active = 0, slices = 0;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info)) {
            total++;
            active += info.state < PROCESS_FAULTED;
            slices += (unsigned)info.slices;
        }
    if (c->at == 0)
        return say(c, "Total processes: %u", total);
    if (c->at == 1)
        return say(c, "Active processes: %u", active);
    return c->at == 2 && say(c, "Timeslice expirations: %u", slices);
}

/* ---- the board ------------------------------------------------------------------------ */

static bool call(struct operator_console *c, void (*hook)(void))
{
    if (c->at)
        return false;
    if (!hook)
        return console_say(c, "Not available on this board.\r\n");
    hook();
    return true;
}

static bool step_reset(struct operator_console *c)
{
    return call(c, c->board->reset);
}

static bool step_panic(struct operator_console *c)
{
    return call(c, c->board->panic);
}

static bool step_exit(struct operator_console *c)
{
    return call(c, c->board->poweroff);
}

static bool step_kernel(struct operator_console *c)
{
    if (c->at == 0)
        return say(c, "Kernel version: %s", c->board->version);
    if (c->at > c->board->section_count)
        return false;
    *c->text = '\0';
    report_add_region(c->text, &c->board->sections[c->at - 1]);
    return console_line(c);
}

bool console_log_line(struct operator_console *c, uint32_t *cursor)
{
    enum log_level level;
    if (klog_read(cursor, c->text + 8, REPORT_LINE_MAX - 8, &level) < 0)
        return false;
    memcpy(c->text, &"[error] [warn]  [info]  [debug] "[8u * level], 8);
    return console_line(c);
}

static bool step_log(struct operator_console *c)
{
    if (c->at == 0) {
        c->slot = 0;
        c->cursor_end = klog_end();
    }
    return (int32_t)(c->slot - c->cursor_end) < 0 &&
           console_log_line(c, &c->slot);
}

/* ---- the console ------------------------------------------------------------------------ */

static bool step_attach(struct operator_console *c)
{
    struct process_info info;
    if (!c->board->sink)
        return call(c, NULL);
    if (c->at == 0) {
        c->slot = 0;
        if (!find(c, &info))
            return say_unknown(c);
        c->attached = info.pid;
        return say_about(c, "Attached to ", ": input goes to it until Ctrl-].");
    }
    if (c->slot < process_slots())
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
    return c->at == 0 && console_say(c, "Disabling the process console.\r\n"
                                        "Run console-start to reactivate.\r\n");
}

static operator_step step_help;

/* The name, what it wants, and behind a NUL what it does. */
static const struct command {
    const char *text;
    operator_step *step;
} commands[] = {
    { "help\0this list", step_help },
    { "status\0how many apps, how busy", step_status },
    { "list\0all apps", step_list },
    { "stop NAME\0let an app do nothing", step_stop },
    { "start NAME\0let it go on", step_start },
    { "fault NAME\0as if it had broken a rule", step_fault },
    { "boot NAME\0start it anew once it has ended", step_boot },
    { "terminate NAME\0end it", step_terminate },
    { "process NAME\0counters and memory map", step_process },
    { "kernel\0version and memory map", step_kernel },
    { "reset\0restart the board", step_reset },
    { "panic\0stop with a dump", step_panic },
    { "console-start\0undo console-stop", console_start },
    { "console-stop\0no prompt, no commands", step_console_stop },
    { "log\0the kernel's log", step_log },
    { "attach NAME\0type to an app", step_attach },
    { "exit\0switch the board off", step_exit },
};

/* `exit`, the last one, is not there on every board. */
static uint32_t command_count(const struct operator_console *c)
{
    return ARRAY_COUNT(commands) - !c->board->poweroff;
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
    uint32_t count = command_count(c);
    if (at == 0)
        return console_say(c, "Valid commands are:");
    if (at > count)
        return at == count + 1 && console_say(c, "\r\n");
    const char *name = commands[at - 1].text;
    *c->text = '\0';
    report_add(c->text, " %.*s", (int)(skip(name, false) - name), name);
    return console_part(c);
}

static bool step_help(struct operator_console *c)
{
    if (c->at == 0)
        return console_say(c, "Welcome to the process console.\r\n");
    if (say_names(c, c->at - 1))
        return true;
    uint32_t i = c->at - command_count(c) - 3;
    return i < command_count(c) &&
           say(c, "  %-14s  %s", commands[i].text,
               commands[i].text + strlen(commands[i].text) + 1);
}

static bool step_unknown(struct operator_console *c)
{
    return say_names(c, c->at);
}

static bool step_usage(struct operator_console *c)
{
    return say_about(c, "usage: ", "");
}

/* ---- from a line to a command -------------------------------------------------------------- */

/* A command is known by its name at the beginning of the line, whatever
 * follows it at once. */
static const struct command *find_command(const char *line)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(commands); i++) {
        const char *name = commands[i].text, *at = line;
        while (*name > ' ' && *name == *at) {
            name++;
            at++;
        }
        if (*name <= ' ')
            return &commands[i];
    }
    return NULL;
}

operator_step *console_parse(struct operator_console *c)
{
    const char *line = skip(c->line, true);
    const char *argument = skip(skip(line, false), true);
    c->line[skip(argument, false) - c->line] = '\0';
    c->argument = argument;
    if (!*line)
        return step_nothing;
    const struct command *command = find_command(line);
    if (!command)
        return step_unknown;
    if (*argument || !*skip(command->text, false))
        return command->step;
    c->argument = c->board->default_app;
    if (command->step == step_attach && c->argument)
        return step_attach;
    c->argument = command->text;
    return step_usage;
}
