"""rTorrent, WebTorrent and rqbit, as the clients in other_clients.py."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

from place import Place, start, wait_for_line, wait_for_port
from torrent_file import names_tracker, with_tracker
from tracker import OnePeerTracker

HERE = Path(__file__).parent


class RTorrent:
    """It loads no torrent that names no tracker, and no peer can be given to it: it always gets a tracker."""

    name = "rtorrent"
    is_dialled = False
    missing = "Debian's rtorrent could not be installed"

    def __init__(self, _tools: Path):
        self.program = shutil.which("rtorrent")

    def version(self) -> str | None:
        if self.program is None:
            return None
        # It has no option for it; the help begins with `Rakshasa's BitTorrent client version 0.9.8.`
        return subprocess.run([self.program, "-h"], capture_output=True, text=True).stdout.split()[4].rstrip(".")

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        process = self.download(place, None, deadline)
        wait_for_line(place.log, "Hash done", process, deadline)
        return process

    def download(self, place: Place, peer_port: int | None, deadline: float) -> subprocess.Popen:
        session = place.log.parent / "rtorrent"
        session.mkdir()
        settings = [
            "system.daemon.set = true",
            f"network.bind_address.set = {place.address}",
            f"network.port_range.set = {place.port}-{place.port}",
            "network.port_random.set = no",
            "dht.mode.set = disable",
            "protocol.pex.set = no",
            "protocol.encryption.set = none",
            f"session.path.set = {session}",
            f"directory.default.set = {place.content}",
            f"log.open_file = log, {place.log}",
            "log.add_output = info, log",
            "log.add_output = torrent_debug, log",
            f"load.start = {self._with_tracker(place, session, peer_port)}",
        ]
        (session / "rc").write_text("\n".join(settings) + "\n")
        process = start([self.program, "-n", "-o", f"import={session / 'rc'}"], place.log, place.host)
        wait_for_port(place, process, deadline)
        return process

    def _with_tracker(self, place: Place, session: Path, peer_port: int | None):
        if str(place.torrent).startswith("magnet:"):
            if "&tr=" in place.torrent:
                return place.torrent
            return f"{place.torrent}&tr={quote(OnePeerTracker(peer_port).url, safe='')}"
        torrent = Path(place.torrent).read_bytes()
        if names_tracker(torrent):
            return place.torrent
        named = session / "named.torrent"
        named.write_bytes(with_tracker(torrent, OnePeerTracker(peer_port).url))
        return named


class WebTorrent:
    name = "webtorrent"
    is_dialled = False
    missing = "npm could not install webtorrent, or there is no Node.js"

    def __init__(self, tools: Path):
        self.modules = tools / "webtorrent" / "node_modules"
        self.node = shutil.which("node")

    def version(self) -> str | None:
        if self.node is None or not (self.modules / "webtorrent").is_dir():
            return None
        asked = [self.node, "-p", f"require('{self.modules}/webtorrent/package.json').version"]
        return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or None

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        process = self.download(place, None, deadline)
        wait_for_line(place.log, "complete", process, deadline)
        return process

    def download(self, place: Place, peer_port: int | None, deadline: float) -> subprocess.Popen:
        listen = f"{place.address}:{place.port}"
        peer = [str(peer_port)] if peer_port else []
        script = HERE / "webtorrent_peer.mjs"
        process = start([self.node, script, self.modules, place.torrent, place.content, listen, *peer], place.log, place.host)
        wait_for_line(place.log, "ready", process, deadline)
        return process


class Rqbit:
    name = "rqbit"
    is_dialled = False
    missing = "it is compiled by `setup.sh FOLDER rqbit` only, which takes half an hour"

    def __init__(self, tools: Path):
        self.program = tools / "rqbit" / "bin" / "rqbit"

    def version(self) -> str | None:
        if not self.program.exists():
            return None
        return subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split()[1]

    def seed(self, place: Place, deadline: float) -> subprocess.Popen:
        process = self.download(place, None, deadline)
        wait_for_line(place.log, "100.00% (", process, deadline)
        return process

    def download(self, place: Place, peer_port: int | None, deadline: float) -> subprocess.Popen:
        # It makes no folder for a torrent of one file, even where the torrent has one.
        command = [self.program, "--disable-dht", "--disable-lsd", "--ipv4-only", "--disable-upnp-port-forward"]
        command += ["--listen-ip", place.address, "--listen-port", str(place.port)]
        command += ["download", "--overwrite", "--disable-http-api", "--output-folder", place.content / place.lone_file_in]
        command += ["--initial-peers", f"127.0.0.1:{peer_port}"] if peer_port else []
        home = place.log.parent / "rqbit"
        home.mkdir()
        process = start([*command, place.torrent], place.log, place.host, env=os.environ | {"HOME": str(home)})
        wait_for_port(place, process, deadline)
        return process
