"""Spectrum of the average m after the last kick of a run, a list of its peaks, and maps of their power over the film.

python3 postprocess/spectrum.py DIR -o FILE.png [--component x|y|z] [--highest GHZ] [--maps]
"""

import argparse

from .. import spectra
from ..run import Run
from ..style import save


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", metavar="DIR", help="a run directory")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the picture, of the kind of its ending: .png, .pdf, .svg; without it only the peaks are printed"
    )
    parser.add_argument("--component", choices="xyz", default="y", help="whose peaks (default: y)")
    parser.add_argument("--highest", type=float, default=25, help="frequency up to which to look, GHz (default: 25)")
    parser.add_argument("--maps", action="store_true", help="draw maps as well, from the frames that output.every keeps")
    options = parser.parse_args()
    run, component = Run(options.directory), "xyz".index(options.component)
    drawing, found = spectra.figure(run, 1e9 * options.highest, component, options.maps and bool(options.output))
    if options.output:
        save(drawing, options.output)
    for peak in found:
        if peak.frequency < 1e9 * options.highest:
            print(f"m_{options.component}: {peak.frequency * 1e-9:.3f} GHz, power {peak.power:.3e}")
