#!/usr/bin/env python3
"""Does the shipped client exchange torrents with other people's clients? A matrix over loopback:

    every other client x every torrent with content x who seeds x with and without the fast extension (BEP 6)
    x a torrent file or a magnet link (BEP 9) for whoever downloads

A cell passes when the downloaded files equal the content byte for byte in time, and our own process ended as it should.
A client that is not installed has its cells skipped, never passed. Prints a table, what went wrong, and as the last line
`N passed, N failed, N skipped, N known to fail`; exits with 1 if a cell failed.

    setup.sh FOLDER && interop.py --tools FOLDER --swarmlab target/release/swarmlab
        [--only TEXT] [--diagonal] [--jobs N] [--results FOLDER]
"""

import argparse
import filecmp
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

sys.dont_write_bytecode = True  # the sources lie in the repository

import other_clients
import results
from our_client import Swarmlab
from place import Place, Unready, start, wait_for_line
from torrent_file import magnet, without_trackers

FIXTURES = Path(__file__).parents[3] / "engine" / "tests" / "fixtures"
CONTENT = {
    "leaves": "Leaves of Grass by Walt Whitman.epub",
    "alice": "alice.txt",
    "numbers": "numbers",
    "folder": "folder",
    "lots-of-numbers": "lots-of-numbers",
}
CELL_SECONDS = 30
# Who is dialled and never dials (Transmission on loopback) ends its connections when the metadata have come. An address at
# which a connection has ended rests for 30 s, and for 60 s the next time.
DIALLED_BY_MAGNET_SECONDS = 150
STOP_SECONDS = 10
MADE_BYTES = 8 << 20
WAYS = ("fast", "no fast", "magnet", "magnet, no fast")


@dataclass
class Torrent:
    name: str
    file: Path
    content: Path


@dataclass
class Cell:
    client: object
    torrent: Torrent
    we_seed: bool
    how: str
    verdict: str = "skipped"
    reason: str = ""
    seconds: float = 0.0
    logs: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        seed, leech = ("swarmlab", self.client.name) if self.we_seed else (self.client.name, "swarmlab")
        return f"{seed} > {leech}, {self.torrent.name}, {self.how}"

    @property
    def is_magnet(self) -> bool:
        return self.how.startswith("magnet")


class Failed(Exception):
    """Why a cell failed, in words."""


def main() -> int:
    options = arguments(__doc__)
    with tempfile.TemporaryDirectory(prefix="swarmlab-interop-") as scratch:
        scratch = Path(scratch)
        torrents = fixtures() + [made_by_us(options.swarmlab, scratch)]
        clients = [kind(options.tools) for kind in other_clients.ALL]
        cells = [
            cell
            for (row, client), (column, torrent) in product(enumerate(clients), enumerate(torrents))
            for we_seed, how in product((False, True), WAYS)
            if options.only in (cell := Cell(client, torrent, we_seed, how)).name
            and not (options.diagonal and (row - column) % len(torrents))
        ]
        installed = say_versions(clients)
        runnable = [cell for cell in cells if installed[cell.client.name]]
        with ThreadPoolExecutor(options.jobs) as pool:
            numbered = enumerate(runnable)
            for _ in pool.map(lambda job: run(job[1], options.swarmlab, scratch / f"cell-{job[0]}"), numbered):
                pass
        print_table(cells)
        print_failures(cells)
    facts = [[c.client.name, c.torrent.name, c.we_seed, c.how, c.verdict, round(c.seconds, 1), c.reason] for c in cells]
    results.write(options, "matrix", [Swarmlab(options.swarmlab), *clients], facts, named_by=4)
    return summed_up(cells)


def say_versions(clients) -> dict[str, str | None]:
    installed = {client.name: client.version() for client in clients}
    for name, version in installed.items():
        print(f"{name} {version}" if version else f"{name} IS NOT INSTALLED: its cells are skipped", flush=True)
    return installed


