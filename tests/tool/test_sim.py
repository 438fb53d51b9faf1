# SPDX-License-Identifier: Apache-2.0
"""berth-sim's command line: exit statuses, serial lines, scripts, power cuts,
flash files, traces. The guests are a few instructions each."""
import os
import re
import select
import socket
import subprocess
import time

import berth_tool
from berth_tool import ToolTest

SIM = os.path.abspath("build/berth-sim")
FINISHER = 0x00100000

START = """
    .globl _start
_start:
    li s0, 0x10000000       # UART
    li s1, 0x22000000       # flash bank 1
    li s2, 0x00100000       # finisher
"""
# Prints what the label `text` says, ends with status 7.
HELLO = START + """
    la a0, text
1:  lbu a1, 0(a0)
    beqz a1, 2f
    sb a1, 0(s0)
    addi a0, a0, 1
    j 1b
2:  li a1, 0x00073333
    sw a1, 0(s2)
3:  j 3b
text: .asciz "hello, world\\n"
"""
# Echoes what is typed in brackets, asleep meanwhile; q ends with status 0.
ECHO = START + """
    li a0, 1
    sb a0, 2(s0)            # FIFO
    sb a0, 1(s0)            # interrupt on input
    li a1, 0x0C000028
    sw a0, 0(a1)            # priority
    li a1, 0x0C002000
    li a2, 1 << 10
    sw a2, 0(a1)
    li a1, 1 << 11
    csrw mie, a1
    li s3, 0x0C200004
    li a0, '>'
    sb a0, 0(s0)
1:  wfi
    lw s4, 0(s3)
2:  lbu a0, 5(s0)
    andi a0, a0, 1
    beqz a0, 4f
    lbu a1, 0(s0)
    li a0, 'q'
    beq a1, a0, 3f
    li a0, '['
    sb a0, 0(s0)
    sb a1, 0(s0)
    li a0, ']'
    sb a0, 0(s0)
    j 2b
3:  li a1, 0x5555
    sw a1, 0(s2)
4:  sw s4, 0(s3)
    j 1b
"""
# Operation 1 erases the block, 2 to 5 program its first words with 1 to 4.
FLASH = START + """
    li a0, 0x00200020
    sw a0, 0(s1)
    li a0, 0x00D000D0
    sw a0, 0(s1)
    li a2, 1
1:  li a0, 0x00400040
    sw a0, 0(s1)
    slli a3, a2, 2
    add a3, a3, s1
    sw a2, -4(a3)
    addi a2, a2, 1
    li a0, 5
    bne a2, a0, 1b
    li a0, 0x00FF00FF
    sw a0, 0(s1)
    li a1, 0x5555
    sw a1, 0(s2)
2:  j 2b
"""
SLEEP = START + "    wfi\n1:  j 1b\n"
LOOP = START + "1:  j 1b\n"
# Takes the flash it runs from out of array mode.
MISTAKE = START + """
    li a0, 0x20000000
    li a1, 0x00700070
    .globl wrong
wrong:
    sw a1, 0(a0)
1:  j 1b
"""
# FIFO mode of SPI0, executing from the flash behind it.
SPI = """
    .globl _start
_start:
    li a0, 0x10014000
    sw zero, 0x60(a0)
1:  j 1b
"""
# Two outputs change, then it sleeps.
PINS = """
    .globl _start
_start:
    li a0, 0x10012000
    li a1, 1 << 19
    sw a1, 8(a0)
    sw a1, 12(a0)
    li a1, 0x02004000
    sw zero, 4(a1)
    li a2, -1
    sw a2, 4(a1)
    wfi
1:  j 1b
"""

