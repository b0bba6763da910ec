"""What was measured, as it stands in runs.json: written after every run, read again to draw and to compare again."""

import csv
import json
import os
import platform
import statistics
import time
from dataclasses import asdict
from pathlib import Path

import setups

# A full frame: 1448 bytes of payload, 66 of headers (Ethernet, IPv4, TCP with time stamps).
PAYLOAD_OF_FRAME = 1448 / 1514


class Record:
    """A folder with runs.json, runs.csv (one row a run) and peers.csv (one row a peer)."""

    def __init__(self, folder: Path, contents: dict):
        self.folder = folder
        self.contents = contents

    @classmethod
    def begin(cls, folder: Path, versions: dict, link: dict) -> "Record":
        """A session: it goes on with what stands in the folder, if there is something."""
        folder.mkdir(parents=True, exist_ok=True)
        machine = f"{os.cpu_count()} processors, Linux {platform.release()}"
        session = {"date": time.strftime("%F"), "machine": machine, "link": link, "versions": versions}
        if (folder / "runs.json").exists():
            record = cls.read(folder)
        else:
            record = cls(folder, {"sessions": [], "simulated": {}, "runs": []})
        record.contents["sessions"].append(session)
        return record

    @classmethod
    def read(cls, folder: Path) -> "Record":
        return cls(folder, json.loads((folder / "runs.json").read_text()))

    @property
    def runs(self) -> list[dict]:
        return self.contents["runs"]

    def setups(self) -> list[str]:
        """Those of which there are runs."""
        return list(dict.fromkeys(run["setup"] for run in self.runs))

    def of(self, setup: str) -> list[dict]:
        return [run for run in self.runs if run["setup"] == setup]

    def versions(self) -> dict:
        """Of the clients, in the latest session."""
        return self.contents["sessions"][-1]["versions"]

    def repetitions(self, setup: str, swarm: str) -> int:
        """How many runs of this kind there are."""
        return sum((run["setup"], run["swarm"]) == (setup, swarm) for run in self.runs)

    def add(self, run):
        self.runs.append(asdict(run))
        self.write()

    def write(self):
        (self.folder / "runs.json").write_text(json.dumps(self.contents, separators=(",", ":")))
        _write_csv(self.folder / "runs.csv", [row(run) for run in self.runs])
        _write_csv(self.folder / "peers.csv", [{**_key(run), **peer} for run in self.runs for peer in run["peers"]])


def row(run: dict) -> dict:
    """A run in numbers."""
    done = durations(run)
    return {
        **_key(run),
        "began": run["began"],
        "first_s": min(done, default=None),
        "median_s": round(statistics.median(done), 3) if done else None,
        "last_s": run["last_s"],
        "t_min_s": run["t_min_s"] and round(run["t_min_s"], 3),
        "seed_copies": round(seed_copies(run), 3),
        "up_drops": sum(peer["up_drops"] for peer in run["peers"]),
        "wait_us": run["contention"]["wait_us"],
        "late_share": round(run["contention"]["late_share"], 6),
        "contended": run["contention"]["is_contended"],
        "note": run["note"],
    }


def line(run: dict) -> str:
    """A run in one line."""
    told = row(run)
    times = f"median {told['median_s']} s, last {told['last_s']} s" if told["last_s"] else "NOT COMPLETE"
    busy = f"waits {told['wait_us']} µs, late {told['late_share']:.3%}{', CONTENDED' if told['contended'] else ''}"
    seed = f"seed sent {told['seed_copies']} copies"
    return f"{run['setup']}, {run['swarm']}, {run['repetition']}: {times}, {seed}; {busy} {told['note']}"


def seed_copies(run: dict) -> float:
    """Copies of the payload that the seed has sent: what left its uplink, if all of it was full frames."""
    return run["peers"][0]["up_wire_bytes"] * PAYLOAD_OF_FRAME / setups.PAYLOAD_BYTES


def durations(run: dict, client: str | None = None, uplink: int | None = None) -> list[float]:
    """Of those leechers that became complete, in order; of all or of one kind of client or of uplink."""
    links = setups.ALL[run["setup"]].links
    return sorted(
        peer["duration_s"]
        for peer in run["peers"]
        if peer["role"] == "leecher"
        and peer["duration_s"] is not None
        and client in (None, peer["client"])
        and uplink in (None, links[peer["peer"]].up_bits_per_s)
    )


def simulated_durations(run: dict, uplink: int | None = None) -> list[float]:
    """Of a simulated run, in order."""
    return sorted(duration for up, duration in run["leechers"] if uplink in (None, up))


def leeching(run: dict) -> list[str]:
    """The kinds of its leechers."""
    return list(dict.fromkeys(peer["client"] for peer in run["peers"] if peer["role"] == "leecher"))


def _key(run: dict) -> dict:
    return {name: run[name] for name in ("setup", "swarm", "repetition")}


def _write_csv(file: Path, rows: list[dict]):
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys() if rows else ["setup"])
        writer.writeheader()
        writer.writerows(rows)
