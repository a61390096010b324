#!/usr/bin/env bash
# One link of jobs/slurm-chain.sh, or one task of an array that runs the members of an ensemble, a task each:
#   sbatch --array=1-16 --ntasks=4 jobs/slurm-once.sh inputs/letters-ensemble.yaml runs/letters-ensemble
# A failed or stopped task is simply submitted again; whoever is the last to end makes the table of all members.
#SBATCH --job-name=hopfilm
#SBATCH --ntasks=64
#SBATCH --cpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --signal=TERM@120
#SBATCH --open-mode=append
#SBATCH --output=hopfilm-%j.log
# #SBATCH --account=...
# #SBATCH --partition=...
set -euo pipefail

# ---- to be set for your site, here or in the environment; nothing below ----
MODULES=${MODULES-}
LAUNCH=${LAUNCH-srun --cpu-bind=cores}

[ -z "$MODULES" ] || module load $MODULES
cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm-once.sh DECK DIR [hopfilm options]}
out=${2:?usage: sbatch jobs/slurm-once.sh DECK DIR [hopfilm options]}
shift 2
export OMP_NUM_THREADS=1 # ranks, no threads
member=()
[ -z "${SLURM_ARRAY_TASK_ID-}" ] || member=(--members "$SLURM_ARRAY_TASK_ID")
exec $LAUNCH "${HOPFILM:-build/hopfilm}" run "$deck" --out "$out" --restart auto "${member[@]}" "$@"
