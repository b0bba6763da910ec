"""What is measured: each set-up as it is in the real network, and the scenario that says the same to the simulation."""

from dataclasses import dataclass, field
from pathlib import Path

from shaped_network import Link

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "reality"
PAYLOAD_BYTES = 32 << 20
PIECE_LENGTH = "256KiB"
LEECHERS = 10
MIXED = 3 * ["swarmlab"] + 3 * ["libtorrent"] + 2 * ["transmission"] + 2 * ["aria2"]


@dataclass(frozen=True)
class Swarm:
    """Who takes part: the seed, then each leecher."""

    name: str
    seed: str
    leechers: list[str]

    @property
    def clients(self) -> list[str]:
        return [self.seed, *self.leechers]


def of_one_kind(client: str) -> Swarm:
    return Swarm(client, client, [client] * LEECHERS)


@dataclass(frozen=True)
class Setup:
    name: str
    title: str
    swarms: list[Swarm]
    arrivals: list[float] = field(default_factory=lambda: [0.0] * LEECHERS)
    links: list[Link] = field(default_factory=lambda: [Link()] * (1 + LEECHERS))  # the seed's first
    scenario_name: str = ""  # the set-up's own, if empty
    overrides: list[str] = field(default_factory=list)  # of the scenario
    # Medians of earlier runs of the same set-up, in seconds, measured with another harness: each run one number.
    recorded: dict[str, list[float]] = field(default_factory=dict)

    @property
    def scenario(self) -> Path:
        return SCENARIOS / f"{self.scenario_name or self.name}.toml"

    def t_min_s(self) -> float | None:
        """The lower bound on the last completion (Kumar and Ross 2006); it holds for leechers that come at once."""
        if any(self.arrivals):
            return None
        bits = 8 * PAYLOAD_BYTES
        seed, *leechers = self.links
        ups = sum(link.up_bits_per_s for link in self.links)
        slowest = min(link.down_bits_per_s for link in leechers)
        return max(bits / seed.up_bits_per_s, bits / slowest, len(leechers) * bits / ups)


KINDS = [of_one_kind(client) for client in ("swarmlab", "libtorrent", "transmission", "aria2")]
LOSSY = Link(loss_up=0.02)
SLOW = Link(up_bits_per_s=1_000_000)

# Those that are measured if none is named.
USUAL = ["flash", "stagger", "random", "mixed"]

ALL = {
    setup.name: setup
    for setup in [
        Setup(
            "flash",
            "ten leechers at once",
            KINDS,
            recorded={"libtorrent": [61.6, 59.4, 53.4, 58.3, 55.9]},
        ),
        Setup(
            "stagger",
            "a leecher every 5 s",
            KINDS,
            arrivals=[5.0 * number for number in range(LEECHERS)],
            recorded={"libtorrent": [34.6, 43.9, 38.4, 48.0, 42.1]},
        ),
        Setup(
            "random",
            "ten leechers at once, which pick pieces at random",
            [of_one_kind("swarmlab-random")],
            scenario_name="flash",
            overrides=["peers.leecher.picker=random"],
        ),
        Setup(
            "mixed",
            "ten leechers of four kinds at once",
            [Swarm("libtorrent seeds", "libtorrent", MIXED), Swarm("swarmlab seeds", "swarmlab", MIXED)],
            scenario_name="flash",
        ),
        Setup("loss", "ten leechers at once, 2 % of packets lost", KINDS, links=[LOSSY] * (1 + LEECHERS)),
        Setup("slow-uplinks", "ten at once, five of them with 1 Mbit/s up", KINDS, links=[Link()] * 6 + [SLOW] * 5),
    ]
}
