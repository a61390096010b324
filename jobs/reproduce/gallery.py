#!/usr/bin/env python3
"""Draws the pictures of README.md, inputs/README.md and inputs/tutorial/README.md from finished runs.

Usage: gallery.py [--runs DIR...] [--missing] [NAME...]      (DIR: runs; NAME: decks, `top` for the picture of README.md; all when left out)

A finished run is looked for as DIR/NAME and DIR/*/NAME, as jobs/reproduce.sh and `hopfilm run` leave them. Pictures are 2.2 times as wide as the 200 pixels
that they are shown with, in at most 64 colours, below 40 kB.
"""

import argparse
import glob
import io
import os
import re
import sys

import gallery_figures as figures
from hopfilm.run import Run
from hopfilm.style import plt
from launcher import ROOT
from PIL import Image

DPI, COLOURS, MOST_BYTES = 200, 64, 40_000

SEVEN = ("++--", "+-+-", "+--+", "+---", "++-+", "+-++", "+++-")
MISPLACED = [f"robust-ideal-{k}" for k in (1, 2, 3)] + [f"robust-misplacement-{s}-{k}" for s in (100, 200, 300) for k in (1, 2, 3)]
PICTURES = {  # deck: how it is drawn, and the runs, each by the names that it can have
    "top": (figures.top, [["four-node-patterns-1", "four-node-patterns"]]),
    "four-node-patterns": (figures.textures((0, "before"), *SEVEN, arrows=7, rows=2), [["four-node-patterns-1", "four-node-patterns"]]),
    "four-node-switch": (figures.switch, [["four-node-switch-1", "four-node-switch"]]),
    "four-node-logic": (figures.textures("+---", "+--+"), [["four-node-logic-1", "four-node-logic"]]),
    "four-node-letters": (figures.windows, [["four-node-letters-1", "four-node-letters"]]),
    "four-node-retention": (figures.retention("friction 3 Oe", "none"), [["four-node-3-1"], ["four-node-0-1"]]),
    "four-node-relearning": (figures.textures((3, "round 1"), (129, "round 10")), [["four-node-rounds-1", "four-node-relearning"]]),
    "four-node-grains": (figures.textures("++--", "+---"), [["four-node-grains-1", "four-node-grains"]]),
    "four-node-thermal": (figures.textures("++--", "+---", arrows=12), [["thermal-300K-1", "four-node-thermal"]]),
    "four-node-shape-anisotropy": (figures.textures("++--", "+---"), [["four-node-shape-anisotropy-1", "four-node-shape-anisotropy"]]),
    "four-node-demag": (figures.textures("++--", "+---"), [["four-node-demag-1", "four-node-demag"]]),
    "four-node-demag-fine": (figures.textures((-1, "cells of 5 nm"), arrows=15), [["four-node-demag-fine"]]),
    "four-node-demag-retention": (figures.beside("friction, 100 ns", "none, 100 ns", pattern="++--"), [["four-node-demag-3-1"], ["four-node-demag-0-1"]]),
    "letters-ecp": (figures.epochs, [["ecp-1", "letters-ecp"]]),
    "letters-xi": (figures.xi_scan, [["xi-1", "letters-xi"]]),
    "letters-single": (figures.letters, [["single-1", "letters-single"]]),
    "letters-edcp": (figures.confusion, [["edcp-1", "letters-edcp"]]),
    "letters-edcpl": (figures.confusion, [["edcpl-1", "letters-edcpl"]]),
    "digits-08965": (figures.confusion, [["digits-1", "digits-08965"]]),
    "letters-wired-ecp": (figures.letters, [["wired-ecp-1", "letters-wired-ecp"]]),
    "letters-wired-edcpl": (figures.letters, [["wired-edcpl-1", "letters-wired-edcpl"]]),
    "wire-edcpl": (figures.wiring, [["wire-edcpl-1", "wire-edcpl"]]),
    "wire-hank": (figures.wiring, [["wire-hank-1", "wire-hank"]]),
    "wire-digits": (figures.wiring, [["wire-digits-1", "wire-digits"]]),
    "letters-retention": (figures.retention("friction 3 Oe", "none"), [["letters-3-1"], ["letters-0-1"]]),
    "letters-wired-ecp-retention": (figures.retention("friction 3 Oe", "none"), [["wired-ecp-3-1"], ["wired-ecp-0-1"]]),
    "letters-wired-edcpl-retention": (figures.retention("friction 3 Oe", "none"), [["wired-edcpl-3-1"], ["wired-edcpl-0-1"]]),
    "letters-leads": (figures.beside("no leads", "leads above", arrows=14), [["leads-none-1"], ["leads-above-1"]]),
    "letters-robustness": (figures.imperfections, [[name] for name in MISPLACED]),
    "letters-demag": (figures.beside("model", "with its field", arrows=14), [["letters-model-1"], ["letters-demag-1"]]),
    "letters-140": (figures.textures((-1, "140 nodes"), arrows=18), [["growth-140-1", "letters-140"]]),
    "letters-784": (figures.textures((-1, "784 nodes"), arrows=28), [["growth-784-1", "letters-784"]]),
    "maze-synapse": (figures.stripes((2, "before"), (-1, "after 50 ns")), [["synapse-100mV-1", "maze-synapse"]]),
    "maze-hopfield": (figures.stripes((1, "before"), (-1, "++-+")), [["hopfield-1", "resistance-positive-1", "maze-hopfield"]]),
    "maze-controls": (figures.beside("nonadiabatic", "interfacial DMI", stripes=True), [["controls-nonadiabatic-1"], ["controls-interfacial-1"]]),
    "maze-retention": (figures.stripes((1, "before"), (-1, "after a rest")), [["retention-1", "maze-retention"]]),
    "maze-resistance": (figures.stripes((1, "before"), (-1, "++-+")), [["resistance-1", "maze-resistance"]]),
    "maze-pinning": (figures.stripes((2, "before"), (-1, "after 50 ns")), [["pinning-10-1", "maze-pinning"]]),
    "maze-hall": (figures.stripes((2, "before"), (-1, "after 50 ns")), [["hall-1", "maze-hall"]]),
    "maze-grid": (figures.stripes((2, "cells of 4 nm")), [["synapse-50mV-1", "maze-synapse"]]),
    "maze-nine": (figures.stripes((1, "before"), (2, "T")), [["nine-1", "maze-nine"]]),
    "maze-letters": (figures.stripes((1, "before"), (-1, "after E, C, P")), [["letters-1", "maze-letters"]]),
    "mumag-1": (figures.loop, [["mumag-1-20nm-1", "mumag-1"]]),
    "mumag-2": (figures.loop, [["mumag-2-1", "mumag-2"]]),
    "mumag-4": (figures.averages, [["mumag-4-3.90625nm-1", "mumag-4"]]),
    "mumag-4-field-2": (figures.averages, [["mumag-4-field-2-3.90625nm-1", "mumag-4-field-2"]]),
    "mumag-5": (figures.textures((-1, "vortex at rest"), arrows=13), [["mumag-5-2nm-1", "mumag-5"]]),
    "fmr": (figures.resonance, [["fmr-5nm-1", "fmr"]]),
    "dmi-edge": (figures.edge, [["dmi-edge-interfacial-0.5nm-1", "dmi-edge-interfacial-1nm-1", "dmi-edge"]]),
    "dmi-disk": (figures.stripes((-1, "skyrmion")), [["dmi-disk-bulk-1nm-1", "dmi-disk"]]),
    "wall-pinning": (figures.pinning, [["wall-pinning-1nm-1", "wall-pinning"]]),
    "periodic-helix": (figures.profile, [["periodic-helix"]]),
    "adaptive-flow": (figures.remembered, [["adaptive-flow-1", "adaptive-flow"]]),
    "coupled-learning": (figures.learned, [["coupled-learning-1", "coupled-learning"]]),
    "temperature": (figures.temperatures, [["temperature-1", "temperature"]]),
    "nanowire-network": (figures.winners, [["nanowire-network-1", "nanowire-network"]]),
    "coupled-letters": (figures.rules, [["coupled-letters-1", "coupled-letters"]]),
    "plasticity": (figures.rules, [["plasticity-1", "plasticity"]]),
    "elastic-network": (figures.kept_states, [["elastic-network-1", "elastic-network"]]),
    "elastic-design": (figures.attractors, [["elastic-design-1", "elastic-design"]]),
    "directed-aging": (figures.aging, [["directed-aging-1", "directed-aging"]]),
    "tutorial-ring": (figures.textures("+--", "-+-", "--+", arrows=15, large=True), [["ring"]]),
    "tutorial-cross": (figures.stripes((1, "before"), (2, "+-+-"), (3, "++--"), large=True), [["cross"]]),
    "letters-seeds": (figures.ensemble(r"infer-3\.exact_recovery\.1", r".*seed", ("start", "exact from one flip")), [["letters-seeds"]]),
    "maze-amr-dmi": (
        figures.ensemble(r"energies-1\.mean_power_change_percent", r".*Dbulk", ("D (mA)", "power of a pattern (%)"), 1e-3, by=r".*amr_ratio"),
        [["maze-amr-dmi"]],
    ),
    "letters-gap": (figures.ensemble(r"infer-\d+\.exact_recovery\.1", r".*gap", ("gap (nm)", "exact from one flip"), 1e-9, log=30), [["letters-gap"]]),
    "letters-nodes": (figures.ensemble(r"infer-3\.exact_recovery\.0.05", r".*columns .*rows", ("nodes", "exact, five letters")), [["letters-nodes"]]),
    "letters-capacity": (
        figures.ensemble(r"infer-\d+\.exact_recovery\.1", r".*pulse", ("pulse (ns)", "exact from one flip"), 1e-9, by=r".*pitch", nth=2),
        [["letters-capacity"]],
    ),
    "four-node-coercivity": (figures.loop, [["loop-grains-1"]]),
    "four-node-coercivity-friction": (
        figures.ensemble(r"hysteresis-\d+\.coercive.*", r".*friction", ("friction (Oe)", "coercive field (Oe)")),
        [["four-node-coercivity-friction"]],
    ),
    "four-node-temperature": (figures.beside("300 K", "30000 K", pattern="+---", arrows=12), [["thermal-300K-1"], ["thermal-30000K-1"]]),
}


