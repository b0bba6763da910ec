#!/usr/bin/env python3
"""Does super-seeding (BEP 16) save the seed's uplink among other people's clients? Our client is the only seed, and its uplink
the bottleneck; a downloader of each other make, found through our tracker. How many copies has the seed sent when the first of
them is complete? Once with --super-seed, once without. Passes when each downloader has the content, byte for byte, in time, and
a super-seed has sent no more than 1.15 copies. What the seed has sent is what it says in its first line of progress after the
completion: a second late at most, 0.03 copies. With less than four other makes it counts as skipped.

    setup.sh FOLDER && super_seed.py --tools FOLDER --swarmlab target/release/swarmlab [--results FOLDER]
"""

import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True  # the sources lie in the repository

import hosts
import other_clients
import results
from interop import Failed, arguments, print_failures, say_versions, summed_up
from our_client import Swarmlab
from place import Unready
from swarm import SWARM_BYTES, Swarm, noise

MAKES = 4
SEED_UP = 512 << 10
SECONDS = 300
MOST_COPIES = 1.15


@dataclass
class Cell:
    is_super: bool
    downloaders: list
    verdict: str = "skipped"
    reason: str = ""
    copies: float | None = None
    completions: dict = field(default_factory=dict)
    logs: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{'super-seed' if self.is_super else 'seed'} > {', '.join(client.name for client in self.downloaders)}"


def main() -> int:
    options = arguments(__doc__)
    ours = Swarmlab(options.swarmlab)
    others = [kind(options.tools) for kind in other_clients.ALL]
    installed = say_versions([ours, *others])
    downloaders = [client for client in others if installed[client.name]]
    cells = [Cell(is_super, downloaders) for is_super in (True, False)]
    with tempfile.TemporaryDirectory(prefix="swarmlab-super-seed-") as scratch:
        torrent = noise(options.swarmlab, Path(scratch))
        possible = hosts.are_possible() and len(downloaders) >= MAKES
        if not possible:
            print(f"skipped: needs {MAKES} other makes, and root and iproute2 for network namespaces", flush=True)
        for cell in cells if possible else []:
            run(cell, ours, torrent, Path(scratch) / ("super" if cell.is_super else "plain"))
        print_failures(cells)
    facts = [[c.is_super, [d.name for d in c.downloaders], c.verdict, c.reason, c.copies, c.completions] for c in cells]
    results.write(options, "super_seed", [ours, *others], facts)
    return summed_up(cells)


def run(cell: Cell, ours: Swarmlab, torrent, folder: Path):
    begun = time.monotonic()
    with Swarm(ours.program, torrent, folder, len(cell.downloaders), begun + SECONDS) as swarm:
        cell.logs = swarm.logs
        try:
            seed = swarm.seed(ours, SEED_UP, "--json", *(["--super-seed"] if cell.is_super else []))
            contents = {client.name: swarm.join(client.name, client) for client in cell.downloaders}
            for name, seconds in swarm.completions(contents):
                if cell.copies is None:
                    cell.copies = round(sent_from_now(seed.log) / SWARM_BYTES, 3)
                    print(f"  the seed has sent {cell.copies:.2f} copies by the first completion", flush=True)
                cell.completions[name] = round(seconds, 1)
                print(f"  complete after {seconds:5.1f} s: {name}", flush=True)
            if cell.is_super and cell.copies > MOST_COPIES:
                raise Failed(f"a super-seed sent {cell.copies:.2f} copies, more than {MOST_COPIES}")
            cell.verdict = "passed"
        except (Failed, Unready) as why:
            cell.verdict, cell.reason = "failed", str(why)
    print(f"{cell.verdict} in {time.monotonic() - begun:4.1f} s: {cell.name}", flush=True)


def sent_from_now(log: Path) -> int:
    """Payload sent by the next line of progress."""
    seen = log.stat().st_size
    while True:
        lines = log.read_bytes()[seen:].splitlines(keepends=True)
        for line in (json.loads(line) for line in lines if line.endswith(b"\n") and line.startswith(b"{")):
            if line["event"] == "progress":
                return line["uploaded"]
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
