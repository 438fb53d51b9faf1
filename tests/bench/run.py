#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what is promised in numbers, and holds it against the baseline.

    tests/bench/run.py [--update]

Instructions are counted under QEMU's -icount shift=0, where every run of the
same image counts the same; sizes are those of the linked images. Writes
build/bench.txt (one `name value` a line), prints each value beside its goal
and tests/bench/baseline.txt, and fails when one is more than 2 % above the
baseline. --update makes what was measured the new baseline.
"""
import concurrent.futures
import math
import os
import re
import subprocess
import sys
import threading

sys.path[:0] = ["tests/sys", "tests/live"]
import cache  # noqa: E402
import harness  # noqa: E402
import live  # noqa: E402
import objects  # noqa: E402
import placement  # noqa: E402
import power  # noqa: E402
import test_live_esp32c3  # noqa: E402
import test_live_hifive1  # noqa: E402
from signing import (ECDSA, RSA2048, RSA4096, SECURE, SHA256, SIGNER,  # noqa: E402
                     Signed, signed)

VIRT, HIFIVE = "qemu-virt", "hifive1-revb"
PLAIN = "hifive1-live"  # the same without a command line
ESP32C3 = "esp32-c3-devkit"
STATIC = "hifive1-static"  # the same without a store, tests/sys/boards
BASELINE = "tests/bench/baseline.txt"
RESULT = "build/bench.txt"
TOLERANCE = 1.02

# name: goal; None: printed only.
GOALS = {
    "command_noop": 85, "command_grant": 105, "yield_no_wait": 78, "memop": 73,
    "allow_ro": 110, "allow_rw": 110, "subscribe": 110, "upcall_alarm": 400,
    "upcall_console": 550, "timer_to_upcall": 220, "timer_busy": 180,
    "switch": 200, "ipc_round_trip": 800, "boot_first_app": 8000, "irq_off_max": None,
    "irq_off_hifive1": None, "irq_off_crypto": None, "irq_off_check": None, "hash_per_byte": 100,
    "verify_ecdsa_p256": 25000000, "verify_rsa_2048": 10000000,
    "verify_rsa_4096": 40000000,
    "load_16k": 50000, "load_irq_off_max": None,
    "size_hifive1_flash": 24000, "size_hifive1_ram": 4096,
    "size_hifive1_live_flash": 40960, "size_hifive1_live_ram": 5120,
    "size_hifive1_console_flash": None, "size_hifive1_console_ram": None,
    "size_esp32c3_flash": None, "size_esp32c3_ram": None, "irq_off_esp32c3": None,
    # docs/design/fe310.md and esp32-c3.md
    "irq_off_hifive1_install": 11000, "irq_off_hifive1_program_us": 1000,
    "irq_off_hifive1_erase_us": 72000,
    "irq_off_esp32c3_install": 16000, "irq_off_esp32c3_program_us": 1000,
    "irq_off_esp32c3_erase_us": 62000, "hifive1_four_apps_ms": 1200,
    "size_virt_text": 65536, "size_virt_constants": None,
    "ram_per_process": 384, "reloc_per_word": 18, "reloc_per_clear_bit": 5,
    "reloc_copy_1024": 512, "pic_text_overhead": 0, "pic_flash_percent": 3,
}
# Where code happens to lie moves these, or when a tool's bytes come: only their goal
# counts.
BY_CHANCE = {"hifive1_four_apps_ms", "irq_off_hifive1_program_us",
             "irq_off_esp32c3_program_us"}
ICOUNT = ("-icount", "shift=0,sleep=off")


def run(apps, until, extra=ICOUNT):
    """Boots the apps; what they printed up to a text."""
    image = f"build/{VIRT}/bench/{'-'.join(apps)}.img"
    harness.make_image(VIRT, apps, image)
    with harness.Machine(VIRT, image, extra) as machine:
        machine.expect(until)
        return machine.output


def bench_calls():
    output = run(["bench_calls", "bench_idle", "bench_idle"], "bench done")
    return {name: int(value)
            for name, value in re.findall(r"bench (\w+) (\d+)", output)}


def bench_reloc():
    output = run(["bench_reloc"], "bench done")
    return {name: int(value)
            for name, value in re.findall(r"bench (\w+) (\d+)", output)}


# The best an app can do that is linked for one place.
BEST = ("A=build/best", "B=build/best", "APP_MODEL=-fno-pic -mcmodel=medlow",
        "APP_FLASH_STRIDE=0x100000", "APP_RAM_STRIDE=0x40000")
LARGE = 4096  # apps of more flash than this are held to the percentage


def bench_position_independence():
    """Every app against itself at fixed addresses: code of the same objects,
    flash and RAM of the best build of the same sources."""
    names = [*placement.programs(),
             *(n for n in os.listdir("apps") if os.path.exists(f"apps/{n}/main.c"))]
    placement.make(*[f"build/apps/{n}.tbf" for n in names])
    placement.make(*[f"build/apps/{n}.same.elf" for n in names])
    placement.make(*BEST, *[f"build/best/apps/{n}.0.tbf" for n in names])
    overhead, worst = 0, -100.0
    print(f"{'':20}{'flash, fixed':>14}{'anywhere':>10}{'%':>7}{'RAM more':>10}")
    for name in sorted(names):
        more = (code_of(f"build/apps/{name}.tbf")
                - sections(f"build/apps/{name}.same.elf")[".text"])
        if more:
            print(f"{name}: code differs by {more} bytes")
        overhead = max(overhead, abs(more))
        fixed, ram = footprint(f"build/best/apps/{name}.0.tbf",
                               f"build/best/apps/{name}.0.elf")
        flash, more_ram = footprint(f"build/apps/{name}.tbf", f"build/apps/{name}.elf")
        percent = 100 * (flash - fixed) / fixed
        if fixed > LARGE:
            worst = max(worst, percent)
        print(f"{name:20}{fixed:>14}{flash:>10}{percent:>7.1f}{more_ram - ram:>10}")
    return {"pic_text_overhead": overhead, "pic_flash_percent": math.ceil(worst)}


def code_of(tbf):
    """Bytes of code in a binary that has been rewritten: they stand before the
    data image."""
    with open(tbf, "rb") as file:
        o = objects.Object(file.read())
    at = o.word(o.tlv(objects.RELOCATION) + 4) + 4 * objects.DATA_OFFSET
    return o.word(at) - o.half(2) - o.word(o.tlv(objects.PROGRAM) + 4)


def footprint(tbf, elf):
    """Bytes of flash, without padding behind the header, and of static RAM."""
    with open(tbf, "rb") as file:
        o = objects.Object(file.read())
    trailer = o.word(o.tlv(objects.PROGRAM) + 4)
    size = sections(elf)
    return (o.word(4) - trailer,
            sum(size.get(s, 0) for s in (".data", ".tdata", ".tbss", ".bss")))


def bench_ipc():
    output = run(["bench_idle", "bench_ipc_service", "bench_ipc"], "bench done")
    served = re.search(r"served (\d+)", output)[1]
    if served != "33":
        sys.exit(f"bench: the IPC service served {served} times, not 33")
    return {"ipc_round_trip": int(re.search(r"ipc_round_trip (\d+)", output)[1])}


def bench_boot():
    output = run(["bench_boot"], r"prints 0x[0-9a-f]+\n")
    return {"boot_first_app": int(re.search(r"prints 0x(\w+)", output)[1], 16)}


LOADED = r"bench complete 0x(\w+) installed 0x\w+ status 0"


def bench_load():
    """From "16 KiB without credentials are in flash" to the first instruction of
    that app; into erased space."""
    image = f"build/{VIRT}/bench/bench_load.img"
    power.image_write(VIRT, image, ["bench_load"])
    with harness.Machine(VIRT, image, ICOUNT) as machine:
        complete = int(machine.expect(LOADED)[1], 16)
        begun = re.search(r"prints 0x(\w+)", machine.output)
        begun = begun or machine.expect(r"prints 0x(\w+)")
    return {"load_16k": int(begun[1], 16) - complete,
            "load_irq_off_max": interrupts_off(image, 3000000)}


def bench_switch():
    """The least time from one app's last reading to the other's first."""
    output = run(["bench_idle", "bench_switch", "bench_switch"],
                 r"gaps done[\s\S]*gaps done")
    first, second = [[(int(a), int(b))
                      for a, b in re.findall(r"gap (\d+) (\d+)", said)]
                     for said in output.split("gaps done")[:2]]
    switches = [came - left for left, _ in first for _, came in second
                if 0 < came - left < 5000]
    return {"switch": min(switches)}


KINDS = {"sha_256": (SHA256, None), "ecdsa_p256": (ECDSA, "ecdsa-first"),
         "rsa_2048": (RSA2048, "rsa2048-first"), "rsa_4096": (RSA4096, "rsa4096")}


def bench_credentials():
    """What it takes to start an app that is checked first, by kind and size: the
    hash, and what a signature costs beyond it."""
    image = f"build/{VIRT}/bench/credentials.img"
    apps = [Signed("bench_idle", kind, disabled=True) for kind in KINDS.values()]
    signed(Signed("late_start", KINDS["ecdsa_p256"]), *apps,
           Signed("bench_reloc", KINDS["sha_256"], disabled=True))(VIRT, image)
    with harness.Machine(VIRT, image, ICOUNT, kernel=SECURE) as machine:
        machine.expect("late: done")
        output = machine.output
    took = [(int(size), int(count)) for size, count in re.findall(
        r"late \w+ of (\d+) bytes: 0, 0 after (\d+) instructions", output)]
    if len(took) != len(KINDS) + 1:
        sys.exit(f"bench: not all apps were started late:\n{output}")
    (small, least), (large, most) = took[0], took[-1]
    values = {"hash_per_byte": round((most - least) / (large - small))}
    for kind, (_, count) in zip(list(KINDS)[1:], took[1:]):
        values[f"verify_{kind}"] = count - least
    return values


def bench_burden():
    """Interrupts off while apps do all that they can."""
    return {"irq_off_max": bench_interrupts_off("bench_burden", VIRT, 600000),
            "irq_off_crypto": bench_interrupts_off("bench_crypto", SECURE, 1200000)}


def bench_interrupts_off(burden, kernel, most):
    """The longest stretch under a burden."""
    apps = ["bench_idle", burden, "bench_idle"]
    image = f"build/{VIRT}/bench/{'-'.join(apps)}.img"
    if kernel == SECURE:
        signed(*apps)(VIRT, image)
    else:
        harness.make_image(VIRT, apps, image)
    return interrupts_off(image, most, kernel)


STRETCH = re.compile(r"longest stretch, (\w+): (\d+) instructions, (\d+) ns")


def stretches(text):
    """What the machine model says of them: kind -> instructions, microseconds."""
    found = {kind: (int(count), round(int(ns) / 1000))
             for kind, count, ns in STRETCH.findall(text)}
    if len(found) != 3:
        sys.exit(f"bench: the model told no stretches:\n{text}")
    return found


def burden_on(board, most):
    """The longest stretch on a board of silicon, by the machine model."""
    apps = ["bench_idle", "bench_burden", "bench_idle"]
    image = f"build/{board}/bench/{'-'.join(apps)}.img"
    harness.make_image(board, apps, image)
    done = subprocess.run(
        ["tools/sim", board, f"build/{board}/kernel.elf", image, "--serial", "null",
         "--pace", "fast", "--stretches", "chip_service", "--max-instructions",
         str(most)], stderr=subprocess.PIPE, text=True, check=False,
        stdin=subprocess.DEVNULL)
    return stretches(done.stderr)["plain"][0]


def bench_small_burden():
    """The same on the HiFive1. Waits for its flash come on top of that."""
    return {"irq_off_hifive1": burden_on(HIFIVE, 1000000)}


OTHERS = 2  # apps that run already


def installs_on(machine_of, prefix, *options):
    """The longest stretches of a live session, by the real tool over the model's
    line: store and loader; a page or a burst programmed; a sector erased. The last
    two wait for the chip, which takes what its sheet calls typical."""
    with live.folder() as directory:
        apps = [live.app(f"other{n}", 1000) for n in range(OTHERS)]
        machine = machine_of(directory, apps,
                             ["--stretches", "chip_service", *options])
        try:
            files = []
            for version in 1, 2:
                files.append(os.path.join(directory, f"{version}.tbf"))
                with open(files[-1], "wb") as file:
                    file.write(live.app("new", 8000 + 400 * version, version))
            for step in (["install", files[0]],
                         ["install", files[1]], ["rollback", "new"],
                         ["remove", "new"], ["remove", "other0"], ["compact"],
                         ["list"]):
                done = live.berth(*step, port=machine.port)
                if done.returncode != 0:
                    sys.exit(f"bench: {step[0]} on {machine.board}: {done.stderr}")
            machine.process.terminate()
            machine.process.wait()
            found = stretches(machine.process.stderr.read().decode())
        finally:
            machine.kill()
    return {f"{prefix}_install": found["plain"][0],
            f"{prefix}_program_us": found["program"][1],
            f"{prefix}_erase_us": found["erase"][1]}


def bench_hifive1_from_flash():
    """Four apps side by side, behind the chip's cache (tests/bench/cache.py)."""
    return {"hifive1_four_apps_ms":
            round(cache.side_by_side(cache.SIDE_BY_SIDE, "--cache", "64"))}


