#!/usr/bin/env python3
"""The table of docs/cargo-mutants.md, from the outcomes.json of runs of cargo mutants; of a mutant run twice, the later."""

import collections
import json
import sys

KINDS = ["CaughtMutant", "Timeout", "MissedMutant", "Unviable"]


def main(paths):
    verdicts = {}
    for path in paths:
        with open(path) as file:
            outcomes = json.load(file)["outcomes"]
        for outcome in outcomes:
            if outcome["scenario"] != "Baseline":
                mutant = outcome["scenario"]["Mutant"]
                verdicts[mutant["name"]] = (mutant["file"], outcome["summary"])
    table = collections.defaultdict(collections.Counter)
    for file, verdict in verdicts.values():
        table[file][verdict] += 1
    missed = [name for name, (_, verdict) in verdicts.items() if verdict == "MissedMutant"]
    print("| File | Mutants | Caught | Timed out | Missed | Do not build | Caught of those that build |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    total = collections.Counter()
    for file in sorted(table):
        print(row(f"`{file}`", table[file]))
        total += table[file]
    print(row("All", total))
    for name in missed:
        print(f"\nmissed: `{name}`", end="")
    print()


def row(name, counts):
    caught, late, missed, unviable = (counts[kind] for kind in KINDS)
    build = caught + late + missed
    share = f"{100 * (caught + late) / build:.1f} %" if build else "—"
    return f"| {name} | {build + unviable} | {caught} | {late} | {missed} | {unviable} | {share} |"


if __name__ == "__main__":
    main(sys.argv[1:])
