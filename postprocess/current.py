#!/usr/bin/env python3
"""One frame of the current density: strength as shade, direction as stream lines.

    python3 postprocess/current.py DIR -o FILE.png [--frame K] [--field j_gold]
"""
from hopfilm import film_figures as figures
from hopfilm.command import main


def draw(run, options):
    return figures.one_current(run, options.field or "j", -1 if options.frame is None else options.frame)


if __name__ == "__main__":
    main(__doc__, draw, frame="the K-th frame, from 0, -1 the last (default: the last)", field="j or j_gold (default: j)")