def find(folders, names):
    for name in names:
        for folder in folders:
            for path in sorted(glob.glob(os.path.join(folder, name)) + glob.glob(os.path.join(folder, "*", name))):
                summary = os.path.join(path, "summary.yaml")
                if os.path.exists(summary) and re.search(r"^status: .?done", open(summary, encoding="utf-8").read(), re.M):
                    return path
    return None


def write(figure, path, dpi, colours):
    """Saves the figure with a palette; returns its size in bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    plt.close(figure)
    image = Image.open(buffer).convert("RGB")
    if colours == 256:
        image = image.quantize(palette=image.quantize(colours), dither=Image.Dither.FLOYDSTEINBERG)
    else:
        image = image.quantize(colours, dither=Image.Dither.NONE)
    palette, background = image.getpalette(), image.getpixel((0, 0))
    palette[3 * background : 3 * background + 3] = [255] * 3  # which the palette has mixed with what is nearly white
    image.putpalette(palette)
    image.save(path, optimize=True)
    return os.path.getsize(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--runs", nargs="+", default=[os.path.join(ROOT, "runs")])
    parser.add_argument("--missing", action="store_true", help="only pictures that are not there yet")
    options = parser.parse_args()
    folder = os.path.join(ROOT, ".readme", "gallery")
    os.makedirs(folder, exist_ok=True)
    failed, total = 0, 0
    for name in options.names or PICTURES:
        draw, wanted = PICTURES[name]
        path = os.path.join(ROOT, ".readme", "four-node-patterns.png") if name == "top" else os.path.join(folder, name + ".png")
        if options.missing and os.path.exists(path):
            continue
        found = [find(options.runs, names) for names in wanted]
        if not all(found):
            print(f"{name}: no run {', '.join(names[0] for names, run in zip(wanted, found) if not run)}")
            failed += 1
            continue
        figure = draw(*(found if getattr(draw, "takes_directory", False) else map(Run, found)))
        size = write(figure, path, *((190, 256) if name == "top" else (280 if name.startswith("tutorial") else DPI, COLOURS)))
        total += size
        if size > MOST_BYTES and name != "top":
            print(f"{name}: {size} bytes, more than {MOST_BYTES}")
            failed += 1
    print(f"gallery: {len(options.names or PICTURES) - failed} pictures, {total} bytes, {failed} not drawn or too large")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