# The kernel's loop: look, an app's two instructions, the trap. The third round takes
# 100 instructions more, the fourth erases a block of flash, the fifth programs a word;
# the sixth looks in the middle of its 100.
STRETCHES = START + """
    la a0, trap
    csrw mtvec, a0
    li a0, -1
    csrw pmpaddr0, a0
    li a0, 0x1f
    csrw pmpcfg0, a0
    li s3, 0                # rounds
1:  call look
    la a0, app
    csrw mepc, a0
    li a0, 0x1800
    csrc mstatus, a0
    mret
app:
    nop
    ecall
    .align 2
trap:
    addi s3, s3, 1
    li s4, 50
    li a0, 3
    beq s3, a0, 3f
    li a0, 4
    beq s3, a0, 4f
    li a0, 5
    beq s3, a0, 5f
    li a0, 6
    bne s3, a0, 1b
    li s4, 25
    jal 2f
    call look
    li s4, 25
    jal 2f
    li a1, 0x5555
    sw a1, 0(s2)
3:  la ra, 1b
2:  addi s4, s4, -1
    bnez s4, 2b
    ret
4:  li a0, 0x00200020
    sw a0, 0(s1)
    li a0, 0x00D000D0
    sw a0, 0(s1)
    j 1b
5:  li a0, 0x00400040
    sw a0, 0(s1)
    sw a0, 0(s1)
    j 1b
    .globl look
    .type look, @function
look: ret
    .size look, . - look
"""

# Ten times through WAYS lines of the cache's second set (8 KiB are its one way), then
# CODE, then it sleeps for ever. Behind 64 bytes for itself.
CACHE = """
    .globl _start
_start:
    li s0, 10
    j round
    .org 64
round:
{ways}
    addi s0, s0, -1
    bnez s0, round
{code}
    li a0, 0x02004000
    li a1, -1
    sw a1, 4(a0)
    wfi
{others}
"""


def through(ways, code=""):
    """That guest: the first of these lines ends with a jump to the next, and so on."""
    calls = "\n".join(f"    jal way{n}" for n in range(1, ways))
    others = "\n".join(f"    .org 64 + {n} * 0x2000\n    .globl way{n}\n"
                       f"    .type way{n}, @function\nway{n}: ret\n"
                       f"    .size way{n}, . - way{n}" for n in range(1, ways))
    return CACHE.format(ways=calls, code=code, others=others)


