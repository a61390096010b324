#!/usr/bin/env python3
"""The spin-transfer film (Yu et al. 2021): runs its decks from several random starts and prints what is asked beside what every start gives, with
the untrained film and xi = 1 as controls. Exit code 1 when a figure is missed.

Usage: reproduce_maze.py HOPFILM [--seeds 1 2 3 4] [--at-once 2] [--out DIR] [--show]     (DIR: runs/reproduce-maze)
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import time

import yaml

from figures import Table, entries
from launch import ROOT, environment, mpiexec


def directory(options, name, seed):
    return os.path.join(options.out, f"{name}-{seed}")


def run(options, name, seed):
    deck, changes, _ = RUNS[name]
    out, start = directory(options, name, seed), time.time()
    settings = [word for change in [f"film.initial.random.seed={seed}", *changes] for word in ("--set", change)]
    command = mpiexec(1, os.path.abspath(options.program), "run", os.path.join("inputs", deck + ".yaml"), *settings, "--out", out, "--force")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment())
    print(f"{name}, start {seed}: exit code {done.returncode} after {time.time() - start:.0f} s", flush=True)
    if done.returncode:
        print(done.stdout.decode(errors="replace")[-2000:], flush=True)


def results(options, name):
    """Results by seed, of the runs that are done."""
    found = {}
    for seed in options.seeds:
        path = os.path.join(directory(options, name, seed), "summary.yaml")
        if not os.path.exists(path):
            continue
        with open(path) as file:
            summary = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if summary["status"] == "done":
            found[seed] = summary["results"]
    return found


def per_seed(values, form="{}"):
    return "  ".join(form.format(v) for v in values)


def synapse(voltage, least):
    def rows(table, runs):
        pulses = [next(e for e in entries(r, "gauges") if e["pattern"]) for r in runs.values()]
        changes = [{g["name"]: g["change_percent"] for g in e["gauges"]} for e in pulses]
        along, across = [c["along"] for c in changes], [c["across"] for c in changes]
        table.add(f"{voltage}, 50 ns: G along the current", f">= +{least} %", per_seed(along, "{:+.2f}"), min(along) >= least)
        table.add(f"{voltage}, 50 ns: G across the current", f"<= -{least} %", per_seed(across, "{:+.2f}"), max(across) <= -least)

    return rows


def hopfield(table, runs):
    details = {seed: [e for e in entries(r, "energies", xi_of="untrained") if "trained" in e] for seed, r in runs.items()}
    totals = [next(e for e in entries(r, "energies", xi_of="untrained") if "of" in e) for r in runs.values()]
    controls = [entries(r, "energies", control="xi = 1")[0] for r in runs.values()]
    recalls = {seed: [e for e in entries(r, "recall", xi_of="untrained") if "trained" in e] for seed, r in runs.items()}
    recall_controls = [entries(r, "recall", control="xi = 1")[0] for r in runs.values()]
    patterns = [e["trained"] for e in next(iter(details.values()))]

    def of(source, pattern, key):
        return [e[key] for found in source.values() for e in found if e["trained"] == pattern]

    def counted(figure, asked, key, met):
        hits, all_of = sum(t[key] for t in totals), sum(t["of"] for t in totals)
        text = per_seed([f"{t[key]}/{t['of']}" for t in totals]) + f"  together {hits}/{all_of} = {100 * hits / all_of:.0f} %"
        table.add(figure, asked, text, met and met(hits / all_of))

    table.add("xi = tr G/tr G0 of the untrained film", "about 0.82", per_seed([t["xi"] for t in totals], "{:.4f}"), None)
    for p in patterns:
        power = of(details, p, "power_change_percent")
        table.add(f"power of {p} once trained", ">= +4 %", per_seed(power, "{:+.2f}"), min(power) >= 4)
        table.add("  control: the other patterns, mean", "-", per_seed(of(details, p, "control_power_change_of_others_percent"), "{:+.2f}"), None)
    counted("energy minimum, all 16 states", ">= 75 %", "correct_all_states", lambda part: part >= 0.75)
    counted("  untrained film", "<= 25 %", "untrained_correct_all_states", lambda part: part <= 0.25)
    counted("energy minimum, the 14 not uniform", "-", "correct_nontrivial", None)
    counted("  untrained film", "-", "untrained_correct_nontrivial", None)
    counted("trained pattern is a fixed point", ">= 80 %", "fixed_points", lambda part: part >= 0.8)
    counted("  untrained film", "-", "untrained_fixed_points", None)
    for p in patterns:
        recalled = of(recalls, p, "recalled")
        mean = sum(recalled) / len(recalled)
        table.add(f"recall of {p}, of 16 starts", ">= 8 on average", per_seed(recalled) + f"  mean {mean:.1f}", mean >= 8)
        table.add("  untrained film; starts that are the pattern already", "-",
                  per_seed(of(recalls, p, "control_untrained")) + "; " + per_seed(of(recalls, p, "control_no_recall")), None)
    largest = [c["largest_eigenvalue_with_diagonal"] / c["saturated_G11"] for c in controls]
    table.add("xi = 1: largest eigenvalue of G - G0, of G0_11", "<= 1e-9", per_seed(largest, "{:.1e}"), max(largest) <= 1e-9)
    table.add("xi = 1: minima, all 16 states (as the paper defines it)", "reported", per_seed([f"{c['correct_all_states']}/{c['of']}" for c in controls]), None)
    table.add("xi = 1: minima, the 14 not uniform", "reported", per_seed([f"{c['correct_nontrivial']}/{c['of']}" for c in controls]), None)
    table.add("xi = 1: fixed points without the diagonal", "reported", per_seed([f"{c['fixed_points']}/{c['of']}" for c in controls]), None)
    whole = [c["fixed_points_with_diagonal"] for c in controls]
    table.add("xi = 1: fixed points with the diagonal", "none", per_seed(whole), not any(whole))
    table.add("xi = 1: recall, mean of 16 starts", "reported", per_seed([c["mean_recalled"] for c in recall_controls], "{:.1f}"), None)


# Name of the runs: deck, what is set in it, rows of the table. The decks' voltages are those of a + electrode, half of what lies between the contacts.
RUNS = {
    "maze-synapse-50mV": ("maze-synapse", ["schedule.1.train.voltage=25 mV"], synapse("0.05 V", 2)),
    "maze-synapse-100mV": ("maze-synapse", ["schedule.1.train.voltage=50 mV"], synapse("0.1 V", 8)),
    "maze-hopfield": ("maze-hopfield", [], hopfield),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--out", default=os.path.join(ROOT, "runs", "reproduce-maze"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    options.out = os.path.abspath(options.out)
    if not options.show:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            list(pool.map(lambda job: run(options, *job), [(name, seed) for seed in options.seeds for name in RUNS]))
    table, absent = Table(), []
    for name, (_, _, rows) in RUNS.items():
        runs = results(options, name)
        absent += [f"{name}, start {seed}" for seed in options.seeds if seed not in runs]
        if runs:
            print(f"{name}: starts {', '.join(map(str, runs))}, one figure each")
            rows(table, runs)
    table.show()
    for name in absent:
        print(f"no finished run: {name}")
    asked = sum(1 for row in table.rows if row[3])
    print(f"figures: {asked} asked, {table.missed} missed, {len(absent)} runs absent")
    return 1 if table.missed or absent else 0


if __name__ == "__main__":
    sys.exit(main())
