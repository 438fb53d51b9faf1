# SPDX-License-Identifier: Apache-2.0
"""The system-call ABI, clause by clause. The apps abi_*.c make the calls and
judge the answers; each prints `ok CLAUSE` or `FAIL CLAUSE` and how many there
were. What must never come back has a scenario of its own here."""
import re

from harness import IDLE, Failed, boot

VIRT = ["virt"]


def all_hold(m, app, least):
    """Waits for the app's count: nothing failed, and nothing was left out."""
    counts = m.expect(rf"{app}: (\d+) ok, (\d+) failed")
    failed = re.findall(r"FAIL ([^\r\n]*)", m.output)
    if failed or counts[2] != "0":
        raise Failed(f"{app}: " + "; ".join(failed))
    if int(counts[1]) < least:
        raise Failed(f"{app}: only {counts[1]} clauses, there were {least}")


def holds(m, *clauses):
    """Waits for the app's verdict on each of those clauses."""
    for clause in clauses:
        if m.expect(rf"(ok|FAIL) {re.escape(clause)}\s")[1] != "ok":
            raise Failed(f"does not hold: {clause}")


# ---- all clauses --------------------------------------------------------------


@boot("abi_returns", boards=VIRT)
def commands_subscribes_and_allows_answer_as_documented(m):
    all_hold(m, "abi_returns", 138)


@boot("abi_registers.0", "bystander.1", boards=VIRT)
def only_return_registers_change_over_calls_upcalls_and_preemption(m):
    all_hold(m, "abi_registers", 62)


@boot("abi_registers.0", "bystander.1", boards=VIRT)
def an_app_that_computes_is_preempted(m):
    holds(m, "being pre-empted keeps the registers")
    m.type("list")
    quanta = m.expect(r" abi_registers +(\d+) ")[1]
    if int(quanta) == 0:
        raise Failed("it never used up a slice")


@boot("abi_yield", boards=VIRT)
def yields_and_the_queue_behave_as_documented(m):
    all_hold(m, "abi_yield", 45)


@boot("abi_memory", boards=VIRT)
def memop_and_the_break_behave_as_documented(m):
    all_hold(m, "abi_memory", 66)


@boot("abi_start.0", boards=VIRT)
def every_life_of_a_process_begins_like_the_first(m):
    lives = [m.expect(r"abi_start: life (\d+) of process (0x[0-9a-f]+)")
             for _ in range(4)]
    m.expect(r"abi_start: done")
    all_hold(m, "abi_start", 17)
    if [int(life[1]) for life in lives] != [0, 1, 2, 3]:
        raise Failed("the lives are miscounted")
    if len({life[2] for life in lives}) != 4:
        raise Failed("a process id was used twice")


@boot("abi_filter", boards=VIRT)
def permissions_decide_what_an_app_may_call(m):
    all_hold(m, "abi_filter", 24)


@boot("abi_drivers", boards=VIRT)
def drivers_answer_as_documented(m):
    m.expect(r"^LowLevelDebug: App 0x100 alert code 0x2$")
    m.expect(r"^LowLevelDebug: App 0x100 prints 0xbeef$")
    m.expect(r"^LowLevelDebug: App 0x100 prints 0x0 0xffffffff$")
    all_hold(m, "abi_drivers", 97)


# ---- exit, and what ends a process -----------------------------------------------


@boot("abi_end", "witness")
def exit_ends_an_app_with_its_completion_code_and_all_it_had_begun(m):
    m.expect(r"abi_end: ends")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.type("list")
    m.expect(r" abi_end +\d+ +\d+ +0 +0/ ?\d+ +Terminated\s")
    m.type("process abi_end")
    m.expect(r" Events Queued: 0 ")
    m.expect(r" Last Syscall: Exit\s")
    m.expect(r" Completion Code: 1234\s")


@boot("abi_class", "witness")
def an_unknown_class_of_system_call_is_a_fault(m):
    m.expect(r"abi_class \(pid \d+\) faulted: made a system call of the "
             r"unknown class 0x000000bd")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.refuse("RETURNED")


@boot("abi_forever", "witness")
def waiting_for_a_driver_without_grant_blocks_for_ever_and_hurts_nobody(m):
    m.expect(r"abi_forever: waits")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.type("list")
    m.expect(r" abi_forever .* YieldedFor\(UpcallId "
             r"{ driver_num: 2, subscribe_num: 0 }\)\s")
    m.type("terminate abi_forever")
    m.expect(r"Process abi_forever terminated")
    m.refuse("RETURNED")


