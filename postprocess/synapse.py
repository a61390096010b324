#!/usr/bin/env python3
"""A maze driven by its own current: conductance along and across in time, the stripes and the current (Yu et al. 2021, Fig. 1).

    python3 postprocess/synapse.py DIR -o FILE.png [--pulse K]
"""
from hopfilm import gauge_figures as figures
from hopfilm.command import main


def draw(run, options):
    if not run.gauges or not run.pulses:
        raise SystemExit(f"{run.directory}: no gauge was read while a pattern was driven")
    return figures.synapse(run, run.pulses[-1 if options.pulse is None else options.pulse])


if __name__ == "__main__":
    main(__doc__, draw, pulse="the K-th pulse, from 0, -1 the last (default: the last)")
