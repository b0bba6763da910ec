"""The same set-up in the simulation: the durations of all leechers, for each of some seeds."""

import subprocess
from pathlib import Path

import pyarrow.parquet


def runs(swarmlab: Path, scenario: Path, seeds: int, scratch: Path) -> list[list[float]]:
    """One sorted list of durations in seconds for each seed."""
    return [_durations(swarmlab, scenario, seed, scratch / f"{scenario.stem}-{seed}") for seed in range(1, seeds + 1)]


def _durations(swarmlab: Path, scenario: Path, seed: int, out: Path) -> list[float]:
    command = [swarmlab, "simulate", scenario, "--seed", str(seed), "--out", out, "--no-report", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the simulation of {scenario} failed:\n{done.stdout}{done.stderr}")
    peers = pyarrow.parquet.read_table(out / "peers.parquet").to_pylist()
    return sorted(round(peer["completed_s"] - peer["joined_s"], 3) for peer in peers if peer["role"] == "leecher")
