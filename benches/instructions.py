#!/usr/bin/env python3
"""Does the simulator execute more instructions than it did? Small swarms under callgrind, which counts every instruction: the
same binary and the same seed give the same number, however busy the machine is. Compares each with the committed numbers, and
fails if one has grown by more than 5 %.

    instructions.py --swarmlab target/release/swarmlab            exit code 10: something has grown
    instructions.py --swarmlab target/release/swarmlab --write    measures the committed numbers anew

Exit code 13: the numbers are missing. Skips, and says so, without valgrind, and where the compiler is another one than that of the
numbers.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import callgrind

GROWTH_MAX = 0.05
BASELINE = pathlib.Path("baselines/instructions.json")
# What each leans on: exchange of blocks and HAVEs; losses and retransmissions; shared links, arrivals and departures;
# a player's deadlines; every check after each event.
SWARMS = {
    "flash-crowd": ["peers.leecher.count=49", "torrent.size=8MiB"],
    "lossy": ["torrent.size=4MiB"],
    "churn": ["torrent.size=4MiB", "stop.at=200s"],
    "streaming": ["torrent.size=4MiB"],
    "flash-crowd, strict": ["peers.leecher.count=19", "torrent.size=4MiB"],
}


def count(swarmlab, name, settings):
    """Instructions of one run, from the start of the process to its end."""
    scenario, _, check = name.partition(", ")
    run = [swarmlab, "simulate", f"scenarios/{scenario}.toml", "--seed", "1", "--no-metrics", "--quiet"]
    run += ["--check", check] if check else []
    for setting in settings:
        run += ["--set", setting]
    return callgrind.instructions(run)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarmlab", default="target/release/swarmlab")
    parser.add_argument("--write", action="store_true", help="measure the committed numbers anew")
    arguments = parser.parse_args()
    if not callgrind.is_there():
        print("INSTRUCTIONS: valgrind is not installed: SKIPPED, not passed", file=sys.stderr)
        return 0
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    known = json.loads(BASELINE.read_text()) if BASELINE.exists() else None
    remedy = "measure them with `just instructions --write`, on a commit that is as it should be"
    if not arguments.write and known is None:
        print(f"{BASELINE} is not there: {remedy}", file=sys.stderr)
        return 13
    if not arguments.write and known["compiler"] != compiler:
        which = f"the numbers are those of {known['compiler']}, and this is {compiler}"
        print(f"INSTRUCTIONS: {which}: SKIPPED, not passed; {remedy}", file=sys.stderr)
        return 0
    counts, grown = {}, False
    for name, settings in SWARMS.items():
        counts[name] = count(arguments.swarmlab, name, settings)
        before = None if known is None else known["instructions"].get(name)
        change = "" if before is None else f"{100 * (counts[name] / before - 1):+.2f} %"
        grown |= before is not None and counts[name] > before * (1 + GROWTH_MAX)
        print(f"{name:20} {counts[name]:>15,} instructions {change}")
    if arguments.write:
        BASELINE.write_text(json.dumps({"compiler": compiler, "instructions": counts}, indent=2) + "\n")
        return 0
    if grown:
        print(f"more than {100 * GROWTH_MAX:.0f} % more instructions than {BASELINE} says: find what costs them, or {remedy}")
    return 10 if grown else 0


sys.exit(main())
