# SPDX-License-Identifier: Apache-2.0
"""Data that apps keep in flash."""
from harness import IDLE, boot


@boot("abi_kept", "kept_thief", "kept_nobody", boards=["virt"], extra=IDLE)
def what_apps_keep_outlives_a_restart_and_is_theirs_alone(m):
    m.expect(r"abi_kept: life 0")
    m.expect_all([r"abi_kept: 40 ok, 0 failed", r"kept_thief: 6 ok, 0 failed",
                  r"kept_nobody: 3 ok, 0 failed"])
    m.type("reset")
    m.expect(r"abi_kept: life 1")
    m.expect_all([r"abi_kept: 7 ok, 0 failed", r"kept_thief: 6 ok, 0 failed"])
    m.refuse(r"^FAIL")
