"""How the test scripts start the program: mpiexec, or what the variable MPIEXEC names, with the settings of jobs/mpi-environment.sh."""

import os
import re
import subprocess

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def environment():
    """This process's environment and the exports of jobs/mpi-environment.sh."""
    settings = open(os.path.join(ROOT, "jobs", "mpi-environment.sh")).read()
    return {**os.environ, **dict(re.findall(r"^export (\w+)=(\S*)", settings, re.M))}


def cores():
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0))


def mpiexec(ranks, *command):
    return [os.environ.get("MPIEXEC") or "mpiexec", "-n", str(ranks), *command]


def with_open_mpi(program):
    """Whether the program was built with Open MPI."""
    return "Open MPI" in subprocess.run([program, "version"], stdout=subprocess.PIPE, text=True, env=environment(), check=True).stdout
