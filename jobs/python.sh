#!/usr/bin/env bash
# Runs a script with the first Python that has the packages of postprocess/ and the tests: a user's own python3 may lack packages that the system's has.
# Usage: bash jobs/python.sh SCRIPT [ARGUMENT...]
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ["h5py", "jinja2", "matplotlib", "numpy", "pygments", "yaml"])))' 2>/dev/null; then
    exec "$python" "$@"
  fi
done
echo "found no Python with h5py, jinja2, matplotlib, numpy, pygments and yaml: bash jobs/install-packages.sh installs them on Debian" >&2
exit 1
