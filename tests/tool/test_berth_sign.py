# SPDX-License-Identifier: Apache-2.0
# BUILDS: apps
"""`berth keygen`, `sign` and `verify`, against hashlib and openssl: what one
makes the other accepts."""
import hashlib
import hmac
import io
import json
import os
import re
import stat
import struct
import subprocess
import tarfile

import berth_tool
from berth_tool import DONE, REFUSED, SYSTEM, USAGE, Tbf, ToolTest, tbf, tlv

RESERVED, RSA4096, SHA256, SHA384, SHA512, ECDSA, HMAC, RSA2048 = (
    0, 2, 3, 4, 5, 6, 7, 10)
TYPES = ("ecdsa", "rsa2048", "rsa4096", "hmac")


def footers(data):
    """(format, data) of all credentials of an object, by a walk of its own."""
    t = Tbf(data)
    found, at = [], t.binary_end
    while at + 4 <= t.total_size:
        kind, length = struct.unpack_from("<HH", data, at)
        if at + 4 + length > t.total_size or kind != 128:
            break
        found.append((int.from_bytes(data[at + 4:at + 8], "little"),
                      data[at + 8:at + 4 + length]))
        at += 4 + length
    return found


def covered(data):
    return data[:Tbf(data).binary_end]


def der_integer(value):
    raw = value.to_bytes(33, "big").lstrip(b"\0")
    if raw[0] >= 0x80:
        raw = b"\0" + raw
    return bytes([2, len(raw)]) + raw


def der_signature(raw):
    """What openssl takes for an ECDSA signature."""
    body = b"".join(der_integer(int.from_bytes(half, "big"))
                    for half in (raw[:32], raw[32:]))
    return bytes([0x30, len(body)]) + body


