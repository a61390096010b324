#!/usr/bin/env bash
# From a fresh checkout to a picture: installs missing packages, builds, trains a four-node film on seven patterns on 2 ranks and draws the report.
# Usage: bash jobs/quickstart.sh [DECK]      (default inputs/four-node-patterns.yaml; results in runs/<deck name>)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deck=${1:-inputs/four-node-patterns.yaml}
[ -r "$deck" ] || { echo "there is no deck $deck" >&2; exit 2; }
out=runs/$(basename "${deck%.yaml}")
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() { printf '\n[%d s] %s\n' "$SECONDS" "$1"; }
quietly() { "$@" >"$log" 2>&1 || { code=$?; tail -n 30 "$log" >&2; echo "failed: $*" >&2; exit "$code"; }; }

step "1/4 packages (only missing ones are installed)"
bash jobs/install-packages.sh
step "2/4 build in build/"
quietly cmake --preset release
quietly cmake --build --preset release --target hopfilm
step "3/4 run $deck on 2 ranks"
"${MPIEXEC:-mpiexec}" -n 2 build/hopfilm run "$deck" --out "$out" --force
step "4/4 report"
quietly bash jobs/python.sh postprocess/report.py "$out"

step "done"
build/hopfilm info "$out"
printf '\nReport:  %s\nResults: %s/run.h5 (run.xdmf2 opens it in ParaView), table.tsv, summary.yaml\nNext:    build/hopfilm keys   every deck key\n         bash tests/run.sh    the tests\n' \
  "$out/report.html" "$out"
