"""The colours of a magnetization; apart from style.py, which changes the settings of matplotlib."""

import numpy as np
from matplotlib.colors import hsv_to_rgb


def magnetization_colours(m):
    """Hue: direction in the plane; towards white for m_z = +1, towards black for m_z = -1. [y][x][3] -> RGB."""
    hue = (np.arctan2(m[..., 1], m[..., 0]) / (2 * np.pi)) % 1
    z = np.clip(m[..., 2], -1, 1)
    rgb = hsv_to_rgb(np.stack([hue, np.full_like(hue, 0.72), np.full_like(hue, 0.93)], axis=-1))
    up, down = np.clip(z, 0, 1)[..., None], np.clip(-z, 0, 1)[..., None]
    return rgb * (1 - up) + up if not down.any() else (rgb * (1 - up) + up) * (1 - down)
