#!/usr/bin/env python3
"""A mixed swarm: one seed, eight downloaders of every make that is there (ours twice), 16 MiB, our tracker, nothing else to
find each other by. The seed, once ours and once libtorrent, sends 2 MiB in a second at most, so that the eight have to get
most from each other. Passes when each of them has the content, byte for byte, in time. A missing make is replaced by another
and said; with less than five makes there is no such swarm, and it counts as skipped.

    setup.sh FOLDER && mixed.py --tools FOLDER --swarmlab target/release/swarmlab [--results FOLDER]
"""

import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

sys.dont_write_bytecode = True  # the sources lie in the repository

import hosts
import other_clients
import results
from interop import Failed, arguments, print_failures, say_versions, summed_up
from our_client import Swarmlab
from place import Unready
from swarm import Swarm, noise

DOWNLOADERS = 8
MAKES = 5
SEED_UP = 2 << 20
SECONDS = 180


@dataclass
class Cell:
    seed: object
    downloaders: list
    verdict: str = "skipped"
    reason: str = ""
    completions: dict = field(default_factory=dict)
    logs: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.seed.name} > {', '.join(client.name for client in self.downloaders)}"


def main() -> int:
    options = arguments(__doc__)
    ours = Swarmlab(options.swarmlab)
    others = [kind(options.tools) for kind in other_clients.ALL]
    installed = say_versions([ours, *others])
    there = [client for client in others if installed[client.name]]
    replacements = cycle(there)
    downloaders = [ours, ours, *there, *(next(replacements) for _ in range(DOWNLOADERS if there else 0))][:DOWNLOADERS]
    cells = [Cell(seed, downloaders) for seed in (ours, others[0])]
    with tempfile.TemporaryDirectory(prefix="swarmlab-mixed-") as scratch:
        torrent = noise(options.swarmlab, Path(scratch))
        for number, cell in enumerate(cells):
            if not hosts.are_possible():
                print("skipped: network namespaces need root and iproute2", flush=True)
            elif len({client.name for client in downloaders}) < MAKES or not installed[cell.seed.name]:
                print(f"skipped: {cell.name}: less than {MAKES} makes, or no such seed", flush=True)
            else:
                run(cell, options.swarmlab, torrent, Path(scratch) / f"swarm-{number}")
        print_failures(cells)
    facts = [[c.seed.name, [d.name for d in c.downloaders], c.verdict, c.reason, c.completions] for c in cells]
    results.write(options, "mixed", [ours, *others], facts)
    return summed_up(cells)


def run(cell: Cell, swarmlab: Path, torrent, folder: Path):
    begun = time.monotonic()
    with Swarm(swarmlab, torrent, folder, len(cell.downloaders), begun + SECONDS) as swarm:
        cell.logs = swarm.logs
        try:
            swarm.seed(cell.seed, SEED_UP)
            contents = {}
            for number, client in enumerate(cell.downloaders, 1):
                contents[f"{number} {client.name}"] = swarm.join(f"{number}-{client.name}", client)
            for name, seconds in swarm.completions(contents):
                cell.completions[name] = round(seconds, 1)
                print(f"  complete after {seconds:5.1f} s: {name}", flush=True)
            cell.verdict = "passed"
        except (Failed, Unready) as why:
            cell.verdict, cell.reason = "failed", str(why)
    print(f"{cell.verdict} in {time.monotonic() - begun:4.1f} s: {cell.name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
