# SPDX-License-Identifier: Apache-2.0
"""IPC between real apps: clause by clause, with the kernel's invariants checked
at every turn, on a core with Smepmp, and the example that shows it."""
from harness import boot
from test_abi import VIRT, all_hold
from test_smepmp import EPMP

CLAUSES = 19


@boot("ipc_service", "abi_ipc", boards=VIRT)
def ipc_behaves_as_documented(m):
    all_hold(m, "abi_ipc", CLAUSES)


@boot("ipc_service", "abi_ipc", boards=VIRT, kernel="virt-checked")
def ipc_leaves_the_kernel_sound(m):
    all_hold(m, "abi_ipc", CLAUSES)


@boot("ipc_service", "abi_ipc", boards=VIRT, kernel="virt-cooperative")
def ipc_works_without_time_slices(m):
    all_hold(m, "abi_ipc", CLAUSES)


@boot("ipc_service", "abi_ipc", boards=VIRT, kernel="virt-priority")
def ipc_works_with_priorities(m):
    all_hold(m, "abi_ipc", CLAUSES)


@boot("ipc_service", "abi_ipc", boards=VIRT, cpu=EPMP)
def with_smepmp_ipc_behaves_the_same(m):
    all_hold(m, "abi_ipc", CLAUSES)


@boot("ipc_thief", "ipc_kept_after_revoke", boards=VIRT, cpu=EPMP)
def with_smepmp_a_buffer_that_was_taken_back_is_out_of_reach(m):
    m.expect(r"ipc_thief: sees order 4")
    m.expect(r"ipc_thief \(pid \d+\) faulted: read 0x")
    m.refuse(r"stole")


@boot("rot13-client", "rot13-service", boards=VIRT)
def a_service_turns_its_clients_letters(m):
    for _ in range(2):
        m.expect(r"12: Uryyb Jbeyq!")
        m.expect(r"12: Hello World!")
    m.type("stop rot13-service")
    m.expect(r"the service: cancelled")
    m.type("start rot13-service")
    m.expect(r"12: (Uryyb|Hello)")
