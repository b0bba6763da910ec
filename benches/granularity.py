#!/usr/bin/env python3
"""What does the network's granularity cost, and what does it change? Scenarios at several sizes of `network.unit`,
several seeds each, against single packets (1448 B). Prints a table in markdown: medians over the seeds of the median
and the last completion as differences from single packets, paired by seed, and of the processor time relative to the
default unit. The runs of one seed follow each other, so that a noisy machine is noisy for all of them.

    granularity.py --swarmlab target/release/swarmlab [--seeds N]
"""

import argparse
import json
import statistics
import subprocess
import sys

PACKET = 1448
DEFAULT = 12 * PACKET
UNITS = [PACKET, 3 * PACKET, 6 * PACKET, DEFAULT, 24 * PACKET]

# Scenario, and what makes it small enough to run in single packets.
CASES = [
    ("flash-crowd", ["peers.leecher.count=100", "torrent.size=64MiB"]),
    ("heterogeneous", ["torrent.size=16MiB"]),
    ("slow-seed", ["torrent.size=32MiB"]),
    ("lossy", []),
    ("ocean", []),
]


def simulate(swarmlab, scenario, settings, unit, seed):
    """The figures of one run."""
    sets = [f"network.unit={unit}B", *settings]
    command = [swarmlab, "simulate", f"scenarios/{scenario}.toml", "--seed", str(seed), "--no-metrics", "--json"]
    for setting in sets:
        command += ["--set", setting]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{ran.stderr}")
    return json.loads(ran.stdout)


def percent(ratios):
    return f"{100 * (statistics.median(ratios) - 1):+.1f} %"


def rows(swarmlab, scenario, settings, seeds):
    """A line of the table for each unit."""
    runs = {unit: [] for unit in UNITS}
    for seed in range(1, seeds + 1):
        for unit in UNITS:
            print(f"\r{scenario}, seed {seed}, unit {unit} B      ", end="", file=sys.stderr, flush=True)
            runs[unit].append(simulate(swarmlab, scenario, settings, unit, seed))
    for unit in UNITS:

        def against(other, value):
            return [value(run) / value(base) for run, base in zip(runs[unit], runs[other])]

        cpu = statistics.median(against(DEFAULT, lambda run: run["cpu_s"]))
        events = statistics.median(run["events"] / run["blocks"] for run in runs[unit])
        yield (
            f"| {scenario} | {unit:,} B | {unit // PACKET} | {percent(against(PACKET, lambda run: run['completion_s']['median']))} "
            f"| {percent(against(PACKET, lambda run: run['completion_s']['last']))} | {cpu:.2f} | {events:.1f} |"
        )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--swarmlab", required=True)
    arguments.add_argument("--seeds", type=int, default=5)
    options = arguments.parse_args()
    print("| scenario | unit | packets | median completion | last completion | processor time | events a block |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for scenario, settings in CASES:
        for row in rows(options.swarmlab, scenario, settings, options.seeds):
            print(row, flush=True)
    print("\r" + " " * 60, file=sys.stderr)


if __name__ == "__main__":
    main()
