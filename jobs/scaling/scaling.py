#!/usr/bin/env python3
"""Strong and weak scaling of hopfilm on the available ranks, and a prediction for more of them.

Every deck of this folder is run twice on each number of ranks, the second time for twice as long, so that set-up time cancels in the difference. Strong
scaling: the same film on all numbers of ranks. Weak scaling: the height of the film is proportional to the number of ranks. The seconds per step are
printed, written to scaling.tsv and drawn in scaling.png, with the following numbers from PETSc's -log_view: messages, bytes and reductions per step of the
busiest rank, and the share of the right-hand side, the convolution and the potential in the time.

The model takes the measured seconds per cell and step of one rank and the counted messages, bytes and reductions, with the latency and bandwidth of an
interconnect:  t(P) = t_cell n/P + messages latency + bytes/bandwidth + reductions latency log2 P.  Scaling ends where communication takes half the time.
Messages with ghost rows (rows of cells) have the same length on any number of ranks; the transposes of the convolution send P-1 messages of n/P^2.

Usage: scaling.py [--ranks 1 2 4] [--decks NAME...] [--launch "mpiexec -n {ranks}"] [--out DIR] [--latency 1.0e-6] [--bandwidth 25e9] [--quick]
Latency (s) and bandwidth (B/s per node) default to those of HDR InfiniBand: about 1 us between processes on two nodes, 200 Gb/s.
"""

import argparse
import glob
import math
import os
import re
import shlex
import subprocess
import sys
import time

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
PARTS = {"HfRightHandSide": "rhs", "HfConvolution": "convolution", "HfPotential": "potential"}


def deck_of(name):
    """Width and height of the film (um), duration of its hold step (ps), and whether it has electrodes, from the deck or the one that it includes."""
    deck = {}
    while name:
        with open(os.path.join(HERE, name + ".yaml")) as file:
            found = yaml.safe_load(file)
        deck = {**found, **deck}
        base = found.get("include", "")
        name = base[:-5] if base and "/" not in base else None  # decks of inputs/ give the film alone
    width, height = (float(length.removesuffix(" um")) for length in deck["film"]["size"])
    return width, height, float(deck["schedule"][0]["hold"]["time"].removesuffix(" ps")), "electrodes" in deck


def logged(path):
    """Numbers of the busiest rank from the output of -log_view."""
    text = open(path).read()
    found = {}
    for key, label in (("messages", "MPI Msg Count"), ("bytes", r"MPI Msg Len \(bytes\)"), ("reductions", "MPI Reductions"), ("seconds", r"Time \(sec\)")):
        match = re.search(label + r":\s+([\d.e+-]+)", text)
        found[key] = float(match.group(1)) if match else 0.0
    for name, key in PARTS.items():
        match = re.search(r"^" + name + r"\s+\d+\s+[\d.]+\s+([\d.e+-]+)", text, re.M)
        found[key] = float(match.group(1)) if match else 0.0
    return found


