"""The weights on the film: the texture, the strength of every link between neighbouring electrodes, and the pixel that each electrode shows.

A film couples neighbours far more strongly than others, so that these links are nearly all of its weight matrix. Beside them the outer product between
nearest neighbours: s_k s_l <x_p(k) x_p(l)> over the patterns."""

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Circle

from .film_figures import draw_frame, draw_texture, draw_wheel, extent_of
from .style import FAINT, INK, plt

MOST_NUMBERED = 200  # electrodes whose pixel is written on the wiring map


def node_weights(found):
    """w = G - xi G0 between electrodes, [electrode][electrode]."""
    G, G0 = found.of_step("nodes/G"), found.of_step("nodes/G0")
    return None if G is None or G0 is None else G - float(found.entry.get("xi", 1.0)) * G0


def wanted(found):
    """Outer product of the stored patterns between electrodes, the signs of the wiring included."""
    nodes = found.X if found.wiring is None else np.sign(found.wiring) * found.X[:, np.abs(found.wiring) - 1]
    return nodes.T @ nodes / len(nodes)


def _draw_links(ax, run, values, limit):
    """A line per link, its colour and width the value; returns it, for a scale."""
    _, scale, _ = extent_of(run)
    ends = np.array([[run.positions[i] / scale, run.positions[j] / scale] for i, j in run.links])
    order = np.argsort(np.abs(values))  # strong links on top
    thick = {True: 5.5, False: 3.4}[run.n_nodes <= 60] if run.n_nodes <= 300 else 1.8
    ax.add_collection(LineCollection(ends, colors=FAINT, linewidths=0.35, zorder=1))
    lines = LineCollection(
        ends[order], cmap="PuOr_r", norm=Normalize(-limit, limit), linewidths=0.6 + thick * np.abs(values[order]) / limit, zorder=2, capstyle="butt"
    )
    lines.set_array(np.clip(values[order], -limit, limit))
    ax.add_collection(lines)
    radius = 0.14 * np.linalg.norm(ends[0, 1] - ends[0, 0])
    ax.add_collection(PatchCollection([Circle(p / scale, radius) for p in run.positions], facecolor="white", edgecolor=INK, linewidth=0.6, zorder=4))
    draw_frame(ax, run, "", False)
    return lines


def _frame(found):
    """The texture that was read: the first one kept at or after the time of the memory."""
    late = found.run.field_times("m") >= found.entry.get("time_s", np.inf) * (1 - 1e-9)
    return int(np.argmax(late)) if late.any() else -1


def weight_map(found):
    """Texture, weights between neighbours, and their outer product. None without weights between electrodes or without links."""
    run, w = found.run, node_weights(found)
    if w is None or not run.links:
        return None
    values = np.array([w[link] for link in run.links])
    factor, unit = next(((f, u) for f, u in ((1, "S"), (1e3, "mS"), (1e6, "µS")) if f * np.abs(values).max() >= 1), (1e9, "nS"))
    values = factor * values
    hebb = np.array([wanted(found)[link] for link in run.links])
    has_texture = "m" in run.field_names()
    height = run.mask.shape[0] * run.cell[1] / (run.mask.shape[1] * run.cell[0])
    wide = height < 0.5  # one below the other
    count = 3 if has_texture else 2
    width = 7.2 if wide else 3.0  # of a panel, inches
    inch = (1 / width, 1 / (width * height))
    size = (width, (width * height + 0.35) * count) if wide else ((width + 0.35) * count, width * height)
    figure, axes = plt.subplots(
        *((count, 1) if wide else (1, count)),
        figsize=size,
        squeeze=False,
        gridspec_kw={"left": 0, "right": 1, "bottom": 0, "top": 1, "wspace": 0.35 * inch[0], "hspace": 0.35 * inch[1]},
    )
    axes = list(axes.flat)
    if has_texture:
        ax = axes.pop(0)
        draw_texture(ax, run, run.field("m", _frame(found)))
        ax.set_title("magnetization", pad=2)
        draw_wheel(
            ax.inset_axes(
                [1 + 0.1 * inch[0], 1 - 0.75 * inch[1], 0.7 * inch[0], 0.7 * inch[1]]
                if wide
                else [-0.72 * inch[0], 1 - 0.75 * inch[1], 0.7 * inch[0], 0.7 * inch[1]]
            )
        )
    for ax, title, shown, words in ((axes[0], "film: w = G − ξ G₀", values, unit), (axes[1], "neighbour outer product", hebb, "")):
        lines = _draw_links(ax, run, shown, np.percentile(np.abs(shown), 99) or 1.0)
        ax.set_title(title + (f" ({words})" if words else ""), pad=2)
        place = [1 + 0.12 * inch[0], 0.12, 0.09 * inch[0], 0.76] if wide else [0.15, -0.16 * inch[1], 0.7, 0.09 * inch[1]]
        bar = figure.colorbar(lines, cax=ax.inset_axes(place), orientation="vertical" if wide else "horizontal")
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=2, labelsize=8)
    return figure


def agreement(found):
    """Correlation between the links' weights and those of the nearest-neighbour outer product; None where either is constant."""
    w = node_weights(found)
    if w is None or len(found.run.links) < 3:
        return None
    a, b = (np.array([m[link] for link in found.run.links]) for m in (w, wanted(found)))
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else None


def wiring_map(found):
    """The pixel that each electrode shows, by number from the top left, and its sign: white +, black −."""
    run = found.run
    if found.wiring is None or run.n_nodes > MOST_NUMBERED:
        return None
    x, y = run.positions.T
    columns, rows = (np.searchsorted(np.unique(np.round(v, 12)), np.round(v, 12)) for v in (x, y))
    figure, ax = plt.subplots(figsize=(0.42 * (columns.max() + 1) + 0.2, 0.42 * (rows.max() + 1) + 0.2))
    for c, r, number in zip(columns, rows, found.wiring):
        ax.add_patch(Circle((c, r), 0.42, facecolor="white" if number > 0 else INK, edgecolor=INK, linewidth=0.7))
        ax.text(c, r, abs(number), ha="center", va="center_baseline", fontsize=8, color=INK if number > 0 else "white")
    ax.set_xlim(-0.6, columns.max() + 0.6)
    ax.set_ylim(-0.6, rows.max() + 0.6)
    ax.set_aspect("equal")
    ax.axis("off")
    return figure
