#!/usr/bin/env bash
# Runs a deck on many ranks under PBS:   qsub -v DECK=inputs/four-node-patterns.yaml jobs/pbs.sh
# Further options of hopfilm:            qsub -v DECK=...,HOPFILM_OPTIONS="--force" jobs/pbs.sh
# Build first on the login node:         module load ...; cmake --preset release && cmake --build --preset release
# The film is cut into rows, at least one row of cells per rank; some ten thousand cells per rank are a good load.
#PBS -N hopfilm
#PBS -l select=2:ncpus=32:mpiprocs=32
#PBS -l walltime=02:00:00
#PBS -j oe
# #PBS -A ...
# #PBS -q ...
set -euo pipefail

# The modules hopfilm was built with:
# module load openmpi petsc hdf5-parallel fftw udunits

cd "${PBS_O_WORKDIR:-.}"
deck=${DECK:?usage: qsub -v DECK=deck.yaml jobs/pbs.sh}
ranks=$(wc -l <"$PBS_NODEFILE")
export OMP_NUM_THREADS=1 # ranks, no threads
read -r -a options <<<"${HOPFILM_OPTIONS-}"

# On a parallel file system put the results on scratch: --out "$SCRATCH/..."
mpirun -n "$ranks" "${HOPFILM:-build/hopfilm}" run "$deck" --out "runs/$(basename "${deck%.yaml}")-${PBS_JOBID%%.*}" "${options[@]}"
