"""Follows a running simulation: prints its status line by line and redraws its curves whenever there are new data.

    python3 postprocess/watch.py DIR [-o FILE.png] [--every SECONDS] [--once]

Reads only status.yaml and table.tsv, on any machine that sees the run directory. The mean magnetization is always drawn, conductances if the film has few
electrodes. The picture is DIR/watch.png unless -o names another; most viewers reload it by themselves.
"""

import argparse
import os
import sys
import time

import matplotlib.pyplot as plt
import numpy
import yaml

from .. import style  # noqa: F401  (the style of all figures)
from ..tables import read_table


def status_of(directory):
    """Contents of status.yaml; before it exists, the status "starting"."""
    try:
        with open(os.path.join(directory, "status.yaml")) as file:
            return yaml.safe_load(file) or {"status": "starting"}
    except FileNotFoundError:
        return {"status": "starting"}


def line_of(status):
    """One line for the terminal."""
    text = f"{status.get('updated', '')}  {status['status']}"
    if status.get("of"):
        text += f"  {100 * status['simulated_seconds'] / status['of']:.0f} % of {1e9 * status['of']:.4g} ns"
    if status.get("doing"):
        text += f"  {status['doing'].strip()}"
    if status["status"] == "running" and "seconds_to_go" in status:
        text += f"  to go: {status['seconds_to_go']:.0f} s"
    if "last_accuracy" in status:
        text += f"  last accuracy {float(status['last_accuracy']):.3f}"
    return text


def draw(figure, names, table, title):
    figure.clear()
    conductances = [k for k, name in enumerate(names) if name.startswith("G") and numpy.isfinite(table[:, k]).any()]
    axes = figure.subplots(2 if conductances else 1, 1, sharex=True, squeeze=False)[:, 0]
    t = 1e9 * table[:, 0]
    for k, name in enumerate(("mx ()", "my ()", "mz ()")):
        if name in names:
            axes[0].plot(t, table[:, names.index(name)], label=("m$_x$", "m$_y$", "m$_z$")[k])
    axes[0].set(ylabel="mean magnetization", title=title)
    axes[0].legend(frameon=False, ncols=3)
    for k in conductances:
        axes[-1].plot(t, table[:, k], label=names[k].split(" ")[0])
    if conductances:
        axes[-1].set(ylabel="conductance (S)")
        axes[-1].legend(frameon=False, ncols=3, fontsize="small")
    axes[-1].set_xlabel("time (ns)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", metavar="DIR", help="a run directory; the run may be in progress or have ended")
    parser.add_argument("-o", "--output", metavar="FILE", help="the picture, which is redrawn (default: DIR/watch.png)")
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS")
    parser.add_argument("--once", action="store_true", help="draw once and end")
    options = parser.parse_args()
    if not os.path.isdir(options.directory):
        sys.exit(f"there is no directory {options.directory}")
    figure, drawn, printed = plt.figure(figsize=(7, 5), constrained_layout=True), -1, ""
    path = options.output or os.path.join(options.directory, "watch.png")
    while True:
        status = status_of(options.directory)
        names, table = read_table(options.directory)
        if len(table) > max(0, drawn):
            draw(figure, names, table, f"{os.path.basename(os.path.abspath(options.directory))}: {status['status']}")
            drawn = len(table)
            figure.savefig(path, dpi=120)
        if line_of(status) != printed:
            printed = line_of(status)
            print(printed, flush=True)
        if options.once or status["status"] not in ("running", "starting"):
            break
        time.sleep(options.every)
    print(path)
