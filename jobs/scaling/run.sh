#!/usr/bin/env bash
# Strong and weak scaling on this machine or inside a Slurm job:   bash jobs/scaling/run.sh [--ranks 1 2 4] [--quick]      (see scaling.py)
#   sbatch --ntasks=256 --wrap 'bash jobs/scaling/run.sh --ranks 1 2 4 8 16 32 64 128 256 --launch "srun -n {ranks} --cpu-bind=cores"'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
exec bash jobs/python.sh jobs/scaling/scaling.py "$@"
