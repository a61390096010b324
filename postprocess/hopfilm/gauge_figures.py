"""A film driven by its own current, as in Yu et al. 2021, Fig. 1: conductances of the gauges in time, the maze and its current on the way."""
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm

from .film_figures import draw_frame, extent_of
from .style import CURRENT, FAINT, PAIR_COLOURS, plt, time_unit

# m_z: stripes up and down of equal weight, the walls between them light
STRIPES = LinearSegmentedColormap.from_list("stripes", ["#123a6b", "#5b8db8", "#f4f3ee", "#e0955a", "#9c2f12"])


def draw_gauges(ax, run, pulse):
    """Percent change of every gauge since the first probe of a pulse."""
    times = run.time[pulse.probes]
    scale, unit = time_unit(times[-1] - times[0])
    times = (times - times[0]) / scale
    for k, (name, values) in enumerate(run.gauges.items()):
        change = 100 * (values[pulse.probes] / values[pulse.probes[0]] - 1)
        colour = PAIR_COLOURS[k % len(PAIR_COLOURS)]
        ax.plot(times, change, color=colour, zorder=3)
        ax.annotate(f"{name}  {change[-1]:+.1f}".replace("-", "−"), xy=(times[-1], change[-1]), xytext=(6, 0), textcoords="offset points", va="center",
                    color=colour, annotation_clip=False)
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    ax.set_xlim(0, times[-1])
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("change of G (%)")
    ax.grid(axis="y")


def draw_stripes(ax, run, m, pattern=""):
    extent, scale, _ = extent_of(run)
    image = ax.imshow(np.ma.masked_where(run.mask == 0, m[..., 2]), origin="lower", extent=extent, cmap=STRIPES, vmin=-1, vmax=1, interpolation="nearest")
    draw_frame(ax, run, pattern, False)
    return image


def draw_current_log(ax, run, j, limits):
    extent, _, _ = extent_of(run)
    size = np.hypot(j[..., 0], j[..., 1])
    image = ax.imshow(np.ma.masked_where(run.mask == 0, np.maximum(size, limits[0])), origin="lower", extent=extent, cmap=CURRENT, norm=LogNorm(*limits),
                      interpolation="nearest")
    draw_frame(ax, run, "", False)
    return image


def _start_frame(run, pulse):
    """The frame of the state from which a pulse starts: taken after a probe with the same conductances, for a fresh pulse long before. None if not kept."""
    start = pulse.probes[0]
    frames = [run.frame_after("m", k) for k in range(start + 1) if np.allclose(run.G[k], run.G[start], rtol=1e-6, atol=0)]
    return next((frame for frame in frames if frame is not None), None)


def _frames(run, pulse):
    """Frames of m from the start of a pulse to its end: [(time since the start, m's frame, j's or None)]."""
    times, currents = run.field_times("m"), run.field_times("j")
    slack = 1e-6 * (pulse.end - pulse.start)
    inside = [k for k, t in enumerate(times) if pulse.start + slack < t <= pulse.end + slack]
    if not inside:
        return []
    wanted = pulse.start + (pulse.end - pulse.start) * np.array([0.2, 1])  # the paper's: 10 of 50 ns, the end
    start = _start_frame(run, pulse)
    found = [] if start is None else [(0.0, start, None)]
    for k in sorted({min(inside, key=lambda k: (abs(times[k] - t), k)) for t in wanted}):
        same = np.nonzero(np.abs(currents - times[k]) <= slack)[0] if len(currents) else []
        found.append((times[k] - pulse.start, k, int(same[-1]) if len(same) else None))
    return found


def synapse(run, pulse):
    """Conductances beside the maze at the start, on the way and at the end, with its current below on a logarithmic scale."""
    frames = _frames(run, pulse) if "m" in run.field_names() else []
    if not frames:
        figure, ax = plt.subplots(figsize=(5.6, 3.4))
        draw_gauges(ax, run, pulse)
        return figure
    has_current = any(j is not None for _, _, j in frames)
    figure = plt.figure(figsize=(4.6 + 2.35 * len(frames), 4.15 if has_current else 2.5))
    grid = figure.add_gridspec(2 if has_current else 1, len(frames) + 3, width_ratios=[1.55, 0.62] + [1] * len(frames) + [0.06], wspace=0.06, hspace=0.03)
    ax = figure.add_subplot(grid[:, 0])
    draw_gauges(ax, run, pulse)
    scale, unit = time_unit(pulse.end - pulse.start)
    fields = {j: run.field("j", j) for _, _, j in frames if j is not None}
    sizes = np.concatenate([np.hypot(j[..., 0], j[..., 1])[run.mask > 0] for j in fields.values()]) if fields else []
    limits = tuple(np.percentile(sizes[sizes > 0], [1, 99.5])) if fields else None
    below = None
    for column, (time, m, j) in enumerate(frames):
        above = figure.add_subplot(grid[0, 2 + column])
        image = draw_stripes(above, run, run.field("m", m), pulse.pattern if time > 0 else "")
        above.set_title(f"{time / scale:.3g} {unit}", pad=3)
        if j is not None:
            below = draw_current_log(figure.add_subplot(grid[1, 2 + column]), run, fields[j], limits)
    _bar(figure, grid[0, -1], image, "$m_z$", [-1, 0, 1])
    if below is not None:
        _bar(figure, grid[1, -1], below, "|j| (A/m²) at ±1 V", None)
    return figure


def _bar(figure, cell, image, label, ticks):
    holder = figure.add_subplot(cell)
    holder.set_axis_off()
    bar = figure.colorbar(image, cax=holder.inset_axes([0, 0.18, 1, 0.64]))
    bar.outline.set_visible(False)
    bar.set_label(label)
    bar.ax.tick_params(length=2, labelsize=8)
    if ticks:
        bar.set_ticks(ticks, labels=[str(t).replace("-", "−") for t in ticks])