def summed_up(cells) -> int:
    count = {verdict: sum(cell.verdict == verdict for cell in cells) for verdict in ("passed", "failed", "skipped", "known")}
    count["known to fail"] = count.pop("known")
    print(", ".join(f"{number} {verdict}" for verdict, number in count.items()), flush=True)
    return 1 if count["failed"] or not cells else 0


def arguments(about: str):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarmlab", type=lambda path: Path(path).resolve(), required=True, help="the command to test")
    parser.add_argument("--tools", type=lambda path: Path(path).resolve(), required=True, help="what setup.sh was given")
    parser.add_argument("--only", default="", help="cells whose name holds this text")
    parser.add_argument("--diagonal", action="store_true", help="every client, but not everything with everything: for CI")
    parser.add_argument("--jobs", type=int, default=8, help="cells at a time")
    parser.add_argument("--results", type=Path, help="where to leave them for page.py")
    return parser.parse_args()


def fixtures() -> list[Torrent]:
    return [Torrent(name, FIXTURES / f"{name}.torrent", FIXTURES / content) for name, content in CONTENT.items()]


def made_by_us(swarmlab: Path, scratch: Path) -> Torrent:
    """A torrent larger than the fixtures, several files, no size a round number, made by `swarmlab make`."""
    content = scratch / "made"
    (content / "inner folder").mkdir(parents=True)
    noise = random.Random(1)
    (content / "inner folder" / "large.bin").write_bytes(noise.randbytes(MADE_BYTES + 12345))
    (content / "small.bin").write_bytes(noise.randbytes(77))
    file = scratch / "made.torrent"
    made = subprocess.run([swarmlab, "make", content, "-o", file, "--piece-length", "64KiB"], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"swarmlab make failed:\n{made.stdout}{made.stderr}")
    return Torrent("made", file, content)


def run(cell: Cell, swarmlab: Path, folder: Path):
    begun = time.monotonic()
    processes = []
    try:
        (download_from_us if cell.we_seed else download_from_them)(cell, swarmlab, folder, processes)
        cell.verdict = "passed"
    except (Failed, Unready) as why:
        cell.verdict, cell.reason = "failed", str(why)
    except Exception as bug:  # a bug of this script must not pass for a missing client
        cell.verdict, cell.reason = "failed", f"{type(bug).__name__}: {bug}"
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
    cell.seconds = time.monotonic() - begun
    print(f"{cell.verdict} in {cell.seconds:4.1f} s: {cell.name}", flush=True)


def download_from_them(cell: Cell, swarmlab: Path, folder: Path, processes: list):
    deadline = time.monotonic() + CELL_SECONDS
    theirs, ours = places(cell, folder)
    processes.append(cell.client.seed(theirs, deadline))
    us = start_ours(swarmlab, cell, ours, peer_port=theirs.port, seed=False)
    processes.append(us)
    expect_exit(us, deadline - time.monotonic())
    if not same(cell.torrent.content, ours.content / cell.torrent.content.name):
        raise Failed("we said that it is complete, but the content differs")


def download_from_us(cell: Cell, swarmlab: Path, folder: Path, processes: list):
    ours, theirs = places(cell, folder)
    seconds = DIALLED_BY_MAGNET_SECONDS if cell.is_magnet and cell.client.is_dialled else CELL_SECONDS
    deadline = time.monotonic() + seconds
    if cell.client.is_dialled:
        processes.append(cell.client.download(theirs, ours.port, deadline))
        us = start_ours(swarmlab, cell, ours, peer_port=theirs.port, seed=True)
        processes.append(us)
    else:
        us = start_ours(swarmlab, cell, ours, peer_port=None, seed=True)
        processes.append(us)
        wait_for_line(ours.log, "listening on", us, deadline)
        processes.append(cell.client.download(theirs, ours.port, deadline))
    while not same(cell.torrent.content, theirs.content / cell.torrent.content.name):
        if cell.is_magnet and cell.client.is_dialled and processes[0].poll() is not None:
            processes[0] = cell.client.go_on(theirs, deadline)
        if us.poll() is not None:
            raise Failed(f"our seed exited with {us.returncode}")
        if time.monotonic() > deadline:
            raise Failed(f"{cell.client.name} did not complete in {seconds} s")
        time.sleep(0.05)
    us.send_signal(signal.SIGINT)
    expect_exit(us, STOP_SECONDS)


