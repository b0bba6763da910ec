#!/usr/bin/env python3
"""The shipped client in a real, shaped network, beside other people's clients in the same network, and beside its own
simulation of it.

Each peer has a network namespace with the kernel's TCP behind an access link (shaped_network.py). Linux, root. Writes
runs.json, runs.csv, peers.csv, a picture for each set-up and summary.md to the folder given, and prints the summary.

    setup.sh FOLDER && FOLDER/libtorrent/bin/python reality.py --tools FOLDER --swarmlab PATH --out DIR [SETUP…] [--reps N]
"""

import argparse
import fcntl
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.dont_write_bytecode = True  # the sources lie in the repository

import clients
import link_check
import one_run
import pictures
import setups
import simulated
from record import Record, line
from shaped_network import TRACKER_ADDRESS, remove_namespaces
from summary import about, disagreements, table

LOCK = Path("/run/swarmlab-reality.lock")
DEFAULT_OUT = Path("runs") / time.strftime("reality-%Y%m%d-%H%M%S")
TRIES_MAX = 2
NOTHING_RAN = 1
DISAGREES = 2


@dataclass
class Tools:
    """What is used."""

    swarmlab: Path
    python: Path
    delay_line: Path
    payload: Path
    torrent: Path


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is removed
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="swarmlab-reality-", dir=memory if memory.is_dir() else None) as scratch:
        if options.again:
            record = Record.read(options.again)
            return compare(options, record, Path(scratch))
        missing = what_is_missing(options)
        if missing:
            print(f"REALITY IS SKIPPED: {missing}", file=sys.stderr)
            return NOTHING_RAN
        return session(options, Path(scratch))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    path = lambda text: Path(text).resolve()
    names = f"of {', '.join(setups.ALL)}; if none is named: {', '.join(setups.USUAL)}"
    parser.add_argument("setups", nargs="*", metavar="SETUP", help=names)
    parser.add_argument("--swarmlab", type=path, required=True, help="the command to measure")
    parser.add_argument("--tools", type=path, required=True, help="what setup.sh was given")
    parser.add_argument("--out", type=Path, help="folder of the results (runs/reality-DATE if not given); goes on with what is there")
    parser.add_argument("--reps", type=int, default=3, help="runs of each swarm, beside those that are there")
    parser.add_argument("--seeds", type=int, default=20, help="simulated runs of each set-up")
    parser.add_argument("--only", default="", metavar="TEXT", help="swarms whose name begins so, for example swarmlab")
    parser.add_argument("--again", type=Path, metavar="DIR", help="measure nothing: simulate, compare and draw DIR again")
    options = parser.parse_args()
    unknown = [name for name in options.setups if name not in setups.ALL]
    if unknown:
        parser.error(f"there is no set-up named {unknown[0]}: there are {', '.join(setups.ALL)}")
    return options


def what_is_missing(options) -> str | None:
    if sys.platform != "linux" or os.geteuid() != 0:
        return "it needs Linux and root, for network namespaces"
    if not (options.tools / "delay_line").exists():
        return "the delay line was not compiled"
    return None


def session(options, scratch: Path) -> int:
    lock = LOCK.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("REALITY IS SKIPPED: another one is going on", file=sys.stderr)
        return NOTHING_RAN
    record = None
    try:
        tools = make_tools(options, scratch)
        record = Record.begin(options.out or DEFAULT_OUT, versions(tools), link_check.check(tools.python, tools.delay_line))
        print(about(record), end="", flush=True)
        measure_all(options, tools, record, scratch)
    except KeyboardInterrupt:
        print("interrupted: what was measured is kept", file=sys.stderr)
    finally:
        remove_namespaces()
    return compare(options, record, scratch) if record and record.runs else NOTHING_RAN


def versions(tools: Tools) -> dict:
    found = {name: client.version(tools) for name, client in clients.ALL.items()}
    for name, version in found.items():
        print(f"{name} {version}" if version else f"{name} IS NOT INSTALLED: its swarms are skipped", flush=True)
    return found


def measure_all(options, tools: Tools, record: Record, scratch: Path):
    """Repetition by repetition, so that what changes in the course of a session meets everybody."""
    chosen = [setups.ALL[name] for name in options.setups or setups.USUAL]
    for _, setup in itertools.product(range(options.reps), chosen):
        for swarm in setup.swarms:
            installed = all(record.versions()[name] for name in swarm.clients)
            if installed and swarm.name.startswith(options.only):
                measure(tools, setup, swarm, scratch / "run", record)


def compare(options, record: Record, scratch: Path) -> int:
    """Simulates what was measured, and writes the table and the pictures."""
    for name in record.setups():
        record.contents["simulated"][name] = simulated.runs(options.swarmlab, setups.ALL[name], options.seeds, scratch)
    record.write()
    for name in record.setups():
        pictures.draw(record, setups.ALL[name], record.folder / f"{name}.svg")
    text = f"{about(record)}\n{table(record)}"
    (record.folder / "summary.md").write_text(text)
    print(f"\n{text}\nresults in {record.folder}")
    return DISAGREES if disagreements(record) else 0


def make_tools(options, scratch: Path) -> Tools:
    payload = scratch / "payload.bin"
    payload.write_bytes(random.Random(1).randbytes(setups.PAYLOAD_BYTES))
    torrent = scratch / "payload.torrent"
    url = f"http://{TRACKER_ADDRESS}:{one_run.TRACKER_PORT}/announce"
    command = [options.swarmlab, "make", payload, "--tracker", url, "-o", torrent, "--piece-length", setups.PIECE_LENGTH]
    subprocess.run(command, check=True, capture_output=True)
    python = options.tools / "libtorrent" / "bin" / "python"
    return Tools(options.swarmlab, python, options.tools / "delay_line", payload, torrent)


def measure(tools: Tools, setup, swarm, scratch: Path, record: Record):
    """One run. A contended one is done again, and the less contended one counts."""
    repetition = 1 + record.repetitions(setup.name, swarm.name)
    tries = []
    while len(tries) < TRIES_MAX and all(run.contention.is_contended for run in tries):
        try:
            tries.append(one_run.measure(tools, setup, swarm, repetition, scratch))
        except (clients.Unready, RuntimeError, subprocess.SubprocessError) as failure:
            print(f"FAILED: {setup.name}, {swarm.name}, {repetition}: {failure}", flush=True)
            break
        print(line(asdict(tries[-1])), flush=True)
    if tries:
        record.add(min(tries, key=lambda run: (run.contention.is_contended, run.contention.wait_us)))


if __name__ == "__main__":
    sys.exit(main())
