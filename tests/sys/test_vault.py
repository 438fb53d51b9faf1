# SPDX-License-Identifier: Apache-2.0
"""The vault, and whose its data are: on the board that demands credentials."""
from harness import IDLE, boot
from signing import ECDSA, SECURE, Signed, signed
from test_abi import VIRT

FIRST, SECOND = (ECDSA, "ecdsa-first"), (ECDSA, "ecdsa-second")


@boot("vault", boards=VIRT, kernel=SECURE, prepare=signed(Signed("vault", FIRST)),
      extra=IDLE)
def a_vault_knows_passwords_again_after_a_reset(m):
    m.expect(r"vault: open")
    m.type("attach vault")
    m.expect(r"Attached to vault")
    m.type("set alice open sesame")
    m.expect(r"vault: set: no error")
    m.type("set bob swordfish")
    m.expect(r"vault: set: no error")
    m.send("\x1d")
    m.type("reset")
    m.expect(r"vault: open")
    m.type("attach vault")
    m.expect(r"Attached to vault")
    m.type("check alice open sesame")
    m.expect(r"vault: that is it")
    m.type("check alice open sesam")
    m.expect(r"vault: no, it is not")
    m.type("check bob open sesame")
    m.expect(r"vault: no, it is not")
    m.type("check carol x")
    m.expect(r"vault: no such")
    m.type("set alice other")
    m.expect(r"vault: set: no error")
    m.type("check alice open sesame")
    m.expect(r"vault: no, it is not")
    m.type("names")
    m.expect(r"vault: alice\s+vault: bob\s+vault: 2 names")


@boot("kept_giver", "kept_friend", boards=VIRT, kernel=SECURE,
      prepare=signed(Signed("kept_giver", FIRST), Signed("kept_friend", FIRST)))
def apps_of_one_key_share_what_their_headers_say(m):
    m.expect(r"kept_friend: reads: no error")
    m.expect(r"kept_friend: reads a value of 5: no error")
    m.expect(r"kept_friend: changes: no error")
    m.expect(r"kept_friend: adds: not supported")


@boot("kept_giver", "kept_friend", boards=VIRT, kernel=SECURE,
      prepare=signed(Signed("kept_giver", FIRST), Signed("kept_friend", SECOND)))
def apps_of_two_keys_share_nothing(m):
    m.expect(r"kept_giver: \d+ ok, 0 failed")
    m.expect(r"kept_friend: reads: not supported")
    m.expect(r"kept_friend: changes: not supported")
    m.expect(r"kept_friend: adds: no error")
