"""Network namespaces as hosts of a swarm, each with an address of its own, on one bridge (Linux, root, iproute2).

Several clients at one address are no swarm: Transmission and rTorrent know a peer by its address alone, and take one only."""

import os
import re
import signal
import subprocess

PREFIX = f"interop-{os.getpid()}-"
SWITCH = PREFIX + "switch"
# RFC 2544: for tests between networks, in nobody's use.
NETWORK = "198.18.0"


def address(host: int) -> str:
    return f"{NETWORK}.{host + 1}"


def name(host: int) -> str:
    return f"{PREFIX}{host}"


class Hosts:
    """So many hosts, as long as the `with` lasts."""

    def __init__(self, count: int):
        self.made = []
        self.count = count

    def __enter__(self):
        _remove_left_over()
        try:
            self._make(SWITCH)
            _ip(f"-n {SWITCH} link add bridge type bridge stp_state 0")
            _ip(f"-n {SWITCH} link set bridge up")
            for host in range(self.count):
                self._make(name(host))
                _ip(f"-n {SWITCH} link add p{host} type veth peer name eth0 netns {name(host)}")
                _ip(f"-n {SWITCH} link set p{host} master bridge up")
                _ip(f"-n {name(host)} addr add {address(host)}/24 dev eth0")
                _ip(f"-n {name(host)} link set eth0 up")
                _ip(f"-n {name(host)} link set lo up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self.made:
            _ip(f"netns delete {self.made.pop()}")

    def _make(self, namespace: str):
        _ip(f"netns add {namespace}")
        self.made.append(namespace)


def are_possible() -> bool:
    try:
        with Hosts(1):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _remove_left_over():
    """Hosts of runs that were killed, and whoever still runs there."""
    listed = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    for namespace in (line.split()[0] for line in listed.splitlines()):
        owner = re.fullmatch(r"interop-(\d+)-\w+", namespace)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            pids = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout
            for pid in pids.split():
                os.kill(int(pid), signal.SIGKILL)
            _ip(f"netns delete {namespace}")


def _ip(arguments: str):
    subprocess.run(["ip", *arguments.split()], check=True, capture_output=True)
