"""A star of network namespaces, one for each peer, around a router whose queues are the peers' access links.

    peer    eth0 (TAP)                                      the kernel's own TCP, untouched but for CUBIC
              |   delay_line: a fixed delay each way, loss on the way out
    router  p0 (TAP) --ingress--> up0 (ifb): tbf, the uplink ----> bridge ----> p0 egress: tbf, the downlink
                                                                     |
    tracker eth0 (veth), not shaped

A tbf with a limit in bytes is a first-in first-out queue that drops its tail, as modems have it. Between two peers lie the
uplink of the one, the downlink of the other, and the delay of both. Frames count with their Ethernet header."""

import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

PREFIX = "swarmlab-"
ROUTER = PREFIX + "router"
TRACKER = PREFIX + "tracker"
SUBNET = "198.18.0.0/24"  # of what is set aside for measuring networks (RFC 2544)
TRACKER_ADDRESS = "198.18.0.2"
BURST_BYTES = 6056  # four full frames


@dataclass(frozen=True)
class Link:
    """An access link."""

    up_bits_per_s: int = 8_000_000
    down_bits_per_s: int = 32_000_000
    queue_up_bytes: int = 128 << 10
    queue_down_bytes: int = 256 << 10
    delay_us: int = 20_000  # each way
    loss_up: float = 0.0


def namespace(peer: int) -> str:
    return f"{PREFIX}{peer}"


def address(peer: int) -> str:
    return f"198.18.0.{10 + peer}"


def inside(name: str, command) -> list[str]:
    """The command as it runs in a namespace."""
    return ["ip", "netns", "exec", name, *map(str, command)]


class ShapedNetwork:
    """Stands from its making to `close`, or the end of the `with`."""

    def __init__(self, delay_line: Path, links: list[Link], seed: int):
        self.links = links
        self.carried = {}
        self._delay_line = None
        remove_namespaces()
        try:
            self._build(delay_line, seed)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def delay_line_pid(self) -> int:
        return self._delay_line.pid

    def queues(self) -> list[dict]:
        """For each peer, what its uplink and its downlink have carried and dropped so far."""
        shown = json.loads(_run(["tc", "-n", ROUTER, "-s", "-j", "qdisc", "show"]))
        tbf = {queue["dev"]: queue for queue in shown if queue["kind"] == "tbf"}
        return [
            {
                f"{way}_{count}": tbf[f"{device}{peer}"][count]
                for way, device in (("up", "up"), ("down", "p"))
                for count in ("bytes", "drops", "backlog")
            }
            for peer in range(len(self.links))
        ]

    def close(self):
        """Removes everything. What the delay line carried is in `carried` from then on."""
        line, self._delay_line = self._delay_line, None
        if line is not None:
            line.send_signal(signal.SIGTERM)
            try:
                said, _ = line.communicate(timeout=5)
                self.carried = json.loads(said)
            except (subprocess.TimeoutExpired, ValueError):
                line.kill()
                line.wait()
        remove_namespaces()

    def _build(self, delay_line: Path, seed: int):
        for name in [ROUTER, TRACKER, *map(namespace, range(len(self.links)))]:
            _run(["ip", "netns", "add", name])
        self._start_delay_line(delay_line, seed)
        self._set_up_router()
        peers = [(namespace(peer), address(peer), _mac(10 + peer)) for peer in range(len(self.links))]
        hosts = [*peers, (TRACKER, TRACKER_ADDRESS, _mac(2))]
        for host in hosts:
            _set_up_host(*host, hosts)

    def _start_delay_line(self, program: Path, seed: int):
        self._delay_line = subprocess.Popen(
            [program, ROUTER, str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us: it is told to stop once everybody else has
        )
        for peer, link in enumerate(self.links):
            self._delay_line.stdin.write(f"{namespace(peer)} eth0 p{peer} {link.delay_us} {link.loss_up}\n")
        self._delay_line.stdin.close()
        self._delay_line.stdin = None
        if self._delay_line.stdout.readline() != "ready\n":
            raise RuntimeError("the delay line did not start")

    def _set_up_router(self):
        links = ["link add bridge type bridge stp_state 0 mcast_snooping 0", "link set bridge up"]
        queues = []
        for peer, link in enumerate(self.links):
            links += [
                f"link add up{peer} type ifb",
                f"link set up{peer} up",
                f"link set p{peer} master bridge",
                f"link set p{peer} up",
            ]
            queues += [
                _tbf(f"up{peer}", link.up_bits_per_s, link.queue_up_bytes),
                _tbf(f"p{peer}", link.down_bits_per_s, link.queue_down_bytes),
                f"qdisc add dev p{peer} ingress",
                f"filter add dev p{peer} parent ffff: protocol all u32 match u32 0 0"
                f" action mirred egress redirect dev up{peer}",
            ]
        links += [
            f"link add tracker type veth peer name eth0 netns {TRACKER}",
            "link set tracker master bridge",
            "link set tracker up",
        ]
        _batch(["ip", "-n", ROUTER], links)
        _batch(["tc", "-n", ROUTER], queues)


def remove_namespaces():
    """Removes every namespace of ours, also those that a killed run has left."""
    for line in _run(["ip", "netns", "list"]).splitlines():
        name = line.split()[0]
        if name.startswith(PREFIX):
            _run(["ip", "netns", "delete", name])


def _set_up_host(name: str, own: str, mac: str, hosts):
    # Neighbours are known beforehand, as behind a real router: nobody waits for, or loses, a question for an address.
    neighbours = [
        f"neigh replace {other} lladdr {other_mac} nud permanent dev eth0"
        for other_name, other, other_mac in hosts
        if other_name != name
    ]
    _run(inside(name, ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"]))
    interfaces = ["link set lo up", f"link set eth0 address {mac}", "link set eth0 up"]
    # The route names the congestion control: the sysctl refuses whatever the machine at large doesn't use.
    addresses = [f"addr add {own}/24 dev eth0 noprefixroute", f"route add {SUBNET} dev eth0 src {own} congctl cubic"]
    _batch(["ip", "-n", name], [*interfaces, *addresses, *neighbours])


def _tbf(device: str, bits_per_s: int, limit: int) -> str:
    return f"qdisc add dev {device} root tbf rate {bits_per_s}bit burst {BURST_BYTES} limit {limit}"


def _mac(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"


def _batch(command: list[str], lines: list[str]):
    _run([*command, "-batch", "-"], "\n".join(lines) + "\n")


def _run(command, given: str | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout
