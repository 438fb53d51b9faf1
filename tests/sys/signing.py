# SPDX-License-Identifier: Apache-2.0
"""Apps with credentials, for scenarios on the kernel that demands them:

    @boot("hello", boards=VIRT, kernel=SECURE,
          prepare=signed(Signed("hello", (ECDSA, "ecdsa-first"))))
"""
import os
import subprocess

import harness

SECURE = "qemu-virt-secure"  # a kernel for the machine of qemu-virt
SIGNER = "build/host/test/tests/sys/signer"
RSA4096, SHA256, ECDSA, HMAC, RSA2048 = 2, 3, 6, 7, 10


class Signed:
    """An app and its credentials: pairs of a format and the name of a key in
    tests/keys, None for a hash. `spoiled`: a byte that is changed in the end."""

    def __init__(self, app, *credentials, disabled=False, spoiled=0):
        self.app, self.credentials = app, credentials
        self.disabled, self.spoiled = disabled, spoiled

    def write(self, board, path):
        words = [word for number, key in self.credentials
                 for word in (str(number), f"tests/keys/{key}.pem" if key else "-")]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run([SIGNER, *harness.tbfs(board, [self.app]), path,
                        str(int(self.disabled)), str(self.spoiled), *words],
                       check=True)
        return path


def signed(*objects):
    """Makes the `prepare` of a scenario: flash holds these, in that order. A name
    alone is an app with the board's HMAC, which is checked fast."""
    def prepare(board, image):
        files = []
        for number, o in enumerate(objects):
            if isinstance(o, str):
                o = Signed(o, (HMAC, "hmac"))
            files.append(o.write(board, f"{image[:-4]}.{number}.tbf"))
        harness.make_image_of(board, files, image)
        for file in files:
            os.remove(file)
    return prepare
