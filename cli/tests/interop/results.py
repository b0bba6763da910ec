"""What the scripts leave for page.py: one JSON file each, with the day, the versions, and the facts."""

import json
from datetime import date
from pathlib import Path


def write(options, name: str, clients: list, facts):
    """Nothing is written of a part of the cells: a page would take it for all of them."""
    if options.results is None or options.only or options.diagonal:
        return
    options.results.mkdir(parents=True, exist_ok=True)
    versions = {client.name: client.version() for client in clients}
    missing = {client.name: client.missing for client in clients if versions[client.name] is None}
    whole = {"date": date.today().isoformat(), "versions": versions, "missing": missing, "facts": facts}
    (options.results / f"{name}.json").write_text(json.dumps(whole, indent=1))


def read(folder: Path, name: str):
    file = folder / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None
