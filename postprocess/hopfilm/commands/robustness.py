"""Exact recovery and accuracy against the size of each imperfection of a device: electrodes misplaced, conductivity, thickness and AMR ratio that vary from
grain to grain, conductances misread (Niu et al. 2024, robustness of the second sample).

    python3 postprocess/robustness.py DIR [DIR...] -o FILE.png [--method sweeps] [--xi 0.995]

Each device has at most one imperfection; runs that differ only in their seeds are averaged, bars are their standard deviation.
"""

import argparse

from .. import robustness_figures
from ..inference import inferences
from ..run import Run
from ..style import save


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directories", nargs="+", metavar="DIR")
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument("--method", default="sweeps")
    parser.add_argument("--xi", type=float, default=0.995)
    options = parser.parse_args()
    found = [
        f
        for directory in options.directories
        for f in inferences(Run(directory))
        if f.entry["method"] == options.method and abs(f.entry.get("xi", 0) - options.xi) < 1e-9
    ]
    panels = robustness_figures.panels(found)
    if not panels:
        raise SystemExit("no run has an imperfection, or none was read with this method and xi")
    save(robustness_figures.robustness(panels), options.output)
