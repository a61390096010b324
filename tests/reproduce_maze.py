#!/usr/bin/env python3
"""The spin-transfer film (Yu et al. 2021): runs its decks from several random starts and prints what is asked beside what every start gives, with
the untrained film and xi = 1 as controls. Exit code 1 when a figure is missed.

Usage: reproduce_maze.py HOPFILM [--seeds 1 2 3 4] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-maze)
"""

import argparse
import collections
import concurrent.futures
import os
import subprocess
import sys
import time

import yaml

import maze_figures as figures
from figures import Table
from launch import ROOT, environment, mpiexec

Run = collections.namedtuple("Run", "results directory")


def runs_of(deck, **variants):
    """By name: deck and settings."""
    return {name.replace("_", "-"): (deck, settings) for name, settings in variants.items()}


# The decks' voltages are those of a + electrode, half of what lies between the contacts.
ADIABATIC = "film.material.nonadiabaticity=0"
# Group: its runs, from every start or from the first alone, and its rows of the table.
GROUPS = {
    "synapse": (runs_of("maze-synapse", synapse_50mV=["schedule.1.train.voltage=25 mV"], synapse_100mV=["schedule.1.train.voltage=50 mV"]),
                "every", figures.synapse),
    # The pulses are those of maze-hopfield.
    "hopfield": (runs_of("maze-retention", retention=[]), "every", figures.hopfield),
    "controls": (runs_of("maze-controls",
                         controls_nonadiabatic=[],
                         controls_interfacial=[ADIABATIC, "film.material.Dbulk=0", "film.material.Dinterfacial=6.5e-3 A"],
                         controls_negative_amr=[ADIABATIC, "film.material.amr_ratio=-1.5"],
                         controls_uniform=[ADIABATIC, "coupling.current=uniform"],
                         controls_frozen=[ADIABATIC, "coupling.refresh=frozen"]), "every", figures.controls),
    "resistance": (runs_of("maze-resistance", resistance=[]), "every", figures.resistance),
    "refresh": (runs_of("maze-synapse",
                        refresh_stage=["coupling.refresh=stage"],
                        refresh_step=["coupling.refresh=step"],
                        refresh_5ps=["coupling.refresh=interval", "coupling.every=5 ps"],
                        refresh_50ps=["coupling.refresh=interval", "coupling.every=50 ps"]), "first", figures.refresh),
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


def run(options, name, seed, deck, changes):
    start = time.time()
    settings = [word for change in [f"film.initial.random.seed={seed}", *changes] for word in ("--set", change)]
    command = mpiexec(1, os.path.abspath(options.program), "run", os.path.join("inputs", deck + ".yaml"), *settings, "--out",
                      directory(options, name, seed), "--force")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment())
    print(f"{name}, start {seed}: exit code {done.returncode} after {time.time() - start:.0f} s", flush=True)
    if done.returncode:
        print(done.stdout.decode(errors="replace")[-2000:], flush=True)


def jobs(options):
    """Every run asked for, all of one start before the next start."""
    for seed in options.seeds:
        for group in options.only:
            runs, starts, _ = GROUPS[group]
            for name, (deck, changes) in runs.items():
                if starts == "every" or seed == options.seeds[0]:
                    yield name, seed, deck, changes


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
    wanted, start = list(jobs(options)), time.time()
    if not options.show:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            list(pool.map(lambda job: run(options, *job), [j for j in wanted if not options.missing or finished(options, j[0], j[1]) is None]))
        print(f"{time.time() - start:.0f} s")
    missed, asked, absent = 0, 0, []
    for group in options.only:
        table, found = Table(), {}
        for name, seed, _, _ in wanted:
            if name in GROUPS[group][0]:
                result = finished(options, name, seed)
                if result is None:
                    absent.append(f"{name}, start {seed}")
                else:
                    found.setdefault(name, {})[seed] = result
        print(f"\n{group}: " + "; ".join(f"{name} from start {', '.join(map(str, seeds))}" for name, seeds in found.items()))
        GROUPS[group][2](table, found)
        table.show()
        missed += table.missed
        asked += sum(1 for row in table.rows if row[3])
    print()
    for name in absent:
        print(f"no finished run: {name}")
    print(f"figures: {asked} asked, {missed} missed, {len(absent)} runs absent")
    return 1 if missed or absent else 0


if __name__ == "__main__":
    sys.exit(main())
