#!/usr/bin/env bash
# Runs a deck on many ranks under Slurm, again and again until it is done:
#   sbatch --ntasks=64 jobs/slurm.sh inputs/four-node-patterns.yaml [hopfilm options]
# Two minutes before its time is up the run is told to save its state and stops with exit code 75; then, or when a node is lost, the job goes back into
# the queue and goes on from there. Sites that do not requeue jobs: jobs/slurm-chain.sh.
# Build first on the login node: jobs/build-with-modules.sh. The film is cut into rows, at least one row of cells per rank; some ten thousand cells per
# rank are a good load. A deck with a section `ensemble` spreads its members over the ranks.
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

# ---- to be set for your site, here or in the environment; nothing below ----
MODULES=${MODULES-}                     # those hopfilm was built with, as in "openmpi petsc hdf5-parallel fftw udunits"
RESULTS=${RESULTS-runs}                 # where run directories go; on a parallel file system, scratch
RESTARTS=${RESTARTS-100}                # at most so many times back into the queue
LAUNCH=${LAUNCH-srun --cpu-bind=cores}  # if srun cannot start this Open MPI (`srun --mpi=list`): mpirun -n $SLURM_NTASKS

[ -z "$MODULES" ] || module load $MODULES
cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm.sh DECK [hopfilm options]}
shift
export OMP_NUM_THREADS=1 # ranks, no threads

out=$RESULTS/$(basename "${deck%.yaml}")-$SLURM_JOB_ID
code=0
$LAUNCH "${HOPFILM:-build/hopfilm}" run "$deck" --out "$out" --restart auto "$@" || code=$?
# srun also says 0 of a step that it could not start
if [ $code = 0 ] && ! grep -qs '^status: done' "$out/summary.yaml"; then code=75; fi
if [ $code = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$RESTARTS" ]; then
  echo "not done yet: back into the queue (start ${SLURM_RESTART_COUNT:-0} of this job ends here)"
  scontrol requeue "$SLURM_JOB_ID" # ends this script
  sleep 60
fi
exit $code
