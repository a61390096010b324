#!/usr/bin/env bash
# Runs a deck on many ranks under PBS and submits itself again until the run is finished:  qsub -v DECK=inputs/four-node-patterns.yaml jobs/pbs.sh
# Further options of hopfilm:  qsub -v DECK=...,HOPFILM_OPTIONS="--force" jobs/pbs.sh        An array with one member of an ensemble per task:  qsub -J 1-16 ...
# Five minutes before the end of its walltime the run saves its state and stops with exit code 75, and the job submits itself again. So it does when a rank, a
# node or the network between nodes fails after a checkpoint.
# Build first on the login node: jobs/build-with-modules.sh. The film is cut into rows, at least one row of cells per rank; about ten
# thousand cells per rank are a good load. The members of a deck with a section `ensemble` are distributed over the ranks.
#PBS -N hopfilm
#PBS -l select=2:ncpus=32:mpiprocs=32
#PBS -l walltime=02:00:00
#PBS -r y
#PBS -j oe
# #PBS -A ...
# #PBS -q ...
set -euo pipefail

# ---- settings of your site, here or in the environment; the rest needs no change ----
MODULES=${MODULES-}             # those that hopfilm was built with, such as "openmpi petsc hdf5-parallel fftw udunits"
RESULTS=${RESULTS-runs}         # folder for run directories, on a parallel file system
WALLTIME=${WALLTIME-115 min}    # the walltime above minus the time to save
RESTARTS=${RESTARTS-100}        # how many times to submit again at most
STALL=${STALL-30 min}           # a run that makes no progress for so long ends and is submitted again
LAUNCH=${LAUNCH-mpirun}

[ -z "$MODULES" ] || module load $MODULES
cd "${PBS_O_WORKDIR:-.}"
deck=${DECK:?usage: qsub -v DECK=deck.yaml jobs/pbs.sh}
ranks=$(wc -l <"$PBS_NODEFILE")
export OMP_NUM_THREADS=1 # ranks instead of threads
# A silent node ends the run after two minutes. By default Open MPI's daemons notice it after eight, its ranks never.
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time-60} OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl-10} \
  OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes-6}
read -r -a options <<<"${HOPFILM_OPTIONS-}"
[ -z "${PBS_ARRAY_INDEX-}" ] || options+=(--members "$PBS_ARRAY_INDEX")

out=$RESULTS/$(basename "${deck%.yaml}")
checkpoints() { find "$out" -name checkpoint.h5 -printf '%p %T@\n' 2>/dev/null | sort || true; }
before=$(checkpoints)
code=0
$LAUNCH -n "$ranks" "${HOPFILM:-$([ -x build/hopfilm ] && echo build/hopfilm || echo hopfilm)}" run "$deck" --out "$out" --restart auto --max-walltime "$WALLTIME" --max-stall "$STALL" "${options[@]}" || code=$?
case $code in
  0 | 2 | 3 | 4 | 75) ;; # as the program ended
  *) # a rank, a node or the network was lost: again, unless this job achieved nothing
    echo "the run was lost, exit code $code"
    if [ "$(checkpoints)" != "$before" ]; then code=75; fi ;;
esac
# a job that continues a run has no --force and no --restart of the first one: they would begin it anew each time
continue_with() {
  options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in --force | --restart=*) ;; --restart) shift ;; *) options+=("$1") ;; esac
    shift
  done
  options+=("$@")
}
if [ $code = 75 ] && [ -z "${PBS_ARRAY_INDEX-}" ] && [ "$RESTARTS" -gt 0 ]; then
  [ "$(checkpoints)" = "$before" ] || continue_with "${options[@]}"
  settings="RESULTS=$RESULTS,WALLTIME=$WALLTIME,STALL=$STALL,RESTARTS=$((RESTARTS - 1)),MODULES=$MODULES,LAUNCH=$LAUNCH,HOPFILM=${HOPFILM-}"
  qsub -v "DECK=$deck,HOPFILM_OPTIONS=${options[*]},$settings" "${PBS_O_WORKDIR:-.}/jobs/pbs.sh"
fi
exit $code
