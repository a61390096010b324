#!/usr/bin/env python3
"""The spin-transfer film (Yu et al. 2021): runs its decks from several random starts and prints what is asked beside what every start gives, with
the untrained film and xi = 1 as controls. Exit code 1 when a figure is missed.

Usage: reproduce_maze.py HOPFILM [--seeds 1 2 3 4] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-maze)
"""

import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import time

import yaml

import maze_figures as figures
from figures import Table
from launch import ROOT, environment, mpiexec

Run = collections.namedtuple("Run", "results directory")


# Name of a run: deck, and what is set in it. The decks' voltages are those of a + electrode, half of what lies between the contacts.
ADIABATIC = "film.material.nonadiabaticity=0"
RUNS = {
    "synapse-50mV": ("maze-synapse", []),
    "synapse-100mV": ("maze-synapse", ["schedule.1.train.voltage=50 mV"]),
    "retention": ("maze-retention", []),  # the pulses of maze-hopfield, and a pause after each
    "controls-nonadiabatic": ("maze-controls", []),
    "controls-interfacial": ("maze-controls", [ADIABATIC, "film.material.Dbulk=0", "film.material.Dinterfacial=6.5e-3 A"]),
    "controls-negative-amr": ("maze-controls", [ADIABATIC, "film.material.amr_ratio=-1.5"]),
    "controls-uniform": ("maze-controls", [ADIABATIC, "coupling.current=uniform"]),
    "controls-frozen": ("maze-controls", [ADIABATIC, "coupling.refresh=frozen"]),
    "resistance": ("maze-resistance", []),
    "refresh-stage": ("maze-synapse", ["coupling.refresh=stage"]),
    "refresh-5ps": ("maze-synapse", ["coupling.refresh=interval", "coupling.every=5 ps"]),
    "refresh-50ps": ("maze-synapse", ["coupling.refresh=interval", "coupling.every=50 ps"]),
    "pinning-2": ("maze-pinning", ["film.material.Ku_variation=2 %"]),
    "pinning-5": ("maze-pinning", ["film.material.Ku_variation=5 %"]),
    "pinning-10": ("maze-pinning", ["film.material.Ku_variation=10 %"]),
    "pinning-30": ("maze-pinning", ["film.material.Ku_variation=30 %"]),
    "hall": ("maze-hall", []),
}
# The maze of the synapse before its pulse, on other cells; 133 of them for 3 nm.
for cell in figures.CELLS:
    RUNS[f"grid-{cell}nm"] = ("maze-grid", ["film.initial.file.path={synapse-50mV}/run.h5", "film.initial.file.frame=2", f"film.cell={cell} nm"])
# Group: its runs, from every start or from the first alone, and its rows of the table.
GROUPS = {
    "synapse": (["synapse-50mV", "synapse-100mV"], "every", figures.synapse),
    "hopfield": (["retention"], "every", figures.hopfield),
    "controls": ([name for name in RUNS if name.startswith("controls-")], "every", figures.controls),
    "resistance": (["resistance"], "every", figures.resistance),
    "refresh": (["refresh-stage", "synapse-50mV", "refresh-5ps", "refresh-50ps"], "first", figures.refresh),
    "pinning": (["synapse-50mV", *(name for name in RUNS if name.startswith("pinning-"))], "first", figures.pinning),
    "hall": (["synapse-50mV", "hall"], "first", figures.hall),
    "grid": (["synapse-50mV", *(f"grid-{cell}nm" for cell in figures.CELLS)], "every", figures.grid),
}


def directory(options, name, seed):
    return os.path.join(options.out, f"{name}-{seed}")


def finished(options, name, seed):
    """The run's results, None if it is not done."""
    path = os.path.join(directory(options, name, seed), "summary.yaml")
    if not os.path.exists(path):
        return None
    with open(path) as file:
        summary = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Run(summary["results"], directory(options, name, seed)) if summary["status"] == "done" else None


def run(options, name, seed):
    (deck, changes), start = RUNS[name], time.time()
    if needs(name):
        changes = [change.format(**{needs(name): directory(options, needs(name), seed)}) for change in changes]
    else:
        changes = [f"film.initial.random.seed={seed}", *changes]
    settings = [word for change in changes for word in ("--set", change)]
    command = mpiexec(1, os.path.abspath(options.program), "run", os.path.join("inputs", deck + ".yaml"), *settings, "--out",
                      directory(options, name, seed), "--force")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment())
    print(f"{name}, start {seed}: exit code {done.returncode} after {time.time() - start:.0f} s", flush=True)
    if done.returncode:
        print(done.stdout.decode(errors="replace")[-2000:], flush=True)


def needs(name):
    """The run whose results this one starts from, None if it starts from a random state."""
    found = re.search(r"{(.*?)}", " ".join(RUNS[name][1]))
    return found and found.group(1)


def wanted_of(options, group):
    names, starts, _ = GROUPS[group]
    return [(name, seed) for seed in (options.seeds if starts == "every" else options.seeds[:1]) for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--only", nargs="+", choices=list(GROUPS), default=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--out", default=os.path.join(ROOT, "runs", "reproduce-maze"))
    parser.add_argument("--missing", action="store_true", help="run only what has not finished before")
    parser.add_argument("--show", action="store_true", help="run nothing")
    options = parser.parse_args()
    options.out = os.path.abspath(options.out)
    start = time.time()
    wanted = sorted({job for group in options.only for job in wanted_of(options, group)}, key=lambda job: (job[1], list(RUNS).index(job[0])))
    if not options.show:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            for later in (False, True):
                list(pool.map(lambda job: run(options, *job), [job for job in wanted if bool(needs(job[0])) == later
                                                               and (not options.missing or finished(options, *job) is None)]))
        print(f"{time.time() - start:.0f} s")
    missed, asked = 0, 0
    for group in options.only:
        table, found = Table(), {}
        for name, seed in wanted_of(options, group):
            result = finished(options, name, seed)
            if result is not None:
                found.setdefault(name, {})[seed] = result
        print(f"\n{group}: " + "; ".join(f"{name} from start {', '.join(map(str, seeds))}" for name, seeds in found.items()))
        GROUPS[group][2](table, found)
        table.show()
        missed += table.missed
        asked += sum(1 for row in table.rows if row[3])
    absent = [job for job in wanted if finished(options, *job) is None]
    print()
    for name, seed in absent:
        print(f"no finished run: {name}, start {seed}")
    print(f"figures: {asked} asked, {missed} missed, {len(absent)} runs absent")
    return 1 if missed or absent else 0


if __name__ == "__main__":
    sys.exit(main())