class SimTest(ToolTest):
    def guest(self, source, at=0x20000000):
        self.write("guest.S", source.encode())
        return self.gcc("guest.elf", "-march=rv32imac_zicsr", "-mabi=ilp32",
                        "-nostdlib", "-static", f"-Wl,-Ttext={at:#x}",
                        "-Wl,--build-id=none,-n", "guest.S")

    def sim(self, *words, expect=0, board="qemu-virt", typed=""):
        done = subprocess.run(
            [SIM, *words, board, "guest.elf"], cwd=self.dir, input=typed,
            text=True, timeout=60, capture_output=True, check=False)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done

    def start(self, *words):
        """The echo guest with its line somewhere else; what it says."""
        self.guest(ECHO)
        process = subprocess.Popen(
            [SIM, *words, "qemu-virt", "guest.elf"], cwd=self.dir, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def talk(self, process, read, write):
        """A conversation with the echo guest, to its end."""
        write(b"ab")
        got = b""
        while b"[b]" not in got:
            got += read()
        self.assertEqual(got, b">[a][b]")
        write(b"q")
        self.assertEqual(process.wait(20), 0)


class Statuses(SimTest):
    def test_the_status_is_the_guests_own(self):
        self.guest(HELLO)
        self.assertEqual(self.sim(expect=7).stdout, "hello, world\n")

    def test_what_hardware_does_not_allow_is_120_with_a_report(self):
        self.guest(MISTAKE)
        said = self.sim(expect=120).stderr
        self.assertRegex(said, r"qemu-virt: instruction fetch at 0x2000\w+ while "
                               r"flash bank 0 is in mode 0x70")
        self.assertRegex(said, r"at pc 0x2000\w+ \(wrong\+0x\w+\), mode M")

    def test_running_from_a_flash_in_fifo_mode_is_120(self):
        self.guest(SPI, 0x20010000)
        said = self.sim(expect=120, board="hifive1-revb").stderr
        self.assertRegex(said, r"instruction fetch of flash at 0x2001\w+ while "
                               r"SPI0 is in FIFO mode")

    def test_a_limit_of_instructions_is_121(self):
        self.guest(LOOP)
        said = self.sim("--max-instructions", "1000", "--stats", expect=121)
        self.assertIn("berth-sim: 1000 instructions, 0.000001000 s", said.stderr)
        said = self.sim("--max-instructions", "1000", "--shift", "6", "--stats",
                        expect=121)
        self.assertIn("1000 instructions, 0.000064000 s", said.stderr)

    def test_a_limit_of_time_is_121(self):
        self.guest(LOOP)
        said = self.sim("--max-time", "2", "--stats", expect=121)
        self.assertIn("2000000 instructions, 0.002000000 s", said.stderr)

    def test_sleep_that_nothing_ends_is_122(self):
        self.guest(SLEEP)
        said = self.sim(expect=122).stderr
        self.assertIn("nothing can wake it", said)

    def test_a_wrong_command_line_is_2_and_says_what(self):
        self.guest(HELLO)
        self.assertIn("there are qemu-virt, hifive1-revb, esp32-c3-devkit",
                      self.sim(board="pdp11", expect=2).stderr)
        self.assertIn("--cut 0", self.sim("--cut", "0", expect=2).stderr)
        self.assertIn("--pace slow", self.sim("--pace", "slow", expect=2).stderr)
        self.assertIn("has none", self.sim("--smepmp", board="hifive1-revb",
                                           expect=2).stderr)
        done = subprocess.run([SIM], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)

    def test_a_file_that_can_not_be_used_is_1_and_says_why(self):
        self.write("guest.elf", b"no ELF at all")
        self.assertIn("guest.elf: ", self.sim(expect=1).stderr)
        self.guest(HELLO, at=0x70000000)
        self.assertIn("not in any memory", self.sim(expect=1).stderr)
        self.guest(HELLO)
        self.assertIn("there are stdio, pty",
                      self.sim("--serial", "morse", expect=1).stderr)

    def test_help_lists_every_option(self):
        done = subprocess.run([SIM, "--help"], capture_output=True, text=True,
                              check=True)
        for word in ("--cut", "--script", "--gdb", "--flash", "--trace", "123"):
            self.assertIn(word, done.stdout)


class Lines(SimTest):
    def test_stdio(self):
        self.guest(ECHO)
        self.assertEqual(self.sim(typed="xyq").stdout, ">[x][y]")

    def test_an_input_that_has_ended_leaves_it_asleep(self):
        self.guest(ECHO)
        self.assertEqual(self.sim(typed="x", expect=122).stdout, ">[x]")

    def test_a_file_takes_what_is_said(self):
        self.guest(HELLO)
        self.sim("--serial", "file:said", expect=7)
        self.assertEqual(self.read("said"), b"hello, world\n")

    def test_a_unix_socket_waits_for_its_client(self):
        process = self.start("--serial", "unix:line")
        client = self.client(socket.AF_UNIX, self.path("line"))
        self.talk(process, lambda: client.recv(100), client.sendall)

    def test_a_tcp_socket_says_its_port(self):
        process = self.start("--serial", "tcp:0")
        port = re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())[1]
        client = self.client(socket.AF_INET, ("127.0.0.1", int(port)))
        self.talk(process, lambda: client.recv(100), client.sendall)

    def client(self, family, where):
        client = socket.socket(family)
        self.addCleanup(client.close)
        client.settimeout(20)
        for _ in range(100):
            try:
                client.connect(where)
                return client
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.05)
        self.fail("nobody listens")

    def test_a_pseudo_terminal_says_its_name(self):
        process = self.start("--serial", "pty")
        name = re.search(r"/dev/\S+", process.stderr.readline())[0]
        pty = os.open(name, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, pty)

        self.talk(process, lambda: self.read_some(pty),
                  lambda data: os.write(pty, data))

    def read_some(self, file):
        self.assertTrue(select.select([file], [], [], 20)[0])
        return os.read(file, 100)

    def read_until(self, file, end):
        got = b""
        while end not in got:
            got += self.read_some(file)
        return got

    def test_at_a_terminal_ctrl_a_x_leaves_and_the_terminal_is_as_before(self):
        import pty
        import termios
        self.guest(ECHO)
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        before = termios.tcgetattr(theirs)
        process = subprocess.Popen([SIM, "qemu-virt", "guest.elf"], cwd=self.dir,
                                   stdin=theirs, stdout=theirs,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, process)
        got = self.read_until(ours, b">")
        os.write(ours, b"a\x01a\x03")  # Ctrl-A and Ctrl-C are for the guest
        got += self.read_until(ours, b"[\x03]")
        self.assertEqual(got, b">[a][\x01][\x03]")
        os.write(ours, b"\x01x")
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(termios.tcgetattr(theirs), before)


