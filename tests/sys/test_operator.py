# SPDX-License-Identifier: Apache-2.0
"""The operator console on the real boards, as somebody at a terminal sees it."""
import re

import harness
from harness import IDLE, Failed, boot

PROMPT = r"berth\$ "
NAMES = ("help status list stop start fault boot terminate process kernel "
         "reset panic console-start console-stop log attach kept forget exit")
# What only some boards have.
MORE = {"qemu-virt": NAMES.replace("exit", "tockloader exit")}
WITNESS = r"witness: \d+ periods, 0 missed"


def state_of(m, name):
    """What `list` says of an app, behind its counters."""
    m.type("list")
    return m.expect(rf"^ \d+ +\S+ +{name} +\d+ +\d+ +\d+ +\d+/ ?\d+ +"
                    r"(\S[^\r\n]*)\r")[1]


# ---- commands -------------------------------------------------------------------


@boot("witness")
def help_explains_every_command(m):
    m.expect(PROMPT)
    names = MORE.get(m.board, NAMES)
    m.type("help")
    m.expect(r"Welcome to the process console\.\r\n"
             rf"Valid commands are: {names}\r\n")
    for name in names.split():
        m.expect(rf"^  {name}( NAME)? +\S")
    m.expect(PROMPT)


@boot("witness")
def an_unknown_command_is_answered_by_the_list_of_commands(m):
    m.expect(PROMPT)
    m.type("frobnicate witness")
    m.expect(rf"Valid commands are: {MORE.get(m.board, NAMES)}\r\n")
    m.type("")
    m.expect(PROMPT)
    m.type("   status   ")
    m.expect(r"Total processes: 1\r\n")


@boot("witness", "hello")
def status_counts_apps(m):
    m.expect(r"Hello from hello")
    m.until_listed("hello", "Terminated")
    m.type("status")
    m.expect(r"Total processes: 2\r\nActive processes: 1\r\n"
             r"Timeslice expirations: \d+\r\n")


@boot("witness", "hello")
def list_keeps_its_columns(m):
    m.expect(r"Hello from hello")
    m.type("list")
    m.expect(r"^ PID    ShortID    Name                Quanta  Syscalls  "
             r"Restarts  Grants  State\r\n")
    for slot, name in enumerate(("witness", "hello")):
        row = m.expect(rf"^ (\d+) +Unique     ({name:20})( +\d+)( +\d+)( +\d+)  "
                       r"([ \d]\d)/([ \d]\d)   (\S[^\r\n]*)\r\n")
        if len(row[3]) != 6 or len(row[4]) != 10 or len(row[5]) != 10:
            raise Failed("a column has another width")
        if int(row[1]) & 0xFF != slot or int(row[6]) > int(row[7]):
            raise Failed("a wrong number")


@boot("witness", "blink")
def stop_and_start_hold_an_app_up(m):
    m.expect(WITNESS)
    m.type("stop witness")
    m.expect(r"Process witness stopped\r\n")
    if not state_of(m, "witness").startswith("Stopped("):
        raise Failed("not stopped")
    m.type("stop witness")
    m.expect(r"Nothing done: witness is Stopped\(")
    m.type("start witness")
    m.expect(r"Process witness resumed\.\r\n")
    m.expect(r"witness: \d+ periods")
    m.type("start witness")
    m.expect(r"Nothing done: witness is (Yielded|Running)")


@boot("witness", "blink")
def terminate_ends_an_app_and_boot_starts_it_anew(m):
    m.expect(WITNESS)
    m.type("boot witness")
    m.expect(r"Nothing done: witness is (Yielded|Running)")
    m.type("terminate witness")
    m.expect(r"Process witness terminated\r\n")
    if state_of(m, "witness") != "Terminated":
        raise Failed("not terminated")
    m.type("boot witness")
    m.expect(r"witness: 50 periods, 0 missed")
    m.type("list")
    if m.expect(r" witness +\d+ +\d+ +(\d+) ")[1] != "1":
        raise Failed("the restart is not counted")


