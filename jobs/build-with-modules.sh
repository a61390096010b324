#!/usr/bin/env bash
# Builds hopfilm on a cluster without root rights, with the modules of the site:  MODULES="gcc openmpi petsc hdf5-parallel fftw udunits cmake" bash jobs/build-with-modules.sh
# Where the site lacks libraries, Spack builds hopfilm with all of them:  spack env activate jobs/spack && spack install
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# ---- settings of your site, here or in the environment; the rest needs no change ----
MODULES=${MODULES-}
PREFIX=${PREFIX-}               # folders of libraries outside /usr, separated by colons, each with lib/pkgconfig
CC=${CC-mpicc}                  # the compiler wrapper of the MPI module

[ -z "$MODULES" ] || module load $MODULES
export CC
IFS=: read -r -a prefixes <<<"$PREFIX"
for prefix in "${prefixes[@]}"; do
  export PKG_CONFIG_PATH="$prefix/lib/pkgconfig:$prefix/lib64/pkgconfig:${PKG_CONFIG_PATH-}" CPATH="$prefix/include:${CPATH-}"
done
cmake --preset release && cmake --build --preset release --target hopfilm
build/hopfilm version
