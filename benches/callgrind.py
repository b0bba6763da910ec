"""Counts what a process executes: the same for the same binary and arguments, however busy the machine is."""

import collections
import re
import shutil
import subprocess
import sys
import tempfile

# A second-level cache of one core, such as servers have: what it does not hold comes from one that cores share, or from memory.
CACHE = ["--cache-sim=yes", "--D1=32768,8,64", "--LL=1048576,16,64"]
FETCHES = ("DLmr", "DLmw")


def is_there():
    return shutil.which("valgrind") is not None


def instructions(run, out=None, cache=False):
    """Of the whole process, from its start to its end; and what it printed. Where they were executed is written to `out`."""
    with tempfile.TemporaryDirectory() as folder:
        grind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out or f'{folder}/out'}"]
        done = subprocess.run([*grind, *(CACHE if cache else []), *run], capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or counted is None:
        sys.exit(f"{' '.join(run)}\n{done.stderr}")
    return int(counted[1]), done.stdout


def own_costs(out, events=("Ir",)):
    """What each function has cost, its callees not among it: the sum of these events. Names are said in full once, then by
    number."""
    names, costs, function, is_call, columns = {}, collections.Counter(), None, False, []
    for line in out.splitlines():
        if line.startswith("events: "):
            columns = [place for place, event in enumerate(line.split()[1:]) if event in events]
        elif named := re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line):
            number, name = named.groups()
            if name:
                names[number] = name
            if line.startswith("fn="):
                function = names[number]
        elif line.startswith("calls="):
            is_call = True  # The next line is what the callee has cost.
        elif counted := re.match(r"(?:\+\d+|-\d+|\d+|\*)((?: \d+)+)$", line):
            if not is_call:
                # Zeros at the end are left out.
                figures = counted[1].split()
                costs[function] += sum(int(figures[place]) for place in columns if place < len(figures))
            is_call = False
    return costs
