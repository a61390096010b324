"""Hysteresis loops of the steps `hysteresis` of one run or several, in one figure.

python3 postprocess/hysteresis.py DIR [DIR...] -o FILE.png
"""

import argparse
import os

from .. import hysteresis_figures as figures
from ..run import Run
from ..style import save


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directories", nargs="+", metavar="DIR")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the picture, of the kind of its ending: .png, .pdf, .svg")
    options = parser.parse_args()
    found = []
    for directory in options.directories:
        run = Run(directory)
        if not run.steps("hysteresis"):
            raise SystemExit(f"{run.directory}: no step hysteresis")
        for entry in run.steps("hysteresis"):
            found.append((f"{os.path.basename(os.path.normpath(directory))}, item {entry['item']}", figures.branches(run, entry)))
    save(figures.loops(found), options.output)