class SignTest(ToolTest):
    keys = {}

    @classmethod
    def setUpClass(cls):
        """Keys are made once: those of 4096 bits take their time."""
        for kind in TYPES if not cls.keys else ():
            with berth_tool.tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "k")
                subprocess.run([berth_tool.BERTH, "keygen", "-t", kind, path],
                               check=True, stdout=subprocess.DEVNULL)
                for name in os.listdir(folder):
                    with open(os.path.join(folder, name), "rb") as f:
                        SignTest.keys[kind + name[1:]] = f.read()

    def setUp(self):
        super().setUp()
        for name, text in self.keys.items():
            self.write(name, text)
            os.chmod(self.path(name), 0o644 if name.endswith("pub") else 0o600)

    def openssl(self, *arguments, expect=0):
        done = subprocess.run(["openssl", *arguments], cwd=self.dir,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done.stdout

    def signed(self, *options, name="a.tbf"):
        """A small app, signed; its bytes."""
        self.write(name, tbf(b"app"))
        self.berth("sign", *options, name)
        return self.read(name)

    def openssl_verifies(self, data, raw, key, digest):
        self.write("signature", raw)
        self.write("covered", covered(data))
        self.assertIn(b"Verified OK", self.openssl(
            "dgst", digest, "-verify", key, "-signature", "signature",
            "covered"))

    def id_of(self, public):
        der = self.openssl("pkey", "-pubin", "-in", public, "-outform", "DER")
        return hashlib.sha256(der).hexdigest()


class Keys(SignTest):
    def test_openssl_reads_what_keygen_writes(self):
        for kind in TYPES[:3]:
            self.assertIn(b"Key is valid", self.openssl(
                "pkey", "-in", kind, "-check", "-noout"))
            self.assertEqual(self.openssl("pkey", "-in", kind, "-pubout"),
                             self.read(kind + ".pub"))

    def test_the_fingerprint_is_the_hash_that_openssl_computes(self):
        out = self.berth("keygen", "new")
        self.assertEqual(out, f"new: ECDSA P-256 key {self.id_of('new.pub')[:16]}\n")

    def test_private_keys_are_for_their_owner_alone(self):
        for kind in ("ecdsa", "hmac"):
            old = os.umask(0)
            try:
                self.berth("keygen", "-t", kind, "new", "--force")
            finally:
                os.umask(old)
            mode = os.stat(self.path("new")).st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("new.pub")).st_mode),
                         0o666)

    def test_no_key_is_replaced_unless_that_is_said(self):
        self.berth("keygen", "new")
        before = self.read("new"), self.read("new.pub")
        self.refused("new.pub is there already; --force", "keygen", "new")
        os.remove(self.path("new.pub"))
        self.refused("new is there already; --force", "keygen", "new")
        self.assertEqual(self.read("new"), before[0])
        self.berth("keygen", "--force", "new")
        self.assertNotEqual(self.read("new"), before[0])
        self.assertNotEqual(self.read("new.pub"), before[1])

    def test_a_secret_has_no_public_half(self):
        self.assertNotIn("hmac.pub", os.listdir(self.dir))
        self.assertIn(b"BERTH HMAC KEY", self.read("hmac"))

    def test_a_key_that_others_can_read_is_a_warning(self):
        os.chmod(self.path("ecdsa"), 0o640)
        self.write("a.tbf", tbf())
        done = subprocess.run([berth_tool.BERTH, "sign", "-k", "ecdsa", "a.tbf"],
                              cwd=self.dir, text=True, capture_output=True,
                              check=True)
        self.assertIn("others on this machine can read this key", done.stderr)

    def test_a_key_set_compiles_and_holds_the_keys(self):
        self.berth("keygen", "--key-set", "keys.c", "ecdsa.pub", "rsa2048",
                   "rsa4096.pub")
        self.write("main.c", b"""
            #include <berth/keys.h>
            #include <stdio.h>
            int main(void)
            {
                for (uint32_t i = 0; i < board_key_count; i++) {
                    const struct board_key *k = &board_keys[i];
                    printf("%s %u %u %02x%02x %02x%02x\\n", k->name, k->format,
                           k->len, k->id[0], k->id[7], k->bytes[0],
                           k->bytes[k->len - 1]);
                }
                return 0;
            }""")
        subprocess.run(["gcc", "-std=c17", "-Wall", "-Wextra", "-Werror",
                        "-I", os.path.join(berth_tool.ROOT, "include"),
                        "keys.c", "main.c", "-o", "show"], cwd=self.dir,
                       check=True)
        lines = subprocess.run([self.path("show")], text=True, check=True,
                               capture_output=True).stdout.splitlines()
        wanted = []
        for name, kind, number, size in (("ecdsa", "ecdsa", ECDSA, 65),
                                         ("rsa2048", "rsa2048", RSA2048, 256),
                                         ("rsa4096", "rsa4096", RSA4096, 512)):
            der = self.openssl("pkey", "-pubin", "-in", kind + ".pub",
                               "-outform", "DER")
            if kind == "ecdsa":
                key = der[-65:]
            else:
                text = self.openssl("rsa", "-pubin", "-in", kind + ".pub",
                                    "-modulus", "-noout").decode().strip()
                key = bytes.fromhex(text.split("=")[1])
            fingerprint = self.id_of(kind + ".pub")
            wanted.append(f"{name} {number} {size} "
                          f"{fingerprint[:2]}{fingerprint[14:16]} "
                          f"{key[0]:02x}{key[-1]:02x}")
        self.assertEqual(lines, wanted)
        self.refused("keys.c is there already", "keygen", "--key-set", "keys.c",
                     "ecdsa.pub")
        self.refused("are one key", "keygen", "--key-set", "two.c", "ecdsa.pub",
                     "ecdsa")

    def test_a_key_set_with_a_secret_is_for_its_owner_alone(self):
        self.berth("keygen", "--key-set", "keys.c", "hmac")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("keys.c")).st_mode),
                         0o600)

    def test_wrong_uses_are_told(self):
        self.refused("no file", "keygen", expect=USAGE)
        self.refused("no key", "keygen", "--key-set", "x.c", expect=USAGE)
        self.refused("one key at a time", "keygen", "a", "b", expect=USAGE)
        self.refused("there is no `dsa`", "keygen", "-t", "dsa", "a",
                     expect=USAGE)
        self.refused("No such file", "keygen", "gone/a", expect=SYSTEM)


