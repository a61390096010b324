"""A figure of an ensemble against one of its keys: means with their standard error over the averaged keys, a line for every choice of the other keys.

    python3 postprocess/ensemble.py DIR -o FILE.png --figure "infer-1.accuracy" [--figure ...] [--against KEY]

Names of figures are those of DIR/ensemble.tsv; * and ? stand for any letters. KEY: by default the first that is not averaged.
"""

import argparse
import csv
import fnmatch
import os
import re
import sys

import matplotlib.pyplot as plt
import numpy
import yaml

from ..style import PAIR_COLOURS, save


def read(directory):
    """Lines of ensemble.tsv of the members that are done, as maps; all keys; those that are not averaged."""
    with open(os.path.join(directory, "ensemble.tsv")) as file:
        lines = [line for line in csv.DictReader(file, delimiter="\t") if line["status"] == "done"]
    with open(os.path.join(directory, "summary.yaml")) as file:
        summary = yaml.safe_load(file)
    keys = [key for key in summary["results_of"][0] if key not in ("directory", "status")]
    kept = [key for key in summary["groups"][0] if key in keys]
    return lines, keys, kept


PREFIXES = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}


def number(text):
    """The first number of a value as it stands in the deck, "[2 um, 2 um]", in the unit without its prefix; None if there is none."""
    found = re.search(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?) *([a-zA-Z]*)", text)
    return float(found[1]) * (PREFIXES.get(found[2][0], 1) if len(found[2]) > 1 else 1) if found else None


def places(values):
    """Positions of values on an axis: to scale, or evenly spaced where they are words, or too close to be distinguished, like "[10 um, 10 um]" beside
    "[10 um, 14 um]"."""
    at = [number(v) for v in values]
    apart = [b - a for a, b in zip(at, at[1:])] if None not in at else []
    return at if apart and min(apart) > 0.04 * sum(apart) else range(len(values))


def varying_alone(lines, kept, against):
    """Keys that vary independently of the one on the axis."""
    pairs = {key: {(line[against], line[key]) for line in lines} for key in kept}
    return [key for key in kept if key != against and len(pairs[key]) > len({line[against] for line in lines})]


def draw(lines, kept, figures, against):
    others = varying_alone(lines, kept, against)
    # of keys that vary in parallel the first is enough
    distinct = [k for i, k in enumerate(others) if not any(len({(x[k], x[o]) for x in lines}) == len({x[o] for x in lines}) for o in others[:i])]
    figure, axes = plt.subplots(
        1,
        len(figures),
        figsize=(1 + 3.6 * len(figures), 3.6),
        squeeze=False,
        constrained_layout=True,
        sharey=len({name.split(".")[1] for name in figures}) == 1,
    )  # one figure of several steps shares its axis
    for axis, name in zip(axes[0], figures):
        for k, choice in enumerate(sorted({tuple(line[key] for key in distinct) for line in lines})):
            mine = [line for line in lines if tuple(line[key] for key in distinct) == choice]
            values = sorted({line[against] for line in mine}, key=lambda v: (number(v) is None, number(v), v))
            data = [numpy.array([float(line[name]) for line in mine if line[against] == v and line[name] not in ("", "nan")]) for v in values]
            place = places(values)
            error = [d.std(ddof=1) / len(d) ** 0.5 if len(d) > 1 else 0 for d in data]
            axis.errorbar(
                place,
                [d.mean() if len(d) else numpy.nan for d in data],
                error,
                fmt="o-",
                ms=4,
                capsize=3,
                color=PAIR_COLOURS[k % len(PAIR_COLOURS)],
                label=", ".join(choice) or None,
            )
            long = max(map(len, values)) > 6
            axis.set_xticks(place, values, fontsize="small", rotation=30 if long else 0, ha="right" if long else "center")
        axis.set(title=name, xlabel=against)
    axes[0][0].set_ylabel("mean and standard error")
    if distinct:
        axes[0][-1].legend(title=", ".join(key.rsplit(".", 1)[-1] for key in distinct), frameon=False, fontsize="small")
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", metavar="DIR", help="the directory of an ensemble")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the picture, of the kind of its ending: .png, .pdf, .svg")
    parser.add_argument("--figure", action="append", required=True, metavar="NAME", help="may be repeated")
    parser.add_argument("--against", metavar="KEY")
    options = parser.parse_args()
    lines, keys, kept = read(options.directory)
    if not lines:
        sys.exit(f"no member of {options.directory} is done")
    names = [name for name in lines[0] if any(fnmatch.fnmatch(name, wanted) for wanted in options.figure)]
    against = options.against or (kept or keys)[0]
    if not names or against not in keys:
        sys.exit(
            f"there is no {'key ' + against if names else 'figure ' + ' or '.join(options.figure)}; figures are "
            f"{', '.join(list(lines[0])[3 + len(keys) :])}; keys {', '.join(keys)}"
        )
    save(draw(lines, kept or keys, names, against), options.output)
