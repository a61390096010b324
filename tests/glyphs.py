#!/usr/bin/env python3
"""The bundled glyphs: every file of inputs/glyphs/ has all letters and digits in the size that its name says, no two of them alike, none the inverse of
another (a network cannot tell a pattern from its inverse); and the program reads all of them as patterns of so many pixels.

Usage: glyphs.py HOPFILM"""

import glob
import itertools
import os
import re
import string
import subprocess
import sys
import tempfile

import yaml
from launch import ROOT, environment

DECK = """
hopfilm: 1
title: Glyphs
include: {path}
film:
  size: [{width} um, {height} um]
  cell: 250 nm
  thickness: 30 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04}}
gold: {{thickness: 50 nm, gap: 30 nm, conductivity: 4.1e7 S/m}}
electrodes:
  - {{lattice: {{columns: {width}, rows: {height}, pitch: [1 um, 1 um]}}, shape: {{disk: {{diameter: 0.5 um}}}}}}
schedule:
  - train: {{patterns: [{names}], voltage: 1 mV, pulse: 1 ns}}
"""
SETS, CHARACTERS = ("block-3x5", "block-5x7", "rounded-5x7"), string.ascii_uppercase + string.digits


def check(condition, what):
    if not condition:
        sys.exit(what)


def main():
    program, paths = os.path.abspath(sys.argv[1]), sorted(glob.glob(os.path.join(ROOT, "inputs", "glyphs", "*.yaml")))
    check({os.path.basename(path)[:-5] for path in paths} == set(SETS), f"other files than {', '.join(SETS)}")
    for path in paths:
        name = os.path.basename(path)[:-5]
        width, height = map(int, re.search(r"(\d+)x(\d+)", name).groups())
        with open(path) as file:
            patterns = {str(key): value.split() for key, value in yaml.safe_load(file)["patterns"].items()}
        check(not set(CHARACTERS) - set(patterns), f"{name} lacks {sorted(set(CHARACTERS) - set(patterns))}")
        for key, rows in patterns.items():
            check(len(rows) == height and all(len(row) == width and set(row) <= set("#.") for row in rows), f"{name}, {key}: not {width} x {height}")
        pixels = {key: "".join(rows) for key, rows in patterns.items()}
        for a, b in itertools.combinations(pixels, 2):
            check(pixels[a] != pixels[b], f"{name}: {a} and {b} are alike")
            check(pixels[a] != pixels[b].translate(str.maketrans("#.", ".#")), f"{name}: {a} is the inverse of {b}")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as deck:
            deck.write(DECK.format(path=path, width=width, height=height, names=", ".join(f'"{key}"' for key in patterns)))
            deck.flush()
            done = subprocess.run([program, "check", deck.name, "--picture", "none"], capture_output=True, text=True, env=environment())
        check(done.returncode == 0, f"{name}: {done.stdout}{done.stderr}")
        print(f"ok  {name}: {len(patterns)} glyphs of {width} x {height}")


if __name__ == "__main__":
    main()
