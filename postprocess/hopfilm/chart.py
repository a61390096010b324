"""Lines of a figure as data for Plotly, so that a reader of the report can zoom and point at them. The picture that Matplotlib
drew stays in the page for print and for browsers without scripts; the figure is described only once, by the code that draws it.

Why Plotly: it zooms, names values and works by touch, and Debian has it. It is embedded compressed: 1.9 MB of its 8.7 MB."""

import base64
import functools
import gzip
import re

import numpy as np
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import FixedLocator, ScalarFormatter

try:
    from plotly.offline import get_plotlyjs
except ImportError:
    get_plotlyjs = None


@functools.lru_cache(maxsize=1)
def plotly_script():
    """plotly.js, compressed and in Base64; "" without the package plotly: figures stay pictures then."""
    return base64.b64encode(gzip.compress(get_plotlyjs().encode(), 6, mtime=0)).decode() if get_plotlyjs else ""


def html(words):
    """Text with Matplotlib's $a_{b}$ as HTML."""

    def maths(found):
        inner = re.sub(r"_(?:\{([^}]*)\}|(.))", lambda m: f"<sub>{m[1] or m[2]}</sub>", found[1])
        return re.sub(r"\^(?:\{([^}]*)\}|(.))", lambda m: f"<sup>{m[1] or m[2]}</sup>", inner)

    return re.sub(r"\$([^$]*)\$", maths, words).replace("\n", "<br>")


def _numbers(values):
    return [float(f"{v:.5g}") if np.isfinite(v) else None for v in np.asarray(values, float).ravel()]


def _dash(line):
    return {"-": "solid", ":": "dot"}.get(line.get_linestyle(), "dash")


def _line(ax, line, name):
    x, y = line.get_data(orig=False)
    drawn, marked = line.get_linestyle() not in ("None", "none", " ", ""), line.get_marker() not in (None, "None", "none", " ", "")
    return {
        "x": _numbers(x),
        "y": _numbers(y),
        "name": html(name),
        "color": to_hex(line.get_color()),
        "dash": _dash(line),
        "width": line.get_linewidth(),
        "mode": "+".join(word for word, is_so in (("lines", drawn), ("markers", marked)) if is_so),
        "size": line.get_markersize() + 1,
    }


def _name(artist):
    label = getattr(artist, "trace_name", None) or str(artist.get_label())
    return "" if label.startswith("_") or label == "None" else label


def _band(collection):
    vertices = collection.get_paths()[0].vertices
    return {
        "x": _numbers(vertices[:, 0]),
        "y": _numbers(vertices[:, 1]),
        "color": to_hex(collection.get_facecolor()[0]),
        "opacity": float(collection.get_facecolor()[0][3]),
    }


def _span(ax, patch):
    """A vertical or horizontal strip from end to end of the axes, or None."""
    if patch.get_transform() == ax.transData or not patch.get_visible():
        return None
    box = patch.get_path().get_extents(patch.get_patch_transform()) if isinstance(patch, Rectangle) else patch.get_path().get_extents()
    upright = patch.get_transform().contains_branch_seperately(ax.transData) == (True, False)
    ends = (box.x0, box.x1) if upright else (box.y0, box.y1)
    colour = patch.get_facecolor()
    return {"axis": "x" if upright else "y", "from": float(ends[0]), "to": float(ends[1]), "color": to_hex(colour), "opacity": float(colour[3])}


def _axis(axis, label, limits, scale):
    found = {"title": html(label), "range": [float(v) for v in limits], "log": scale == "log"}
    if isinstance(axis.get_major_locator(), FixedLocator) and not isinstance(axis.get_major_formatter(), ScalarFormatter):
        found["ticks"] = [[float(at), html(tick.get_text())] for at, tick in zip(axis.get_majorticklocs(), axis.get_ticklabels())]
    return found


