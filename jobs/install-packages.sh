#!/usr/bin/env bash
# Installs the packages that hopfilm needs on Debian and Ubuntu; only those that are missing.
# Usage: bash jobs/install-packages.sh [--test]      --test: also those for the tests and the API documentation, and .venv with those that only PyPI has
set -euo pipefail

packages=(gcc libc6-dev make cmake ninja-build pkg-config git ca-certificates
  libopenmpi-dev openmpi-bin petsc-dev libhdf5-openmpi-dev libyaml-dev libfftw3-dev libudunits2-dev liblapack-dev libxxhash-dev libpng-dev librandom123-dev
  python3 python3-numpy python3-h5py python3-matplotlib python3-yaml python3-jinja2 python3-pygments python3-plotly python3-xarray python3-pandas)
test_packages=(libcmocka-dev clang-format clang-tidy cppcheck doxygen valgrind slurm-wlm munge iproute2 groff-base zsh
  python3-venv python3-pip python3-setuptools python3-wheel
  python3-netcdf4 python3-scipy python3-h5netcdf python3-jsonschema python3-nbclient python3-nbformat python3-ipykernel
  python3-ipywidgets python3-msgpack python3-pytest python3-tqdm
  paraview python3-paraview chromium python3-websocket)
with_tests=0
case "${1-}" in
  --test) packages+=("${test_packages[@]}") with_tests=1 ;;
  '') ;;
  *) echo "usage: $0 [--test]" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  # Not Debian: libraries installed in any other way are accepted; otherwise list what is needed.
  if command -v cmake >/dev/null && command -v pkg-config >/dev/null && command -v mpiexec >/dev/null && { pkg-config --exists 'petsc >= 3.18' || pkg-config --exists 'PETSc >= 3.18'; }; then exit 0; fi
  cat >&2 <<'TXT'
This is not Debian or Ubuntu: please install the following, then run the command again.
  Fedora   dnf install gcc cmake ninja-build pkgconf git openmpi-devel petsc-openmpi-devel hdf5-openmpi-devel libyaml-devel fftw-devel
           udunits2-devel xxhash-devel libpng-devel libcmocka-devel python3-numpy python3-h5py python3-matplotlib python3-pyyaml python3-jinja2 python3-pygments; then: module load mpi
  conda    conda install -c conda-forge c-compiler cmake ninja pkg-config openmpi 'petsc=*=real*' 'hdf5=*=mpi_openmpi*' yaml fftw udunits2
           xxhash libpng cmocka numpy h5py matplotlib pyyaml jinja2 pygments
  spack    spack install cmake ninja pkgconf openmpi petsc+mpi~complex hdf5+mpi libyaml fftw udunits xxhash libpng random123 cmocka
           py-numpy py-h5py py-matplotlib py-pyyaml py-jinja2 py-pygments
  cluster  module load cmake openmpi petsc hdf5-parallel fftw udunits libpng      (names vary: `module avail petsc`)
Random123 consists of headers only (https://github.com/DEShawResearch/random123): add its include folder to CPATH.
Libraries outside /usr: add the folders with their .pc files to PKG_CONFIG_PATH.
TXT
  exit 1
fi

# .venv: what the tests need and Debian has not, as postprocess/requirements-test.txt lists it; made anew when that list or Python changes. Nothing else needs it.
make_venv() {
  local root list stamp log=$1
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  list=$root/postprocess/requirements-test.txt
  stamp="$(sha256sum <"$list") $(/usr/bin/python3 --version)"
  [ "$(cat "$root/.venv/complete" 2>/dev/null)" != "$stamp" ] || return 0
  echo "Installing into $root/.venv: $(sed -n 's/^\([a-zA-Z][^ ]*\).*/\1/p' "$list" | tr '\n' ' ')"
  if ! { rm -rf "$root/.venv" && /usr/bin/python3 -m venv --system-site-packages "$root/.venv" && "$root/.venv/bin/python" -m pip install -q --no-deps -r "$list"; } >>"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "pip could not install what $list names: tests that need it are skipped, except in CI, where this is an error" >&2
    rm -rf "$root/.venv"
    [ -z "${CI-}" ] || exit 1
    return 0
  fi
  echo "$stamp" >"$root/.venv/complete"
}
log=$(mktemp)
finish() {
  [ $with_tests = 0 ] || make_venv "$log"
  rm -f "$log"
  exit 0
}

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || finish

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { printf 'Please ask the administrator to install these packages:\n  apt-get install %s\n' "${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" </dev/null >>"$log" 2>&1; }
if ! { apt update && apt install --no-install-recommends "${missing[@]}"; }; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install the packages; its log is $log" >&2
  exit 1
fi
finish
