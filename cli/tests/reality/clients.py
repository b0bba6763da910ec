"""The clients of a run: how each is prepared, begins, and tells that it is complete.

    prepare   everything that can be done before it takes part; the network may be used by nobody yet
    begin     it takes part from now on: its clock starts
    completed_at   when it had verified its last piece, in seconds of the monotonic clock, or None

All find each other through the tracker that the torrent names; every other discovery, encryption and uTP are off. What is
not named here is the client's default."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from shaped_network import address, inside, namespace

HERE = Path(__file__).parent
PORT = 6881
READY_SECONDS = 30
STOP_SECONDS = 10
# Each client is an autogroup of the scheduler of its own; who else works on this machine comes after them.
AUTOGROUP_NICE = -10


class Unready(Exception):
    """A client did not come up."""


class Client:
    """One peer of a run."""

    name: str

    def __init__(self, tools, peer: int, torrent: Path, folder: Path, is_seed: bool):
        self.tools = tools
        self.peer = peer
        self.torrent = torrent
        self.folder = folder
        self.content = folder / "content"
        self.is_seed = is_seed
        self.process = None
        self.began_at = None
        self._lines = []

    def prepare(self):
        pass

    def begin(self):
        raise NotImplementedError

    def is_seeding(self) -> bool:
        """A seed that has begun is ready to send."""
        return True

    def completed_at(self) -> float | None:
        raise NotImplementedError

    def wait(self, condition):
        """Returns once the condition holds."""
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            if self.process.poll() is not None:
                raise Unready(f"{self.name} {self.peer} exited with {self.process.returncode}")
            if time.monotonic() > deadline:
                raise Unready(f"{self.name} {self.peer} was not ready in {READY_SECONDS} s")
            time.sleep(0.02)

    def stop(self):
        """Ends it, nicely if it will."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self, command, **options):
        self.process = subprocess.Popen(
            inside(namespace(self.peer), command),
            stderr=(self.folder / "errors").open("w"),
            text=True,
            start_new_session=True,
            **{"stdin": subprocess.DEVNULL, **options},
        )
        try:
            Path(f"/proc/{self.process.pid}/autogroup").write_text(str(AUTOGROUP_NICE))
        except OSError:
            pass  # A kernel without autogroups; how long the clients had to wait for a processor is measured anyhow.

    def _start_and_listen(self, command, **options):
        """Keeps each line of its output, and when it came."""
        self._start(command, stdout=subprocess.PIPE, **options)
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def _listen(self, output):
        with (self.folder / "output").open("w") as log:
            for line in output:
                at = time.monotonic()
                log.write(f"{at:.3f} {line}")
                log.flush()
                self._lines.append((at, line.rstrip("\n")))


class Swarmlab(Client):
    name = "swarmlab"
    options: list[str] = []

    @staticmethod
    def version(tools) -> str | None:
        return _first_line([tools.swarmlab, "--version"], 1)

    def begin(self):
        self.began_at = time.monotonic()
        command = [self.tools.swarmlab, "download", self.torrent, "--to", self.content, "--seed", "--json"]
        self._start_and_listen([*command, *self.options, "--bind", address(self.peer), "--port", PORT])

    def is_seeding(self):
        return self.completed_at() is not None

    def completed_at(self):
        return next((at for at, line in list(self._lines) if '"event":"complete"' in line), None)


class SwarmlabRandom(Swarmlab):
    """A second point at which simulation and reality can meet: far from the first, and the network the same."""

    name = "swarmlab-random"
    options = ["--picker", "random"]


class Libtorrent(Client):
    name = "libtorrent"

    @staticmethod
    def version(tools) -> str | None:
        return _first_line([tools.python, "-c", "import libtorrent; print(libtorrent.__version__)"], 0)

    def prepare(self):
        role = "seed" if self.is_seed else "leecher"
        command = [self.tools.python, HERE / "libtorrent_peer.py", self.torrent, self.content]
        self._start_and_listen([*command, address(self.peer), PORT, role], stdin=subprocess.PIPE)
        self.wait(lambda: any(line == "ready" for _, line in list(self._lines)))

    def begin(self):
        self.began_at = time.monotonic()
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def completed_at(self):
        return next((float(line.split()[1]) for _, line in list(self._lines) if line.startswith("complete")), None)


