#!/usr/bin/env python3
"""Opens every table of real runs with DuckDB and with pandas: do they have the columns, the types and the units that
docs/tables.md promises, and does what must be equal come out equal? Runs the examples of that page and of README.md too.

Without DuckDB and pandas everything counts as skipped, never as passed.

    setup.sh FOLDER && tables.py --tools FOLDER --swarmlab target/release/swarmlab
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXAMPLE_RUN = "runs/flash-crowd-1"
EXAMPLE_SWEEP = "runs/sweep-slow-seed-1/merged"
DUCKDB = {"uint32": "UINTEGER", "uint64": "UBIGINT", "double": "DOUBLE", "text": "VARCHAR"}
PANDAS = {"uint32": {"uint32"}, "uint64": {"uint64"}, "double": {"float64"}, "text": {"object", "str", "string"}}
UNITS = {"_bits_per_s": "bit/s", "_bytes": "bytes", "_s": "s", "_share": "share", "_index": "index"}
UNITS |= {"seed_copies": "copies", "continuity": "share"}
# Of a share; means over samples are rounded once a sample.
TOLERANCE = 1e-9

# What happens in each run: nothing, and as much as may change a table.
RUNS = {
    "calm": ("scenarios/flash-crowd.toml", ["peers.leecher.count=12", "torrent.size=16 MiB"]),
    "churn": ("scenarios/churn.toml", []),
    "crash": ("scenarios/crash.toml", []),
}

SWEEP = ["scenarios/slow-seed.toml", "--set", "peers.leecher.count=8", "--set", "torrent.size=8 MiB", "--seeds", "3"]
SWEEP += ["--vary", "leecher.picker=rarest-first,random"]


class Failed(Exception):
    pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=Path, required=True, help="the folder that setup.sh made")
    parser.add_argument("--swarmlab", type=Path, required=True, help="the binary")
    arguments = parser.parse_args()
    python = (arguments.tools / "bin" / "python").absolute()
    if python.exists() and Path(sys.executable).absolute() != python:
        os.execv(python, [python, *sys.argv])
    try:
        import duckdb
        import pandas
        import pyarrow  # what pandas reads Parquet with
    except ImportError as missing:
        print(f"TABLES: {missing}: {len(RUNS)} runs and a sweep SKIPPED, not passed", file=sys.stderr)
        return 0
    of_runs, of_sweeps = map(read_manual, (ROOT / "docs/tables.md").read_text().split("# The tables of a sweep"))
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        try:
            merged = sweep(arguments.swarmlab, Path(scratch) / "sweep")
            rows = compare_columns(duckdb, pandas, of_sweeps, merged)
            equal = compare_sums(duckdb, merged, SWEEP_IDENTITIES)
            examples = try_examples(duckdb, EXAMPLE_SWEEP, merged)
            print(f"{'sweep':8} {len(of_sweeps)} tables, {rows:,} rows, {equal} identities, {examples} examples")
        except Failed as failed:
            failures += 1
            print(f"{'sweep':8} FAILED: {failed}")
    for name, (scenario, sets) in RUNS.items():
        with tempfile.TemporaryDirectory() as scratch:
            try:
                run = simulate(arguments.swarmlab, scenario, sets, Path(scratch) / "run")
                rows = compare_columns(duckdb, pandas, of_runs, run)
                equal = compare_sums(duckdb, run, IDENTITIES) + compare_summary(duckdb, run)
                examples = try_examples(duckdb, EXAMPLE_RUN, run)
                print(f"{name:8} {len(of_runs)} tables, {rows:,} rows, {equal} identities, {examples} examples")
            except Failed as failed:
                failures += 1
                print(f"{name:8} FAILED: {failed}")
    total = len(RUNS) + 1
    print(f"{total - failures} of {total} passed (DuckDB {duckdb.__version__}, pandas {pandas.__version__})")
    return 1 if failures else 0


def read_manual(page: str) -> dict[str, list[tuple[str, str, bool, str]]]:
    """For each table its columns: name, type, whether there may be none, unit."""
    tables = {}
    for line in page.splitlines():
        if title := re.fullmatch(r"## `(\w+)\.parquet`", line):
            columns = tables[title[1]] = []
        elif tables and (row := re.fullmatch(r"\| `(\w+)` \| `(\w+)`( or null)? \| (\S*) \| .+ \|", line)):
            columns.append((row[1], row[2], row[3] is not None, row[4]))
    return tables


def simulate(swarmlab: Path, scenario: str, sets: list[str], out: Path) -> Path:
    command = [swarmlab, "simulate", ROOT / scenario, "--out", out, "--no-report", "--quiet"]
    command += [word for setting in sets for word in ("--set", setting)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(done.stderr)
    return out


def sweep(swarmlab: Path, out: Path) -> Path:
    for step in (["plan", *SWEEP, "--out", out], ["exec", out], ["merge", out]):
        done = subprocess.run([swarmlab, "sweep", *step], capture_output=True, text=True, cwd=ROOT)
        if done.returncode != 0:
            raise Failed(done.stderr)
    return out / "merged"


def compare_columns(duckdb, pandas, manual: dict, run: Path) -> int:
    files = {path.stem for path in run.glob("*.parquet")}
    if files != set(manual):
        raise Failed(f"tables {sorted(files)}, described are {sorted(manual)}")
    count = 0
    for table, columns in manual.items():
        path = run / f"{table}.parquet"
        told = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        wanted = [(name, DUCKDB[kind]) for name, kind, _, _ in columns]
        if [(name, kind) for name, kind, *_ in told] != wanted:
            raise Failed(f"{table} in DuckDB is {told}")
        frame = pandas.read_parquet(path)
        if list(frame.columns) != [name for name, *_ in columns]:
            raise Failed(f"{table} in pandas has the columns {list(frame.columns)}")
        for name, kind, may_be_null, unit in columns:
            # pandas knows no null among whole numbers: it makes them floating-point.
            fitting = PANDAS[kind] | ({"float64"} if may_be_null else set())
            if str(frame[name].dtype) not in fitting and len(frame) > 0:
                raise Failed(f"{table}.{name} in pandas is {frame[name].dtype}, described as {kind}")
            if frame[name].isna().any() and not may_be_null:
                raise Failed(f"{table}.{name} is null somewhere")
            ending = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
            if unit != ending:
                raise Failed(f"{table}.{name} is described in {unit or 'no unit'}")
        if duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0] != len(frame):
            raise Failed(f"{table} has {len(frame)} rows in pandas only")
        count += len(frame)
    return count


# Pairs of queries that give the same, and why.
IDENTITIES = [
    (
        "what peers sent is what pairs exchanged",
        "SELECT peer, uploaded_bytes FROM peers WHERE uploaded_bytes > 0 ORDER BY peer",
        "SELECT uploader, sum(payload_bytes) FROM transfers WHERE payload_bytes > 0 GROUP BY uploader ORDER BY uploader",
    ),
    (
        "what flowed in all intervals is what pairs exchanged",
        "SELECT uploader, downloader, sum(payload_bytes) FROM flows GROUP BY ALL ORDER BY ALL",
        "SELECT uploader, downloader, payload_bytes FROM transfers WHERE payload_bytes > 0 ORDER BY ALL",
    ),
    (
        "nobody received more than was sent to it",
        "SELECT count(*) FROM peers JOIN (SELECT downloader, sum(payload_bytes) AS sent FROM transfers GROUP BY ALL) "
        "ON downloader = peer WHERE downloaded_bytes > sent",
        "SELECT 0",
    ),
    (
        "rates over time add up to what was sent",
        "SELECT sum(up_bits_per_s * (time_s - before_s)) / 8 FROM "
        "(SELECT *, lag(time_s, 1, 0) OVER (ORDER BY time_s) AS before_s FROM timeline)",
        "SELECT sum(uploaded_bytes) FROM peers",
    ),
    (
        "rates over time add up to what was received",
        "SELECT sum(down_bits_per_s * (time_s - before_s)) / 8 FROM "
        "(SELECT *, lag(time_s, 1, 0) OVER (ORDER BY time_s) AS before_s FROM timeline)",
        "SELECT sum(downloaded_bytes) FROM peers",
    ),
    (
        "the last sample of a peer that is there is what it has come to",
        "SELECT peer, uploaded_bytes, downloaded_bytes FROM progress WHERE time_s = (SELECT max(time_s) FROM progress) "
        "ORDER BY peer",
        "SELECT peer, uploaded_bytes, downloaded_bytes FROM peers WHERE left_s IS NULL ORDER BY peer",
    ),
    (
        "copies of pieces are what the pieces of peers add up to, in the last sample",
        "SELECT sum(copies) FROM pieces WHERE time_s = (SELECT max(time_s) FROM pieces)",
        "SELECT sum(pieces) FROM progress WHERE time_s = (SELECT max(time_s) FROM progress)",
    ),
    (
        "the rarest and the commonest piece are those of the timeline",
        "SELECT min(copies), max(copies) FROM pieces WHERE time_s = (SELECT max(time_s) FROM pieces)",
        "SELECT copies_min, copies_max FROM timeline ORDER BY time_s DESC LIMIT 1",
    ),
    (
        "who has completed is counted",
        "SELECT completed FROM timeline ORDER BY time_s DESC LIMIT 1",
        "SELECT count(completed_s) FROM peers WHERE role = 'leecher'",
    ),
]


SWEEP_IDENTITIES = [
    (
        "runs are numbered from 0, and each has its peers",
        "SELECT run FROM runs ORDER BY run",
        "SELECT DISTINCT run FROM peers ORDER BY run",
    ),
    (
        "the longest and the shortest completion are those of a peer",
        "SELECT last_s, first_s, completed_share FROM runs ORDER BY run",
        "SELECT max(completed_s - joined_s), min(completed_s - joined_s), count(completed_s) / count(*) FROM peers "
        "WHERE role = 'leecher' GROUP BY run ORDER BY run",
    ),
    (
        "each variant has each seed",
        "SELECT count(DISTINCT seed) FROM runs GROUP BY variant",
        "SELECT count(*) FROM runs GROUP BY variant",
    ),
]


def views(duckdb, folder: Path):
    database = duckdb.connect()
    for path in folder.glob("*.parquet"):
        database.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    return database


def compare_sums(duckdb, folder: Path, identities: list) -> int:
    database = views(duckdb, folder)
    for why, one, other in identities:
        left, right = database.sql(one).fetchall(), database.sql(other).fetchall()
        if len(left) != len(right) or not all(map(same, left, right)):
            raise Failed(f"{why}: {left[:3]} is not {right[:3]}")
    return len(identities)


def compare_summary(duckdb, run: Path) -> int:
    database = views(duckdb, run)
    summary = json.loads((run / "summary.json").read_text())
    told = database.sql(
        "SELECT count(*), count(*) FILTER (role = 'leecher'), "
        "count(completed_s) FILTER (role = 'leecher') FROM peers"
    ).fetchall()[0]
    if told != (summary["peers"], summary["leechers"], summary["completed"]):
        raise Failed(f"{told} is not what summary.json says")
    if database.sql("SELECT count(*) FROM events").fetchall()[0][0] != len(summary["script"]):
        raise Failed("events are not what summary.json says")
    return 2


def same(left: tuple, right: tuple) -> bool:
    return all(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)) for a, b in zip(left, right, strict=True))


def try_examples(duckdb, named: str, run: Path) -> int:
    """Those that name this folder, on this run."""
    tried = 0
    for page in ("README.md", "docs/tables.md", "docs/sweeps.md"):
        for language, example in re.findall(r"```(sql|python)\n(.*?)```", (ROOT / page).read_text(), re.S):
            if named not in example:
                continue
            example = example.replace(named, str(run))
            try:
                if language == "sql":
                    if not duckdb.sql(example).fetchall():
                        raise Failed(f"an example of {page} gives nothing:\n{example}")
                else:
                    exec(example, {"print": lambda *_: None})
            except (duckdb.Error, NameError, AttributeError, KeyError) as error:
                raise Failed(f"an example of {page} fails: {error}\n{example}") from error
            tried += 1
    return tried


if __name__ == "__main__":
    sys.exit(main())
