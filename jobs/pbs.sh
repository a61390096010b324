#!/usr/bin/env bash
# Runs a deck on many ranks under PBS, again and again until it is done:  qsub -v DECK=inputs/four-node-patterns.yaml jobs/pbs.sh
# Further options of hopfilm:  qsub -v DECK=...,HOPFILM_OPTIONS="--force" jobs/pbs.sh        An array, one member of an ensemble each:  qsub -J 1-16 ...
# Five minutes before its time is up the run saves its state and stops with exit code 75, and the job submits itself again.
# Build first on the login node: jobs/build-with-modules.sh. The film is cut into rows, at least one row of cells per rank; some ten thousand cells per
# rank are a good load. A deck with a section `ensemble` spreads its members over the ranks.
#PBS -N hopfilm
#PBS -l select=2:ncpus=32:mpiprocs=32
#PBS -l walltime=02:00:00
#PBS -r y
#PBS -j oe
# #PBS -A ...
# #PBS -q ...
set -euo pipefail

# ---- to be set for your site, here or in the environment; nothing below ----
MODULES=${MODULES-}             # those hopfilm was built with, as in "openmpi petsc hdf5-parallel fftw udunits"
RESULTS=${RESULTS-runs}         # where run directories go; on a parallel file system, scratch
WALLTIME=${WALLTIME-115 min}    # the walltime above less the time to save
RESTARTS=${RESTARTS-100}        # submit again at most so many times
LAUNCH=${LAUNCH-mpirun}

[ -z "$MODULES" ] || module load $MODULES
cd "${PBS_O_WORKDIR:-.}"
deck=${DECK:?usage: qsub -v DECK=deck.yaml jobs/pbs.sh}
ranks=$(wc -l <"$PBS_NODEFILE")
export OMP_NUM_THREADS=1 # ranks, no threads
read -r -a options <<<"${HOPFILM_OPTIONS-}"
[ -z "${PBS_ARRAY_INDEX-}" ] || options+=(--members "$PBS_ARRAY_INDEX")

code=0
$LAUNCH -n "$ranks" "${HOPFILM:-build/hopfilm}" run "$deck" --out "$RESULTS/$(basename "${deck%.yaml}")" --restart auto --max-walltime "$WALLTIME" "${options[@]}" || code=$?
if [ $code = 75 ] && [ -z "${PBS_ARRAY_INDEX-}" ] && [ "$RESTARTS" -gt 0 ]; then
  settings="RESULTS=$RESULTS,WALLTIME=$WALLTIME,RESTARTS=$((RESTARTS - 1)),MODULES=$MODULES,LAUNCH=$LAUNCH,HOPFILM=${HOPFILM-}"
  qsub -v "DECK=$deck,HOPFILM_OPTIONS=${HOPFILM_OPTIONS-},$settings" "${PBS_O_WORKDIR:-.}/jobs/pbs.sh"
fi
exit $code
