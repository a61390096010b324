#!/usr/bin/env bash
# Fuzzes what reads a user's files: builds the targets with clang, then runs each for a time, one process at a time.
# Usage: bash tests/fuzz/run.sh [SECONDS [TARGET...]]     60 s for each of deck, check, image, node, checkpoint and ovf when left out
# The corpus and what was found (crash-, leak-, timeout-, oom-, slow-unit-) stay in build-fuzz/corpus. A finding is fixed, and its input kept in
# tests/fuzz/regressions/TARGET, from where ctest replays it. Exit code 1 when anything was found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- deck check image node checkpoint ovf
command -v clang >/dev/null || { echo "fuzzing needs clang with its libFuzzer (Debian packages clang and libclang-rt-14-dev)" >&2; exit 1; }
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
corpus=$PWD/build-fuzz/corpus
bash jobs/python.sh tests/fuzz/seeds.py "$corpus" build-fuzz/hopfilm
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
failed=0
for target in "$@"; do
  log=$corpus/$target.log found=$corpus/found/$target
  mkdir -p "$found"
  # Decks name files: they are read from inputs/. A second is the aim of an input; sanitizers, counters and a full machine take their share.
  (cd inputs && "../build-fuzz/fuzz/fuzz_$target" "$corpus/$target" -artifact_prefix="$found/" -dict="$corpus/words" -max_total_time="$seconds" -timeout=10 \
    -report_slow_units=3 -rss_limit_mb=1024 -malloc_limit_mb=600 -max_len=20000 -print_final_stats=1 -close_fd_mask=3) >"$log" 2>&1 || failed=1
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: */executions /p' "$log"), $(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -n 1)," \
    "found: $(grep -E '^SUMMARY|ERROR: libFuzzer' "$log" | tail -n 1 | grep . || echo nothing)," \
    "slow: $(find "$found" -name 'slow-unit-*' | wc -l)"
done
exit $failed
