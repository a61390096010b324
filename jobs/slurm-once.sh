#!/usr/bin/env bash
# One job of jobs/slurm-chain.sh, or one task of an array that runs the members of an ensemble, one per task:
#   sbatch --array=1-16 --ntasks=4 jobs/slurm-once.sh inputs/ensembles/letters-seeds.yaml runs/letters-seeds
# To continue a failed or stopped task, submit it again. The task that ends last writes the table of all members.
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

# ---- settings of your site, here or in the environment; the rest needs no change ----
MODULES=${MODULES-}
LAUNCH=${LAUNCH-srun --cpu-bind=cores}

[ -z "$MODULES" ] || module load $MODULES
cd "${SLURM_SUBMIT_DIR:-.}"
deck=${1:?usage: sbatch jobs/slurm-once.sh DECK DIR [hopfilm options]}
out=${2:?usage: sbatch jobs/slurm-once.sh DECK DIR [hopfilm options]}
shift 2
export OMP_NUM_THREADS=1 # ranks instead of threads
member=()
[ -z "${SLURM_ARRAY_TASK_ID-}" ] || member=(--members "$SLURM_ARRAY_TASK_ID")
exec $LAUNCH "${HOPFILM:-$([ -x build/hopfilm ] && echo build/hopfilm || echo hopfilm)}" run "$deck" --out "$out" --restart auto "${member[@]}" "$@"
