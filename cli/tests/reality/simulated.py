"""The same set-up in the simulation, for each of some seeds."""

import subprocess
from pathlib import Path

import pyarrow.parquet


from setups import PAYLOAD_BYTES, Setup


def runs(swarmlab: Path, setup: Setup, seeds: int, scratch: Path) -> list[dict]:
    """For each seed the leechers, each as uplink in bits per second and duration in seconds, and the copies of the
    payload that the seed sent."""
    return [_run(swarmlab, setup, seed, scratch / f"{setup.name}-{seed}") for seed in range(1, seeds + 1)]


def _run(swarmlab: Path, setup: Setup, seed: int, out: Path) -> dict:
    command = [swarmlab, "simulate", setup.scenario, "--seed", str(seed), "--out", out, "--no-report", "--quiet"]
    for override in setup.overrides:
        command += ["--set", override]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the simulation of {setup.name} failed:\n{done.stdout}{done.stderr}")
    peers = pyarrow.parquet.read_table(out / "peers.parquet").to_pylist()
    leechers = [peer for peer in peers if peer["role"] == "leecher"]
    if any(peer["completed_s"] is None for peer in leechers):
        raise SystemExit(f"the simulation of {setup.name} with seed {seed} did not complete")
    durations = [[peer["up_bits_per_s"], round(peer["completed_s"] - peer["joined_s"], 3)] for peer in leechers]
    sent = sum(peer["uploaded_bytes"] for peer in peers if peer["role"] == "seed")
    return {"leechers": durations, "seed_copies": round(sent / PAYLOAD_BYTES, 3)}
