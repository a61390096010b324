#!/usr/bin/env bash
# Runs a deck on many ranks under Slurm and requeues itself until the run is finished:
#   sbatch --ntasks=64 jobs/slurm.sh inputs/four-node-patterns.yaml [hopfilm options]
# Two minutes before the end of its time limit the run saves its state and stops with exit code 75. The job then returns to the queue, as it does when a
# node fails, and continues from there. For sites that do not requeue jobs: jobs/slurm-chain.sh.
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
LAUNCH=${LAUNCH-srun --cpu-bind=cores}  # if srun cannot start this Open MPI (`srun --mpi=list`): mpirun -n $SLURM_NTASKS

[ -z "$MODULES" ] || module load $MODULES
cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm.sh DECK [hopfilm options]}
shift
export OMP_NUM_THREADS=1 # ranks instead of threads

out=$RESULTS/$(basename "${deck%.yaml}")-$SLURM_JOB_ID
code=0
$LAUNCH "${HOPFILM:-$([ -x build/hopfilm ] && echo build/hopfilm || echo hopfilm)}" run "$deck" --out "$out" --restart auto "$@" || code=$?
# srun returns 0 even for a step that it could not start
if [ $code = 0 ] && ! grep -qs '^status: done' "$out/summary.yaml"; then code=75; fi
if [ $code = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$RESTARTS" ]; then
  echo "not finished yet: the job returns to the queue (start ${SLURM_RESTART_COUNT:-0} of it ends here)"
  scontrol requeue "$SLURM_JOB_ID" # ends this script
  sleep 60
fi
exit $code
