#!/usr/bin/env python3
"""What does a block cost, and where? Instructions per block of a flash crowd of a hundred clients, by the room of the house that
executes them: everything is counted by callgrind, and what the compiler has put into a function counts as that function's.
Prints a table in markdown; `--page` puts it into a page, between its two marks. Takes a minute.

With `--fetches`, what a larger swarm is slow for: the lines of 64 bytes that are fetched for a block because a cache of 1 MiB does
not hold them, as callgrind simulates it, among 300 clients from the 30th to the 50th second. Takes ten minutes.

    profile.py --swarmlab target/release/swarmlab [--fetches] [--peers 100] [--top 30] [--page docs/scale.md]
"""

import argparse
import collections
import json
import pathlib
import sys
import tempfile

import callgrind
import page

# The first pattern that a function's name contains says whose it is.
ROOMS = [
    ("swarmlab_sim::network", "the network: streams, links, queues"),
    ("swarmlab_sim::event_queue", "the queue of events"),
    ("swarmlab_sim::world::digest", "the digest"),
    ("swarmlab_sim::world", "the world: between engines and network, disks"),
    ("swarmlab_engine::wire", "the engine: bytes and messages"),
    ("swarmlab_engine::picker", "the engine: pickers and pieces"),
    ("swarmlab_engine::pieces", "the engine: pickers and pieces"),
    ("swarmlab_engine::storage", "the engine: storage"),
    ("swarmlab_engine", "the engine: sessions, torrents, connections"),
    ("sha1", "the start: hashing the content without SHA-1 instructions"),
]
REST = "memory: allocator, copies, collections"


def room_of(function):
    return next((room for pattern, room in ROOMS if pattern in function), REST)


def table(costs, blocks, what):
    """By room, and how many there are in all."""
    rooms = collections.Counter()
    for function, cost in costs.items():
        rooms[room_of(function)] += cost
    total = sum(rooms.values())
    lines = [f"| where | {what} per block | share |", "|---|--:|--:|"]
    digits = 0 if total > 1_000 * blocks else 1
    for room, cost in rooms.most_common():
        if round(cost / blocks, digits) == 0:
            continue
        lines.append(f"| {room} | {cost / blocks:,.{digits}f} | {100 * cost / total:.0f} % |")
    return "\n".join([*lines, f"| together | {total / blocks:,.{digits}f} | |"])


def run(arguments, peers, *settings):
    sets = [f"peers.leecher.count={peers - 1}", "torrent.size=64MiB", *settings]
    command = [arguments.swarmlab, "simulate", "scenarios/flash-crowd.toml", "--json", "--no-metrics"]
    return command + [word for setting in sets for word in ("--set", setting)]


def instructions(arguments, out):
    _, printed = callgrind.instructions(run(arguments, arguments.peers or 100), out=out)
    return callgrind.own_costs(out.read_text()), json.loads(printed)["blocks"]


def fetches(arguments, out):
    """Of a swarm that fits no cache, between two moments at which all are busy."""
    costs, blocks = [], []
    for until in ("30s", "50s"):
        at = run(arguments, arguments.peers or 300, f"stop.at={until}")
        _, printed = callgrind.instructions(at, out=out, cache=True)
        costs.append(callgrind.own_costs(out.read_text(), callgrind.FETCHES))
        blocks.append(json.loads(printed)["blocks"])
    costs[1].subtract(costs[0])
    return costs[1], blocks[1] - blocks[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--swarmlab", required=True)
    parser.add_argument("--peers", type=int, help="clients (100; of fetches 300)")
    parser.add_argument("--fetches", action="store_true", help="lines of memory that a cache of 1 MiB lacks")
    parser.add_argument("--top", type=int, default=0, help="name so many functions too")
    parser.add_argument("--page", type=pathlib.Path, help="the page to put the table into")
    arguments = parser.parse_args()
    if not callgrind.is_there():
        sys.exit("this needs valgrind: apt-get install valgrind")
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        costs, blocks = fetches(arguments, out) if arguments.fetches else instructions(arguments, out)
    text = table(costs, blocks, "fetches" if arguments.fetches else "instructions")
    print(text)
    for function, cost in costs.most_common(arguments.top):
        print(f"{cost / blocks:10,.1f} {function}")
    if arguments.page:
        page.put(arguments.page, "fetches" if arguments.fetches else "profile", text)


main()
