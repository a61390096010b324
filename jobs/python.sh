#!/usr/bin/env bash
# Runs a script with the first Python that has the packages of postprocess/ and the tests: a user's own python3 may lack packages that the system's has.
# Usage: bash jobs/python.sh [--test] SCRIPT [ARGUMENT...]      --test: with what the tests take from PyPI as well, in .venv; without it exit code 77, in CI 1
candidates=(python3 /usr/bin/python3)
needed=(h5py jinja2 matplotlib numpy pandas pygments xarray yaml) hint=
if [ "${1-}" = --test ]; then
  shift
  candidates=("$(dirname "${BASH_SOURCE[0]}")/../.venv/bin/python" "${candidates[@]}")
  needed+=(discretisedfield vtk xarray) hint=" --test"
fi
for python in "${candidates[@]}"; do
  if "$python" -c 'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))' "${needed[@]}" 2>/dev/null; then
    exec "$python" "$@"
  fi
done
echo "found no Python with ${needed[*]}: bash jobs/install-packages.sh$hint installs them on Debian" >&2
[ -n "$hint" ] && [ -z "${CI-}" ] && exit 77 # ctest: skipped; in CI a failure
exit 1
