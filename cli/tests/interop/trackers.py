#!/usr/bin/env python3
"""Do other people's clients find each other through our tracker? Every two of them, and our own client, in both roles:

    who seeds x who downloads x HTTP or UDP; and, where one of them is ours, a magnet link that names the tracker (HTTP)

Each cell has a tracker of its own, `swarmlab tracker`, and a torrent that names it and nobody else; the clients know of
each other by nothing but its answers. The downloader starts once the tracker counts a seed. A cell passes when the files
equal the content byte for byte in time, the tracker saw the requests come by the protocol that was asked for, and it ends
as it should. Prints lines as interop.py does, and exits with 1 if a cell failed that isn't known to.

It all happens at an address of this machine that is not a loopback, since Transmission dials none of those.

    setup.sh FOLDER && trackers.py --tools FOLDER --swarmlab target/release/swarmlab
        [--only TEXT] [--diagonal] [--jobs N] [--results FOLDER]
"""

import json
import shutil
import signal
import socket
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True  # the sources lie in the repository

import other_clients
import results
from interop import Failed, Torrent, arguments, free_port, made_by_us, print_failures, same, say_versions, summed_up
from our_client import Swarmlab
from place import Place, Unready, start, wait_for_line
from torrent_file import magnet, with_tracker

# Transmission decides whom to unchoke every 10 s only, and waits for seconds before it asks its tracker.
CELL_SECONDS = 60
STOP_SECONDS = 10
SCHEMES = ("http", "udp", "magnet")
# What two others can't do with each other, which is nobody's fault here. (seed, downloader): why.
KNOWN = {
    ("rqbit", "webtorrent"): "they connect and part again and again, in four of six runs; between them",
    ("rtorrent", "aria2"): "aria2 sends a bitfield again once it has some pieces, rTorrent hangs up at that, and aria2 bans it",
}


@dataclass
class Cell:
    seed: object
    leech: object
    scheme: str
    verdict: str = "skipped"
    reason: str = ""
    seconds: float = 0.0
    logs: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.seed.name} > {self.leech.name}, {self.scheme}"


def main() -> int:
    options = arguments(__doc__)
    address = own_address()
    with tempfile.TemporaryDirectory(prefix="swarmlab-trackers-") as scratch:
        scratch = Path(scratch)
        torrent = made_by_us(options.swarmlab, scratch)
        clients = [kind(options.tools) for kind in other_clients.ALL] + [Swarmlab(options.swarmlab)]
        cells = [Cell(*who) for who in product(clients, clients, SCHEMES) if who[0] is not who[1]]
        cells = [cell for cell in cells if cell.scheme != "magnet" or "swarmlab" in (cell.seed.name, cell.leech.name)]
        cells = [cell for cell in cells if options.only in cell.name]
        installed = say_versions(clients)
        if options.diagonal:  # each one hands it to the next
            ring = [client for client in clients if installed[client.name]]
            following = dict(zip(ring, ring[1:] + ring[:1]))
            cells = [cell for cell in cells if following.get(cell.seed) is cell.leech]
        runnable = [cell for cell in cells if installed[cell.seed.name] and installed[cell.leech.name]]
        with ThreadPoolExecutor(options.jobs) as pool:
            jobs = [
                pool.submit(run, cell, torrent, options.swarmlab, address, scratch / f"cell-{number}")
                for number, cell in enumerate(runnable)
            ]
            [job.result() for job in jobs]
        print_failures(cells)
    facts = [[c.seed.name, c.leech.name, c.scheme, c.verdict, round(c.seconds, 1), c.reason] for c in cells]
    results.write(options, "trackers", clients, facts, named_by=3)
    return summed_up(cells)


def own_address() -> str:
    """The address by which this machine would go to the outside; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            print("this machine has no address but loopback: Transmission will find nobody", flush=True)
            return "127.0.0.1"


def run(cell: Cell, torrent: Torrent, swarmlab: Path, address: str, folder: Path):
    begun = time.monotonic()
    processes = []
    try:
        find_each_other(cell, torrent, swarmlab, address, folder, processes)
        cell.verdict = "passed"
    except (Failed, Unready) as why:
        known = KNOWN.get((cell.seed.name, cell.leech.name))
        cell.verdict, cell.reason = ("known", known) if known else ("failed", str(why))
    except Exception as bug:  # a bug of this script must not pass for a missing client
        cell.verdict, cell.reason = "failed", f"{type(bug).__name__}: {bug}"
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
    cell.seconds = time.monotonic() - begun
    print(f"{cell.verdict} in {cell.seconds:4.1f} s: {cell.name}", flush=True)


def find_each_other(cell: Cell, torrent: Torrent, swarmlab: Path, address: str, folder: Path, processes: list):
    deadline = time.monotonic() + CELL_SECONDS
    folder.mkdir()
    log, port = folder / "tracker", free_port()
    tracker = start([swarmlab, "tracker", "--listen", f"{address}:{port}", "--json", "--every", "1s"], log)
    processes.append(tracker)
    wait_for_line(log, "listening", tracker, deadline)
    url = f"{'udp' if cell.scheme == 'udp' else 'http'}://{address}:{port}/announce"
    seed, leech = (place(torrent, folder / role, url, address) for role in ("seed", "download"))
    cell.logs += [seed.log, leech.log, log]
    if cell.scheme == "magnet":
        leech.torrent = f"{magnet(torrent.file.read_bytes())}&tr={quote(url, safe='')}"
    copy = shutil.copytree if torrent.content.is_dir() else shutil.copyfile
    copy(torrent.content, seed.content / torrent.content.name)

    processes.append(cell.seed.seed(seed, deadline))
    wait_for_line(log, '"seeds":1', tracker, deadline)
    processes.append(cell.leech.download(leech, None, deadline))
    while not same(torrent.content, leech.content / torrent.content.name):
        if cell.scheme == "magnet" and cell.leech.is_dialled and processes[-1].poll() is not None:
            processes[-1] = cell.leech.go_on(leech, deadline)
        if time.monotonic() > deadline:
            raise Failed(f"{cell.leech.name} did not complete in {CELL_SECONDS} s")
        time.sleep(0.05)
    tracker.send_signal(signal.SIGINT)
    if tracker.wait(STOP_SECONDS) != 0:
        raise Failed(f"the tracker exited with {tracker.returncode}")
    last = json.loads(log.read_text().splitlines()[-1])
    if (last["udp_connections"] > 0) != (cell.scheme == "udp"):
        raise Failed(f"somebody spoke another protocol than {cell.scheme}: {last}")


def place(torrent: Torrent, folder: Path, url: str, address: str) -> Place:
    (folder / "content").mkdir(parents=True)
    file = folder / "file.torrent"
    file.write_bytes(with_tracker(torrent.file.read_bytes(), url))
    return Place(file, folder / "content", folder / "log", free_port(), address, url.startswith("udp:"))


if __name__ == "__main__":
    sys.exit(main())
