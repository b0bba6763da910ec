"""Counts the instructions of a process: the same for the same binary and arguments, however busy the machine is."""

import re
import shutil
import subprocess
import sys
import tempfile


def is_there():
    return shutil.which("valgrind") is not None


def instructions(run, out=None):
    """Of the whole process, from its start to its end; and what it printed. Where they were executed is written to `out`."""
    with tempfile.TemporaryDirectory() as folder:
        grind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out or f'{folder}/out'}"]
        done = subprocess.run([*grind, *run], capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or counted is None:
        sys.exit(f"{' '.join(run)}\n{done.stderr}")
    return int(counted[1]), done.stdout