@boot("witness", "blink")
def fault_makes_an_app_fault_as_if_by_itself(m):
    m.expect(WITNESS)
    m.type("fault witness")
    m.expect(r"Process witness now faulted\r\n")
    m.expect(r"witness \(pid \d+\) faulted: was ordered to, at 0x[0-9a-f]{8}\r\n")
    m.expect(r" Completion Code: Faulted\r\n")
    if state_of(m, "witness") != "Faulted":
        raise Failed("not faulted")
    m.type("boot witness")
    m.expect(r"witness: 50 periods, 0 missed")


@boot("witness")
def process_shows_counters_and_memory(m):
    m.expect(WITNESS)
    m.type("process witness")
    m.expect(r"^ 𝐀𝐩𝐩: witness   -   \[(Yielded|Running)[^\r]*\]\r\n"
             r" Events Queued: \d+   Syscall Count: \d+   "
             r"Dropped Upcall Count: 0\r\n"
             r" Restart Count: 0\r\n Last Syscall: \w+\r\n"
             r" Completion Code: None\r\n")
    rows = [m.expect(r"^  0x([0-9A-F]{8}) 0x([0-9A-F]{8}) (\S{3}) (\S.*?) +"
                     r"(\d+)[ \r]") for _ in range(7)]
    names = [row[4].strip() for row in rows]
    if names != ["Kernel", "Unused", "Heap", "Data", "Stack", "App Flash",
                 "Protected"]:
        raise Failed(f"other regions: {names}")
    for row in rows:
        if int(row[2], 16) - int(row[1], 16) != int(row[5]):
            raise Failed(f"a size is wrong: {row[0]}")


@boot("witness")
def kernel_shows_its_version_and_map(m):
    m.expect(PROMPT)
    m.type("kernel")
    m.expect(r"Kernel version: 2\.\d+")
    for name in ("BSS", "Relocate", "Stack", "RoData", "Code"):
        row = m.expect(rf"  0x([0-9A-F]{{8}}) 0x([0-9A-F]{{8}}) r[w-][x-] {name} +(\d+)\r\n")
        start, end, size = int(row[1], 16), int(row[2], 16), int(row[3])
        if end - start != size or (size == 0 and name != "Relocate"):
            raise Failed(f"a size is wrong: {row[0]}")


@boot("witness")
def an_app_that_there_is_not_is_named(m):
    m.expect(PROMPT)
    for command in ("stop", "start", "fault", "terminate", "boot", "process"):
        m.type(f"{command} nobody")
        m.expect(r"no app named nobody\r\n")
        m.type(command)
        m.expect(rf"usage: {command} NAME\r\n")
    m.type("stop witnes")
    m.expect(r"no app named witnes\r")


# blink goes on meanwhile, and so does the machine's time.
@boot("witness", "witness", "blink")
def a_command_acts_on_every_app_of_that_name(m):
    m.expect(WITNESS)
    m.type("stop witness")
    m.expect(r"Process witness stopped\r\nProcess witness stopped\r\n")
    m.type("start witness")
    m.expect(r"Process witness resumed\.\r\nProcess witness resumed\.\r\n")
    m.expect(r"witness: \d+ periods, \d+ missed")


@boot("witness")
def console_stop_silences_the_console_until_console_start(m):
    m.expect(PROMPT)
    m.type("console-stop")
    m.expect(r"Disabling the process console\.\r\n"
             r"Run console-start to reactivate\.\r\n")
    m.type("status")
    m.expect(WITNESS)
    m.refuse(r"Total processes")
    m.type("console-start")
    m.expect(PROMPT)
    m.type("status")
    m.expect(r"Total processes: 1")


@boot("blink", boards=["virt"])
def log_shows_the_kernels_log(m):
    m.expect(PROMPT)
    while True:
        m.type("log")
        if m.expect(r"(\[debug\] led [01] on|berth\$ )\r?\n?")[1] != "berth$ ":
            break