class CompletionHook(Client):
    """A client that runs a script when it is complete."""

    def hook(self) -> Path:
        script = self.folder / "complete.sh"
        done = self.folder / "completed_at"
        script.write_text(f"#!/bin/sh\n[ -e '{done}' ] || date +%s.%N > '{done}.new' && mv '{done}.new' '{done}'\n")
        script.chmod(0o755)
        return script

    def completed_at(self):
        done = self.folder / "completed_at"
        if self.is_seed or not done.exists():
            return None
        return float(done.read_text()) - (time.time() - time.monotonic())


class Transmission(CompletionHook):
    name = "transmission"

    @staticmethod
    def version(_tools) -> str | None:
        return _first_line(["transmission-daemon", "--version"], 1)

    def prepare(self):
        config = self.folder / "config"
        config.mkdir()
        settings = {
            "bind-address-ipv4": address(self.peer),
            "peer-port": PORT,
            "download-dir": str(self.content),
            "start-added-torrents": False,
            "dht-enabled": False,
            "lpd-enabled": False,
            "pex-enabled": False,
            "utp-enabled": False,
            "port-forwarding-enabled": False,
            "encryption": 0,
            "rpc-bind-address": "127.0.0.1",
            "script-torrent-done-enabled": True,
            "script-torrent-done-filename": str(self.hook()),
        }
        (config / "settings.json").write_text(json.dumps(settings))
        self._start(
            ["transmission-daemon", "--foreground", "--config-dir", config],
            stdout=(self.folder / "output").open("w"),
            env={"HOME": str(config), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
        )
        self.wait(lambda: self._remote("--session-info"))
        self.wait(lambda: self._remote("--add", self.torrent))
        if self.is_seed:
            self._remote("--torrent", "all", "--verify")
            self.wait(self._is_whole)

    def begin(self):
        self.began_at = time.monotonic()
        if not self._remote("--torrent", "all", "--start"):
            raise Unready(f"transmission {self.peer} did not start")

    def _is_whole(self) -> bool:
        return "Percent Done: 100%" in self._ask("--torrent", "1", "--info").stdout

    def _remote(self, *words) -> bool:
        return self._ask(*words).returncode == 0

    def _ask(self, *words):
        command = inside(namespace(self.peer), ["transmission-remote", "127.0.0.1:9091", *words])
        return subprocess.run(command, capture_output=True, text=True, timeout=READY_SECONDS)


class Aria2(CompletionHook):
    name = "aria2"

    @staticmethod
    def version(_tools) -> str | None:
        return _first_line(["aria2c", "--version"], 2)

    def begin(self):
        command = [
            "aria2c",
            "--no-conf",
            "--disable-ipv6=true",
            "--enable-dht=false",
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            "--file-allocation=none",
            "--seed-ratio=0.0",
            "--summary-interval=0",
            "--console-log-level=notice",
            f"--on-bt-download-complete={self.hook()}",
            f"--listen-port={PORT}",
            f"--dir={self.content}",
            *(["--check-integrity=true"] if self.is_seed else []),
            self.torrent,
        ]
        self.began_at = time.monotonic()
        self._start(command, stdout=(self.folder / "output").open("w"))


ALL = {client.name: client for client in (Swarmlab, SwarmlabRandom, Libtorrent, Transmission, Aria2)}


def _first_line(command, word: int) -> str | None:
    """That word of what a program says of its version; None if there is no such program."""
    program = command[0]
    if shutil.which(program) is None:
        return None
    asked = subprocess.run(command, capture_output=True, text=True)
    words = (asked.stdout + asked.stderr).splitlines()[:1]
    return words[0].split()[word] if asked.returncode == 0 and words else None