class Scripts(SimTest):
    def script(self, text, *words, expect=0):
        self.guest(ECHO)
        self.write("script", text.encode())
        return self.sim("--script", "script", "--stats", *words, expect=expect)

    def test_steps_happen_when_they_say(self):
        done = self.script('# a comment\nwait ">"\nafter 20 ms\nsend "a\\x62"\n'
                           'wait "[b]" within 1 ms\nat 3 s\nsend "q"\n')
        self.assertEqual(done.stdout, ">[a][b]")
        self.assertRegex(done.stderr, r" 3\.0000\d+ s of virtual time")

    def test_two_runs_are_the_same(self):
        steps = 'wait ">"\nafter 7 us\nsend "abc"\nafter 1 us\nsend "q"\n'
        first, second = (self.script(steps).stderr for _ in range(2))
        self.assertEqual(first.split(";")[0], second.split(";")[0])

    def test_reset_power_and_end(self):
        done = self.script('wait ">"\nreset\nwait ">"\npower\nwait ">"\nend 5\n',
                           expect=5)
        self.assertEqual(done.stdout, ">>>")

    def test_waiting_in_vain_is_124(self):
        done = self.script('wait ">" \nwait "never" within 2 s\n', expect=124)
        self.assertIn("script, line 2: in vain waited", done.stderr)
        self.assertIn(" 2.000000", done.stderr)
        done = self.script('send "q"\nwait "never"\n', expect=124)
        self.assertIn("line 2: the run ended before", done.stderr)

    def test_mistakes_are_told_by_line(self):
        for text, said in (('wait x\n', 'line 1: a text in "quotes"'),
                           ('\nhop\n', "line 2: a step is wait"),
                           ('after 5\n', "a number and ns, us, ms or s"),
                           ('send "a\n', "has no end"),
                           ('reset now\n', "does not belong"),
                           ('pin 40 1\n', "a pin is 0 to 31")):
            self.assertIn(said, self.script(text, expect=1).stderr)


class Power(SimTest):
    def words(self, count=5):
        data = self.read("flash")
        return [int.from_bytes(data[4 * i:4 * i + 4], "little")
                for i in range(count)]

    def test_flash_lives_in_its_file(self):
        self.guest(FLASH)
        said = self.sim("--flash", "flash", "--stats").stderr
        self.assertIn("5 flash operations", said)
        self.assertEqual(self.words(), [1, 2, 3, 4, 0xFFFFFFFF])
        self.assertEqual(len(self.read("flash")), 32 << 20)

    def test_a_file_of_another_size_is_refused(self):
        self.guest(FLASH)
        self.write("flash", b"123")
        self.assertIn("flash has 33554432",
                      self.sim("--flash", "flash", expect=1).stderr)
        self.assertEqual(self.read("flash"), b"123")

    def test_a_cut_leaves_what_came_before_it(self):
        self.guest(FLASH)
        for cut in range(1, 6):
            if os.path.exists(self.path("flash")):
                os.unlink(self.path("flash"))
            said = self.sim("--flash", "flash", "--cut", str(cut),
                            expect=123).stderr
            self.assertIn(f"power cut at flash operation {cut}, ", said)
            self.assertEqual(self.words(4),
                             [n if n < cut - 1 else 0xFFFFFFFF
                              for n in range(1, 5)])

    def test_a_torn_cut_is_the_seeds(self):
        self.guest(FLASH)
        seen = set()
        for seed in (1, 1, 2, 3, 4, 5, 6, 7, 8):
            os.path.exists(self.path("flash")) and os.unlink(self.path("flash"))
            self.sim("--flash", "flash", "--cut", "4:torn", "--seed", str(seed),
                     expect=123)
            words = self.words()
            self.assertEqual(words[:2] + words[3:], [1, 2] + [0xFFFFFFFF] * 2)
            self.assertEqual(words[2] & 3, 3)  # only the bits of 3 may go
            seen.add((seed, words[2]))
        self.assertEqual(len(seen), 8)
        self.assertGreater(len({word for _, word in seen}), 2)

    def test_after_a_cut_power_can_return(self):
        self.guest(FLASH)
        self.sim("--flash", "flash", "--cut", "3", "--reboot")
        self.assertEqual(self.words(), [1, 2, 3, 4, 0xFFFFFFFF])


