# SPDX-License-Identifier: Apache-2.0
"""Drivers on the machine that has their hardware. The apps drv_*.c make the
calls and judge the answers, as those of test_abi.py do. The kernel that has all
of the drivers wants apps signed."""
from harness import SLOW, SLOW_IDLE, Failed, boot
from signing import SECURE, signed
from test_abi import VIRT, all_hold

MODERN = ("-global", "virtio-mmio.force-legacy=false")
NEW_YEAR = ("-rtc", "base=2020-01-01T00:00:00,clock=vm")
RNG_FILE = ("-object rng-random,id=r0,filename=/dev/zero "
            "-device virtio-rng-device,rng=r0")


@boot("drv_random", boards=VIRT, kernel=SECURE, prepare=signed("drv_random"), extra=SLOW)
def random_bytes_and_checksums(m):
    all_hold(m, "drv_random", 49)


@boot("drv_random", boards=VIRT, kernel=SECURE,
      prepare=signed("drv_random"), extra=SLOW + MODERN)
def a_modern_entropy_device_works_like_a_legacy_one(m):
    all_hold(m, "drv_random", 49)


@boot("drv_random", boards=VIRT, kernel=SECURE, prepare=signed("drv_random"), extra=SLOW,
      more="-device virtio-serial-device -object rng-builtin,id=r0 "
           "-device virtio-rng-device,rng=r0,bus=virtio-mmio-bus.2")
def the_entropy_device_is_found_among_others(m):
    all_hold(m, "drv_random", 49)


@boot("drv_absent", boards=VIRT, kernel=SECURE, prepare=signed("drv_absent"), more="")
def without_an_entropy_device_its_number_answers_nodevice(m):
    all_hold(m, "drv_absent", 5)


@boot("drv_random", boards=VIRT, kernel=SECURE,
      prepare=signed("drv_random"), extra=SLOW, more=RNG_FILE)
def bytes_are_those_of_the_device_and_no_others(m):
    """Of a device that gives zeros alone, an app gets zeros alone."""
    m.expect(r"FAIL rng: and are not zero")
    m.expect(r"ok berth_random\s")
    m.expect(r"FAIL is different")


@boot("drv_crypto", boards=VIRT, kernel=SECURE, prepare=signed("drv_crypto"), extra=SLOW)
def hashes_codes_and_encryption(m):
    all_hold(m, "drv_crypto", 83)


@boot("drv_time", boards=VIRT, extra=SLOW + NEW_YEAR)
def the_date_and_the_cycle_count(m):
    all_hold(m, "drv_time", 23)


@boot("drv_many", "drv_many", "drv_many", "witness", boards=VIRT, kernel=SECURE,
      prepare=signed("drv_many", "drv_many", "drv_many", "witness"))
def three_apps_use_everything_at_once_and_a_witness_keeps_its_period(m):
    for _ in range(3):
        good = m.expect(r"drv_many: (\d+) of (\d+) rounds good")
        if good[1] != good[2]:
            raise Failed(f"only {good[1]} of {good[2]} rounds")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.refuse(r"witness: \d+ periods, [1-9]\d* missed")


@boot("drv_many", "drv_many", boards=VIRT, kernel=SECURE,
      prepare=signed("drv_many", "drv_many"), extra=SLOW_IDLE)
def an_app_that_is_ended_amid_its_requests_does_not_disturb_another(m):
    runs = r"Running|Yielded(For\(.*)?"
    m.expect(r"berth\$ ")
    while "drv_many" not in m.output:  # its credential is checked first
        m.type("list")
        m.expect(r"Grants +State[\s\S]*berth\$ ")
    for _ in range(3):
        m.until_listed("drv_many", runs)
        m.type("terminate drv_many")
        m.expect(r"Process drv_many terminated")
        m.type("boot drv_many")
    m.until_listed("drv_many", runs)
    for _ in range(2):
        good = m.expect(r"drv_many: (\d+) of (\d+) rounds good")
        if good[1] != good[2]:
            raise Failed(f"only {good[1]} of {good[2]} rounds")
