#!/usr/bin/env bash
# Installs the packages that hopfilm needs on Debian and Ubuntu; only those that are missing.
# Usage: bash jobs/install-packages.sh [--test]      --test: also those for the tests and the API documentation
set -euo pipefail

packages=(gcc libc6-dev make cmake ninja-build pkg-config git ca-certificates
  libopenmpi-dev openmpi-bin petsc-dev libhdf5-openmpi-dev libyaml-dev libfftw3-dev libudunits2-dev liblapack-dev libxxhash-dev librandom123-dev
  python3 python3-numpy python3-h5py python3-matplotlib python3-yaml python3-jinja2 python3-pygments)
test_packages=(libcmocka-dev clang-format clang-tidy cppcheck doxygen valgrind slurm-wlm munge)
case "${1-}" in
  --test) packages+=("${test_packages[@]}") ;;
  '') ;;
  *) echo "usage: $0 [--test]" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  # Not Debian: libraries installed in any other way are accepted; otherwise list what is needed.
  if command -v cmake >/dev/null && command -v pkg-config >/dev/null && command -v mpiexec >/dev/null && { pkg-config --exists 'petsc >= 3.18' || pkg-config --exists 'PETSc >= 3.18'; }; then exit 0; fi
  cat >&2 <<'TXT'
This is not Debian or Ubuntu: please install the following, then run the command again.
  Fedora   dnf install gcc cmake ninja-build pkgconf git openmpi-devel petsc-openmpi-devel hdf5-openmpi-devel libyaml-devel fftw-devel
           udunits2-devel xxhash-devel libcmocka-devel python3-numpy python3-h5py python3-matplotlib python3-pyyaml python3-jinja2 python3-pygments; then: module load mpi
  conda    conda install -c conda-forge c-compiler cmake ninja pkg-config openmpi 'petsc=*=real*' 'hdf5=*=mpi_openmpi*' yaml fftw udunits2
           xxhash cmocka numpy h5py matplotlib pyyaml jinja2 pygments
  spack    spack install cmake ninja pkgconf openmpi petsc+mpi~complex hdf5+mpi libyaml fftw udunits xxhash random123 cmocka
           py-numpy py-h5py py-matplotlib py-pyyaml py-jinja2 py-pygments
  cluster  module load cmake openmpi petsc hdf5-parallel fftw udunits      (names vary: `module avail petsc`)
Random123 consists of headers only (https://github.com/DEShawResearch/random123): add its include folder to CPATH.
Libraries outside /usr: add the folders with their .pc files to PKG_CONFIG_PATH.
TXT
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { printf 'Please ask the administrator to install these packages:\n  apt-get install %s\n' "${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" </dev/null >>"$log" 2>&1; }
if ! { apt update && apt install --no-install-recommends "${missing[@]}"; }; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install the packages; its log is $log" >&2
  exit 1
fi
rm -f "$log"