def bench_hifive1_installs():
    return installs_on(test_live_hifive1.Hifive1, "irq_off_hifive1")


def bench_esp32c3_installs():
    return installs_on(test_live_esp32c3.Esp32c3, "irq_off_esp32c3",
                       "--symbols", f"build/{ESP32C3}/kernel.elf")


def bench_check_step():
    """The same while an app is checked: the largest hash that there is."""
    image = f"build/{VIRT}/bench/check.img"
    signed(Signed("bench_idle", KINDS["rsa_4096"]))(VIRT, image)
    return {"irq_off_check": interrupts_off(image, 1500000, SECURE, True)}


def interrupts_off(image, most, kernel=VIRT, from_loop=False):
    """The longest stretch in the first `most` instructions in which the kernel
    does not look for interrupts: it does when it leaves to an app, sleeps, or
    between pieces of deferred work. Counted from the first app on, or from the
    kernel's loop. QEMU names each instruction it executes, and those that access
    a device twice. The verifier lies in the kernel's flash and is none of it."""
    looks = symbol(f"build/{kernel}/kernel.elf", "chip_service")
    app = range(0)
    if kernel == SECURE:
        app = range(symbol(f"build/{kernel}/kernel.elf", "verifier_image"),
                    symbol(f"build/{kernel}/kernel.elf", "verifier_image_end"))
    command = ["tools/qemu", VIRT,
               f"build/{kernel}/kernel.elf", image, "-serial", "null",
               *ICOUNT, "-singlestep", "-d", "exec,nochain"]
    longest = here = instructions = 0
    started = False
    last = None
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL) as qemu:
        limit = threading.Timer(60, qemu.kill)  # it idles when all is done
        limit.start()
        for line in qemu.stderr:
            found = re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line)
            if not found or found[1] == last:
                continue
            last = found[1]
            instructions += 1
            if int(last, 16) == looks:
                here = 0
                started = started or from_loop
            elif int(last, 16) in app:
                here = 0
            elif last.startswith("200") and len(last) == 8:
                here += 1
                if started and here > longest:
                    longest = here
            else:
                started = started or last.startswith("22")
                here = 0
            if instructions > most:
                qemu.kill()
                break
        limit.cancel()
    return longest


