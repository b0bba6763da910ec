"""Completion over time, simulated and measured: one picture a set-up, one panel a client."""

import statistics
import textwrap
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import setups
from record import Record, durations, leeching, simulated_durations
from summary import quantile

# Of a title: letters of 9.5 points.
CHARS_PER_INCH = 11
# Okabe and Ito (2008): told apart by colour-blind eyes too.
COLOURS = {"swarmlab": "#0072B2", "swarmlab-random": "#0072B2", "libtorrent": "#D55E00", "transmission": "#009E73", "aria2": "#CC79A7"}
DASHES = ["-", (0, (4, 1.5))]
BAND = "#9a9a9a"
STYLE = {
    "svg.hashsalt": "swarmlab",  # the same file from the same numbers
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
}


def draw(record: Record, setup: setups.Setup, file: Path):
    """Each real run is a line; the band is 5 % to 95 % of the simulated seeds, its line their median."""
    runs = record.of(setup.name)
    clients = [name for name in COLOURS if any(name in leeching(run) for run in runs)]
    with plt.rc_context(STYLE):
        size = (2.1 + 2.3 * len(clients), 3.7)
        figure, panels = plt.subplots(1, len(clients), sharex=True, sharey=True, figsize=size, squeeze=False)
        swarms = list(dict.fromkeys(run["swarm"] for run in runs if len(leeching(run)) > 1))
        for panel, client in zip(panels[0], clients):
            _band(panel, record.contents["simulated"][setup.name])
            _runs(panel, [run for run in runs if client in leeching(run)], client, swarms)
            _references(panel, client, setup)
        for panel in panels[0]:
            panel.set_xlim(left=0)
        panels[0][0].set_ylabel("complete, share of the leechers")
        panels[0][0].set_ylim(0, 1.02)
        figure.supxlabel("seconds from arrival to the last verified piece", fontsize=9)
        title = f"{setup.title[0].upper()}{setup.title[1:]}: {_legend(setup, swarms)}"
        lines = [part for line in title.split("\n") for part in textwrap.wrap(line, int(CHARS_PER_INCH * size[0]))]
        figure.suptitle("\n".join(lines), fontsize=9.5)
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        plt.close(figure)


def _legend(setup: setups.Setup, swarms: list[str]) -> str:
    bound = ["broken line: lower bound on the last completion"] if setup.t_min_s() is not None else []
    recorded = ["dotted: medians of earlier runs, another harness"] if setup.recorded else []
    references = "; ".join(bound + recorded)
    lines = "a line a real run" + (f" ({swarms[0]}: full, {swarms[1]}: dashed)" if len(swarms) == 2 else "")
    return f"{lines}; grey: swarmlab simulated, 5 % to 95 % of the seeds\n" + references


def _band(panel, simulated: list[dict]):
    ranks = [sorted(times) for times in zip(*map(simulated_durations, simulated))]
    shares = [rank / len(ranks) for rank in range(len(ranks) + 1)]
    steps = {share: [quantile(rank, share) for rank in ranks] for share in (0.05, 0.5, 0.95)}
    # A stair for each edge: the k-th of n is complete from its time on.
    low, middle, high = ([times[0], *times] for times in steps.values())
    panel.fill_betweenx(shares, low, high, step="pre", color=BAND, alpha=0.45, linewidth=0)
    panel.step(middle, shares, where="post", color="#555555", linewidth=1)


def _runs(panel, runs: list[dict], client: str, swarms: list[str]):
    for run in runs:
        done = durations(run, client)
        leechers = sum(peer["role"] == "leecher" and peer["client"] == client for peer in run["peers"])
        shares = [rank / leechers for rank in range(len(done) + 1)]
        dash = DASHES[swarms.index(run["swarm"]) % 2] if run["swarm"] in swarms else "-"
        panel.step([*done[:1], *done], shares, where="post", color=COLOURS[client], linewidth=1.3, linestyle=dash)
    middle = statistics.median([statistics.median(done) for run in runs if (done := durations(run, client))])
    count = f"{len(runs)} run{'s' if len(runs) > 1 else ''}"
    panel.set_title(f"{client}: {middle:.1f} s in {count}", fontsize=9, color=COLOURS[client], loc="left")


def _references(panel, client: str, setup: setups.Setup):
    if setup.t_min_s() is not None:
        panel.axvline(setup.t_min_s(), color="black", linewidth=0.9, linestyle="--")
    for median in setup.recorded.get(client, []):
        panel.axvline(median, color=COLOURS[client], linewidth=0.9, linestyle=":")
