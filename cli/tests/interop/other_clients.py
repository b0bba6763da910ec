"""How other people's clients are started on loopback with every way of finding strangers switched off.

Each client has `seed(...)` and `download(...)`; both return the running process. A client that can't be given a peer
(Transmission refuses to dial loopback, aria2 and rTorrent ask trackers only) says so in `is_dialled`, or gets a tracker of one
peer. `missing` says why a client that is not there can't be had by setup.sh alone."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from more_clients import Rqbit, RTorrent, WebTorrent
from place import Place, Unready, start, wait_for_line, wait_for_port
from tracker import OnePeerTracker

HERE = Path(__file__).parent


class Libtorrent:
    name = "libtorrent"
    is_dialled = False
    missing = "pip could not install libtorrent"

    def __init__(self, tools: Path):
        self.python = tools / "libtorrent" / "bin" / "python"

    def version(self) -> str | None:
        if not self.python.exists():
            return None
        asked = subprocess.run(
            [self.python, "-c", "import libtorrent; print(libtorrent.__version__)"], capture_output=True, text=True
        )
        return asked.stdout.strip() or None

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        return self._start(place, deadline, [])

    def download(self, place: Place, peer_port: int | None, deadline: float) -> subprocess.Popen:
        """With no peer, the torrent's tracker has to know one; so it is with the others."""
        return self._start(place, deadline, [str(peer_port)] if peer_port else [])

    def _start(self, place: Place, deadline: float, peer) -> subprocess.Popen:
        script = HERE / "libtorrent_peer.py"
        listen = f"{place.address}:{place.port}"
        environment = os.environ | ({"UP": str(place.up)} if place.up else {})
        command = [self.python, script, place.torrent, place.content, listen, *peer]
        process = start(command, place.log, place.host, env=environment)
        wait_for_line(place.log, "ready", process, deadline)
        return process


class Transmission:
    """Decides whom to unchoke and in whom it is interested every 10 s only: no cell is quicker."""

    name = "transmission"
    is_dialled = True  # it never dials an address of 127.0.0.0/8, but it answers one
    missing = "Debian's transmission-cli could not be installed"

    def __init__(self, _tools: Path):
        self.program = shutil.which("transmission-cli")

    def version(self) -> str | None:
        if self.program is None:
            return None
        asked = subprocess.run([self.program, "-V"], capture_output=True, text=True)
        return (asked.stdout + asked.stderr).split()[1]

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        process = self._start(place, deadline)
        wait_for_line(place.log, "Seeding", process, deadline)
        return process

    def download(self, place: Place, _peer_port: int | None, deadline: float) -> subprocess.Popen:
        return self._start(place, deadline)

    def go_on(self, place: Place, deadline: float) -> subprocess.Popen:
        """transmission-cli stops the torrent of a magnet link when the metadata have come, to look at what is there; and it
        ends if it happens to see that. It has saved the torrent file by then, and goes on with that."""
        saved = list((place.log.parent / "transmission" / "torrents").glob("*.torrent"))
        if not saved:
            raise Unready("ended, and no metadata had come")
        place.torrent = saved[0]
        return self._start(place, deadline)

    def _start(self, place: Place, deadline: float) -> subprocess.Popen:
        config = place.log.parent / "transmission"
        config.mkdir(exist_ok=True)
        settings = {
            "bind-address-ipv4": place.address,
            "bind-address-ipv6": "::1",
            "dht-enabled": False,
            "lpd-enabled": False,
            "pex-enabled": False,
            "utp-enabled": False,
            "port-forwarding-enabled": False,
            "encryption": 0,
            "preallocation": 0,
        }
        (config / "settings.json").write_text(json.dumps(settings))
        process = start(
            # Its lines end with a carriage return: without stdbuf they come a buffer at a time, seconds late.
            ["stdbuf", "-o0", self.program, "-g", config, "-w", place.content]
            + ["-p", str(place.port), "-M", "-et", place.torrent],
            place.log,
            place.host,
            env={"HOME": str(config), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
        )
        wait_for_port(place, process, deadline)
        return process


class Aria2:
    name = "aria2"
    is_dialled = False
    missing = "Debian's aria2 could not be installed"

    def __init__(self, _tools: Path):
        self.program = shutil.which("aria2c")

    def version(self) -> str | None:
        if self.program is None:
            return None
        return subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split()[2]

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        return self._start(place, deadline, ["--check-integrity=true"])

    def download(self, place: Place, peer_port: int | None, deadline: float) -> subprocess.Popen:
        if peer_port is None:
            return self._start(place, deadline, [])
        # The tracker's thread lives as long as the matrix: closing it with the client would cost a second a cell.
        tracker = OnePeerTracker(peer_port)
        return self._start(place, deadline, [f"--bt-tracker={tracker.url}"])

    def _start(self, place: Place, deadline: float, more) -> subprocess.Popen:
        # Only with its DHT it has a socket for datagrams. There it knows nobody and is told of nobody.
        dht = [f"--dht-listen-port={place.port}", f"--dht-file-path={place.log.parent / 'dht.dat'}"]
        process = start(
            [
                self.program,
                "--no-conf",
                f"--interface={place.address}",
                "--disable-ipv6=true",
                *(["--enable-dht=true", *dht] if place.datagrams else ["--enable-dht=false"]),
                "--enable-dht6=false",
                "--bt-enable-lpd=false",
                "--enable-peer-exchange=false",
                "--follow-torrent=mem",
                "--file-allocation=none",
                "--seed-ratio=0.0",
                "--summary-interval=0",
                "--console-log-level=info",
                f"--listen-port={place.port}",
                f"--dir={place.content}",
                *more,
                str(place.torrent),
            ],
            place.log,
            place.host,
        )
        wait_for_port(place, process, deadline)
        return process


ALL = [Libtorrent, Transmission, Aria2, RTorrent, WebTorrent, Rqbit]
