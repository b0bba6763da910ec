#!/usr/bin/env python3
"""The table of docs/cargo-mutants.md, from the outcomes.json of one or more runs of cargo mutants."""

import collections
import json
import sys

KINDS = ["CaughtMutant", "Timeout", "MissedMutant", "Unviable"]


def main(paths):
    table = collections.defaultdict(collections.Counter)
    missed = []
    for path in paths:
        with open(path) as file:
            outcomes = json.load(file)["outcomes"]
        for outcome in outcomes:
            if outcome["scenario"] == "Baseline":
                continue
            mutant = outcome["scenario"]["Mutant"]
            table[mutant["file"]][outcome["summary"]] += 1
            if outcome["summary"] == "MissedMutant":
                missed.append(mutant["name"])
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
