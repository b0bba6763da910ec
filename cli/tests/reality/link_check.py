"""Is the network what it claims? One TCP stream over an uplink: its goodput, and the round trip of an idle network.

    link_check.py receive ADDRESS | link_check.py send ADDRESS SECONDS      (run inside the namespaces)"""

import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from shaped_network import Link, ShapedNetwork, address, inside, namespace

PORT = 5201
CONNECTS = 9
STREAM_SECONDS = 10
CHUNK = bytes(64 << 10)
# What a stream of full frames carries of 8 Mbit/s is 1448 of 1514 bytes: 7.65 Mbit/s. The rest goes with slow start.
GOODPUT_MBIT_PER_S = (7.2, 7.66)
RTT_MS = (79.5, 84.0)


def check(python: Path, delay_line: Path) -> dict:
    """Goodput, round trip, and whether both are right."""
    with ShapedNetwork(delay_line, [Link(), Link()], seed=1):
        script = Path(__file__)
        command = inside(namespace(1), [python, script, "receive", address(1)])
        receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            assert receiver.stdout.readline() == "ready\n"
            command = inside(namespace(0), [python, script, "send", address(1), str(STREAM_SECONDS)])
            sent = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
            received, _ = receiver.communicate(timeout=60)
        finally:
            receiver.kill()
            receiver.wait()
    measured = {**json.loads(sent.stdout), **json.loads(received)}
    rtt, goodput = measured["rtt_ms"], measured["goodput_mbit_per_s"]
    measured["is_right"] = RTT_MS[0] <= rtt <= RTT_MS[1] and GOODPUT_MBIT_PER_S[0] <= goodput <= GOODPUT_MBIT_PER_S[1]
    return measured


def receive(own: str):
    with socket.create_server((own, PORT)) as listener:
        print("ready", flush=True)
        for _ in range(CONNECTS):
            listener.accept()[0].close()
        stream, _ = listener.accept()
        total, begun = len(stream.recv(1 << 20)), time.monotonic()
        while data := stream.recv(1 << 20):
            total += len(data)
        print(json.dumps({"goodput_mbit_per_s": round(total * 8e-6 / (time.monotonic() - begun), 3)}))


def send(to: str, seconds: float):
    round_trips = []
    for _ in range(CONNECTS):
        begun = time.monotonic()
        socket.create_connection((to, PORT)).close()
        round_trips.append(time.monotonic() - begun)
    with socket.create_connection((to, PORT)) as stream:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            stream.send(CHUNK)
    print(json.dumps({"rtt_ms": round(statistics.median(round_trips) * 1e3, 2)}))


if __name__ == "__main__":
    receive(sys.argv[2]) if sys.argv[1] == "receive" else send(sys.argv[2], float(sys.argv[3]))