def run(options, name, ranks, factor, tall):
    width, height, held, electrodes = deck_of(name)
    out = os.path.join(options.out, f"{name}-{ranks}-{factor}" + ("-weak" if tall != 1 else ""))
    log = out + ".log"
    settings = ["--set", f"schedule.0.hold.time={factor * options.share * held} ps", "--set", f"film.size=[{width} um, {tall * height} um]"]
    if electrodes:
        for k in (0, 1):
            settings += ["--set", f"electrodes.{k}.shape.rectangle.size=[0 nm, {tall * height} um]"]
    command = [
        *shlex.split(options.launch.format(ranks=ranks)),
        options.program,
        "run",
        os.path.join(HERE, name + ".yaml"),
        *settings,
        "--out",
        out,
        "--force",
        "--",
        "-log_view",
        ":" + log,
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {shlex.join(command)}\n{done.stdout.decode(errors='replace')[-2000:]}")
    summary = yaml.safe_load(open(os.path.join(out, "summary.yaml")))
    return {
        **logged(log),
        "steps": summary["steps"],
        "evaluations": summary["rhs_evaluations"],
        "cg": summary["cg_iterations"],
        "cells": summary["cells"],
        "memory": summary["peak_memory_bytes"],
    }


def measure(options, name, ranks, tall):
    short, long = (run(options, name, ranks, factor, tall) for factor in (1, 2))
    steps = max(1, long["steps"] - short["steps"])
    per = {key: (long[key] - short[key]) / steps for key in ("seconds", "messages", "bytes", "reductions", "evaluations", "cg", *PARTS.values())}
    return {**per, "name": name, "ranks": ranks, "cells": long["cells"], "steps": steps, "memory": long["memory"]}


def model(one, many, options, ranks):
    """Seconds per step on the given number of ranks, and the fraction spent on communication. many: a measurement on two or more ranks."""
    work = one["seconds"] * (1.0 / ranks)
    if ranks == 1:
        return work, 0.0
    messages, volume = many["messages"], many["bytes"]
    if one["convolution"] > 0:  # every rank sends to every other; the whole film is moved
        messages *= (ranks - 1) / (many["ranks"] - 1)
        volume *= (ranks - 1) / ranks**2 / ((many["ranks"] - 1) / many["ranks"] ** 2)
    talk = messages * options.latency + volume / options.bandwidth + many["reductions"] * options.latency * math.ceil(math.log2(ranks))
    return work + talk, talk / (work + talk)


def stops(one, many, options):
    ranks = 1
    while ranks < one["cells"] and model(one, many, options, 2 * ranks)[1] < 0.5:
        ranks *= 2
    return ranks


def draw(options, strong, weak):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), constrained_layout=True)
    for axis, rows, title in ((axes[0], strong, "strong scaling: the same film"), (axes[1], weak, "weak scaling: a film per rank")):
        for name in options.decks:
            mine = [r for r in rows if r["name"] == name]
            if mine:
                base = mine[0]["seconds"]
                part = [base / r["seconds"] / (r["ranks"] if rows is strong else 1) for r in mine]
                axis.plot([r["ranks"] for r in mine], part, "o-", label=name)
        axis.axhline(1, color="0.7", lw=0.8)
        axis.set(xlabel="ranks", ylabel="parallel efficiency", title=title, ylim=(0, 1.2))
        axis.set_xticks(options.ranks)
    axes[0].legend(frameon=False)
    figure.savefig(os.path.join(options.out, "scaling.png"), dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "hopfilm"))
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--decks", nargs="+", default=sorted(os.path.basename(p)[:-5] for p in glob.glob(os.path.join(HERE, "*.yaml"))))
    parser.add_argument("--launch", default="mpiexec -n {ranks}")
    parser.add_argument("--out", default=os.path.join(ROOT, "runs", "scaling"))
    parser.add_argument("--latency", type=float, default=1.0e-6)
    parser.add_argument("--bandwidth", type=float, default=25e9)
    parser.add_argument("--quick", action="store_true", help="a quarter of the simulated time, no weak scaling")
    options = parser.parse_args()
    options.share = 0.25 if options.quick else 1.0
    options.out = os.path.abspath(options.out)
    options.program = os.path.abspath(options.program)
    os.makedirs(options.out, exist_ok=True)
    strong = [measure(options, name, ranks, 1) for name in options.decks for ranks in options.ranks]
    weak = [] if options.quick else [measure(options, name, ranks, ranks) for name in options.decks for ranks in options.ranks]
    columns = ["kind", "name", "ranks", "cells", "steps", "seconds", "evaluations", "cg", "messages", "bytes", "reductions", "memory", *PARTS.values()]
    lines = ["\t".join(columns)] + [
        "\t".join(kind if c == "kind" else f"{r[c]:.6g}" if isinstance(r[c], float) else str(r[c]) for c in columns)
        for kind, rows in (("strong", strong), ("weak", weak))
        for r in rows
    ]
    with open(os.path.join(options.out, "scaling.tsv"), "w") as file:
        file.write("\n".join(lines) + "\n")
    print(f"per step, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores; times of the busiest rank")
    for kind, rows in (("strong", strong), ("weak", weak)):
        for r in rows:
            base = next(o for o in rows if o["name"] == r["name"])
            gain = base["seconds"] / r["seconds"] * (1 if kind == "strong" else r["ranks"])
            print(
                f"{kind:7} {r['name']:14} {r['cells']:9} cells on {r['ranks']:3} ranks: {1e3 * r['seconds']:8.2f} ms, {gain:5.2f} x; "
                f"{r['messages']:6.0f} messages, {r['bytes'] / 1e3:9.1f} kB, {r['reductions']:5.1f} reductions; "
                + ", ".join(f"{key} {100 * r[key] / r['seconds']:.0f} %" for key in PARTS.values() if r[key] > 0)
            )
    for name in options.decks:
        mine = [r for r in strong if r["name"] == name]
        many = next((r for r in mine if r["ranks"] > 1), None)
        if mine[0]["ranks"] == 1 and many:
            p = stops(mine[0], many, options)
            print(
                f"model   {name:14} {mine[0]['cells']:9} cells: communication takes half the time beyond {p} ranks "
                f"({mine[0]['cells'] / p:.0f} cells per rank, {1e6 * model(mine[0], many, options, p)[0]:.0f} us per step)"
            )
    draw(options, strong, weak)
    print(f"{options.out}/scaling.tsv, scaling.png")


if __name__ == "__main__":
    main()
