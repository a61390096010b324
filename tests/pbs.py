#!/usr/bin/env python3
"""jobs/pbs.sh with a stand-in for qsub, which runs the script as PBS does: with the variables of -v and no others, from the spool, in the background.
A job that has to stop submits itself again, until the results are those of an undisturbed run; a failing deck ends with its code and no new job; the
tasks of an array are the members of an ensemble.

Usage: pbs.py HOPFILM            What the stand-in does not do, no test here has seen: a real PBS has not run this script.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

from launch import ROOT, environment, mpiexec
from slurm import ENSEMBLE, LONG, Cluster, check, failures, results, same_as_undisturbed, write

QSUB = """#!/usr/bin/env bash
# qsub [-v NAME=VALUE,...] [-J INDEX] SCRIPT
set -euo pipefail
variables=() index=
while [ $# -gt 1 ]; do
  case "$1" in
    -v) IFS=, read -r -a variables <<<"$2"; shift 2 ;;
    -J) index=PBS_ARRAY_INDEX=$2; shift 2 ;;
  esac
done
number=$(($(cat "$SPOOL/count") + 1))
echo "$number" >"$SPOOL/count"
cp "$1" "$SPOOL/$number.sh" # PBS runs a copy
printf 'localhost\\nlocalhost\\n' >"$SPOOL/$number.nodes"
{
  code=0
  env -i HOME="$HOME" PATH="$PATH" SPOOL="$SPOOL" KEEP="$KEEP" $KEEP PBS_JOBID="$number" PBS_O_WORKDIR="$PWD" PBS_NODEFILE="$SPOOL/$number.nodes" $index \\
    "${variables[@]}" bash "$SPOOL/$number.sh" || code=$?
  echo "$code" >"$SPOOL/$number.code"
} >"$SPOOL/$number.log" 2>&1 </dev/null &
echo "$number.stand-in"
"""
PATIENCE = 120


class Queue:
    def __init__(self, home, program):
        self.program, self.home, self.spool, self.runs = program, home, os.path.join(home, "spool"), os.path.join(home, "runs")
        os.mkdir(self.spool)
        write(home, "spool/count", "0")
        os.chmod(write(home, "qsub", QSUB), stat.S_IRWXU)
        mpi = {name: value for name, value in environment().items() if name.startswith(("OMPI_", "OMP_", "PRTE_", "HWLOC_"))}
        self.environment = {
            **environment(),
            "PATH": home + ":" + os.environ["PATH"],
            "SPOOL": self.spool,
            "KEEP": " ".join(f"{name}={value}" for name, value in mpi.items()),
        }

    def submit(self, *words, **variables):
        given = ",".join(f"{name}={value}" for name, value in {"RESULTS": self.runs, "HOPFILM": self.program, **variables}.items())
        done = subprocess.run(["qsub", "-v", given, *words, "jobs/pbs.sh"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return int(done.stdout.split(".")[0])

    def count(self):
        with open(os.path.join(self.spool, "count")) as file:
            return int(file.read())

    def code(self, number):
        path, end = os.path.join(self.spool, f"{number}.code"), time.time() + PATIENCE
        while not os.path.exists(path):
            if time.time() > end:
                raise RuntimeError(f"job {number} does not end:\n{self.log(number)}")
            time.sleep(0.1)
        time.sleep(0.1)  # written whole
        with open(path) as file:
            return int(file.read())

    def log(self, number):
        with open(os.path.join(self.spool, f"{number}.log")) as file:
            return file.read()[-2000:]


def test_all(queue, program):
    deck = write(queue.home, "train.yaml", LONG.format(root=ROOT))
    wanted = os.path.join(queue.home, "undisturbed")
    subprocess.run(mpiexec(2, program, "run", deck, "--out", wanted), check=True, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    number, codes = queue.submit(DECK=deck, HOPFILM_OPTIONS="--force --restart never"), []
    train = os.path.join(queue.runs, "train")
    while not os.path.exists(os.path.join(train, "table.tsv")):
        time.sleep(0.02)
    write(train, "STOP", "")
    ranks = Cluster.ranks(train)  # halted until they look for the file again, so that the run cannot end before, however fast the machine
    for order, pause in ((signal.SIGSTOP, 1), (signal.SIGCONT, 0)):
        for pid in ranks:
            os.kill(pid, order)
        time.sleep(pause)
    while not codes or codes[-1] == 75 and number < 9:
        codes.append(queue.code(number))
        number += 1
    check(codes[-1] == 0 and codes.count(75) == len(codes) - 1 and len(codes) > 1, f"not done yet: submitted again until it is, {codes}")
    if codes[-1]:
        print(queue.log(number - 1))
    check(queue.count() == len(codes), "a job that is done submits no other")
    with open(os.path.join(train, "log.txt")) as file:
        check("resuming from" in file.read(), "it continues the run, which the first job began with --force")
    same_as_undisturbed("restart", train, results(wanted)[1])

    before = queue.count()
    number = queue.submit(DECK=os.path.join(ROOT, "tests", "bad-decks", "unknown-key.yaml"))
    check(queue.code(number) == 2 and queue.count() == before + 1, "a wrong deck: exit code 2, no other job")
    before = queue.count()
    number = queue.submit(DECK=deck, WALLTIME="1 ms", RESTARTS=0, RESULTS=os.path.join(queue.home, "short"))
    check(queue.code(number) == 75 and queue.count() == before + 1, "no restarts left: exit code 75, no other job")
    number = queue.submit()
    check(queue.code(number) == 1 and "usage" in queue.log(number), "no deck: how to submit it")

    ensemble = write(queue.home, "ensemble.yaml", ENSEMBLE.format(root=ROOT))
    codes = [queue.code(queue.submit("-J", str(index), DECK=ensemble)) for index in (1, 2, 3, 4)]
    whole = os.path.join(queue.home, "ensemble")
    subprocess.run(mpiexec(1, program, "run", ensemble, "--out", whole), check=True, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    check(codes[-1] == 0, f"array: its tasks end with {codes}")
    same_as_undisturbed("array", os.path.join(queue.runs, "ensemble"), results(whole)[1])


def main():
    program = os.path.abspath(sys.argv[1])
    home = tempfile.mkdtemp(prefix="hf-pbs-")
    test_all(Queue(home, program), program)
    if failures:
        print(f"pbs: {len(failures)} failed; logs in {home}")
    else:
        shutil.rmtree(home, ignore_errors=True)
        print("pbs: 0 failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