def _errors(ax):
    """{data line: half lengths of its bars}, and the lines that only draw bars' ends."""
    sizes, caps = {}, set()
    for container in ax.containers:
        if isinstance(container, ErrorbarContainer):
            data, ends, bars = container.lines
            caps.update(ends)
            if data is not None and bars:
                sizes[data] = [abs(s[1][1] - s[0][1]) / 2 if len(s) > 1 else 0 for s in bars[0].get_segments()]
                data.trace_name = getattr(data, "trace_name", None) or _name(container) or "_"
    return sizes, caps


def _panel(ax):
    """None for axes that hold anything but lines, bands and points."""
    if (
        ax.images
        or any(
            not isinstance(c, (PathCollection, PolyCollection))
            and c not in [bar for k in ax.containers if isinstance(k, ErrorbarContainer) for bar in k.lines[2]]
            for c in ax.collections
        )
        or any(not isinstance(p, (Polygon, Rectangle)) for p in ax.patches)
    ):
        return None
    sizes, caps = _errors(ax)
    traces, levels = [], []
    for line in (x for x in ax.lines if x not in caps and len(x.get_xdata(orig=False))):
        if line.get_transform() != ax.transData:  # from end to end
            upright = line.get_transform().contains_branch_seperately(ax.transData) == (True, False)
            levels.append(
                {
                    "axis": "x" if upright else "y",
                    "at": float((line.get_xdata() if upright else line.get_ydata())[0]),
                    "color": to_hex(line.get_color()),
                    "dash": _dash(line),
                    "width": line.get_linewidth(),
                    "name": html(_name(line)),
                }
            )
            continue
        trace = _line(ax, line, _name(line))
        if line in sizes:
            trace["error"] = _numbers(sizes[line])
        traces.append(trace)
    for points in (c for c in ax.collections if isinstance(c, PathCollection) and len(c.get_offsets())):
        x, y = np.asarray(points.get_offsets()).T
        traces.append(
            {
                "x": _numbers(x),
                "y": _numbers(y),
                "name": html(_name(points)),
                "color": to_hex(points.get_facecolor()[0]),
                "dash": "solid",
                "width": 0,
                "mode": "markers",
                "size": float(points.get_sizes()[0] ** 0.5),
            }
        )
    if not traces:
        return None
    spans = [_span(ax, patch) for patch in ax.patches]
    bands = [_band(c) for c in ax.collections if isinstance(c, PolyCollection) and c.get_paths()]
    title = next((text for text in (ax.get_title("left"), ax.get_title(), ax.get_title("right")) if text), "")
    notes = [
        {"x": float(t.get_position()[0]), "text": html(t.get_text())} for t in ax.texts if type(t).__name__ == "Text" and t.get_transform() != ax.transData
    ]
    panel = {
        "title": html(title),
        "x": _axis(ax.xaxis, ax.get_xlabel(), ax.get_xlim(), ax.get_xscale()),
        "y": _axis(ax.yaxis, ax.get_ylabel(), ax.get_ylim(), ax.get_yscale()),
        "traces": traces,
        "levels": levels,
        "spans": [s for s in spans if s],
        "bands": bands,
        "notes": notes,
        "share": ax.get_position().width * ax.figure.get_figwidth(),
    }
    if hasattr(ax, "film_time"):
        panel["time"] = ax.film_time
    return panel


def panels(figure):
    """One for each axes of the figure, in its order; [] when any holds more than lines, bands and points, or without Plotly."""
    if not get_plotlyjs:
        return []
    axes = [ax for ax in figure.axes if ax.axison]
    shared = {id(ax): other for ax in axes for other in axes if other is not ax and ax.get_shared_x_axes().joined(ax, other) and other.get_xlabel()}
    found = []
    for ax in axes:
        panel = _panel(ax)
        if panel is None:
            return []
        if not panel["x"]["title"] and id(ax) in shared:
            panel["x"]["title"] = html(shared[id(ax)].get_xlabel())
        found.append(panel)
    return found
