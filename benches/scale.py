#!/usr/bin/env python3
"""What does a block cost, and a peer, as swarms grow? Flash crowds of several sizes, several runs each: blocks delivered per
processor second (min, median, max), instructions per block (by callgrind, once, where it is installed and the swarm is small),
memory at its peak and per peer, and what recording the results costs. Prints the table in markdown; `--page` puts it into a
page, between its two marks, and draws cost against peers beside it. What the page says of other sizes stays: those that take
hours are measured alone.

    scale.py --swarmlab target/release/swarmlab [--peers 100,1000] [--runs N] [--page docs/scale.md]
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import callgrind
import page

# Peers, torrent, the goal in blocks per processor second, and how many runs are enough for a swarm so large.
ROWS = {
    100: ("64 MiB", 600_000, 5),
    1_000: ("256 MiB", 500_000, 3),
    10_000: ("256 MiB", 300_000, 1),
    100_000: ("64 MiB", 150_000, 1),
}
# Callgrind is fifty times slower than the processor.
CALLGRIND_PEERS_MAX = 100


def command(swarmlab, peers, torrent, *more):
    if peers == 100_000:
        return [swarmlab, "simulate", "scenarios/hundred-thousand.toml", "--json", *more]
    run = [swarmlab, "simulate", "scenarios/flash-crowd.toml", "--json", *more]
    return run + ["--set", f"peers.leecher.count={peers - 1}", "--set", f"torrent.size={torrent.replace(' ', '')}"]


def figures(run):
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(run)}\n{done.stderr}")
    return json.loads(done.stdout)


def instructions_per_block(run):
    """All that the process does, its start and the hashes of its content too; None without valgrind."""
    if not callgrind.is_there():
        return None
    count, printed = callgrind.instructions(run)
    return count / json.loads(printed)["blocks"]


def measure(swarmlab, peers, runs):
    torrent, goal, enough = ROWS[peers]
    plain = command(swarmlab, peers, torrent, "--no-metrics")
    measured, recorded = [], []
    for number in range(1, (runs or enough) + 1):
        print(f"\r{peers} peers, run {number}      ", end="", file=sys.stderr, flush=True)
        measured.append(figures(plain))
        # In pairs, one after the other: a noisy machine is noisy for both.
        if peers <= 1_000:
            with tempfile.TemporaryDirectory() as folder:
                kept = command(swarmlab, peers, torrent, "--no-report", "--out", f"{folder}/run")
                recorded.append(figures(kept)["cpu_s"] / measured[-1]["cpu_s"])
    count = instructions_per_block(plain) if peers <= CALLGRIND_PEERS_MAX else None
    print("\r", end="", file=sys.stderr)
    rates = sorted(run["blocks"] / run["cpu_s"] for run in measured)
    peak = max(run["peak_rss_bytes"] for run in measured)
    return {
        "peers": peers,
        "torrent": torrent,
        "goal": goal,
        "runs": len(rates),
        "rate": (rates[0], statistics.median(rates), rates[-1]),
        "instructions": count,
        "peak_mib": peak / 2**20,
        "peer_kib": peak / 2**10 / peers,
        "recording": statistics.median(recorded) - 1 if recorded else None,
        "cpu_s": statistics.median(run["cpu_s"] for run in measured),
        "completed": all(run["stop_reason"] == "all complete" for run in measured),
    }


def said_before(text, sizes):
    """The rows of other sizes that a table has: their lines, and the rates to be drawn."""
    for line in text.splitlines()[2:]:
        cells = [cell.strip(" *") for cell in line.strip("|").split("|")]
        peers = int(cells[0].replace(",", ""))
        if peers not in sizes:
            rates = tuple(float(rate.replace(",", "")) for rate in re.findall(r"\d[\d,]*\d", cells[3])[:3])
            yield {"peers": peers, "goal": ROWS[peers][1], "rate": rates, "line": line}


def table(rows):
    yield (
        "| peers | torrent | runs | blocks per processor second: min, median, max | goal | instructions per block | "
        "memory | per peer | recording costs | processor time |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        if "line" in row:
            yield row["line"]
            continue
        low, middle, high = (f"{rate:,.0f}" for rate in row["rate"])
        count = "-" if row["instructions"] is None else f"{row['instructions']:,.0f}"
        recording = "-" if row["recording"] is None else f"{100 * row['recording']:+.1f} %"
        ended = "" if row["completed"] else ", not complete"
        yield (
            f"| {row['peers']:,} | {row['torrent']} | {row['runs']} | {low}, **{middle}**, {high}{ended} | {row['goal']:,} | "
            f"{count} | {row['peak_mib']:,.0f} MiB | {row['peer_kib']:,.0f} KiB | {recording} | {row['cpu_s']:,.1f} s |"
        )


def drawing(rows):
    """Processor time per block against peers, both logarithmic, with the range of the runs."""
    width, height, left, bottom, top, right = 640, 320, 70, 45, 20, 40
    cost = lambda rate: 1e6 / rate
    across = lambda peers: left + (width - left - right) * (math.log10(peers) - 2) / 3
    least, most = 0.5, 50.0
    up = lambda us: height - bottom - (height - bottom - top) * math.log(us / least) / math.log(most / least)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'
    yield f'<rect width="{width}" height="{height}" fill="white"/>'
    for us in (0.5, 1, 2, 5, 10, 20, 50):
        yield f'<line x1="{left}" x2="{width - right}" y1="{up(us):.1f}" y2="{up(us):.1f}" stroke="#ddd"/>'
        yield f'<text x="{left - 8}" y="{up(us) + 4:.1f}" text-anchor="end">{us} µs</text>'
    for peers in ROWS:
        yield f'<text x="{across(peers):.1f}" y="{height - bottom + 18}" text-anchor="middle">{peers:,}</text>'
    yield f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">peers</text>'
    yield f'<text x="{left}" y="{top - 6}">processor time per block; the bar is the range of the runs, the cross the goal</text>'
    points = " ".join(f"{across(row['peers']):.1f},{up(cost(row['rate'][1])):.1f}" for row in rows)
    yield f'<polyline points="{points}" fill="none" stroke="#1f6fb4" stroke-width="2"/>'
    for row in rows:
        x, (slow, middle, fast) = across(row["peers"]), row["rate"]
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{up(cost(slow)):.1f}" y2="{up(cost(fast)):.1f}" stroke="#1f6fb4"/>'
        yield f'<circle cx="{x:.1f}" cy="{up(cost(middle)):.1f}" r="4" fill="#1f6fb4"/>'
        yield f'<text x="{x:.1f}" y="{up(cost(row["goal"])) + 5:.1f}" text-anchor="middle" fill="#c33" font-size="16">×</text>'
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarmlab", default="target/release/swarmlab")
    parser.add_argument("--peers", default="100,1000", help="sizes of %(default)s; all are " + ",".join(map(str, ROWS)))
    parser.add_argument("--runs", type=int, help="of each size, in place of its own number")
    parser.add_argument("--page", type=pathlib.Path, help="the page to put the table into; its drawing goes beside it")
    arguments = parser.parse_args()
    try:
        sizes = [int(size) for size in arguments.peers.split(",")]
    except ValueError:
        parser.error(f"--peers {arguments.peers}: numbers, with commas between them")
    if unknown := [size for size in sizes if size not in ROWS]:
        parser.error(f"--peers {unknown[0]}: one of {', '.join(map(str, ROWS))}")
    rows = [measure(arguments.swarmlab, peers, arguments.runs) for peers in sizes]
    text = "\n".join(table(rows))
    print(text)
    if arguments.page:
        known = page.between(arguments.page.read_text(), "scale")
        rows = sorted([*rows, *said_before(known, sizes)], key=lambda row: row["peers"])
        page.put(arguments.page, "scale", "\n".join(table(rows)))
        arguments.page.with_suffix(".svg").write_text("\n".join(drawing(rows)) + "\n")


main()
