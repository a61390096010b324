#!/usr/bin/env bash
# Runs a deck on many ranks under Slurm:   sbatch --ntasks=64 jobs/slurm.sh inputs/four-node-patterns.yaml [hopfilm options]
# Build first on the login node:           module load ...; cmake --preset release && cmake --build --preset release
# The film is cut into rows, at least one row of cells per rank; some ten thousand cells per rank are a good load.
#SBATCH --job-name=hopfilm
#SBATCH --ntasks=64
#SBATCH --cpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --output=hopfilm-%j.log
# #SBATCH --account=...
# #SBATCH --partition=...
set -euo pipefail

# The modules hopfilm was built with:
# module load openmpi petsc hdf5-parallel fftw udunits

cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm.sh DECK [hopfilm options]}
shift
export OMP_NUM_THREADS=1 # ranks, no threads

# On a parallel file system put the results on scratch: --out "$SCRATCH/$(basename "${deck%.yaml}")-$SLURM_JOB_ID"
# If srun does not know how to start Open MPI (`srun --mpi=list`), use: mpirun -n "$SLURM_NTASKS"
srun --cpu-bind=cores "${HOPFILM:-build/hopfilm}" run "$deck" --out "runs/$(basename "${deck%.yaml}")-$SLURM_JOB_ID" "$@"
