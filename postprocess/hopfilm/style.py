"""Fonts, colours and small helpers of all figures."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from .colours import magnetization_colours  # noqa: F401  (figures take it from here)

# Okabe and Ito's palette: distinguishable with every kind of colour vision
PAIR_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
INK, SOFT, FAINT, GRID = "#22262b", "#5c636b", "#9aa1a9", "#e7e9ec"
ACCENT, CONTROL, UNTRAINED, WINDOW = "#c4361c", "#b9bec4", "#d9dde1", "#e3f0ea"
ON_LIGHT, ON_DARK = "#22262a", "#fffffe"  # ink on coloured cells, the same in both colour schemes
# colours of drawings in a page with dark background; other colours stay as they are
DARK = {
    INK: "#e6e9ec",
    SOFT: "#a9b1b9",
    FAINT: "#727b84",
    GRID: "#2a3037",
    CONTROL: "#6b747d",
    UNTRAINED: "#3a4149",
    WINDOW: "#1d3a2e",
    ACCENT: "#f0694c",
    "#ffffff": "#14171b",
    "#0072b2": "#3390d6",
    "#d55e00": "#f08a3c",
    "#009e73": "#34c79b",
    "#cc79a7": "#dd93bb",
    "#54278f": "#b39ddb",
    "#8c4a00": "#d08a45",
    "#08306b": "#7fb2e5",
    "#2171b5": "#5e9fdb",
    "#8c6d31": "#c9a45c",
    "#7b4173": "#c083b7",
    "#393b79": "#8c8fe0",
    "#637939": "#a3be6c",
    "#843c39": "#d4837f",
    "#6b6ecf": "#9a9cf0",
    "#e69f00": "#f2c14e",
    "#56b4e9": "#a5dcfa",
}
CURRENT = LinearSegmentedColormap.from_list("current", ["#f7f7f4", "#d7e0e8", "#9db9d0", "#5b8db8", "#2b6399", "#143a63"])
SHADES = LinearSegmentedColormap.from_list("shades", ["#c6dbef", "#6baed6", "#2171b5", "#08306b"])
# m_z: stripes up and down of equal weight, the walls between them light
STRIPES = LinearSegmentedColormap.from_list("stripes", ["#123a6b", "#5b8db8", "#f4f3ee", "#e0955a", "#9c2f12"])

plt.rcParams.update(
    {
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.titlesize": 9.5,
        "axes.labelsize": 9,
        "legend.fontsize": 8.5,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.edgecolor": FAINT,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.6,
        "legend.frameon": False,
        "axes.facecolor": "none",
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.fonttype": "path",
        "mathtext.fontset": "dejavusans",
    }
)


def minus(pattern):
    """Replaces - by a minus sign as wide as +, for labels."""
    return pattern.replace("-", "−")


def time_unit(seconds):
    """(scale, name) that makes a time readable."""
    for scale, name in ((1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps")):
        if seconds >= scale:
            return scale, name
    return 1e-9, "ns"


def length_unit(metres):
    return (1e-6, "µm") if metres >= 1e-6 else (1e-9, "nm")


def spread(values, distance, low=-np.inf, high=np.inf):
    """Moves label positions apart to at least `distance`, keeping their order and centre, and into low..high if they fit."""
    order = np.argsort(values, kind="stable")
    placed = np.array(values, float)
    for _ in range(200):
        moved = False
        for a, b in zip(order[:-1], order[1:]):
            overlap = distance - (placed[b] - placed[a])
            if overlap > 1e-9:
                placed[a] -= overlap / 2
                placed[b] += overlap / 2
                moved = True
        if not moved:
            break
    for k, i in enumerate(order):  # up from below, then down from above
        placed[i] = max(placed[i], low + k * distance)
    for k, i in enumerate(order[::-1]):
        placed[i] = min(placed[i], high - k * distance)
    return placed


def _dark_style():
    """A style sheet for an SVG file that follows the colour scheme of the page around it."""
    rules = "".join(f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}' for light, dark in DARK.items() for kind in ("fill", "stroke"))
    return f"<style>@media (prefers-color-scheme: dark) {{ {rules} }}</style>"


def image_uri(figure, kind="svg", dpi=150):
    """The figure as a data URI with transparent background; closes it. As SVG it has a second set of colours for pages with dark background."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi, bbox_inches="tight", pad_inches=0.04, facecolor="none", metadata={"Date": None} if kind == "svg" else None)
    plt.close(figure)
    data = buffer.getvalue()
    if kind == "svg":
        at = data.index(b"<defs>")
        data = data[:at] + _dark_style().encode() + data[at:]
    mime = "image/svg+xml" if kind == "svg" else "image/png"
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def named(line, name):
    """The name of a line where it can be pointed at, for lines that no legend lists."""
    line.trace_name = name
    return line


def timed(ax, start, scale):
    """The horizontal axis is (time - start) / scale, in seconds: the film of the texture can mark its time on it."""
    ax.film_time = (float(start), float(scale))


def save(figure, path):
    figure.savefig(path, dpi=200, bbox_inches="tight", pad_inches=0.06)
    plt.close(figure)