@boot("crash", "witness")
def a_fault_is_reported_with_the_rule_it_broke(m):
    start, target = m.expect(r"crash: my RAM begins at (0x[0-9a-f]+); now I "
                             r"write to (0x[0-9a-f]{8})").groups()
    report = m.expect(
        r"crash \(pid (\d+)\) faulted: wrote (0x[0-9a-f]+), 4 bytes below its "
        r"(stack|RAM)\r\n pc (0x[0-9a-f]{8}) \(binary \+ 0x[0-9a-f]+\) "
        r"ra (0x[0-9a-f]{8}) \(binary \+ 0x[0-9a-f]+\) mcause 7 "
        r"mtval (0x[0-9a-f]{8})\r\n")
    if int(report[2], 16) != int(target, 16) or report[6] != report[2]:
        raise Failed("another address")
    if int(target, 16) != int(start, 16) - 4:
        raise Failed("crash writes elsewhere")
    m.expect(r" pc  0x[0-9a-f]{8} ra  0x[0-9a-f]{8} sp  0x[0-9a-f]{8} "
             r"gp  0x[0-9a-f]{8}\r\n")
    m.expect(r" t3  0x[0-9a-f]{8} t4  0x[0-9a-f]{8} t5  0x[0-9a-f]{8} "
             r"t6  0x[0-9a-f]{8}\r\n")
    m.expect(r" 𝐀𝐩𝐩: crash   -   \[Faulted\]\r\n")
    m.expect(rf"^  {start.upper().replace('X', 'x')} 0x[0-9A-F]{{8}} rw- Stack ")
    m.expect(WITNESS)
    m.refuse("nobody stopped me")


# ---- the line ---------------------------------------------------------------------


def typed(m, keys, command):
    """Types keys, and expects the console to have understood a command."""
    m.send(keys + "\r")
    m.expect(rf"no app named {command}\r")


@boot("witness")
def a_line_can_be_edited(m):
    m.expect(PROMPT)
    left, right, home, end = "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F"
    typed(m, "stop abx\x08c", "abc")
    typed(m, "stop abx\x7fc", "abc")
    typed(m, "stop ac" + left + "b", "abc")
    typed(m, "top abc" + home + "s", "abc")
    typed(m, "top abc" + home + "s" + end + "d", "abcd")
    typed(m, "stop axbc" + left * 3 + "\x1b[3~", "abc")
    typed(m, "stop ab" + left * 2 + right * 2 + "c", "abc")
    typed(m, "list\x15stop abc", "abc")
    typed(m, "list\x03stop abc", "abc")
    typed(m, "stop a\xe9bc", "abc")
    m.send("stop abc\r\nstop abd\n\rstop abe\n")
    for name in ("abc", "abd", "abe"):
        m.expect(rf"no app named {name}\r")


@boot("witness")
def earlier_lines_can_be_called_back(m):
    up, down = "\x1b[A", "\x1b[B"
    m.expect(PROMPT)
    typed(m, "stop one", "one")
    typed(m, "stop two", "two")
    typed(m, up, "two")
    typed(m, up + up, "one")
    typed(m, up + up + down, "one")
    typed(m, up + "s", "ones")


@boot("witness")
def a_line_that_is_too_long_is_cut_and_a_flood_of_input_harms_nobody(m):
    m.expect(PROMPT)
    m.send("stop " + "y" * 100 + "\r")
    m.expect(r"no app named y{58}\r")
    m.send("z" * 3000 + "\x03\r")
    m.expect(WITNESS)
    m.type("status")
    m.expect(r"Total processes: 1")
    m.expect(WITNESS)


@boot("chatter-a", boards=["virt"])
def the_prompt_comes_back_behind_an_apps_output_with_what_was_typed(m):
    m.expect(PROMPT)
    m.send("stat")
    m.expect(r"chatter-a: line \d+, said in one breath\r?\n(\r\x1b\[K)?berth\$ stat")
    m.send("us\r")
    m.expect(r"Total processes: 1")


@boot("chatter-a", "chatter-b", "witness")
def lines_of_several_apps_never_mix(m):
    for _ in range(6):
        m.expect(r"chatter-a: line \d+, said in one breath")
        m.expect(r"chatter-b:")
    m.expect(WITNESS)
    text = re.sub(r"\r\x1b\[K|berth\$ ", "", m.output)
    for line in text.replace("\r", "").split("\n")[:-1]:
        if not re.fullmatch(r"(chatter-a: line \d+, said in one breath"
                            r"|(chatter-b:)?( one)?( word)?( after)?( the)?( other)?"
                            r"|witness: \d+ periods, \d+ missed, worst \d+ us"
                            r"|ESP-ROM:esp32c3|rst:0x.*"  # what the mask ROM says
                            r"|\[(info|warn)\]  .*)", line):
            raise Failed(f"mixed: {line!r}")


