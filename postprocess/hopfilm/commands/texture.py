"""One frame of the magnetization: hue = direction in the plane, brightness = m_z, arrows (Niu et al. 2024, Fig. 3b).

python3 postprocess/texture.py DIR -o FILE.png [--frame K]
"""

from .. import film_figures as figures
from ..command import draw_one


def draw(run, options):
    return figures.one_texture(run, -1 if options.frame is None else options.frame)


def main():
    draw_one(__doc__, draw, frame="the K-th frame, from 0, -1 the last (default: the last)")
