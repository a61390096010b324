"""The command line of the one-figure programs: DIR -o FILE, and the options of the figure."""

import argparse

from .run import Run
from .style import save


def draw_one(doc, draw, **options):
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("directory", metavar="DIR", help="a run directory")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the picture, of the kind of its ending: .png, .pdf, .svg")
    for name, words in options.items():
        parser.add_argument("--" + name, type=int if name in ("frame", "pulse") else str, help=words)
    chosen = parser.parse_args()
    save(draw(Run(chosen.directory), chosen), chosen.output)
