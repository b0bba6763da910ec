#!/bin/bash
# Installs Slurm and munge from Debian (needs root). What can't be installed is said here, and skipped by slurm.py.
set -u
. "$(dirname "$0")/../debian.sh"

complain() {
    echo "SLURM SETUP: $1 could not be installed: sweeps on Slurm will be SKIPPED, not passed" >&2
}

command -v slurmctld >/dev/null && command -v munged >/dev/null || install_packages slurm-wlm munge