class Watching(SimTest):
    def test_a_trace_names_symbols_and_registers(self):
        self.guest(HELLO)
        self.sim("--trace", "trace", expect=7)
        trace = self.read("trace").decode()
        self.assertRegex(trace, r"20000000 M _start\S* +10000437 s0=10000000\n")

    def test_counts_go_by_symbol(self):
        self.guest(HELLO)
        said = self.sim("--count-symbols", expect=7).stderr
        self.assertRegex(said, r"\d+ +\d+\.\d % _start")

    def test_the_longest_stretches_without_a_look_are_told(self):
        self.guest(STRETCHES)
        said = self.sim("--stretches", "look", "--shift", "2").stderr
        found = dict((kind, (int(count), int(ns))) for kind, count, ns in re.findall(
            r"longest stretch, (\w+): (\d+) instructions, (\d+) ns, from ", said))
        # From the app's ecall to the first instruction of look, counted by hand.
        self.assertEqual(found["plain"][0], 109, said)
        self.assertEqual(found["program"][0], 15, said)
        self.assertEqual(found["erase"][0], 15, said)
        for count, ns in found.values():
            self.assertEqual(ns, 4 * count)
        done = self.sim("--stretches", "nobody", expect=1)
        self.assertIn("--stretches nobody: no such function", done.stderr)

    def cache(self, source, *words):
        """Lines missed, words of data, ns; of a guest on the FE310."""
        self.guest(source, 0x20010000)
        said = self.sim("--cache", "64", *words, board="hifive1-revb", expect=122).stderr
        found = re.search(r"cache: (\d+) lines and (\d+) words of data read from flash, "
                          r"which took (\d+) ns", said)
        return tuple(map(int, found.groups()))

    def test_running_from_flash_takes_its_time(self):
        # The ring oscillator at 14.4 MHz, divided by 8: 4444 ns a byte. The second
        # line goes on where the first one ends, which saves the command.
        self.assertEqual(self.cache(through(1)), (2, 0, (4 + 2 * 64) * 4444))
        self.assertEqual(self.cache(through(2))[:2], (3, 0))  # both ways are full
        # The line of the loop stays, the other two drive out each other.
        self.assertEqual(self.cache(through(3)),
                         (2 + 10 * 2, 0, (4 + 2 * 64 + 20 * (4 + 64)) * 4444))

    def test_data_in_flash_is_not_cached(self):
        loads = "la a0, _start\n lw a1, 0(a0)\n lw a1, 4(a0)\n lbu a1, 9(a0)"
        self.assertEqual(self.cache(through(1, loads)),
                         (2, 3, ((4 + 128) + (4 + 4) + 4 + (4 + 1)) * 4444))

    def test_memory_made_of_the_cache_takes_its_lines(self):
        itim = "la a0, 0x08000000\n sw a0, {}(a0)"
        again = "\n".join([itim, "li s0, 10", "2: jal way1", "addi s0, s0, -1",
                           "bnez s0, 2b"])
        two = self.cache(through(2, again.format(63 & ~3)))[0]
        one = self.cache(through(2, again.format(64)))[0]
        self.assertEqual(two, 3)
        self.assertGreater(one, 3 + 10)

    def test_fence_i_empties_the_cache(self):
        self.assertEqual(self.cache(through(1, ".word 0x100F\n j 3f\n3:"))[0], 3)

    def test_functions_may_be_taken_to_be_in_itim(self):
        self.write("itim", b"way1 way2\n")
        self.assertLess(self.cache(through(3), "--itim-functions", "itim")[0], 10)
        self.write("itim", b"nobody\n")
        done = self.sim("--cache", "64", "--itim-functions", "itim",
                        board="hifive1-revb", expect=1)
        self.assertIn("itim: no function nobody", done.stderr)
        for words, said in ((("--cache", "16"), "32 or 64"),
                            (("--itim-functions", "itim"), "without --cache")):
            done = self.sim(*words, board="hifive1-revb", expect=2)
            self.assertIn(said, done.stderr)
        self.assertIn("that of qemu-virt is not modelled",
                      self.sim("--cache", "64", expect=2).stderr)

    def test_pins_are_shown(self):
        self.guest(PINS, 0x20010000)
        said = self.sim("--pins", board="hifive1-revb", expect=122).stderr
        self.assertRegex(said, r"GPIO19 low\n.*GPIO19 high\n")


if __name__ == "__main__":
    berth_tool.main()