class Signatures(SignTest):
    def test_hashes_are_those_of_hashlib(self):
        data = self.signed("--sha256", "--sha384", "--sha512")
        self.assertEqual(footers(data), [
            (number, hashlib.new(name, covered(data)).digest())
            for number, name in ((SHA256, "sha256"), (SHA384, "sha384"),
                                 (SHA512, "sha512"))])

    def test_an_hmac_is_that_of_python(self):
        secret = bytes(range(32))
        self.write("bare", secret)
        os.chmod(self.path("bare"), 0o600)
        data = self.signed("--hmac", "bare")
        self.assertEqual(footers(data), [
            (HMAC, hmac.new(secret, covered(data), "sha256").digest())])
        self.berth("verify", "--hmac", "bare", "a.tbf")

    def test_openssl_verifies_ecdsa(self):
        data = self.signed("--ecdsa", "ecdsa")
        ((kind, raw),) = footers(data)
        self.assertEqual((kind, len(raw)), (ECDSA, 64))
        self.openssl_verifies(data, der_signature(raw), "ecdsa.pub", "-sha256")

    def test_openssl_verifies_rsa_2048(self):
        data = self.signed("--rsa", "rsa2048")
        ((kind, raw),) = footers(data)
        self.assertEqual((kind, len(raw)), (RSA2048, 256))
        self.openssl_verifies(data, raw, "rsa2048.pub", "-sha256")

    def test_openssl_verifies_rsa_4096_beside_its_modulus(self):
        data = self.signed("--rsa", "rsa4096")
        ((kind, raw),) = footers(data)
        self.assertEqual((kind, len(raw)), (RSA4096, 1024))
        text = self.openssl("rsa", "-pubin", "-in", "rsa4096.pub", "-modulus",
                            "-noout").decode().strip()
        self.assertEqual(raw[:512], bytes.fromhex(text.split("=")[1]))
        self.openssl_verifies(data, raw[512:], "rsa4096.pub", "-sha512")

    def test_keys_of_openssl_sign_in_all_their_forms(self):
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-out", "o.pem")
        self.openssl("pkey", "-in", "o.pem", "-outform", "DER", "-out", "o.der")
        self.openssl("pkey", "-in", "o.pem", "-traditional", "-out", "o.old")
        self.openssl("pkey", "-in", "o.pem", "-pubout", "-out", "o.pub")
        first = self.signed("-k", "o.pem")
        for form in ("o.der", "o.old"):
            os.chmod(self.path(form), 0o600)
            self.assertEqual(self.signed("-k", form), first)
        self.berth("verify", "-k", "o.pub", "a.tbf")

    def test_what_openssl_signed_is_accepted(self):
        """A credential that this tool did not make."""
        for kind, number, digest in (("rsa2048", RSA2048, "-sha256"),
                                     ("rsa4096", RSA4096, "-sha512")):
            mine = self.signed("-k", kind)
            self.write("covered", covered(mine))
            self.openssl("dgst", digest, "-sign", kind, "-out", "signature",
                         "covered")
            theirs = self.read("signature")
            at = mine.index(theirs)  # PKCS#1 v1.5 leaves no choice
            self.assertEqual(len(mine) - at, len(theirs), number)
        mine = self.signed("-k", "ecdsa")
        self.write("covered", covered(mine))
        self.openssl("dgst", "-sha256", "-sign", "ecdsa", "-out", "signature",
                     "covered")
        der = self.read("signature")
        r_len = der[3]
        r = int.from_bytes(der[4:4 + r_len], "big")
        s = int.from_bytes(der[6 + r_len:], "big")
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        self.write("b.tbf", mine[:-64] + raw)
        self.berth("verify", "-k", "ecdsa.pub", "b.tbf")

    def test_the_same_input_gives_the_same_bytes(self):
        options = [word for kind in TYPES for word in ("-k", kind)]
        self.assertEqual(self.signed(*options), self.signed(*options))

    def test_signing_twice_is_signing_once(self):
        once = self.signed("-k", "ecdsa", "--sha256")
        self.berth("sign", "-k", "ecdsa", "a.tbf")
        self.assertEqual(self.read("a.tbf"), once)

    def test_only_sizes_change_in_the_header(self):
        data, before = self.signed("-k", "ecdsa"), tbf(b"app")
        self.assertEqual(len(data), len(before) + 72)
        changed = [i for i, pair in enumerate(zip(data, before))
                   if pair[0] != pair[1]]
        self.assertTrue(set(changed) <= {4, 5, 6, 7, 12, 13, 14, 15}, changed)

    def test_every_build_of_a_tab_is_signed_and_the_rest_left_alone(self):
        self.berth("tab", "-o", "x.tab", self.elf("a.elf"),
                   self.elf("b.elf", flash=0x22010080))
        with tarfile.open(self.path("x.tab")) as tab:
            before = {m.name: (m.mtime, tab.extractfile(m).read())
                      for m in tab.getmembers()}
        self.berth("sign", "-k", "ecdsa", "--multiple", 512, "x.tab")
        with tarfile.open(self.path("x.tab")) as tab:
            after = {m.name: (m.mtime, tab.extractfile(m).read())
                     for m in tab.getmembers()}
        self.assertEqual(list(before), list(after))
        self.assertEqual(len(after), 3)
        for name, (date, data) in after.items():
            self.assertEqual(date, before[name][0])
            if name == "metadata.toml":
                self.assertEqual(data, before[name][1])
                continue
            self.assertEqual(len(data) % 512, 0)
            self.assertEqual(footers(data)[0][0], ECDSA)
        out = self.berth("verify", "-k", "ecdsa.pub", "x.tab")
        self.assertEqual(out.count(": accepted\n"), 2)

    def test_output_goes_elsewhere_if_that_is_said(self):
        self.write("a.tbf", tbf())
        self.berth("sign", "--sha256", "-o", "b.tbf", "a.tbf")
        self.assertEqual(self.read("a.tbf"), tbf())
        self.berth("verify", "b.tbf")
        self.berth("sign", "--sha256", "-o", "c", "a.tbf", "b.tbf", expect=USAGE)

    def test_of_several_files_all_are_signed_or_none(self):
        self.write("a.tbf", tbf())
        self.write("bad.tbf", b"nothing")
        self.refused("bad.tbf: not a sound TBF object", "sign", "--sha256",
                     "a.tbf", "bad.tbf")
        self.assertEqual(self.read("a.tbf"), tbf())

    def test_an_app_with_writeable_flash_is_refused_with_the_remedy(self):
        elf = self.elf(extra=".wfr.x : { LONG(1) } > FLASH")
        self.berth("tab", "-o", "x.tab", elf)
        for command in (("sign", "--sha256", "x.tab"),
                        ("sign", "-k", "ecdsa", "x.tab")):
            self.refused("writeable flash .* isolated storage", *command)

    def test_a_secret_of_ours_becomes_bare_bytes_for_others(self):
        raw = subprocess.run("sed /---/d hmac | base64 -d", shell=True,
                             cwd=self.dir, capture_output=True, check=True).stdout
        self.assertEqual(len(raw), 32)
        data = self.signed("-k", "hmac")
        self.assertEqual(footers(data)[0][1],
                         hmac.new(raw, covered(data), "sha256").digest())

    def test_keys_that_cannot_do_it_are_refused(self):
        self.write("a.tbf", tbf())
        for pattern, *options in (
                ("ecdsa.pub is a public key", "-k", "ecdsa.pub"),
                ("rsa2048 is a key for RSA-2048, not for ECDSA", "--ecdsa",
                 "rsa2048"),
                ("ecdsa is a key for ECDSA P-256, not for RSA", "--rsa",
                 "ecdsa"),
                ("ecdsa is a key for ECDSA P-256, not for HMAC", "--hmac",
                 "ecdsa"),
                ("a.tbf is no key", "-k", "a.tbf"),
                ("a.tbf is no HMAC secret: those have 16 to 64", "--hmac",
                 "a.tbf")):
            self.refused(pattern, "sign", *options, "a.tbf")
        self.refused("gone: No such file", "sign", "-k", "gone", "a.tbf",
                     expect=SYSTEM)

    def test_wrong_uses_are_told(self):
        self.refused("no file", "sign", "--sha256", expect=USAGE)
        self.refused("say what to make", "sign", "a.tbf", expect=USAGE)
        for multiple in (0, 6):
            self.refused("no multiple of 4", "sign", "--multiple", multiple,
                         "a.tbf", expect=USAGE)


