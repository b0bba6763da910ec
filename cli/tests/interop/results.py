"""What the scripts leave for page.py: one JSON file each, with the day, the versions, and the facts."""

import json
from datetime import date
from pathlib import Path


def write(options, name: str, clients: list, facts, named_by: int = 1):
    """Of a part of the cells only what replaces cells of an earlier whole run, or a page would take the part for all of them.
    So many fields, the first of them, say which cell a fact is of."""
    if options.results is None:
        return
    if options.only or options.diagonal:
        earlier = read(options.results, name)
        if earlier is None:
            return
        newer = {tuple(fact[:named_by]): fact for fact in facts}
        facts = [newer.get(tuple(fact[:named_by]), fact) for fact in earlier["facts"]]
    options.results.mkdir(parents=True, exist_ok=True)
    versions = {client.name: client.version() for client in clients}
    missing = {client.name: client.missing for client in clients if versions[client.name] is None}
    whole = {"date": date.today().isoformat(), "versions": versions, "missing": missing, "facts": facts}
    (options.results / f"{name}.json").write_text(json.dumps(whole, indent=1))


def read(folder: Path, name: str):
    file = folder / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None
