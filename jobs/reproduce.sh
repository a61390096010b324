#!/usr/bin/env bash
# Runs the decks of what is published, from several random starts, and prints what is published and required beside what is measured, and why what is
# missed is missed.
# Usage: bash jobs/reproduce.sh [all|four-node|maze|letters|retention|learners|standard-problems|program|integrators] [--seeds 1 2 3] [--only GROUP...] [--at-once 2]
#                               [--missing | --show]
#   all        every one of the next seven and one table of them all, runs/reproduction.md; --readme puts it into tests/README.md. About two hours on two cores;
#              options: --missing, --show, --at-once
#   four-node  the film of four nodes (Niu et al. 2024, Figs 3, 4)
#   maze       the spin-transfer film (Yu et al. 2021)
#   letters    the films of 35 nodes and more (Niu et al. 2024, Fig. 5)
#   retention  what films with friction and with grains keep when the voltage is off
#   learners   other systems that learn by themselves (inputs/learners/)
#   standard-problems   those of micromagnetics (inputs/validation/)
#   program    speed, scaling, memory, 200 kills of runs that are resumed, the cost of checkpoints, files beside dd, sixteen ranks, time steps beside explicit ones; wants a
#              machine that does nothing else
#              --only largest --memory 16   the largest films in so many GB, which is not run otherwise
#   integrators   what the time steps of every method cost at equal accuracy, film by film, and auto's choice; takes --films, --cells, --alphas, --methods,
#              --quick of its own
#   --seeds    random starts: four mazes, three films of letters when left out
#   --only     groups of runs; --help lists them
#   --at-once  runs side by side, one rank each
#   --missing  run only what has not finished before
#   --show     run nothing, print the table of the runs that are there
# Results: runs/reproduce-NAME/. In a Slurm job (tests/slurm.py tries one group of it):   sbatch --ntasks=16 jobs/reproduce.sh all
# A lost node requeues it; when its time was too short, submit it again with --missing.
#SBATCH --job-name=hopfilm-reproduce
#SBATCH --ntasks=16
#SBATCH --nodes=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=hopfilm-reproduce-%j.log
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "${BASH_SOURCE[0]}")/..}" # Slurm runs a copy, from elsewhere; submit from the top of the tree
case "${1:-all}" in
  all | four-node | maze | letters | retention | learners | standard-problems | program | integrators) device=${1:-all} && shift $(($# > 0)) ;;
  -h | --help) sed -n 's/^# \{0,1\}//;2,25p' "$0"; exit 0 ;;
  *) sed -n 's/^# \{0,1\}//;2,25p' "$0" >&2; exit 2 ;;
esac
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
program=${HOPFILM:-build/hopfilm}
[ -n "${HOPFILM:-}" ] || { cmake --preset release >/dev/null && cmake --build --preset release >/dev/null; }

part() {
  local device=$1
  shift
  case "$device" in
    four-node) bash jobs/python.sh jobs/reproduce/four_node.py "$program" --full --keep runs/reproduce-four-node "$@" ;;
    *) bash jobs/python.sh "jobs/reproduce/${device//-/_}.py" "$program" "$@" ;;
  esac
}

[ "$device" = all ] || { part "$device" "$@"; exit; }
side=() few=() readme=()
[ -z "${SLURM_NTASKS:-}" ] || side=(--at-once "$SLURM_NTASKS")
[ "${SLURM_RESTART_COUNT:-0}" = 0 ] || few=(--missing)
while [ $# -gt 0 ]; do
  case "$1" in
    --at-once) side=(--at-once "$2") && shift ;;
    --missing | --show) few=("$1") ;;
    --readme) readme=(--readme) ;;
    *) echo "all takes --missing, --show, --at-once N, --readme; not $1" >&2; exit 2 ;;
  esac
  shift
done
code=0 # a figure missed ends nothing
for device in maze letters retention learners standard-problems; do part $device "${side[@]}" "${few[@]}" || code=$?; done
for device in four-node program; do # neither knows --missing: what has a table is shown
  if [ -n "${few[*]}" ] && [ -e "runs/reproduce-$device/tables.yaml" ]; then
    part $device --show || code=$?
  elif [ "${few[*]}" != --show ]; then
    part $device || code=$?
  fi
done
bash jobs/python.sh jobs/reproduce/summary.py "${readme[@]}" || code=$?
exit "$code"
