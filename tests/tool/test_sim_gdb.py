#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The machine model's stub for gdb, by the remote protocol itself."""
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

CROSS = "riscv64-unknown-elf-"
BARE = "build/host/sim/bare"
RAM = 0x80000000
PROGRAM = """
    .option norvc
    .globl _start
_start:
    li a0, 1                # 0x00
    li a1, 2                # 0x04
    lui t1, 0x80001         # 0x08
    sw a1, 0x100(t1)        # 0x0c
    lw a2, 0x100(t1)        # 0x10
    csrw mscratch, a0       # 0x14
spin:
    addi a3, a3, 1          # 0x18
    j spin                  # 0x1c
"""
A1, A2, A3, PC, MSCRATCH, PRIVILEGE = 11, 12, 13, 32, 65 + 0x340, 65 + 4096


class Stub:
    def __init__(self, directory, command=None):
        path = directory / "gdb"
        command = command or [BARE, self.program(directory)]
        self.process = subprocess.Popen([command[0], "--gdb", path, *command[1:]],
                                        stderr=subprocess.DEVNULL)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        for _ in range(200):
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                time.sleep(0.05)
        self.file = self.socket.makefile("rb")

    @staticmethod
    def program(directory):
        source, elf = directory / "program.S", directory / "program.elf"
        source.write_text(PROGRAM)
        subprocess.run([CROSS + "gcc", "-march=rv32imac_zicsr", "-mabi=ilp32",
                        "-nostdlib", "-nostartfiles", f"-Wl,-Ttext={RAM:#x}",
                        "-Wl,-N", "-Wl,--no-warn-rwx-segments", "-o", elf,
                        source], check=True)
        return elf

    def close(self):
        self.process.kill()
        self.process.wait()
        self.file.close()
        self.socket.close()

    def send(self, packet):
        data = packet.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 255))

    def receive(self):
        while self.file.read(1) != b"$":
            pass
        data = b""
        while (c := self.file.read(1)) != b"#":
            data += c
        assert int(self.file.read(2), 16) == sum(data) & 255
        return data.decode()

    def ask(self, packet):
        self.send(packet)
        return self.receive()

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")


class StubTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.stub = Stub(pathlib.Path(self.directory.name))

    def tearDown(self):
        self.stub.close()
        self.directory.cleanup()

    def test_it_stands_before_the_first_instruction(self):
        self.assertTrue(self.stub.ask("?").startswith("T05"))
        self.assertEqual(self.stub.register(PC), RAM)
        self.assertEqual(len(self.stub.ask("g")), 33 * 8)
        self.assertEqual(self.stub.register(PRIVILEGE), 3)

    def test_a_step_is_one_instruction(self):
        self.assertTrue(self.stub.ask("s").startswith("T05"))
        self.assertEqual(self.stub.register(PC), RAM + 4)
        self.assertTrue(self.stub.ask("vCont;s:1").startswith("T05"))
        self.assertEqual(self.stub.register(PC), RAM + 8)
        self.assertEqual(self.stub.register(A1), 2)

    def test_a_break_point_stops_before_and_can_be_left(self):
        self.assertEqual(self.stub.ask(f"Z0,{RAM + 0x18:x},4"), "OK")
        self.assertIn("hwbreak", self.stub.ask("c"))
        self.assertEqual(self.stub.register(PC), RAM + 0x18)
        count = self.stub.register(A3)
        self.assertIn("hwbreak", self.stub.ask("c"))
        self.assertEqual(self.stub.register(A3), (count + 1) % 2**32)
        self.assertEqual(self.stub.ask(f"z0,{RAM + 0x18:x},4"), "OK")
        self.stub.send("c")
        time.sleep(0.1)
        self.stub.socket.sendall(b"\x03")
        self.assertTrue(self.stub.receive().startswith("T02"))
        self.assertGreater(self.stub.register(A3) - count, 1)

    def test_watch_points_tell_stores_from_loads(self):
        self.assertEqual(self.stub.ask("Z2,80001100,4"), "OK")
        self.assertIn("watch:80001100", self.stub.ask("c"))
        self.assertEqual(self.stub.register(PC), RAM + 0x10)
        self.stub.ask("z2,80001100,4")
        self.assertEqual(self.stub.ask("Z3,80001102,1"), "OK")
        self.assertIn("rwatch:80001100", self.stub.ask("c"))
        self.assertEqual(self.stub.register(PC), RAM + 0x14)
        self.assertEqual(self.stub.register(A2), 2)

    def test_registers_and_memory_can_be_changed(self):
        self.assertEqual(self.stub.ask(f"P{A1:x}=78563412"), "OK")
        self.assertEqual(self.stub.register(A1), 0x12345678)
        self.assertEqual(self.stub.ask(f"P{MSCRATCH:x}=01000000"), "OK")
        self.assertEqual(self.stub.register(MSCRATCH), 1)
        # The program itself, which has been decoded: li a1, 2 becomes a nop.
        self.stub.ask("s")
        self.assertEqual(self.stub.ask(f"M{RAM + 4:x},4:13000000"), "OK")
        self.assertEqual(self.stub.ask(f"m{RAM + 4:x},4"), "13000000")
        self.stub.ask("s")
        self.assertEqual(self.stub.register(A1), 0x12345678)

    def test_gdb_is_told_the_names_of_csrs(self):
        text, piece = "", "m"
        while piece[0] == "m":
            piece = self.stub.ask("qXfer:features:read:target.xml:"
                                  f"{len(text):x},400")
            text += piece[1:]
        self.assertTrue(text.endswith("</target>"))
        self.assertIn(f'name="mscratch" bitsize="32" type="int" '
                      f'regnum="{MSCRATCH}"', text)
        self.assertIn('name="pmpaddr15"', text)
        self.assertNotIn('name="mseccfg"', text)

    def test_what_is_not_there_is_an_error(self):
        self.assertTrue(self.stub.ask("m10000000,4").startswith("E"))
        self.assertTrue(self.stub.ask(f"p{65 + 0x5c0:x}").startswith("E"))
        self.assertEqual(self.stub.ask("vMustReplyEmpty"), "")


if __name__ == "__main__":
    RESULT = unittest.main(verbosity=2, exit=False).result
    FAILED = len(RESULT.failures) + len(RESULT.errors)
    print(f"{RESULT.testsRun - FAILED} passed, {FAILED} failed", flush=True)
    sys.exit(FAILED > 0)
