"""All memories of a run side by side: texture above, current density below (Niu et al. 2024, Figs 2 and 4).

python3 postprocess/memories.py DIR -o FILE.png
"""

from .. import memory_figures as figures
from ..command import draw_one


def draw(run, options):
    figure = figures.textures_and_currents(run) if "m" in run.field_names() else None
    if figure is None:
        raise SystemExit(f"{run.directory}: no pattern was trained, or no textures were kept (output.fields: [m, j_per_volt])")
    return figure


def main():
    draw_one(__doc__, draw)
