#!/usr/bin/env bash
# A chain of jobs for sites that do not requeue: each continues where the previous one stopped (exit code 75). Once the run is finished, the next job is
# cancelled, and later ones find nothing to do and end at once.
#   bash jobs/slurm-chain.sh 5 inputs/four-node-patterns.yaml --ntasks=64 [sbatch options]
# All of them work in the same run directory, runs/<deck name> (RESULTS: another folder than runs). jobs/slurm.sh lists the other settings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -ge 2 ] || { sed -n 's/^# \{0,1\}//;2,5p' "$0" >&2; exit 2; }
length=$1 deck=$2
shift 2
out=${RESULTS-runs}/$(basename "${deck%.yaml}")
after=()
for ((k = 1; k <= length; k++)); do
  job=$(sbatch --parsable --no-requeue --kill-on-invalid-dep=yes "${after[@]}" "$@" jobs/slurm-once.sh "$deck" "$out")
  job=${job%%;*}
  after=(--dependency="afternotok:$job")
  echo "job $job: $deck in $out, ${k} of $length"
done
