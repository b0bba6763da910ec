"""A swarm of several makes: one seed, a tracker of ours, downloaders that know of nobody but by it; each at its own host."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from hosts import Hosts, address, name
from interop import Failed, Torrent, free_port, same
from place import Place, start, wait_for_line
from torrent_file import with_tracker

SWARM_BYTES = 16 << 20
PIECE = "64KiB"


def noise(swarmlab: Path, scratch: Path) -> Torrent:
    """16 MiB that no two pieces have in common, and the torrent of it."""
    content, file = scratch / "noise", scratch / "noise.torrent"
    content.write_bytes(random.Random(1).randbytes(SWARM_BYTES))
    made = subprocess.run([swarmlab, "make", content, "-o", file, "--piece-length", PIECE], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"swarmlab make failed:\n{made.stdout}{made.stderr}")
    return Torrent("noise", file, content)


class Swarm:
    """Who takes part is started by whoever uses it; all processes end, and the hosts go, with the `with`."""

    def __init__(self, swarmlab: Path, torrent: Torrent, folder: Path, most: int, deadline: float):
        folder.mkdir(parents=True)
        self.torrent, self.folder, self.deadline = torrent, folder, deadline
        self.processes, self.logs, self.tracker_log = [], [], folder / "tracker"
        self.hosts, self.used = Hosts(most + 2), 1
        self.swarmlab = swarmlab

    def __enter__(self):
        self.hosts.__enter__()
        listen = f"{address(0)}:6969"
        command = [self.swarmlab, "tracker", "--listen", listen, "--json", "--every", "1s", "--interval", "30s"]
        self.tracker = start(command, self.tracker_log, name(0))
        self.processes.append(self.tracker)
        self.url = f"http://{listen}/announce"
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
        self.hosts.__exit__()

    def place(self, who: str, up: int | None = None) -> Place:
        folder = self.folder / who
        (folder / "content").mkdir(parents=True)
        file = folder / "file.torrent"
        file.write_bytes(with_tracker(self.torrent.file.read_bytes(), self.url))
        self.logs.append(folder / "log")
        host, self.used = self.used, self.used + 1
        return Place(file, folder / "content", folder / "log", free_port(), address(host), host=name(host), up=up)

    def seed(self, client, up: int | None, *more: str) -> Place:
        """Returns once the tracker counts it."""
        wait_for_line(self.tracker_log, "listening", self.tracker, self.deadline)
        place = self.place(f"seed-{client.name}", up)
        shutil.copyfile(self.torrent.content, place.content / self.torrent.content.name)
        self.processes.append(client.seed(place, self.deadline, *more))
        wait_for_line(self.tracker_log, '"seeds":1', self.tracker, self.deadline)
        self.begun = time.monotonic()
        return place

    def join(self, who: str, client) -> Path:
        """A new downloader; where its content will be."""
        place = self.place(who)
        more = ["--seed"] if client.name == "swarmlab" else []  # the others stay by themselves
        self.processes.append(client.download(place, None, self.deadline, *more))
        return place.content / self.torrent.content.name

    def completions(self, contents: dict[str, Path]):
        """Yields (name, seconds since the seed was there) as each of them has the content, byte for byte; fails with those who
        have not in time."""
        waiting = dict(contents)
        while waiting:
            for who in [who for who, path in waiting.items() if same(self.torrent.content, path)]:
                del waiting[who]
                yield who, time.monotonic() - self.begun
            if time.monotonic() > self.deadline:
                raise Failed(f"not complete in time: {', '.join(waiting)}")
            time.sleep(0.1)
