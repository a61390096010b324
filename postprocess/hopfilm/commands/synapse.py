"""A maze driven by its own current: conductance along and across in time, the stripes and the current (Yu et al. 2021, Fig. 1).

    python3 postprocess/synapse.py DIR [DIR...] -o FILE.png [--pulse K]

For several runs (other voltages, other random starts): conductances only, a colour for each voltage.
"""

import argparse

from .. import gauge_figures as figures
from ..run import Run
from ..style import save


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directories", nargs="+", metavar="DIR")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the picture, of the kind of its ending: .png, .pdf, .svg")
    parser.add_argument("--pulse", type=int, default=-1, help="the K-th pulse, from 0, -1 the last (default: the last)")
    options = parser.parse_args()
    found = []
    for directory in options.directories:
        run = Run(directory)
        if not run.gauges or not run.pulses:
            raise SystemExit(f"{run.directory}: no gauge was read while a pattern was applied")
        found.append((run, run.pulses[options.pulse]))
    if len({tuple(run.gauges) for run, _ in found}) > 1:
        raise SystemExit("the runs do not have the same gauges")
    save(figures.synapse(*found[0]) if len(found) == 1 else figures.synapses(found), options.output)
