"""One frame of the current density: strength as shade, direction as stream lines.

python3 postprocess/current.py DIR -o FILE.png [--frame K] [--field j|j_gold|j_per_volt]
"""

from .. import film_figures as figures
from ..command import draw_one


def draw(run, options):
    return figures.one_current(run, options.field or (run.current_map[0] if run.current_map else "j"), -1 if options.frame is None else options.frame)


def main():
    draw_one(
        __doc__,
        draw,
        frame="the K-th frame, from 0, -1 the last (default: the last)",
        field="j, the current that flows in the film, j_gold, that in the gold, or j_per_volt, that in the film per volt (default: j_per_volt)",
    )
