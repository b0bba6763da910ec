#!/usr/bin/env python3
"""Makes docs/interop.md from what the other scripts have left; nothing in it is written by hand, and what was not run is said.
Exits with 1 if something failed or was not run.

    page.py --results FOLDER --page docs/interop.md
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the sources lie in the repository

import results
from interop import WAYS

HEAD = """# Exchange with other people's clients

Written by `just interop-page` from the last results of `just interop`, `just interop-trackers` and `just interop-swarms`;
nothing by hand. All clients run on one machine, over plain TCP, with peers given by hand or found through a tracker and no other
discovery. A cell passes when the downloaded files equal the content byte for byte in time. *6/6* is six torrents of six, and
beside it the median time, of which most is what clients need to start and to decide.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    options = parser.parse_args()
    sections, failed = [HEAD], False
    for name, title, write in SECTIONS:
        found = results.read(options.results, name)
        sections.append(f"## {title}\n")
        failed = failed or found is None or any("failed" in fact for fact in found["facts"])
        sections.append(about(found) + write(found["facts"]) + missing(found) if found else "Not run.\n")
    options.page.write_text("\n".join(sections))
    return 1 if failed else 0


def about(found) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items() if version)
    return f"{found['date']}; {versions}.\n\n"


def missing(found) -> str:
    return "".join(f"\nMissing: **{name}**: {why}.\n" for name, why in found["missing"].items())


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def matrix(facts) -> str:
    clients = list(dict.fromkeys(client for client, *_ in facts))
    rows = []
    for client in clients:
        for we_seed in (True, False):
            row = [client, "from us" if we_seed else "to us"]
            for way in WAYS:
                row.append(score([fact for fact in facts if (fact[0], fact[2], fact[3]) == (client, we_seed, way)]))
            rows.append(row)
    ways = ["file, fast", "file, no fast", "magnet, fast", "magnet, no fast"]
    torrents = ", ".join(dict.fromkeys(fact[1] for fact in facts))
    text = table(["client", "content goes", *ways], rows)
    return text + f"\nTorrents: {torrents}. *fast*: our client offers the fast extension (BEP 6).\n" + failures(facts, 4)


def score(facts) -> str:
    """How many of them passed, with the median time; or that none was run."""
    verdicts = [fact[4] for fact in facts]
    if all(verdict == "skipped" for verdict in verdicts):
        return "missing"
    seconds = sorted(fact[5] for fact in facts)
    return f"{verdicts.count('passed')}/{len(verdicts)} ({seconds[len(seconds) // 2]:.1f} s)"


def failures(facts, verdict_at: int) -> str:
    failed = [fact for fact in facts if fact[verdict_at] in ("failed", "known")]
    return "".join(f"\nFailed: {', '.join(map(str, fact[:verdict_at]))}: {fact[-1]}.\n" for fact in failed)


def trackers(facts) -> str:
    names = list(dict.fromkeys(fact[0] for fact in facts))
    rows = []
    for seed in names:
        row = [f"**{seed}**"]
        for leech in names:
            pair = [fact for fact in facts if fact[:2] == [seed, leech]]
            row.append(", ".join(f"{scheme} {said(verdict, seconds)}" for _, _, scheme, verdict, seconds, _ in pair) or "–")
        rows.append(row)
    return table(["seed \\ downloader", *names], rows) + failures(facts, 3)


def said(verdict: str, seconds: float) -> str:
    return {"passed": f"{seconds:.1f} s", "failed": "**failed**", "skipped": "missing", "known": "**fails**"}[verdict]


def mixed(facts) -> str:
    text = ""
    for seed, downloaders, verdict, reason, completions in facts:
        whole = f": {reason}" if reason else ""
        text += f"Seed: {seed}; {len(downloaders)} downloaders, 16 MiB: **{verdict}**{whole}.\n\n"
        text += table(["downloader", "complete after"], [[who, f"{s:.1f} s"] for who, s in completions.items()]) + "\n"
    return text.rstrip("\n") + "\n"


def super_seed(facts) -> str:
    names = list(dict.fromkeys(name for fact in facts for name in fact[1]))
    rows = []
    for is_super, _, verdict, reason, copies, completions in facts:
        sent = f"{copies:.2f}" if copies is not None else "–"
        times = [f"{completions[name]:.1f} s" if name in completions else "–" for name in names]
        rows.append(["`--super-seed`" if is_super else "without", sent, *times, verdict + (f": {reason}" if reason else "")])
    return table(["our seed", "copies sent by the first completion", *names, ""], rows)


SECTIONS = [
    ("matrix", "One with one, peers given by hand", matrix),
    ("trackers", "Found through our tracker", trackers),
    ("mixed", "A mixed swarm, through our tracker", mixed),
    ("super_seed", "Our super-seed among others, uplink 512 KiB/s, 16 MiB", super_seed),
]

if __name__ == "__main__":
    sys.exit(main())