# ---- attach ---------------------------------------------------------------------------


@boot("echo", "witness")
def attach_gives_the_input_to_an_app_until_the_escape_key(m):
    m.expect(r"echo: listens")
    m.type("attach echo")
    m.expect(r"Attached to echo: Ctrl-\] detaches\.\r\n")
    m.type("list")
    m.expect(r"echo: 4 <list>")
    m.type("a longer line with blanks")
    m.expect(r"echo: 25 <a longer line with blanks>")
    m.refuse(r"ShortID")
    m.send("\x1d")
    m.expect(r"Detached from echo\.\r\n")
    m.type("status")
    m.expect(r"Total processes: 2")
    m.expect(WITNESS)


@boot("echo", "witness")
def an_attached_app_that_ends_gives_the_input_back(m):
    m.expect(r"echo: listens")
    m.type("attach echo")
    m.expect(r"Attached to echo")
    m.type("end")
    m.expect(r"echo: 3 <end>")
    m.expect(r"echo has ended: detached\.\r\n")
    m.type("status")
    m.expect(r"Active processes: 1")


@boot("echo", "echo", "witness")
def two_apps_read_at_once_and_each_gets_only_its_own(m):
    m.expect(r"echo: listens")
    m.expect(r"echo: listens")
    m.type("attach echo")
    m.expect(r"Attached to echo")
    m.type("first")
    m.expect(r"echo: 5 <first>")
    m.expect(WITNESS)
    if len(re.findall(r"<first>", m.output)) != 1:
        raise Failed("both have got it")


# ---- the end --------------------------------------------------------------------------


# QEMU 7.2 sometimes stands still at a reset when its time is virtual.
@boot("hello", boards=["virt"], extra=())
def reset_restarts_the_board_again_and_again(m):
    for _ in range(3):
        m.expect(r"Hello from hello")
        m.expect(PROMPT)
        m.type("reset")
    m.expect(r"Hello from hello")
    m.until_listed("hello", "Terminated")


@boot("hello", boards=["hifive1"], extra=IDLE)
def a_reset_is_the_watchdogs_where_there_is_one(m):
    m.expect(PROMPT)
    m.type("reset")
    if harness.ON == "qemu":
        m.expect(r"Not on this board\.\r\n")
        return
    m.expect(r"Hello from hello")
    m.expect(PROMPT)
    m.type("reset")
    m.expect(r"Hello from hello")


@boot("blink", "hello", may_panic=True, boards=["hifive1"])
def a_small_board_dumps_everything_too(m):
    m.expect(r"Hello from hello")
    m.type("panic")
    m.expect(r"^KERNEL PANIC: ordered by the operator\r\n")
    m.expect(r"^trace: \d+ start pid 256 0x2004\w+\r\n")
    m.expect(r"^blink \(pid \d+\) (Yielded|Running)")
    m.expect(r"^KERNEL PANIC END\r\n")
    if m.wait() != 3:
        raise Failed("another exit status")


@boot("blink", "hello", may_panic=True, boards=["virt"])
def panic_dumps_everything_and_ends_qemu_with_status_3(m):
    m.expect(r"Hello from hello")
    m.until_listed("hello", "Terminated")
    m.type("panic")
    m.expect(r"^KERNEL PANIC: ordered by the operator\r\n"
             r"kernel: 2\.[^\r]* board=\S+\r\n")
    m.expect(r"^trace: \d+ start pid 256 0x22\w+\r\n"
             r"(?s:.*)^trace: \d+ start pid 257 0x22\w+\r\n"
             r"(?s:.*)^trace: \d+ exit pid 257 0x0\r\n")
    m.expect(r"^log: [^\r]*led [01] on")
    m.expect(r"^blink \(pid \d+\) (Yielded|Running)")
    m.expect(r" 𝐀𝐩𝐩: blink   -   \[(Yielded|Running)")
    m.expect(r"^hello \(pid \d+\) Terminated")
    m.expect(r"^KERNEL PANIC END\r\n")
    if m.wait() != 3:
        raise Failed("another exit status")


@boot("hello", extra=IDLE)
def exit_switches_the_board_off_with_status_0(m):
    m.expect(r"Hello from hello")
    m.type("exit")
    if m.wait() != 0:
        raise Failed("another exit status")