# ---- defects that must never be there ------------------------------------------------


@boot("abi_wakeup", "hog", boards=VIRT, kernel="virt-cooperative")
def a_wakeup_is_not_lost_when_another_event_follows_before_the_process_runs(m):
    holds(m, "the awaited event has come",
          "another came before the process could run", "and is there as well")


@boot("abi_yield", boards=VIRT)
def a_full_queue_does_not_drop_the_event_that_is_waited_for(m):
    holds(m, "an awaited event comes through a full queue",
          "and the queue is as it was",
          "a wait ends though the queue is full of null upcalls")


@boot("abi_yield", boards=VIRT)
def yield_no_wait_does_not_block_when_only_null_upcalls_are_queued(m):
    holds(m, "no-wait with only null upcalls queued returns at once",
          "and the event is still there for wait-for")


@boot("abi_yield", boards=VIRT)
def subscribe_leaves_no_stale_event_for_a_later_wait_for(m):
    holds(m, "subscribe drops events that have a function",
          "subscribe drops events that have none",
          "an event from before does not reach a new function")


@boot("abi_authority.0", "bystander", boards=VIRT, kernel="virt-mlfq")
def a_restart_from_inside_a_command_does_not_touch_the_start_registers(m):
    m.expect(r"abi_authority: life 0")
    m.expect(r"abi_authority \(pid 256\) faulted: was ordered to")
    holds(m, "the start registers are those of a start")
    m.expect(r"abi_authority: life 1")
    m.refuse("RETURNED")


@boot("abi_memory", boards=VIRT)
def memory_behind_an_unaligned_break_is_not_shown_as_it_was_left(m):
    holds(m, "all that an unaligned break shows is zero",
          "new memory behind an unaligned break is zero")


@boot("abi_drivers", boards=VIRT)
def an_alarm_that_is_armed_again_or_stopped_raises_no_old_event(m):
    holds(m, "alarm: arming again takes the first one's place",
          "alarm: arming again drops the event that waits",
          "alarm: stop drops the event that waits")


@boot("abi_drivers", boards=VIRT)
def an_alarm_keeps_time_at_every_edge_of_its_counter(m):
    holds(m, "alarm: 0 ticks fire at once",
          "alarm: a reference in the future counts as long ago",
          "alarm: a future reference with most of a turn is soon",
          "alarm: most of a turn of the counter",
          "alarm: across the counter's 0")


@boot("abi_drivers", boards=VIRT)
def a_console_write_of_no_bytes_raises_its_event(m):
    holds(m, "console: a write without a buffer tells of 0 bytes",
          "console: a write of length 0 tells of 0 bytes",
          "console: a write tells (bytes, 0, 0)")


@boot("abi_drivers", boards=VIRT)
def process_info_shows_an_app_itself_alone(m):
    holds(m, "info: an app without authority sees one process",
          "info: the name of another is INVAL",
          "info: an earlier life is nobody",
          "info: orders need authority")


@boot("abi_drivers", boards=VIRT)
def read_only_state_has_all_64_bits_of_the_time_and_keeps_to_its_buffer(m):
    holds(m, "state: ticks are the time, all 64 bits",
          "state: nothing behind the 16 bytes",
          "state: 7 bytes hold one", "state: then nothing is written")


@boot("abi_stopped", boards=VIRT, extra=IDLE)
def a_stopped_process_gets_the_event_it_waits_for_when_it_is_resumed(m):
    m.expect(r"abi_stopped: waits")
    m.until_listed("abi_stopped", r"YieldedFor\(UpcallId "
                   r"{ driver_num: 1, subscribe_num: 2 }\)")
    m.type("stop abi_stopped")
    m.expect(r"Process abi_stopped stopped")
    m.type("list")
    m.expect(r" Stopped\(YieldedFor\(UpcallId "
             r"{ driver_num: 1, subscribe_num: 2 }\)\)\s")
    m.type("attach abi_stopped")
    m.expect(r"Attached to abi_stopped")
    m.send("x\x1d")
    m.expect(r"Detached from abi_stopped")
    m.type("list")
    m.expect(r" Stopped\(")
    m.refuse(r"abi_stopped: got")
    m.type("start abi_stopped")
    m.expect(r"abi_stopped: got x, status 0, 1 byte")
