#!/usr/bin/env python3
"""How fast is one connection over loopback, file to file, hashes verified? Ours beside libtorrent's and rqbit's, each with each.

    setup.sh FOLDER && throughput.py --tools FOLDER --swarmlab target/release/swarmlab [--gib N] [--reps N]

Times run from the start of the downloading process to its word that it is complete; the seed has checked its content before.
The pairs take turns, so that a slow moment of the machine meets them alike. Memory is the most that a process ever held (VmHWM,
without the page cache). The content is noise, and compared byte by byte once for each pair. Exits with 1 if somebody fails, or
if ours to ours is slower than another client to itself by more than a tenth."""

import argparse
import filecmp
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE_SECONDS = 600
PIECE_LENGTH = "1MiB"


class Ours:
    name = "swarmlab"

    def __init__(self, options):
        self.command = [str(options.swarmlab), "download", "--no-tracker", "--bind", "127.0.0.1", "--json"]

    def seed(self, torrent, folder):
        process = popen([*self.command, torrent, "--to", folder, "--seed"])
        address = wait(process, lambda line: json.loads(line)["event"] == "listening")
        return process, int(json.loads(address)["address"].rsplit(":", 1)[1])

    def leech(self, torrent, folder, port):
        process = popen([*self.command, torrent, "--to", folder, "--seed", "--peer", f"127.0.0.1:{port}"])
        wait(process, lambda line: json.loads(line)["event"] == "complete")
        return process


class Libtorrent:
    name = "libtorrent"

    def __init__(self, options):
        self.command = [options.tools / "libtorrent/bin/python", HERE / "libtorrent_timed.py"]

    def seed(self, torrent, folder):
        process = popen([*self.command, torrent, folder])
        return process, int(wait(process, lambda line: line.startswith("ready")).split()[1])

    def leech(self, torrent, folder, port):
        process = popen([*self.command, torrent, folder, str(port)])
        wait(process, lambda line: line.startswith("complete"))
        return process


class Rqbit:
    """Its log says once a second how far it is; when it ends by itself says it exactly, but then not what memory it took."""

    name = "rqbit"

    def __init__(self, options):
        self.program = options.tools / "rqbit/bin/rqbit"
        self.home = tempfile.mkdtemp(prefix="swarmlab-rqbit-")

    def _start(self, torrent, folder, *more):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [self.program, "--disable-dht", "--disable-lsd", "--ipv4-only", "--disable-upnp-port-forward"]
        command += ["--listen-ip", "127.0.0.1", "--listen-port", port, "download", "--overwrite", "--disable-http-api"]
        command += ["--output-folder", folder, *more, torrent]
        return popen(command, stderr=subprocess.STDOUT, env=os.environ | {"HOME": self.home}), port

    def seed(self, torrent, folder):
        process, port = self._start(torrent, folder)
        wait(process, lambda line: "100.00% (" in line)
        return process, port

    def leech(self, torrent, folder, port):
        process, _ = self._start(torrent, folder, "--exit-on-finish", "--initial-peers", f"127.0.0.1:{port}")
        process.communicate(timeout=PATIENCE_SECONDS)
        return process


def main() -> int:
    options = arguments()
    clients = [Ours(options)]
    for other, folder in ((Libtorrent, "libtorrent"), (Rqbit, "rqbit")):
        if (options.tools / folder).exists():
            clients.append(other(options))
        else:
            print(f"{folder} IS NOT INSTALLED: it is not measured", flush=True)
    pairs = list(product(clients, clients))
    seconds = {(seed.name, leech.name): [] for seed, leech in pairs}
    memory = {}
    with tempfile.TemporaryDirectory(prefix="swarmlab-throughput-", dir=options.scratch) as scratch:
        scratch = Path(scratch)
        content = scratch / "seed" / "data"
        content.parent.mkdir()
        noise(content, options.gib << 30)
        torrent = scratch / "data.torrent"
        made = [options.swarmlab, "make", content, "-o", torrent, "--piece-length", PIECE_LENGTH]
        subprocess.run(made, check=True, capture_output=True)
        for rep in range(options.reps):
            for seed, leech in pairs:
                target = scratch / "leech"
                target.mkdir()
                seeding, port = seed.seed(torrent, content.parent)
                begun = time.monotonic()
                leeching = leech.leech(torrent, target, port)
                spent = time.monotonic() - begun
                seconds[seed.name, leech.name].append(spent)
                for role, process in (("seed", seeding), ("leech", leeching)):
                    key = (seed.name if role == "seed" else leech.name, role)
                    if process.returncode is None:
                        memory[key] = max(memory.get(key, 0), peak_mib(process))
                    process.kill()
                    process.wait()
                if rep == 0 and not filecmp.cmp(content, target / "data", shallow=False):
                    print(f"{seed.name} > {leech.name}: THE CONTENT IS WRONG")
                    return 1
                shutil.rmtree(target)
                print(f"{seed.name} > {leech.name}: {spent:.1f} s", flush=True)
    mib = options.gib * 1024
    print(f"\n{options.gib} GiB, {options.reps} runs each, median (least to most):")
    for (seed, leech), times in seconds.items():
        rates = sorted(mib / time for time in times)
        print(f"  {seed} > {leech}: {statistics.median(rates):.0f} MiB/s ({rates[0]:.0f} to {rates[-1]:.0f})")
    for (name, role), most in memory.items():
        print(f"  {name} as {role}: {most} MiB at most")
    if len(clients) == 1:
        return 0
    ours, *theirs = (statistics.median(seconds[client.name, client.name]) for client in clients)
    return 1 if ours > min(theirs) * 1.1 else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarmlab", type=lambda path: Path(path).resolve(), required=True, help="the command to measure")
    parser.add_argument("--tools", type=lambda path: Path(path).resolve(), required=True, help="what setup.sh was given")
    parser.add_argument("--gib", type=int, default=4, help="GiB of content")
    parser.add_argument("--reps", type=int, default=3, help="runs of each pair")
    parser.add_argument("--scratch", type=Path, help="where there is room for twice the content")
    return parser.parse_args()


def noise(file: Path, size: int):
    with file.open("wb") as out:
        while size > 0:
            size -= out.write(os.urandom(min(size, 16 << 20)))


def popen(command, **options):
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True, **options)


def wait(process, is_wanted) -> str:
    """The first line that is wanted; the others are of no concern. A pipe that fills up would stop the process."""
    end = time.monotonic() + PATIENCE_SECONDS
    for line in process.stdout:
        if is_wanted(line):
            return line
        if time.monotonic() > end:
            break
    process.kill()
    sys.exit(f"{process.args}: ended, or took more than {PATIENCE_SECONDS} s")


def peak_mib(process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) >> 10


if __name__ == "__main__":
    sys.exit(main())
