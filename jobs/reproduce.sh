#!/usr/bin/env bash
# Runs the decks of one published device, from several random starts, or of a set of problems and prints what was asked beside what came out, misses included.
# Usage: bash jobs/reproduce.sh maze|letters|standard-problems|integrators [--seeds 1 2 3] [--only GROUP...] [--at-once 2] [--missing | --show]
#   maze       the spin-transfer film (Yu et al. 2021); results in runs/reproduce-maze/
#   letters    the films of 35 nodes and more (Niu et al. 2024, Fig. 5); results in runs/reproduce-letters/
#   standard-problems   those of micromagnetics (inputs/validation/); results in runs/reproduce-standard-problems/
#   integrators   what explicit and implicit time steps cost on ever finer cells; takes --cells 8 4 2 1, --time (ps), --only of its own
#   --seeds    random starts: four mazes, three films of letters when left out
#   --only     groups of runs; --help lists them
#   --at-once  runs side by side, one rank each
#   --missing  run only what has not finished before
#   --show     run nothing, print the table of the runs that are there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in
  maze | letters | standard-problems | integrators) device=$1 && shift ;;
  *) sed -n 's/^# \{0,1\}//;2,12p' "$0" >&2; exit 2 ;;
esac
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
program=${HOPFILM:-build/hopfilm}
[ -n "${HOPFILM:-}" ] || { cmake --preset release >/dev/null && cmake --build --preset release --target hopfilm >/dev/null; }
exec bash jobs/python.sh "tests/reproduce_${device//-/_}.py" "$program" "$@"
