"""The table of a session: what was measured beside what was simulated."""

import statistics
from collections.abc import Iterator

from record import Record, durations, leeching, seed_copies

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
    return "".join(_session(session) for session in record.contents["sessions"])


def disagreements(record: Record) -> list[str]:
    """Set-ups in which the shipped client is further from its simulation than tolerated."""
    return [setup for setup in record.setups() for cells in _rows(record, setup) if cells[-1] == "DIFFERS"]


def _session(session: dict) -> str:
    link = session["link"]
    verdict = "as it should be" if link["is_right"] else "NOT AS IT SHOULD BE"
    stream = f"one TCP stream over an uplink {link['goodput_mbit_per_s']} Mbit/s, round trip {link['rtt_ms']} ms"
    return f"{session['date']}; {session['machine']}; {stream}: {verdict}.\n"


def _rows(record: Record, setup: str) -> Iterator[list[str]]:
    simulated = record.contents["simulated"][setup]
    for swarm in dict.fromkeys(run["swarm"] for run in record.of(setup)):
        runs = [run for run in record.of(setup) if run["swarm"] == swarm]
        clients = leeching(runs[0])
        for client in clients:
            name = f"{client} {record.versions()[client]}" + (f", {swarm}" if len(clients) > 1 else "")
            is_ours = all(peer["client"] == client and client.startswith("swarmlab") for peer in runs[0]["peers"])
            yield [setup, name, *_cells(runs, client, simulated, is_ours)]


def _cells(runs: list[dict], client: str, simulated: list[dict], is_compared: bool) -> list[str]:
    contended = sum(run["contention"]["is_contended"] for run in runs)
    count = f"{len(runs)}" + (f" ({contended} contended)" if contended else "")
    medians = sorted(statistics.median(done) for run in runs if (done := durations(run, client)))
    if not medians:
        return [count, "not complete", *[""] * 6]
    bounded = [run["last_s"] / run["t_min_s"] for run in runs if run["last_s"] and run["t_min_s"]]
    expected = sorted(statistics.median(run["durations_s"]) for run in simulated)
    difference = statistics.median(medians) / statistics.median(expected) - 1
    agreement = "agrees" if abs(difference) <= TOLERANCE else "DIFFERS"
    return [
        count,
        f"{statistics.median(medians):.1f} ({medians[0]:.1f} to {medians[-1]:.1f})",
        f"{statistics.mean(bounded):.2f}" if bounded else "",
        f"{statistics.mean(map(seed_copies, runs)):.2f}",
        f"{statistics.median(expected):.1f} ({quantile(expected, 0.05):.1f} to {quantile(expected, 0.95):.1f})",
        f"{statistics.mean(run['seed_copies'] for run in simulated):.2f}",
        f"{difference:+.0%}",
        agreement if is_compared else "",
    ]


def quantile(ordered: list[float], share: float) -> float:
    """Interpolated between neighbours."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
