#!/usr/bin/env python3
"""A sweep of 200 runs on a Slurm of one node. One of its tasks is killed, and then the node's daemon; the merge behind the
array must see by the files that runs are missing, and submitting again must finish what is left. The merged files must be the
same bytes as those of one process that ran everything alone.

Without Slurm it counts as skipped, never as passed. Needs root.

    setup.sh && slurm.py --swarmlab target/release/swarmlab --folder target/slurm
"""

import argparse
import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from cluster import Cluster, Unready, missing, wait_for

SCENARIO = """# Does it matter who runs it?
[torrent]
size = "8 MiB"
[peers.seed]
count = 1
has = "all"
up = "8 Mbit/s"
down = "20 Mbit/s"
[peers.leecher]
count = 12
up = "4 Mbit/s"
down = "20 Mbit/s"
arrival = { poisson = "1 /s" }
"""
VARY = "leecher.picker=rarest-first,random"
SEEDS = 100
RUNS = 2 * SEEDS
SHARDS = 8
# What a sweep says of runs that are missing, and of an executable that is another one.
NOT_WHOLE = 13
# Far more than it takes, for machines that have other things to do.
JOB_SECONDS = 1800


class Failed(Exception):
    pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swarmlab", type=Path, required=True, help="the binary")
    parser.add_argument("--folder", type=Path, required=True, help="where it works; emptied first")
    arguments = parser.parse_args()
    if absent := missing():
        print(f"SLURM: {', '.join(absent)} not installed: the sweep was SKIPPED, not passed", file=sys.stderr)
        return 0
    folder = arguments.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with Cluster(folder / "cluster") as cluster:
            sweep_twice(Sweeper(arguments.swarmlab.absolute(), folder, cluster))
    except (Failed, Unready) as failed:
        print(f"FAILED: {failed}; the logs are in {folder}")
        return 1
    return 0


class Sweeper:
    """Calls swarmlab in the folder."""

    def __init__(self, swarmlab: Path, folder: Path, cluster: Cluster):
        self.swarmlab, self.folder, self.cluster = swarmlab, folder, cluster
        (folder / "small.toml").write_text(SCENARIO)

    def __call__(self, *arguments, code: int = 0) -> dict:
        command = [self.swarmlab, "sweep", *arguments, "--json"]
        done = subprocess.run(command, cwd=self.folder, env=self.cluster.environment, capture_output=True, text=True)
        if done.returncode != code:
            raise Failed(f"{' '.join(map(str, command[1:]))} ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout else {}

    def plan(self, name: str):
        self("plan", "small.toml", "--vary", VARY, "--seeds", str(SEEDS), "--out", name)

    def submit(self) -> dict:
        return self("submit", "shards", "--slurm", "--shards", str(SHARDS))

    def finished(self) -> int:
        return len(list((self.folder / "shards/runs").glob("[0-9]*.json")))

    def wait_for_end(self, jobs: dict):
        numbers = f"{jobs['array']},{jobs['merge']}"
        left = lambda: self.cluster.run("squeue", "-h", "-r", "-j", numbers, check=False).strip()
        wait_for(f"jobs {numbers} end", lambda: not left(), JOB_SECONDS)

    def said_of(self, job: str) -> str:
        """What Slurm says of a job, or of each task of an array: `COMPLETED 0:0`."""
        said = self.cluster.run("scontrol", "--oneliner", "show", "job", job)
        fields = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in said.splitlines()]
        states = [f"{one['JobState']} {one['ExitCode']}" for one in fields]
        return ", ".join(f"{states.count(state)} × {state}" for state in sorted(set(states)))


def sweep_twice(sweep: Sweeper):
    sweep.plan("alone")
    began = time.monotonic()
    alone = sweep("exec", "alone", "--threads", "2")
    say(f"one process: {alone['finished']} runs in {time.monotonic() - began:.0f} s, {alone['cpu_s']:.0f} s of processor")
    sweep("merge", "alone")

    sweep.plan("shards")
    began = time.monotonic()
    jobs = sweep.submit()
    say(f"submitted: job {jobs['array']}, shards {jobs['shards']} of {SHARDS}, and merge {jobs['merge']}")
    victim = wait_for("a task among some that have finished something", lambda: sweep.finished() >= RUNS // 20 and task(sweep.folder), JOB_SECONDS)
    os.kill(victim, signal.SIGKILL)
    say(f"killed a task with {sweep.finished()} of {RUNS} runs finished")
    wait_for("a quarter is finished", lambda: sweep.finished() >= RUNS // 4, JOB_SECONDS)
    sweep.cluster.kill_slurmd()
    before = sweep.finished()
    say(f"killed the daemon of the node with {before} of {RUNS} runs finished")
    wait_for("tasks go on without it", lambda: sweep.finished() > before or not task(sweep.folder), JOB_SECONDS)
    sweep.cluster.start_slurmd()
    sweep.wait_for_end(jobs)
    status = sweep("status", "shards", code=NOT_WHOLE)
    say(f"Slurm says of the tasks: {sweep.said_of(jobs['array'])}; of the merge: {sweep.said_of(jobs['merge'])}")
    say(f"the files say: {status['finished']} finished, {len(status['missing'])} missing, {len(status['broken'])} broken")
    if status["broken"]:
        raise Failed("what was killed left something broken")
    if (sweep.folder / "shards/merged").exists():
        raise Failed("what is not whole was merged")
    if f"{NOT_WHOLE}:0" not in sweep.said_of(jobs["merge"]):
        raise Failed("the merge did not say that runs are missing")

    jobs = sweep.submit()
    say(f"submitted again: job {jobs['array']}, shards {jobs['shards']} of {SHARDS}, and merge {jobs['merge']}")
    sweep.wait_for_end(jobs)
    sweep("status", "shards")
    say(f"finished after {time.monotonic() - began:.0f} s")
    compare(sweep.folder / "alone/merged", sweep.folder / "shards/merged")


def task(folder: Path) -> int | None:
    """The process of a task of the array."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended
        if words[:1] == [bytes(folder / "shards/slurm/swarmlab")] and b"exec" in words:
            return int(process.name)
    return None


def compare(alone: Path, shards: Path):
    names = lambda folder: sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    if names(alone) != names(shards):
        raise Failed(f"other files: {names(alone)} and {names(shards)}")
    differing = filecmp.cmpfiles(alone, shards, names(alone), shallow=False)[1:]
    if any(differing):
        raise Failed(f"other bytes: {differing}")
    size = sum((alone / name).stat().st_size for name in names(alone))
    say(f"merged: {len(names(alone))} files, {size:,} bytes, the same as those of the one process")


def say(line: str):
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