def bench_esp32c3():
    """Its sizes, and the longest stretch. Erases and programs of flash come on top."""
    flash, ram = kernel_footprint(ESP32C3)
    return {"size_esp32c3_flash": flash, "size_esp32c3_ram": ram,
            "irq_off_esp32c3": burden_on(ESP32C3, 800000)}


def symbol(path, name):
    """The address of a function."""
    text = subprocess.run(["riscv64-unknown-elf-nm", path], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return int(re.search(rf"^(\w+) \w {name}(\.\S+)?$", text, re.M)[1], 16)


def sections(path):
    """Sizes of an image's sections, by name."""
    text = subprocess.run(["riscv64-unknown-elf-size", "-A", path], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return {name: int(size)
            for name, size in re.findall(r"^(\.\w+)\s+(\d+)", text, re.M)}


def structure_size(path, name):
    """What the debugger says a type takes."""
    text = subprocess.run(
        ["gdb-multiarch", "-batch", "-ex", f"print sizeof({name})", path],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True).stdout
    return int(re.search(r"= (\d+)", text)[1])


def kernel_footprint(board):
    """Flash and RAM. Code in the ITIM takes none of the RAM, but a part of the
    cache."""
    size = sections(f"build/{board}/kernel.elf")
    flash = sum(size.get(s, 0) for s in (".text", ".rodata", ".ram_code", ".data",
                                         ".kernel_attributes"))
    ram = sum(size.get(s, 0) for s in (".stack", ".data", ".bss", ".noinit"))
    return flash, ram


def bench_sizes():
    image = f"build/{STATIC}/kernel.elf"
    flash, ram = kernel_footprint(STATIC)
    live_flash, live_ram = kernel_footprint(PLAIN)
    console_flash, console_ram = kernel_footprint(HIFIVE)
    virt = sections(f"build/{VIRT}/kernel.elf")
    with open(f"tests/sys/boards/{STATIC}/board.c", encoding="utf-8") as file:
        grants = len(re.findall(r"^    \{ DRIVER_.*\.grant \},$", file.read(), re.M))
    per_slot = structure_size(image, "struct process_slot") + 4  # its budget
    record = structure_size(image, "struct process")
    return {"size_hifive1_flash": flash, "size_hifive1_ram": ram,
            "size_hifive1_live_flash": live_flash,
            "size_hifive1_live_ram": live_ram,
            "size_hifive1_console_flash": console_flash,
            "size_hifive1_console_ram": console_ram,
            "size_virt_text": virt[".text"],
            "size_virt_constants": virt[".rodata"],
            "ram_per_process": record + 4 * grants + per_slot}


def read_baseline():
    if not os.path.exists(BASELINE):
        return {}
    with open(BASELINE, encoding="utf-8") as file:
        return {name: int(value) for name, value in
                (line.split() for line in file if line.strip())}


def shown(number):
    return "-" if number is None else number


def report(values, baseline):
    """Prints the table; how many passed and failed."""
    failed = 0
    print(f"{'':24}{'measured':>10}{'goal':>8}{'baseline':>10}")
    for name, value in values.items():
        goal, before = GOALS.get(name), baseline.get(name)
        remark = ""
        if goal is not None and value > goal:
            remark = "above the goal"
        if (before is not None and value > before * TOLERANCE
                and name not in BY_CHANCE):
            remark, failed = "WORSE THAN THE BASELINE", failed + 1
        print(f"{name:24}{value:>10}{shown(goal):>8}{shown(before):>10}  {remark}")
    return len(values) - failed, failed


def main():
    apps = ["bench_calls", "bench_boot", "bench_idle", "bench_switch",
            "bench_burden", "bench_crypto", "bench_reloc", "bench_load", "late_start",
            "bench_ipc_service", "bench_ipc"]
    trouble = (harness.build_kernels((VIRT, SECURE, HIFIVE, PLAIN, STATIC, ESP32C3))
               or harness.build(VIRT, harness.tbfs(VIRT, apps))
               or harness.build(SECURE, [SIGNER])
               or harness.build(HIFIVE, harness.tbfs(HIFIVE, cache.SIDE_BY_SIDE)))
    if trouble:
        sys.exit(f"bench: {trouble}")
    # The longest first. What is counted does not depend on what else runs.
    parts = [bench_position_independence, bench_load, bench_check_step,
             bench_burden, bench_small_burden, bench_credentials, bench_calls, bench_ipc,
             bench_boot,
             bench_switch, bench_sizes, bench_reloc,
             bench_esp32c3, bench_hifive1_installs, bench_esp32c3_installs,
             bench_hifive1_from_flash]
    values = {}
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for part in [pool.submit(part) for part in parts]:
            values.update(part.result())
    values = {name: values[name] for name in GOALS if name in values}
    lines = "".join(f"{name} {value}\n" for name, value in values.items())
    with open(RESULT, "w", encoding="utf-8") as file:
        file.write(lines)
    missing = [name for name in GOALS if name not in values]
    passed, failed = report(values, read_baseline())
    for name in missing:
        print(f"{name}: not measured")
    if "--update" in sys.argv[1:]:
        with open(BASELINE, "w", encoding="utf-8") as file:
            file.write(lines)
        print(f"baseline: {BASELINE}")
    print(f"{passed} passed, {failed + len(missing)} failed")
    sys.exit(1 if failed or missing else 0)


if __name__ == "__main__":
    main()
