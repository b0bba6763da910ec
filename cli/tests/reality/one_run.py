"""One swarm in the real network, from the making of the namespaces to the comparison of the files."""

import filecmp
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import clients
from clients import Client, Unready
from contention import Contention, RunQueue
from setups import Setup, Swarm
from shaped_network import TRACKER, TRACKER_ADDRESS, ShapedNetwork, address, inside

HERE = Path(__file__).parent
TRACKER_PORT = 6969
SETTLE_SECONDS = 1.0
RUN_SECONDS_MAX = 400
LOOK_SECONDS = 0.05
SAMPLE_SECONDS = 1.0


@dataclass
class PeerResult:
    peer: int
    role: str
    client: str
    arrival_s: float
    duration_s: float | None  # from its arrival to its last verified piece
    up_wire_bytes: int
    down_wire_bytes: int
    up_drops: int
    down_drops: int


@dataclass
class RunResult:
    setup: str
    swarm: str
    repetition: int
    began: str
    t_min_s: float | None  # None where it doesn't apply
    last_s: float | None
    contention: Contention
    delay_line: dict
    peers: list[PeerResult]
    samples: list = field(default_factory=list)  # [seconds, [bytes up, bytes down, drops up, drops down] of each peer]
    note: str = ""


class Tracker:
    """The tracker's process, in a namespace of its own."""

    def __init__(self, python: Path, log: Path):
        self._log = log
        with log.open("w") as out:
            command = inside(TRACKER, [python, HERE / "tracker.py", TRACKER_ADDRESS, TRACKER_PORT])
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        self._wait_for("ready")

    def wait_for(self, peer: int):
        """Returns once this peer has announced itself."""
        self._wait_for(address(peer) + " ")

    def _wait_for(self, mark: str):
        deadline = time.monotonic() + clients.READY_SECONDS
        while mark not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unready(f"the tracker never said {mark!r}")
            time.sleep(0.02)

    def stop(self):
        self._process.kill()
        self._process.wait()


def measure(tools, setup: Setup, swarm: Swarm, repetition: int, scratch: Path) -> RunResult:
    shutil.rmtree(scratch, ignore_errors=True)
    with ShapedNetwork(tools.delay_line, setup.links, seed=repetition) as network:
        peers = [make(tools, scratch, peer, name) for peer, name in enumerate(swarm.clients)]
        tracker = None
        try:
            tracker = Tracker(tools.python, _made(scratch) / "tracker")
            result = _course(setup, swarm, repetition, network, tracker, peers)
        finally:
            _stop_all(peers)
            if tracker is not None:
                tracker.stop()
    result.delay_line = network.carried
    result.contention.judge(network.carried)
    result.note = "; ".join(_differences(tools.payload, peers[1:]))
    return result


def make(tools, scratch: Path, peer: int, name: str) -> Client:
    folder = scratch / f"peer-{peer}"
    (folder / "content").mkdir(parents=True)
    torrent = folder / "file.torrent"
    shutil.copyfile(tools.torrent, torrent)
    if peer == 0:
        shutil.copyfile(tools.payload, folder / "content" / tools.payload.name)
    return clients.ALL[name](tools, peer, torrent, folder, is_seed=peer == 0)


def _course(setup, swarm, repetition, network, tracker, peers) -> RunResult:
    _take_places(tracker, peers)
    began = time.strftime("%FT%TZ", time.gmtime())
    before = network.queues()
    leechers = peers[1:]
    start = time.monotonic() + 0.1
    for leecher, arrival in zip(leechers, setup.arrivals):
        threading.Thread(target=_begin_at, args=(leecher, start + arrival), daemon=True).start()
    samples, wait_us = _watch(network, before, peers, start)
    after = network.queues()
    ends = [leecher.completed_at() for leecher in leechers]
    return RunResult(
        setup=setup.name,
        swarm=swarm.name,
        repetition=repetition,
        began=began,
        t_min_s=setup.t_min_s(),
        last_s=round(max(ends) - start, 3) if all(ends) else None,
        contention=Contention(round(wait_us, 1)),
        delay_line={},
        peers=[_peer_result(peer, start, old, new) for peer, old, new in zip(peers, before, after)],
        samples=samples,
    )


def _take_places(tracker: Tracker, peers: list[Client]):
    """Everybody is prepared, and the seed is known to the tracker and ready to send."""
    seed = peers[0]
    for peer in peers:
        peer.prepare()
    seed.begin()
    tracker.wait_for(0)
    seed.wait(seed.is_seeding)
    time.sleep(SETTLE_SECONDS)


def _watch(network: ShapedNetwork, before, peers: list[Client], start: float) -> tuple[list, float]:
    """Until all are complete: samples of the queues, and the clients' mean wait for a processor in microseconds."""
    leechers = peers[1:]
    run_queue, samples = None, []
    time.sleep(max(start - time.monotonic(), 0))
    while time.monotonic() < start + RUN_SECONDS_MAX:
        if run_queue is None and all(leecher.process and leecher.began_at for leecher in leechers):
            run_queue = RunQueue(peer.process.pid for peer in peers)
        if time.monotonic() >= start + SAMPLE_SECONDS * (1 + len(samples)):
            samples.append(_sample(time.monotonic() - start, before, network.queues()))
        if run_queue and all(leecher.completed_at() for leecher in leechers):
            break
        for peer in peers:
            if peer.process and peer.process.poll() is not None:
                raise Unready(f"{peer.name} {peer.peer} exited with {peer.process.returncode}")
        time.sleep(LOOK_SECONDS)
    return samples, run_queue.wait_us() if run_queue else 0.0


def _begin_at(leecher: Client, at: float):
    time.sleep(max(at - time.monotonic(), 0))
    leecher.begin()


def _sample(at: float, before, now):
    counts = ("up_bytes", "down_bytes", "up_drops", "down_drops")
    return [round(at, 3), [[new[count] - old[count] for count in counts] for old, new in zip(before, now)]]


def _peer_result(peer: Client, start: float, old: dict, new: dict) -> PeerResult:
    done = None if peer.is_seed else peer.completed_at()
    return PeerResult(
        peer=peer.peer,
        role="seed" if peer.is_seed else "leecher",
        client=peer.name,
        arrival_s=0.0 if peer.is_seed else round(peer.began_at - start, 3),
        duration_s=round(done - peer.began_at, 3) if done else None,
        up_wire_bytes=new["up_bytes"] - old["up_bytes"],
        down_wire_bytes=new["down_bytes"] - old["down_bytes"],
        up_drops=new["up_drops"] - old["up_drops"],
        down_drops=new["down_drops"] - old["down_drops"],
    )


def _stop_all(peers: list[Client]):
    """All at a time: some take seconds for their goodbye."""
    threads = [threading.Thread(target=peer.stop) for peer in peers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _differences(payload: Path, leechers: list[Client]):
    for leecher in leechers:
        got = leecher.content / payload.name
        if leecher.completed_at() and not (got.exists() and filecmp.cmp(payload, got, shallow=False)):
            yield f"{leecher.name} {leecher.peer} said that it was complete, but its content differs"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