def places(cell: Cell, folder: Path) -> tuple[Place, Place]:
    """A place for the seed, with the content, and an empty one for the downloader."""
    made = []
    for role in ("seed", "download"):
        (folder / role / "content").mkdir(parents=True)
        torrent = folder / role / "file.torrent"
        torrent.write_bytes(without_trackers(cell.torrent.file.read_bytes()))
        log = folder / role / "log"
        cell.logs.append(log)
        made.append(Place(torrent, folder / role / "content", log, free_port()))
        content = cell.torrent.content
        if content.is_dir() and len(list(content.iterdir())) == 1:
            made[-1].lone_file_in = content.name
    if cell.is_magnet:
        made[1].torrent = magnet(cell.torrent.file.read_bytes())
    target = made[0].content / cell.torrent.content.name
    if cell.torrent.content.is_dir():
        shutil.copytree(cell.torrent.content, target)
    else:
        shutil.copyfile(cell.torrent.content, target)
    return made[0], made[1]


def start_ours(swarmlab: Path, cell: Cell, place: Place, peer_port: int | None, seed: bool) -> subprocess.Popen:
    command = [swarmlab, "download", place.torrent, "--to", place.content, "--no-tracker"]
    command += ["--bind", "127.0.0.1", "--port", str(place.port)]
    command += ["--peer", f"127.0.0.1:{peer_port}"] if peer_port else []
    command += ["--seed"] if seed else []
    command += ["--no-fast"] if "no fast" in cell.how else []
    return start(command, place.log)


def expect_exit(us: subprocess.Popen, seconds: float):
    try:
        code = us.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        raise Failed(f"our process did not end within {seconds:.0f} s") from None
    if code != 0:
        raise Failed(f"our process exited with {code}")


def same(wanted: Path, got: Path) -> bool:
    if wanted.is_file():
        return got.is_file() and filecmp.cmp(wanted, got, shallow=False)
    files = [path.relative_to(wanted) for path in wanted.rglob("*") if path.is_file()]
    return all((got / file).is_file() and filecmp.cmp(wanted / file, got / file, shallow=False) for file in files)


ports_given: set[int] = set()


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in ports_given:
            ports_given.add(port)
            return port


def print_table(cells: list[Cell]):
    columns = list(dict.fromkeys((cell.we_seed, cell.how) for cell in cells))
    titles = [f"{'from us' if seed else 'from them'}, {how}" for seed, how in columns]
    print(f"\n{'':36}" + "".join(f"{title:>28}" for title in titles))
    rows = dict.fromkeys((cell.client.name, cell.torrent.name) for cell in cells)
    for client, torrent in rows:
        found = {(c.we_seed, c.how): c for c in cells if (c.client.name, c.torrent.name) == (client, torrent)}
        texts = [describe(found[column]) if column in found else "" for column in columns]
        print(f"{client:16}{torrent:20}" + "".join(f"{text:>28}" for text in texts))
    print()


def describe(cell: Cell) -> str:
    return cell.verdict if cell.verdict == "skipped" else f"{cell.verdict} {cell.seconds:5.1f} s"


def print_failures(cells: list[Cell]):
    for cell in cells:
        if cell.verdict != "failed":
            continue
        print(f"FAILED: {cell.name}: {cell.reason}")
        for log in cell.logs:
            lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else ["(no log)"]
            print(f"  {log.parent.name}:", *lines, sep="\n    ")
        print()


if __name__ == "__main__":
    sys.exit(main())
