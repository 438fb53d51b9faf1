# SPDX-License-Identifier: Apache-2.0
"""Runs libFuzzer programs, each on its corpus and then on new inputs.

    python3 tests/run_fuzz.py SECONDS PROGRAM...

The seeds are tests/fuzz/corpus/<what>/; what is found in addition is kept in
build/fuzz/<what>/ and used again. An input that fails is left there and named.
The last line is `N passed, N failed`.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

TAIL_LINES = 40


def fuzz(program, seconds):
    """Runs one program; its output, and whether it held."""
    what = os.path.basename(program).replace("fuzz_", "", 1)
    found = os.path.join("build", "fuzz", what)
    os.makedirs(found, exist_ok=True)
    seeds = os.path.join("tests", "fuzz", "corpus", what)
    folders = [found] + ([seeds] if os.path.isdir(seeds) else [])
    command = [program, f"-max_total_time={seconds}", "-timeout=10",
               "-rss_limit_mb=1024", "-print_final_stats=1",
               f"-artifact_prefix={found}/failed-", *folders]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=seconds + 120,
                              check=False)
    except subprocess.TimeoutExpired:
        return "did not end in time", False
    return done.stdout, done.returncode == 0


def main(seconds, programs):
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda p: fuzz(p, seconds), programs)
        for program, (output, held) in zip(programs, results):
            name = os.path.basename(program)
            runs = re.search(r"number_of_executed_units: (\d+)", output)
            if held and runs and int(runs.group(1)) > 0:
                passed += 1
                print(f"  ok    {name}: {runs.group(1)} runs in {seconds} s")
            else:
                failed += 1
                print("\n".join(output.splitlines()[-TAIL_LINES:]))
                print(f"  FAIL  {name}")
            sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if not sys.argv[1].isdecimal():
        sys.exit(f'FUZZ_SECONDS="{sys.argv[1]}" is no number')
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
