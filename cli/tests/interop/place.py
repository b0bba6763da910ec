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
    host: str | None = None  # the network namespace in which it runs
    lone_file_in: str = ""  # the folder that a torrent of one file has for it, if it has one
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
    """Returns once somebody listens there; no connection is made."""
    while not _is_taken(place):
        if process.poll() is not None:
            raise Unready(f"exited with {process.returncode} before it listened")
        if time.monotonic() > deadline:
            raise Unready(f"never listened on {place.port}")
        time.sleep(0.05)


def _is_taken(place: Place) -> bool:
    if place.host:
        asked = ["ip", "netns", "exec", place.host, "ss", "-Hltn", f"sport = :{place.port}"]
        return bool(subprocess.run(asked, capture_output=True).stdout)
    with socket.socket() as probe:
        try:
            probe.bind((place.address, place.port))
        except OSError:
            return True
    return False


def start(command, log: Path, host: str | None = None, **options) -> subprocess.Popen:
    command = ["ip", "netns", "exec", host, *command] if host else command
    with log.open("w") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
