#!/usr/bin/env bash
# All checks of the project: packages, format, source check, warnings, static check, tests, sanitizers.
# Usage: bash tests/run.sh [--full] [--no-install]
#   --full        also the slow tests, fuzzing (with clang), valgrind on every deck of inputs/, shortened, the figures of all decks, and other stacks of
#                 libraries, which are built where they are missing (tests/stacks.py)
#   --no-install  trust that the packages are there
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
full=0 install=1
for option in "$@"; do
  case "$option" in
    --full) full=1 ;;
    --no-install) install=0 ;;
    *) sed -n 's/^# \{0,1\}//;2,6p' "$0" >&2; exit 2 ;;
  esac
done
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
export UBSAN_OPTIONS=print_stacktrace=1
# The slow unwinder sees through libraries without frame pointers, as the suppression of leaks inside MPI needs.
export ASAN_OPTIONS=fast_unwind_on_malloc=0 LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
cores=$(env -u OMP_NUM_THREADS nproc) # of the machine: nproc heeds OMP_NUM_THREADS
names=() logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# stage NAME COMMAND...: runs it, shows its output only when it fails, keeps the verdict.
# beside NAME COMMAND...: starts it, for what mostly waits; `join` waits for all that were started, and shows them likewise.
stage() {
  local k=${#names[@]}
  names+=("$1")
  execute "$k" "${@:2}"
  report "$k"
}
beside() {
  local k=${#names[@]}
  names+=("$1")
  execute "$k" "${@:2}" &
  printf '%-36s started\n' "$1"
}
join() {
  local k
  wait
  for k in "${!names[@]}"; do [ -e "$logs/$k.reported" ] || report "$k"; done
}
# The output of stage K, its verdict, and its seconds by the clock and of the processors.
execute() {
  local k=$1 verdict=ok TIMEFORMAT='%0R %0U %0S'
  shift
  echo "$*" >"$logs/$k.command"
  { time "$@" >"$logs/$k" 2>&1 </dev/null; } 2>"$logs/$k.time" || verdict=FAILED
  echo "$verdict" >"$logs/$k.verdict"
}
report() {
  local k=$1 verdict wall user system
  verdict=$(cat "$logs/$k.verdict")
  read -r wall user system <"$logs/$k.time"
  printf '%-36s %-7s %4d s %5d s of processor   %s\n' "${names[$k]}" "$verdict" "$wall" $((user + system)) "$(grep -E '^(source check|bad decks|[0-9]+ kills|stop:|decks|[0-9]+% tests passed|cppcheck|clang-tidy|ruff|format|figures)' "$logs/$k" | tail -n 1)"
  if [ "$verdict" = FAILED ]; then
    echo "---- ${names[$k]}: $(cat "$logs/$k.command")"
    grep -vE '^ +Start |  Passed  |^ok  ' "$logs/$k" | tail -n 60
    echo "----"
  fi
  touch "$logs/$k.reported"
  [ "$verdict" = ok ]
}
show_last() { sed 's/^/    /' "$logs/$((${#names[@]} - 1))"; }
finish() {
  local executed=0 failed=0 k
  join
  echo
  echo "wall s  processor s  stage"
  for k in "${!names[@]}"; do awk -v name="${names[$k]}" '{ printf "%6d  %11d  %s\n", $1, $2 + $3, name }' "$logs/$k.time"; done | sort -rn
  echo
  for k in "${!names[@]}"; do
    executed=$((executed + $(sed -n 's/.*tests failed out of \([0-9]*\).*/\1/p' "$logs/$k" | tail -n 1 | grep . || echo 0)))
    [ "$(cat "$logs/$k.verdict")" = ok ] || { failed=$((failed + 1)); echo "failed: ${names[$k]}"; }
  done
  echo "$executed tests executed, ${#names[@]} stages, $failed failed, $SECONDS s"
  exit $((failed > 0))
}

check_format() {
  local files
  command -v clang-format >/dev/null || { echo "clang-format is missing"; return 1; }
  # Other versions format differently: the one of Debian 12 is the reference.
  if ! clang-format --version | grep -q 'version 14\.'; then echo "format: not checked, needs clang-format 14"; return 0; fi
  mapfile -t files < <(find src include tests -name '*.[ch]')
  clang-format --dry-run -Werror "${files[@]}" && echo "format: ${#files[@]} files"
}
# Lint and format of all Python, as .ruff.toml says; ruff comes from PyPI, of the version that postprocess/requirements-test.txt pins.
check_python() {
  local ruff=.venv/bin/ruff
  [ -x $ruff ] || { echo "ruff: not checked, it is missing: bash jobs/install-packages.sh --test"; [ -z "${CI-}" ]; return; }
  $ruff check . && $ruff format --check . && echo "ruff: no findings"
}
check_static() {
  cppcheck --quiet --std=c11 --language=c -j "$cores" --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
    --suppressions-list=tests/cppcheck.supp -I include -I src \
    '-DPETSC_ATTRIBUTE_FORMAT(a,b)=' -DPETSC_USE_REAL_DOUBLE -DH5E_BEGIN_TRY= -DH5E_END_TRY= --template='{file}:{line}: {severity}: {message} [{id}]' src && echo "cppcheck: no findings"
}
# Naming and readability as .clang-tidy says; it needs the compile commands of the build.
check_tidy() {
  local files
  command -v clang-tidy >/dev/null || { echo "clang-tidy is missing"; return 1; }
  if ! clang-tidy --version | grep -q 'version 14\.'; then echo "clang-tidy: not checked, needs version 14, that of Debian 12"; return 0; fi
  mapfile -t files < <(find src -name '*.c')
  # It counts suppressed warnings of system headers on stderr.
  printf '%s\0' "${files[@]}" | xargs -0 -n 8 -P "$cores" clang-tidy -p build --quiet 2>/dev/null && echo "clang-tidy: ${#files[@]} files, no findings"
}
build() { cmake --preset "$1" -D HOPFILM_WERROR=ON && cmake --build --preset "$1" -j "$cores" "${@:2}"; }
# One more than there are cores: scripts and mpiexec wait for a part of their time.
run_tests() { ctest --test-dir "$1" -j $((cores + 1)) --output-on-failure --no-tests=error "${@:2}"; }

# Every deck of inputs/ on a coarse film, all times divided by a thousand.
figures=()
[ $full = 0 ] || figures=(--full)
shopt -s extglob nullglob
# Builds round differently, which the single precision of the full field and a random start turn into 1e-6 of a margin.
short=(--shorten 1000 --set "film.cell=40 nm" --set demag_precision=double --decks inputs/!(@(letters|digits|wire)-*|four-node-@(retention|demag-retention|relearning)).yaml inputs/learners/!(coupled-letters|elastic-design|plasticity|temperature).yaml)
sheets=(--shorten 1000 --set "film.cell=500 nm" --decks inputs/@(letters-!(784)|digits-*|wire-*).yaml) # their nodes are 2 um apart
largest=(--shorten 1000 --set "film.cell=1 um" --decks inputs/letters-784.yaml)
# Where dry friction lets a random start come to rest depends on round-off: each build repeats its own.
rubbed=(--shorten 1000 --set "film.cell=100 nm" --decks inputs/four-node-retention.yaml)
# Standard problems, on their own cells, and what no shorter time steps make short.
problems=(--shorten 1000 --decks inputs/validation/*.yaml inputs/learners/@(coupled-letters|elastic-design|plasticity|temperature).yaml)

if [ $install = 1 ]; then stage "packages" bash jobs/install-packages.sh --test || finish; fi
stage "format" check_format
stage "source check" bash jobs/python.sh tests/check_source.py
stage "Python, lint and format" check_python
stage "static check" check_static
stage "build, warnings are errors" build release || finish
stage "names" check_tidy
stage "API documentation" cmake --build build --target docs
stage "tests" run_tests build -L fast
stage "quick start, as in the README" bash jobs/quickstart.sh
if [ $full = 1 ]; then
  stage "slow tests" run_tests build -L slow
  stage "configuring on what does not fit" bash jobs/python.sh tests/configure.py
  stage "killed and resumed, 200 times" bash jobs/python.sh tests/kill.py build/hopfilm --kills 200 --seed 2
fi
stage "standard problems, short" bash jobs/python.sh tests/decks.py build/hopfilm --ranks 1 2 "${problems[@]}"
stage "films with friction, short" bash jobs/python.sh tests/decks.py build/hopfilm --ranks 1 "${rubbed[@]}"
beside "job scripts on a Slurm of its own" bash jobs/python.sh tests/slurm.py build/hopfilm
stage "build with sanitizers" build sanitize --target hopfilm unit_tests && {
  stage "tests with sanitizers" run_tests build-sanitize -L unit
  stage "bad decks with sanitizers" env ASAN_OPTIONS=detect_leaks=0 bash jobs/python.sh tests/bad_decks.py build-sanitize/hopfilm --ranks 2
  stage "small decks with sanitizers" bash jobs/python.sh tests/decks.py build-sanitize/hopfilm --ranks 1 2
  # The fast build repeats every run from its used deck, and must find the same.
  beside "784 nodes, short, with sanitizers" bash jobs/python.sh tests/decks.py build-sanitize/hopfilm --ranks 1 --again build/hopfilm "${largest[@]}"
  stage "all decks, short, with sanitizers" bash jobs/python.sh tests/decks.py build-sanitize/hopfilm --ranks 1 --again build/hopfilm "${short[@]}"
  stage "all sheets, short, with sanitizers" bash jobs/python.sh tests/decks.py build-sanitize/hopfilm --ranks 1 --again build/hopfilm "${sheets[@]}"
}
join
if [ $full = 1 ]; then
  if command -v clang >/dev/null; then stage "fuzzing, 60 s a target" bash tests/fuzz/run.sh 60; else echo "no clang: nothing is fuzzed; what fuzzers found is replayed all the same"; fi
  # Leaks are the sanitizers' business; Open MPI sends its messages with holes in them, which its own suppressions name.
  mpi_supp=/usr/share/openmpi/openmpi-valgrind.supp
  stage "all decks, short, under valgrind" bash jobs/python.sh tests/decks.py build/hopfilm --ranks 1 "${short[@]}" \
    --wrapper "valgrind -q --error-exitcode=9 --leak-check=no $([ -r "$mpi_supp" ] && echo "--suppressions=$mpi_supp")"
  stage "this stack, for the others" bash jobs/python.sh tests/stacks.py --stacks debian --stages build
  stage "other stacks" bash jobs/python.sh tests/stacks.py --stacks debian-64 newest newest-debug-mpich
  show_last
fi
stage "figures, required and measured" bash jobs/python.sh tests/figures.py build/hopfilm "${figures[@]}"
show_last
# Without the largest films; what the figures of tests/README.md need, jobs/reproduce.sh program runs.
for bench in build/bench/bench_*; do
  quick=()
  case "$bench" in
    */bench_transport_potential) quick=(-largest 512) ;;
    */bench_magnet_runge_kutta) quick=(-n 128 -rounds 2) ;;
    */bench_transport_pcmg) quick=(-n 128) ;;
    */bench_output_frames) quick=(-n 1000 -dir build) ;;
    */bench_network_infer) quick=(-tests 1000) ;;
  esac
  stage "$(basename "$bench")" "$bench" "${quick[@]}" && show_last
done
finish
