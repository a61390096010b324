#!/usr/bin/env bash
# Runs the decks of one published device from several random starts and prints what was asked beside what came out, misses included.
# Usage: bash jobs/reproduce.sh maze [--seeds 1 2 3 4] [--only GROUP...] [--at-once 2] [--missing | --show]
#   maze       the spin-transfer film (Yu et al. 2021); results in runs/reproduce-maze/
#   --seeds    random starts; one run is one maze
#   --only     groups of runs: synapse hopfield controls resistance refresh pinning hall grid
#   --at-once  runs side by side, one rank each
#   --missing  run only what has not finished before
#   --show     run nothing, print the table of the runs that are there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in
  maze) device=$1 && shift ;;
  *) sed -n 's/^# \{0,1\}//;2,9p' "$0" >&2; exit 2 ;;
esac
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
program=${HOPFILM:-build/hopfilm}
[ -n "${HOPFILM:-}" ] || { cmake --preset release >/dev/null && cmake --build --preset release --target hopfilm >/dev/null; }
exec bash jobs/python.sh "tests/reproduce_$device.py" "$program" "$@"