class Elf2Tab(SignTest):
    def test_credentials_come_in_the_order_of_elf2tab(self):
        self.openssl("pkey", "-in", "ecdsa", "-outform", "DER", "-out", "e.der")
        os.chmod(self.path("e.der"), 0o600)
        self.berth("elf2tab", "-n", "x", "-o", "x.tab", "--sha512", "--sha256",
                   "--sha384", "--ecdsa-nist-p256-private", "e.der",
                   "--rsa4096-private", "rsa4096", "--minimum-footer-size",
                   3000, self.elf())
        data = self.read("app.tbf")
        t = Tbf(data)
        self.assertEqual([f[0] for f in footers(data)],
                         [SHA256, SHA384, SHA512, RSA4096, ECDSA, RESERVED])
        self.assertEqual(t.total_size - t.binary_end, 3000)
        self.berth("verify", "-k", "ecdsa.pub", "-k", "rsa4096.pub", "x.tab")
        self.openssl_verifies(data, footers(data)[3][1][512:], "rsa4096.pub",
                              "-sha512")

    def test_without_room_the_object_grows(self):
        self.berth("elf2tab", "-n", "x", "-o", "x.tab", "--sha256", self.elf())
        self.assertEqual([f[0] for f in footers(self.read("app.tbf"))], [SHA256])

    def test_keys_of_another_kind_are_refused(self):
        elf = self.elf()
        self.refused("rsa2048 is a key for RSA-2048, not for RSA-4096",
                     "elf2tab", "--rsa4096-private", "rsa2048", elf)
        self.refused("ecdsa.pub is a public key", "elf2tab",
                     "--ecdsa-nist-p256-private", "ecdsa.pub", elf)


