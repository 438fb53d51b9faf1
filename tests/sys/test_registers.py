# SPDX-License-Identifier: Apache-2.0
"""An app that computes notices nothing of what the kernel does meanwhile."""
from harness import boot

CHANGED = r"registers: CHANGED"


def _types(m, commands):
    for command in commands:
        m.type(command)
        m.expect(r"registers: kept")
    m.refuse(CHANGED)


@boot("registers", "witness")
def an_app_that_computes_keeps_its_registers_while_alarms_fire(m):
    for _ in range(2):
        m.expect(r"witness: ")
    m.refuse(CHANGED)


@boot("registers", "witness")
def an_app_that_computes_keeps_its_registers_while_the_operator_works(m):
    m.expect(r"registers: kept")
    _types(m, ["list", "status", "kernel", "process witness", "help", "log",
               "stop witness", "list", "start witness", "nonsense"])
