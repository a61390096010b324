#!/usr/bin/env bash
# Runs a deck on many ranks under Slurm and requeues itself until the run is finished:
#   sbatch --ntasks=64 jobs/slurm.sh inputs/four-node-patterns.yaml [hopfilm options]
# Two minutes before the end of its time limit the run saves its state and stops with exit code 75. The job then returns to the queue, as it does when a
# node fails or a rank dies, and continues from there. For sites that do not requeue jobs: jobs/slurm-chain.sh.
# Build first on the login node: jobs/build-with-modules.sh. The film is cut into rows, at least one row of cells per rank; about ten
# thousand cells per rank are a good load. The members of a deck with a section `ensemble` are distributed over the ranks.
#SBATCH --job-name=hopfilm
#SBATCH --ntasks=64
#SBATCH --cpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=hopfilm-%j.log
# #SBATCH --account=...
# #SBATCH --partition=...
set -euo pipefail

# ---- settings of your site, here or in the environment; the rest needs no change ----
MODULES=${MODULES-}                     # those that hopfilm was built with, such as "openmpi petsc hdf5-parallel fftw udunits"
RESULTS=${RESULTS-runs}                 # folder for run directories, on a parallel file system
RESTARTS=${RESTARTS-100}                # how many times to requeue at most
STALL=${STALL-30 min}                   # a run that makes no progress for so long ends and is requeued: Open MPI waits for ever for a node that is silent
LAUNCH=${LAUNCH-srun --cpu-bind=cores}  # if srun cannot start this Open MPI (`srun --mpi=list`): mpirun -n $SLURM_NTASKS

[ -z "$MODULES" ] || module load $MODULES
cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm.sh DECK [hopfilm options]}
shift
export OMP_NUM_THREADS=1 # ranks instead of threads

export SLURM_KILL_BAD_EXIT=1 # a rank that dies ends the run: the others would wait for it
# mpirun alone heeds these: a silent node ends the run after two minutes instead of eight
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time-60} OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl-10} \
  OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes-6}

out=$RESULTS/$(basename "${deck%.yaml}")-$SLURM_JOB_ID
checkpoints() { find "$out" -name checkpoint.h5 -printf '%p %T@\n' 2>/dev/null | sort || true; }
before=$(checkpoints)
options=("$@")
# a job that continues a run has no --force and no --restart of its first start: they would begin it anew each time
continue_with() {
  options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in --force | --restart=*) ;; --restart) shift ;; *) options+=("$1") ;; esac
    shift
  done
  options+=("$@")
}
[ "${SLURM_RESTART_COUNT:-0}" = 0 ] || [ -z "$before" ] || continue_with "$@"
code=0
$LAUNCH "${HOPFILM:-$([ -x build/hopfilm ] && echo build/hopfilm || echo hopfilm)}" run "$deck" --out "$out" --restart auto --max-stall "$STALL" "${options[@]}" || code=$?
# srun returns 0 even for a step that it could not start; of some members the summary says nothing: it is that of all
if [ $code = 0 ] && [[ " $* " != *" --members"[\ =]* ]] && ! grep -qs '^status: done' "$out/summary.yaml"; then code=75; fi
case $code in
  0 | 2 | 3 | 4 | 75) ;; # as the program ended
  *) # a rank, a node or the network was lost: again, unless this start of the job achieved nothing
    echo "the run was lost, exit code $code"
    if [ "$(checkpoints)" != "$before" ]; then code=75; fi ;;
esac
if [ $code = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$RESTARTS" ]; then
  echo "not finished yet: the job returns to the queue (start ${SLURM_RESTART_COUNT:-0} of it ends here)"
  scontrol requeue "$SLURM_JOB_ID" # ends this script
  sleep 60
fi
exit $code