class Build(SignTest):
    """Apps of a board that asks for credentials are signed on their way."""

    def image(self, *settings):
        subprocess.run(["make", "-s", "build/qemu-virt/apps.img",
                        "APPS=hello blink", *settings], cwd=berth_tool.ROOT,
                       check=True, stdout=subprocess.DEVNULL, timeout=250)
        done = subprocess.run(
            [berth_tool.BERTH, "verify", "-k", self.path("ecdsa.pub"),
             os.path.join(berth_tool.ROOT, "build/qemu-virt/apps.img")],
            text=True, capture_output=True, check=False)
        return done.returncode, done.stdout.count(": accepted\n")

    def test_the_image_is_signed_if_that_is_set_and_only_then(self):
        key = self.path("ecdsa")
        self.assertEqual(self.image(), (REFUSED, 0))
        self.assertEqual(self.image(f"APP_SIGN=--key {key}"), (DONE, 2))
        self.assertEqual(self.image(f"APP_SIGN=--key {key}", "FIXED=1"),
                         (DONE, 2))
        self.assertEqual(self.image(), (REFUSED, 0))


class Verify(SignTest):
    def verdict(self, *arguments, expect):
        done = subprocess.run([berth_tool.BERTH, "verify", *arguments],
                              cwd=self.dir, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def test_each_credential_is_named_with_the_key_that_made_it(self):
        self.signed("-k", "ecdsa", "-k", "rsa2048", "--sha256", "--reserve", 100)
        out = self.verdict("-k", "ecdsa.pub", "a.tbf", expect=DONE)
        ecdsa = self.id_of("ecdsa.pub")[:16]
        for wanted in ("a.tbf: accepted\n", "  SHA-256       right\n",
                       f"  ECDSA P-256   right, by key {ecdsa} (ecdsa.pub)\n",
                       "  RSA-2048      by none of the keys given, or not right\n",
                       "  room          100 bytes\n"):
            self.assertIn(wanted, out)

    def test_json_says_the_same(self):
        self.signed("-k", "ecdsa", "--sha256")
        (app,) = json.loads(self.verdict("--json", "-k", "ecdsa.pub", "a.tbf",
                                         expect=DONE))
        self.assertEqual(app["name"], "a.tbf")
        self.assertIs(app["accepted"], True)
        self.assertEqual([(c["kind"], c["verdict"]) for c in app["credentials"]],
                         [("SHA-256", "right"), ("ECDSA P-256", "right")])
        self.assertEqual(app["credentials"][1]["key"], self.id_of("ecdsa.pub"))
        self.write("b.tbf", tbf())
        both = json.loads(self.verdict("--json", "a.tbf", "b.tbf",
                                       expect=REFUSED))
        self.assertEqual([a["accepted"] for a in both], [True, False])
        self.assertEqual(both[1]["reason"], "carries no credential")

    def test_why_not_is_told(self):
        good = self.signed("-k", "ecdsa", "--sha256")
        self.refused("no credential is right that was made with a key given",
                     "verify", "-k", "rsa2048.pub", "a.tbf")
        self.write("b.tbf", good[:150] + b"\0" + good[151:])
        self.refused("a credential is wrong", "verify", "b.tbf")
        self.write("c.tbf", tbf())
        self.refused("carries no credential", "verify", "c.tbf")
        self.refused("carries no credential", "verify", "-k", "ecdsa.pub",
                     "c.tbf")
        self.signed("-k", "ecdsa", name="d.tbf")
        self.refused("need a key to check them", "verify", "d.tbf")
        self.write("e.tbf", good[:12] + b"\0\0\0\0" + good[16:])
        self.refused("wrong header checksum", "verify", "e.tbf")
        self.refused("2 of 3 apps are not accepted", "verify", "a.tbf", "b.tbf",
                     "c.tbf")

    def test_a_hash_is_no_answer_to_who_made_it(self):
        self.signed("--sha256")
        self.verdict("a.tbf", expect=DONE)
        self.verdict("-k", "ecdsa.pub", "a.tbf", expect=REFUSED)

    def test_all_apps_of_a_flash_image_are_judged(self):
        self.signed("-k", "ecdsa", name="a.tbf")
        self.signed("-k", "ecdsa", name="b.tbf")
        self.write("c.tbf", tbf(b"c", flash=0x22000800, protected=128))
        self.berth("image", "-o", "i.img", "--base", "0x22000000", "--size",
                   "8K", "a.tbf", "b.tbf", "c.tbf")
        out = self.verdict("-k", "ecdsa.pub", "i.img", expect=REFUSED)
        self.assertEqual(out.count(": accepted"), 2)
        self.assertIn("i.img + 1920: not accepted", out)

    def test_an_app_that_was_tampered_with_in_a_tab_is_found(self):
        self.berth("tab", "-o", "x.tab", self.elf())
        self.berth("sign", "-k", "ecdsa", "x.tab")
        self.verdict("-k", "ecdsa.pub", "x.tab", expect=DONE)
        tab = bytearray(self.read("x.tab"))
        tab[tab.index(b"constant")] ^= 1
        self.write("x.tab", tab)
        self.verdict("-k", "ecdsa.pub", "x.tab", expect=REFUSED)

    def test_stripping_ends_it(self):
        self.signed("-k", "ecdsa", "--sha256")
        self.berth("sign", "--strip", "--fit", "a.tbf")
        self.assertEqual(self.read("a.tbf"), tbf(b"app"))

    def test_info_shows_them_too(self):
        self.signed("-k", "ecdsa", "--sha256")
        out = self.berth("info", "a.tbf")
        self.assertIn("  SHA-256       right\n", out)
        self.assertIn("  ECDSA P-256   not checked: that needs its key\n", out)

    def test_unknown_footers_are_passed_over(self):
        data = tbf(size=256)
        foreign = tlv(0x1234, b"abcd") + tlv(128, b"\xAA\0\0\0data")
        # Room is made by the tool, and filled by hand.
        self.write("a.tbf", data)
        self.berth("sign", "-k", "ecdsa", "--reserve", len(foreign), "a.tbf")
        signed = self.read("a.tbf")
        at = len(signed) - len(foreign) - 72
        self.write("a.tbf", signed[:at] + foreign + signed[at:at + 72])
        out = self.verdict("-k", "ecdsa.pub", "a.tbf", expect=DONE)
        self.assertIn("type 0x1234, 8 bytes, passed over", out)

    def test_wrong_uses_are_told(self):
        self.refused("no file", "verify", expect=USAGE)
        self.write("a.tbf", tbf())
        self.refused("nothing at offset", "verify", "--offset", 5000, "a.tbf")
        self.write("p.tbf", struct.pack("<HHIII", 2, 16, 16, 0, 16 << 16 | 2 ^ 16))
        self.refused("only padding", "verify", "p.tbf")
        with tarfile.open(self.path("empty.tab"), "w", format=tarfile.GNU_FORMAT) as tab:
            info = tarfile.TarInfo("metadata.toml")
            tab.addfile(info, io.BytesIO(b""))
        self.refused("holds no build", "verify", "empty.tab")
        self.refused("holds no build", "sign", "--sha256", "empty.tab")


class Document(ToolTest):
    """docs/signing.md: its commands, in their order, say what it shows. Those that
    want a board are tests/live/test_live_credentials.py's."""

    WANTS_A_BOARD = re.compile(r"^\$ (make BOARD=|build/berth install)|boards/", re.M)

    def test_its_commands_print_what_it_shows(self):
        subprocess.run(["make", "-s", "build/apps/hello.tab",
                        "build/apps/blink.tab"], cwd=berth_tool.ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        os.symlink(os.path.join(berth_tool.ROOT, "build"), self.path("build"))
        path = os.path.join(berth_tool.ROOT, "docs", "signing.md")
        with open(path, encoding="utf-8") as f:
            blocks = [b for b in re.findall(r"^```console\n(.*?)^```$", f.read(),
                                            re.M | re.S)
                      if not self.WANTS_A_BOARD.search(b)]
        commands = "".join(blocks).split("$ ")[1:]
        self.assertGreater(len(commands), 10)
        for text in commands:
            command, *shown = text.rstrip("\n").split("\n")
            done = subprocess.run(command, shell=True, cwd=self.dir, text=True,
                                  capture_output=True, check=False)
            said = (done.stdout + done.stderr).rstrip("\n")
            self.assertEqual(self.any_key(said), self.any_key("\n".join(shown)),
                             command)

    @staticmethod
    def any_key(text):
        """Fingerprints are new each time; sizes follow the compiler."""
        text = re.sub(r"key [0-9a-f]{16}", "key @", text)
        return re.sub(r"\d+(?= bytes)|(?<= of )\d{3,}|(?<= \+ )\d+", "#", text)


class Help(SignTest):
    def test_help_fits_the_terminal(self):
        for command in ("keygen", "sign", "verify"):
            out = self.berth(command, "--help")
            self.assertTrue(out.startswith(f"usage: berth {command} "))
            self.assertLessEqual(max(map(len, out.splitlines())), 80)
            self.assertRegex(self.berth("--help"), rf"(?m)^  {command} ")
            self.assertIsNone(re.search(r"not done", out))


if __name__ == "__main__":
    berth_tool.main()
