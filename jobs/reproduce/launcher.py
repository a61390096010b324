"""How a program is started, as in the tests (tests/launch.py), whose folder is on the path for all that is imported after this module."""

import os
import subprocess
import sys

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests"))
from launch import ROOT, cores, environment, mpiexec  # noqa: E402, F401


def commit_of_program(program):
    done = subprocess.run([program, "version"], stdout=subprocess.PIPE, text=True, env=environment())
    return next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("commit"))
