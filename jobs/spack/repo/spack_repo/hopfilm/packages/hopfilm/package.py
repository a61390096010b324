"""The Spack recipe of hopfilm, for Spack 1.0 and later; jobs/spack/spack.yaml builds this checkout by it."""
from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Hopfilm(CMakePackage):
    """Magnetic films that learn: Landau-Lifshitz-Gilbert dynamics coupled to currents and conductances, on many MPI ranks."""

    license("BSD-2-Clause")

    version("main")

    variant("python", default=True, description="Python packages for reports and figures (hopfilm-post)")

    depends_on("c", type="build")
    depends_on("cmake@3.21:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("mpi")
    depends_on("petsc@3.18: +mpi~complex")
    depends_on("hdf5@1.10: +mpi+hl")
    depends_on("libyaml")
    depends_on("fftw@3: precision=double,float")
    depends_on("udunits@2:")
    depends_on("lapack")
    depends_on("xxhash@0.8:")
    depends_on("libpng")
    depends_on("random123", type="build")

    with when("+python"):
        depends_on("python@3.9:", type="run")
        for name in ("numpy", "h5py", "matplotlib", "pyyaml", "jinja2", "pygments", "plotly", "pandas", "xarray"):
            depends_on("py-" + name, type="run")

    generator("ninja")

    def cmake_args(self):
        return [self.define("BUILD_TESTING", False), self.define("RANDOM123_INCLUDE_DIR", self.spec["random123"].prefix.include)]

    def setup_run_environment(self, env):
        env.set("OMP_NUM_THREADS", "1")
