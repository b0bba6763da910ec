"""A swarm of several makes on this machine: one seed, a tracker of ours, downloaders that know of nobody but by it."""

import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from interop import Failed, Torrent, free_port, same
from place import Place, start, wait_for_line
from torrent_file import with_tracker

SWARM_BYTES = 16 << 20
PIECE = "64KiB"


def own_address() -> str:
    """The address by which this machine would go to the outside; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            print("this machine has no address but loopback: Transmission will find nobody", flush=True)
            return "127.0.0.1"


def noise(swarmlab: Path, scratch: Path) -> Torrent:
    """16 MiB that no two pieces have in common, and the torrent of it."""
    content, file = scratch / "noise", scratch / "noise.torrent"
    content.write_bytes(random.Random(1).randbytes(SWARM_BYTES))
    made = subprocess.run([swarmlab, "make", content, "-o", file, "--piece-length", PIECE], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"swarmlab make failed:\n{made.stdout}{made.stderr}")
    return Torrent("noise", file, content)


class Swarm:
    """Who takes part is started by whoever uses it; all processes end with the `with`."""

    def __init__(self, swarmlab: Path, torrent: Torrent, folder: Path, deadline: float):
        folder.mkdir(parents=True)
        self.torrent, self.folder, self.deadline = torrent, folder, deadline
        self.address, self.processes, self.logs = own_address(), [], []
        self.tracker_log, port = folder / "tracker", free_port()
        command = [swarmlab, "tracker", "--listen", f"{self.address}:{port}", "--json", "--every", "1s", "--interval", "30s"]
        self.tracker = start(command, self.tracker_log)
        self.processes.append(self.tracker)
        self.url = f"http://{self.address}:{port}/announce"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def place(self, name: str, up: int | None = None) -> Place:
        folder = self.folder / name
        (folder / "content").mkdir(parents=True)
        file = folder / "file.torrent"
        file.write_bytes(with_tracker(self.torrent.file.read_bytes(), self.url))
        self.logs.append(folder / "log")
        return Place(file, folder / "content", folder / "log", free_port(), self.address, up=up)

    def seed(self, client, up: int | None, *more: str) -> Place:
        """Returns once the tracker counts it."""
        wait_for_line(self.tracker_log, "listening", self.tracker, self.deadline)
        place = self.place(f"seed-{client.name}", up)
        shutil.copyfile(self.torrent.content, place.content / self.torrent.content.name)
        self.processes.append(client.seed(place, self.deadline, *more))
        wait_for_line(self.tracker_log, '"seeds":1', self.tracker, self.deadline)
        self.begun = time.monotonic()
        return place

    def join(self, name: str, client) -> Path:
        """A new downloader; where its content will be."""
        place = self.place(name)
        more = ["--seed"] if client.name == "swarmlab" else []  # the others stay by themselves
        self.processes.append(client.download(place, None, self.deadline, *more))
        return place.content / self.torrent.content.name

    def completions(self, contents: dict[str, Path]):
        """Yields (name, seconds since the seed was there) as each of them has the content, byte for byte; fails with those who
        have not in time."""
        waiting = dict(contents)
        while waiting:
            for name in [name for name, path in waiting.items() if same(self.torrent.content, path)]:
                del waiting[name]
                yield name, time.monotonic() - self.begun
            if time.monotonic() > self.deadline:
                raise Failed(f"not complete in time: {', '.join(waiting)}")
            time.sleep(0.1)
