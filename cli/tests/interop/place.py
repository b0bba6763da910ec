"""Where a client of a cell works, how one is started, and how it is seen to be ready."""

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


class Unready(Exception):
    """A client did not come up in time: its own fault or the machine's, and told as a failure of the cell."""


@dataclass
class Place:
    """Where one client of one cell works."""

    torrent: Path | str  # the file, or a magnet link
    content: Path
    log: Path
    port: int
    address: str = "127.0.0.1"
    datagrams: bool = False  # the torrent's tracker is spoken to over UDP
    up: int | None = None  # bytes in a second at most; our client and libtorrent keep to it


def wait_for_line(log: Path, mark: str, process: subprocess.Popen, deadline: float):
    """Returns once the log holds the mark."""
    while mark not in log.read_text(errors="replace"):
        if process.poll() is not None:
            raise Unready(f"exited with {process.returncode} before it was ready")
        if time.monotonic() > deadline:
            raise Unready(f"never said {mark!r}")
        time.sleep(0.02)


def wait_for_port(place: Place, process: subprocess.Popen, deadline: float):
    """Returns once somebody listens there: found by trying to bind, so that no connection is made."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind((place.address, place.port))
            except OSError:
                return
        if process.poll() is not None:
            raise Unready(f"exited with {process.returncode} before it listened")
        if time.monotonic() > deadline:
            raise Unready(f"never listened on {place.port}")
        time.sleep(0.05)


def start(command, log: Path, **options) -> subprocess.Popen:
    with log.open("w") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
