#!/usr/bin/env python3
"""Checkpoints go from one stack of libraries to another: a run that is stopped by a signal on the first goes on on each of the others, and one stopped on
these on the first. Its results are bitwise those of the undisturbed run wherever the undisturbed runs of the two stacks are; where these differ, by round-off
that the film amplifies, by no more than ten times as much.

Usage: stacks_exchange.py FIRST=FOLDER OTHER=FOLDER... --path FOLDER     builds of hopfilm, as stacks.py makes them; FOLDER/NAME/mpiexec where it is not the
system's (NAME: the name of a stack)"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kill import descendants, differences, spread  # noqa: E402
from launch import environment, mpiexec  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 600  # s for one run
# Deck, options, text of the log at which it is stopped: with a current of its own, explicit and implicit; with heat and random numbers; with every step.
FILMS = {
    "maze": (f"{HERE}/kill-decks/maze.yaml", (), "train"),
    "bdf": (f"{HERE}/kill-decks/maze.yaml", ("--set", "integrator.method=bdf"), "hold"),
    "thermal": (f"{HERE}/kill-decks/thermal.yaml", (), "train"),
    "four-node": (f"{HERE}/decks/four-node-small.yaml", ("--set", "schedule.0.relax.max_time=2 ns"), "energies"),
}
TOLERANCE = 1e-9


class Stack:
    def __init__(self, argument, path):
        self.name, _, folder = argument.partition("=")
        self.program, self.env = f"{folder}/hopfilm", environment()
        if os.path.isdir(f"{path}/{self.name}"):
            self.env["PATH"] = f"{path}/{self.name}:{self.env['PATH']}"

    def command(self, film, out, ranks):
        deck, options, _ = FILMS[film]
        return mpiexec(ranks, self.program, "run", deck, "--out", out, *options)

    def finish(self, film, out, ranks):
        done = subprocess.run(self.command(film, out, ranks), env=self.env, capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr

    def stop(self, film, out, ranks):
        """Starts the run and stops it on the way; whether it was stopped before its end."""
        with open(f"{out}.output", "w") as log:
            process = subprocess.Popen(self.command(film, out, ranks), env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.time() + PATIENCE
        while FILMS[film][2] not in open(log.name).read() and process.poll() is None and time.time() < end:
            time.sleep(0.005)
        for pid in descendants(process.pid)[1:]:
            try:
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "hopfilm":
                    os.kill(pid, signal.SIGTERM)
                    break
            except OSError:  # it has just ended
                continue
        code = process.wait(PATIENCE)
        if code not in (0, 75):
            raise SystemExit(f"{film} on {self.name} ended with {code}:\n{open(log.name).read()[-1500:]}")
        return code == 75


def handed_over(top, one, other, film, ranks, undisturbed):
    """What is wrong with a run of `one` that `other` ends, and how it was compared."""
    out = f"{top}/{film}-{ranks}-{one.name}-to-{other.name}"
    if not one.stop(film, out, ranks):
        return ["it was over before it was stopped"], ""
    code, text = other.finish(film, out, ranks)
    if code or "resuming from" not in text:
        return [f"exit code {code}: {' '.join(re.findall('hopfilm: .*', text))[-300:]}"], ""
    usual = {}
    if differences(undisturbed[one], undisturbed[other], 0):
        usual = spread(undisturbed[one], undisturbed[other])
    wrong = differences(undisturbed[one], out, TOLERANCE if usual else 0, usual)
    shutil.rmtree(out)
    return wrong, f"compared to {max(TOLERANCE, 10 * max(usual.values())):.0e}" if usual else "bitwise"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stacks", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--path", default="", help="folder with folders of stacks that hold mpiexec")
    parser.add_argument("--films", nargs="+", choices=FILMS, default=list(FILMS))
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args()
    first, *others = (Stack(argument, args.path) for argument in args.stacks)
    top = tempfile.mkdtemp(prefix="hopfilm-exchange-")
    runs = failed = 0
    for film in args.films:
        for ranks in args.ranks:
            undisturbed = {}
            for stack in (first, *others):
                undisturbed[stack] = f"{top}/{film}-{ranks}-{stack.name}"
                code, text = stack.finish(film, undisturbed[stack], ranks)
                if code:
                    raise SystemExit(f"{film} on {stack.name} ended with {code}:\n{text[-1500:]}")
            for other in others:
                for one, two in ((first, other), (other, first)):
                    wrong, how = handed_over(top, one, two, film, ranks, undisturbed)
                    runs += 1
                    failed += bool(wrong)
                    print(f"{film:10} {ranks} rank{'s'[: ranks - 1]}, {one.name} to {two.name}: {'; '.join(wrong[:4]) or how}", flush=True)
    shutil.rmtree(top, ignore_errors=True)
    print(f"{runs} runs went on on another stack, {failed} of them came out otherwise")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
