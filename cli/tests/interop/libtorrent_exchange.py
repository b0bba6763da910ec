"""Peer exchange (BEP 11) with libtorrent, both ways, over loopback; run by the venv's Python that setup.sh has made:

    libtorrent_exchange.py SWARMLAB

Our seed is dialled by two libtorrent clients, which take slowly. It has to tell each of the other: one of them has to be
connected with the other by peer exchange. Then our own client, which knows nothing but one of them, has to hear from it of
our seed and be complete in a fraction of the time that libtorrent would need. Exits with 1 if something is not so."""

import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import libtorrent as lt

BYTES = 16 << 20
# So slow that nobody completes from them: 14 minutes for the content.
SLOW_BYTES_PER_S = 20_000
# The first word comes at once, the second a minute later.
SECONDS = 90


def main() -> int:
    swarmlab = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="swarmlab-exchange-") as scratch:
        scratch = Path(scratch)
        for folder in ("seed", "one", "two", "ours"):
            (scratch / folder).mkdir()
        (scratch / "seed" / "data").write_bytes(random.Random(1).randbytes(BYTES))
        torrent = scratch / "data.torrent"
        subprocess.run([swarmlab, "make", scratch / "seed" / "data", "-o", torrent], check=True, capture_output=True)
        processes = []
        try:
            return exchange(swarmlab, scratch, torrent, processes)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def exchange(swarmlab: str, scratch: Path, torrent: Path, processes: list) -> int:
    seed_port, one_port, two_port = free_ports(3)
    common = [swarmlab, "download", torrent, "--no-tracker", "--bind", "127.0.0.1", "--json"]
    seed = common + ["--to", scratch / "seed", "--seed", "--port", str(seed_port)]
    seed = subprocess.Popen(seed, stdout=subprocess.PIPE, text=True)
    processes.append(seed)
    next(line for line in seed.stdout if json.loads(line)["event"] == "complete")
    one, two = (slow_peer(torrent, scratch / name, port) for name, port in (("one", one_port), ("two", two_port)))
    for _, handle in (one, two):
        handle.connect_peer(("127.0.0.1", seed_port))
    heard = wait_for(lambda: by_exchange(one[1], two_port) or by_exchange(two[1], one_port))
    print("libtorrent hears of peers from us:", "passed" if heard else "failed", flush=True)
    ours = common + ["--to", scratch / "ours", "--peer", f"127.0.0.1:{one_port}"]
    ours = subprocess.Popen(ours, stdout=subprocess.DEVNULL)
    processes.append(ours)
    complete = wait_for(lambda: ours.poll() == 0)
    print("we hear of peers from libtorrent:", "passed" if complete else "failed", flush=True)
    return 0 if heard and complete else 1


def slow_peer(torrent: Path, folder: Path, port: int):
    session = lt.session(
        {
            "listen_interfaces": f"127.0.0.1:{port}",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "enable_incoming_utp": False,
            "enable_outgoing_utp": False,
            "allow_multiple_connections_per_ip": True,
            "in_enc_policy": lt.enc_policy.pe_disabled,
            "out_enc_policy": lt.enc_policy.pe_disabled,
        }
    )
    params = lt.load_torrent_file(str(torrent))
    params.save_path = str(folder)
    params.flags = lt.torrent_flags.disable_dht | lt.torrent_flags.disable_lsd
    params.download_limit = params.upload_limit = SLOW_BYTES_PER_S
    return session, session.add_torrent(params)


def by_exchange(handle, port: int) -> bool:
    return any(peer.ip[1] == port and peer.source & lt.peer_info.pex for peer in handle.get_peer_info())


def wait_for(is_so) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.2)
    return False


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


if __name__ == "__main__":
    sys.exit(main())
