# SPDX-License-Identifier: Apache-2.0
"""Drivers on the machine that has their hardware. The apps drv_*.c make the
calls and judge the answers, as those of test_abi.py do."""
from harness import SLOW, Failed, boot
from test_abi import VIRT, all_hold, holds

MODERN = ("-global", "virtio-mmio.force-legacy=false")


@boot("drv_random", boards=VIRT, extra=SLOW)
def random_bytes_and_checksums(m):
    all_hold(m, "drv_random", 49)


@boot("drv_random", boards=VIRT, extra=SLOW + MODERN)
def a_modern_entropy_device_works_like_a_legacy_one(m):
    all_hold(m, "drv_random", 49)
