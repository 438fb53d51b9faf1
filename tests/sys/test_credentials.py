# SPDX-License-Identifier: Apache-2.0
"""Credentials on the machine: the kernel of qemu-virt-secure demands them."""
import re

from harness import IDLE, Failed, boot
from signing import (ECDSA, HMAC, RSA2048, RSA4096, SECURE, SHA256, Signed,
                     signed)
from test_abi import VIRT

ALL = ((SHA256, None), (HMAC, "hmac"), (ECDSA, "ecdsa-first"),
       (ECDSA, "ecdsa-second"), (RSA2048, "rsa2048-first"),
       (RSA2048, "rsa2048-second"), (RSA4096, "rsa4096"))
INSTALLER = (ECDSA, "ecdsa-first")  # as the board's list of installers has it


def refused(m, reason):
    m.expect(rf"hello at 0x\w+ not started: {reason}")
    m.refuse("Hello from hello")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(*(Signed("hello", c) for c in ALL)))
def an_app_runs_with_each_kind_of_credential(m):
    for _ in ALL:
        m.expect("Hello from hello")
    m.refuse("not started")


@boot("hello", boards=VIRT, kernel=SECURE, prepare=signed(Signed("hello")))
def an_app_without_credentials_does_not_run(m):
    refused(m, "it carries no credential that this board checks")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(Signed("hello", (ECDSA, "stranger-ecdsa"))))
def an_app_that_a_stranger_signed_does_not_run(m):
    refused(m, "no key of this board signed these bytes")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(Signed("hello", (RSA4096, "stranger-rsa4096"))))
def an_app_that_names_a_strangers_key_does_not_run(m):
    refused(m, "its key is not one of this board's")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(*(Signed("hello", c, spoiled=900) for c in ALL)))
def a_changed_app_does_not_run_whatever_signed_it(m):
    refused(m, "its hash is wrong: it was changed")
    for _ in ALL[1:]:
        refused(m, "no key of this board signed these bytes")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(*(Signed("hello", c, spoiled=-3) for c in ALL)))
def a_changed_credential_is_none(m):
    refused(m, "its hash is wrong: it was changed")
    for _ in ALL[1:]:
        refused(m, "no key of this board signed these bytes")


@boot("hello", boards=VIRT, kernel=SECURE,
      prepare=signed(Signed("hello", (ECDSA, "stranger-ecdsa"),
                            (RSA4096, "stranger-rsa4096"),
                            (RSA4096, "rsa4096"))))
def a_credential_behind_others_that_count_for_nothing_counts(m):
    m.expect("Hello from hello")


@boot("witness", "late_start", "hello", boards=VIRT, kernel=SECURE,
      prepare=signed("witness", Signed("late_start", INSTALLER),
                     *(Signed("hello", c, disabled=True) for c in ALL)))
def the_witness_misses_nothing_while_signatures_are_verified(m):
    """They are checked when the apps are started, and each takes longer than
    its period."""
    for _ in ALL:
        late = m.expect(r"late hello of \d+ bytes: (\d+), (\d+) after (\d+)")
        if (late[1], late[2]) != ("0", "0"):
            raise Failed(f"not started: {late[0]}")
    for _ in range(2):
        seen = m.expect(r"witness: (\d+) periods, (\d+) missed, worst (\d+) us")
    if seen[2] != "0":
        raise Failed(seen[0])
    if len(re.findall("Hello from hello", m.output)) != len(ALL):
        raise Failed("not all of them ran")


@boot("witness", "late_start", "hello", boards=VIRT, kernel=SECURE,
      prepare=signed("witness", Signed("late_start", (RSA2048, "rsa2048-first")),
                     Signed("hello", (SHA256, None), disabled=True)))
def the_right_name_signed_with_another_key_has_no_authority(m):
    m.expect(r"may not use driver 0x80010001: the board's list demands another key")
    m.expect("late: done")
    m.refuse("Hello from hello")


@boot("hello", boards=VIRT, extra=IDLE)
def a_board_that_demands_no_credentials_says_so(m):
    m.expect("Hello from hello")
    m.type("log")
    m.expect("this board demands no credentials")


@boot("hello", boards=VIRT, kernel=SECURE, cpu="x-epmp=true",
      prepare=signed(*(Signed("hello", c) for c in ALL),
                     Signed("hello", (ECDSA, "stranger-ecdsa"))))
def with_smepmp_the_verifier_works_too(m):
    for _ in ALL:
        m.expect("Hello from hello")
    m.expect("not started: no key of this board signed these bytes")
