# SPDX-License-Identifier: Apache-2.0
"""What only the ESP32-C3 has: its mask ROM's two ways to boot, and its resets."""
from harness import boot


@boot("hello", "witness", boards=["esp32-c3"], kernel="esp32-c3-direct")
def direct_boot_leads_to_the_same_kernel(m):
    m.expect(r"ESP-ROM:esp32c3")
    m.expect(r"Hello from hello")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.expect(r"berth\$ ")
    m.type("reset")
    m.expect(r"ESP-ROM:esp32c3")
    m.expect(r"Hello from hello")


@boot("hello", "witness", boards=["esp32-c3"])
def a_reset_goes_through_the_mask_rom(m):
    m.expect(r"witness: \d+ periods, 0 missed")
    m.expect(r"berth\$ ")
    m.type("reset")
    m.expect(r"ESP-ROM:esp32c3")
    m.expect(r"rst:0x3 ")  # by software
    m.expect(r"Hello from hello")
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("hello", "witness", boards=["esp32-c3"], kernel="esp32-c3-usb",
      model=("--usb", "stdio", "--serial", "null"), may_panic=True)
def the_usb_port_is_a_console(m):
    m.expect(r"Hello from hello")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.expect(r"berth\$ ")
    m.type("list")
    m.expect(r" witness ")
    m.type("stop witness")
    m.until_listed("witness", "Terminated|Stopped.*")
    m.type("reset")
    m.expect(r"Hello from hello")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.type("panic")
    m.expect(r"KERNEL PANIC: ordered by the operator")
    m.expect(r"KERNEL PANIC END")
