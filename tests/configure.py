"""What CMake says of stacks that do not fit, and what it does with a user's flags: configures with broken .pc files and headers, compiles nothing of hopfilm.
Usage: configure.py [--quick]     --quick: HDF5 and PETSc that do not fit, no more"""

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

from launch import ROOT, cores

PETSC_PC = "Name: PETSc\nDescription: fake\nVersion: 3.20.0\nincludedir={0}\nlibdir={0}\nCflags: -I{0}\nLibs:\n"
HDF5_PC = "Name: HDF5\nDescription: fake\nVersion: 1.14.0\nCflags: -I{0}\nLibs: {1}\n"
SERIAL = "typedef int hid_t;\n"
PARALLEL = "#include <mpi.h>\n#define H5_HAVE_PARALLEL 1\n#define H5P_DEFAULT 0\nint H5Pset_fapl_mpio(int list, MPI_Comm comm, MPI_Info info);\n"
WRONG_MPI = '#error "PETSc was configured with MPICH but compiles with another mpi.h"\n'
PETSC = subprocess.run(["pkg-config", "--variable=prefix", "petsc"], capture_output=True, text=True).stdout.strip()


def hdf5(header, libraries=""):
    return {"hdf5.h": header, "hdf5-openmpi.pc": HDF5_PC.format("{0}", libraries), "hdf5-mpich.pc": HDF5_PC.format("{0}", libraries)}


def petsc(conf, header=""):
    return {"petscconf.h": conf, "petscsys.h": header, "petsc.pc": PETSC_PC}


# name: files of a folder on PKG_CONFIG_PATH ({0} is that folder), options of cmake, environment, words of the message
REFUSED = {
    "HDF5 without MPI": (hdf5(SERIAL), [], {}, ["HDF5 1.14.0", "was built without MPI"]),
    "HDF5 whose header does not compile": (hdf5("#include <absent.h>\n"), [], {}, ["header of HDF5 1.14.0", "does not compile", "absent.h"]),
    "HDF5 that is not there to link": (hdf5(PARALLEL, "-labsent"), [], {}, ["HDF5 1.14.0", "does not link", "-labsent"]),
    "HDF5 without the function": (hdf5(PARALLEL), [], {}, ["does not link", "H5Pset_fapl_mpio"]),
    "PETSc of another MPI": (petsc("#define PETSC_HAVE_MPICH 1\n", WRONG_MPI), [], {}, ["was built with MPICH", "no MPI that is here goes", "another mpi.h"]),
    "PETSc without MPI": (petsc("#define PETSC_HAVE_MPIUNI 1\n"), [], {}, ["was built without MPI"]),
    "PETSC_DIR without PETSc": ({}, [], {"PETSC_DIR": "/absent", "PETSC_ARCH": "arch"}, ["PETSC_DIR=/absent", "petsc.pc"]),
    "instruction set that the compiler does not know": ({}, ["-DHOPFILM_ARCH=absent"], {}, ["-march=absent", "HOPFILM_ARCH"]),
}
QUICK = ("HDF5 without MPI", "HDF5 whose", "HDF5 that is not", "PETSc of another MPI")
# name: options of cmake, environment, flags of compilation that are there, flags that are not, words of the output
ACCEPTED = {
    "defaults": ([], {"CFLAGS": "-DUSER"}, ["-O3 -g", "-DUSER"], ["-DNDEBUG"], ["kernels are compiled"]),
    "a user's flags of the type": (["-DCMAKE_C_FLAGS_RELEASE=-O1", "-DCMAKE_C_FLAGS=-DUSER"], {}, ["-O1", "-DUSER"], ["-O3"], []),
    "another type": (["-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DHOPFILM_ARCH=native"], {}, ["-O2 -g", "-march=native"], ["-O3", "HF_CLONES"], ["HOPFILM_ARCH"]),
    "no type, MPI's wrapper, PETSC_DIR": (["-DCMAKE_BUILD_TYPE=None"], {"CC": "mpicc", "CFLAGS": "-O1", "PETSC_DIR": PETSC}, ["-O1"], ["-O3"], ["by itself"]),
}


def configure(folder, options, environment, files):
    for name, text in files.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text.replace("{0}", folder))
    env = {name: value for name, value in os.environ.items() if name not in ("CFLAGS", "CC", "PETSC_DIR", "PETSC_ARCH")}
    env["PKG_CONFIG_PATH"] = os.pathsep.join([folder, *filter(None, [env.get("PKG_CONFIG_PATH")])])
    build = os.path.join(folder, "build")
    command = ["cmake", "-S", ROOT, "-B", build, "-DBUILD_TESTING=OFF", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *options]
    done = subprocess.run(command, env={**env, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, " ".join(done.stdout.split()), build


def case(name):
    folder = tempfile.mkdtemp(prefix="hopfilm-configure-")
    try:
        if name in REFUSED:
            files, options, environment, words = REFUSED[name]
            code, text, _ = configure(folder, options, environment, files)
            faults = ["is accepted"] if code == 0 else []
        else:
            options, environment, there, absent, words = ACCEPTED[name]
            code, text, build = configure(folder, options, environment, {})
            faults = [f"exit code {code}"] if code else []
            if not code:
                with open(os.path.join(build, "compile_commands.json")) as file:
                    flags = next(entry["command"] for entry in json.load(file) if entry["file"].endswith("magnet/kernels.c"))
                faults += [f"no {flag} among {flags}" for flag in there if flag not in flags] + [f"{flag} among {flags}" for flag in absent if flag in flags]
        faults += [f"no '{word}' in: {text[-1500:]}" for word in words if word not in text]
        return name, faults
    finally:
        shutil.rmtree(folder)


def main():
    names = [name for name in REFUSED if name.startswith(QUICK)] if "--quick" in sys.argv else [*REFUSED, *ACCEPTED]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(cores()) as pool:
        for name, faults in pool.map(case, names):
            print(f"{'FAILED' if faults else 'ok':7} {name}")
            for fault in faults:
                print(f"        {fault}")
            bad += bool(faults)
    print(f"configure: {len(names)} cases, {bad} failed")
    return int(bad > 0)


sys.exit(main())
