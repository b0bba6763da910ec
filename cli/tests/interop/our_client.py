"""Our own client, by the verbs of the others, finding its peers through the torrent's tracker."""

import subprocess
from pathlib import Path

from place import Place, start


class Swarmlab:
    name = "swarmlab"
    is_dialled = False
    missing = ""

    def __init__(self, program: Path):
        self.program = program

    def version(self) -> str:
        return subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split()[1]

    def seed(self, place: Place, deadline: float, *more: str) -> subprocess.Popen:
        return self.download(place, None, deadline, "--seed", *more)

    def download(self, place: Place, _peer_port: None, _deadline: float, *more: str) -> subprocess.Popen:
        command = [self.program, "download", place.torrent, "--to", place.content]
        command += ["--up", f"{place.up} B/s"] if place.up else []
        return start([*command, "--bind", place.address, "--port", str(place.port), *more], place.log, place.host)
