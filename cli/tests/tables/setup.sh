#!/bin/bash
# Installs DuckDB and pandas from PyPI into a venv of its own. What can't be installed is said here, and skipped by tables.py.
set -u
venv="${1:?usage: setup.sh FOLDER (for the venv)}"

if ! "$venv/bin/python" -c 'import duckdb, pandas, pyarrow' 2>/dev/null; then
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q duckdb==2.0.1 pandas==3.1.1 pyarrow==26.0.1; } >/dev/null 2>&1 ||
        echo "TABLES SETUP: DuckDB or pandas could not be installed: what needs them will be SKIPPED, not passed" >&2
fi
