"""The table of a session: what was measured beside what was simulated."""

import itertools
import statistics
from collections.abc import Iterator

import setups
from record import Record, durations, leeching, seed_copies, simulated_durations

# The shipped client's median and that of its simulation may differ by so much.
TOLERANCE = 0.10

HEAD = """\
| set-up | client | runs | median (min to max of the runs), s | last / T_min | seed's copies \
| simulated: median (5 % to 95 % of seeds), s | copies | difference | verdict |
|---|---|---|---|---|---|---|---|---|---|
"""


def table(record: Record) -> str:
    """In Markdown. `simulated` is always swarmlab; another client's difference from it is no error of anybody."""
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for setup in record.setups() for cells in _rows(record, setup))


def about(record: Record) -> str:
    """Where and how well it was measured."""
    sessions = record.contents["sessions"]
    links = [session["link"] for session in sessions]
    goodput = _span([link["goodput_mbit_per_s"] for link in links], 2)
    round_trip = _span([link["rtt_ms"] for link in links], 1)
    verdict = "as it should be" if all(link["is_right"] for link in links) else "NOT AS IT SHOULD BE"
    dates = " and ".join(dict.fromkeys(session["date"] for session in sessions))
    return (
        f"{dates}; {sessions[-1]['machine']}; one TCP stream over an uplink {goodput} Mbit/s, round trip {round_trip} ms"
        f" at the beginning of {len(sessions)} session{'s' if len(sessions) > 1 else ''}: {verdict}.\n"
    )


def disagreements(record: Record) -> list[str]:
    """Set-ups in which the shipped client is further from its simulation than tolerated."""
    return [name for name in record.setups() if any(cells[-1] == "DIFFERS" for cells in _rows(record, name))]


def _span(values: list[float], digits: int) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def _rows(record: Record, name: str) -> Iterator[list[str]]:
    setup, simulated = setups.ALL[name], record.contents["simulated"][name]
    uplinks = list(dict.fromkeys(link.up_bits_per_s for link in setup.links[1:]))
    for swarm in dict.fromkeys(run["swarm"] for run in record.of(name)):
        runs = [run for run in record.of(name) if run["swarm"] == swarm]
        clients = leeching(runs[0])
        is_ours = all(peer["client"] == clients[0] for peer in runs[0]["peers"]) and clients[0].startswith("swarmlab")
        for client, uplink in itertools.product(clients, uplinks):
            who = f"{client} {record.versions()[client]}" + (f", {swarm}" if len(clients) > 1 else "")
            who += f", {uplink / 1e6:.0f} Mbit/s up" if len(uplinks) > 1 else ""
            measured = [durations(run, client, uplink) for run in runs]
            expected = [simulated_durations(run, uplink) for run in simulated]
            difference = _median_of_medians(measured) / _median_of_medians(expected) - 1 if any(measured) else None
            copies = statistics.mean(run["seed_copies"] for run in simulated)
            yield [
                *[name, who, *_measured(runs, measured)],
                *[_medians(expected, 0.05, 0.95), f"{copies:.2f}", *_verdict(difference, is_ours)],
            ]


def _measured(runs: list[dict], leechers: list[list[float]]) -> list[str]:
    contended = sum(run["contention"]["is_contended"] for run in runs)
    count = f"{len(runs)}" + (f" ({contended} contended)" if contended else "")
    bounded = [run["last_s"] / run["t_min_s"] for run in runs if run["last_s"] and run["t_min_s"]]
    return [
        count,
        _medians(leechers, 0, 1) if any(leechers) else "not complete",
        f"{statistics.mean(bounded):.2f}" if bounded else "",
        f"{statistics.mean(map(seed_copies, runs)):.2f}",
    ]


def _verdict(difference: float | None, is_ours: bool) -> tuple[str, str]:
    if difference is None:
        return "", ""
    agreement = "agrees" if abs(difference) <= TOLERANCE else "DIFFERS"
    return f"{difference:+.0%}", agreement if is_ours else ""


def _medians(runs: list[list[float]], low: float, high: float) -> str:
    ordered = sorted(statistics.median(run) for run in runs if run)
    return f"{statistics.median(ordered):.1f} ({quantile(ordered, low):.1f} to {quantile(ordered, high):.1f})"


def _median_of_medians(runs: list[list[float]]) -> float:
    return statistics.median([statistics.median(run) for run in runs if run])


def quantile(ordered: list[float], share: float) -> float:
    """Interpolated between neighbours."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
