"""Accuracy and exact recovery against the number of stored patterns, the film against no recall and each rule (Niu et al. 2024, Fig. 5d).

    python3 postprocess/capacity.py DIR [DIR...] -o FILE.png [--amount 1]

Runs that store the same number of patterns (with other seeds, or other patterns) are averaged; bars extend from the lowest to the highest value.
"""

import argparse

from .. import capacity_figures
from ..inference_section import chosen
from ..run import Run
from ..style import save


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directories", nargs="+", metavar="DIR")
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument("--amount", type=float, help="the amount of noise to show (default: the mean over all amounts that the runs have in common)")
    options = parser.parse_args()
    found = []
    for directory in options.directories:
        here = chosen(Run(directory))
        if not here:
            raise SystemExit(f"{directory}: no step `infer` has run")
        found += here
    amounts = [a for a in found[0].amounts if all(any(abs(a - b) < 1e-9 for b in f.amounts) for f in found)]
    if options.amount is not None:
        amounts = [a for a in amounts if abs(a - options.amount) < 1e-9]
    if not amounts or len({f.entry.get("noise") for f in found}) > 1:
        raise SystemExit("the runs have no such amount of noise in common")
    save(capacity_figures.capacity(found, amounts), options.output)
