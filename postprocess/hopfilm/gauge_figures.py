"""A film driven by its own current, as in Yu et al. 2021, Fig. 1: conductances of the gauges, the maze and its current against time."""

import numpy as np

from .film_figures import current_decades, draw_current_log, draw_stripes, log_ticks
from .style import FAINT, PAIR_COLOURS, SOFT, named, plt, spread, time_unit, timed


def _changes(run, pulse):
    """Times since the first probe of a pulse (s), and the percent change of every gauge since then, by its name."""
    times = run.time[pulse.probes]
    return times - times[0], {name: 100 * (values[pulse.probes] / values[pulse.probes[0]] - 1) for name, values in run.gauges.items()}


def _axes_of_changes(ax, longest, unit):
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    ax.set_xlim(0, longest)
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("change of G (%)")
    ax.grid(axis="y")


def draw_gauges(ax, run, pulse):
    """Percent change of every gauge since the first probe of a pulse."""
    times, changes = _changes(run, pulse)
    scale, unit = time_unit(times[-1])
    times = times / scale
    for k, (name, change) in enumerate(changes.items()):
        colour = PAIR_COLOURS[k % len(PAIR_COLOURS)]
        named(ax.plot(times, change, color=colour, zorder=3)[0], name)
        ax.annotate(
            f"{name}  {change[-1]:+.1f}".replace("-", "−"),
            xy=(times[-1], change[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    _axes_of_changes(ax, times[-1], unit)
    timed(ax, run.time[pulse.probes[0]], scale)


def traces(run, pulse):
    """draw_gauges alone."""
    figure, ax = plt.subplots(figsize=(5.6, 3.4))
    draw_gauges(ax, run, pulse)
    return figure


def _voltage(run, pulse):
    """Between the + and the - electrodes of a pulse, V; None when it is not in the summary."""
    entries = [e for e in run.steps("gauges") if e["pattern"] == pulse.pattern and abs(e["end_s"] - pulse.end) <= 1e-6 * pulse.end]
    return entries[0]["voltage_V"] * len(set(pulse.pattern)) if entries else None


def synapses(found):
    """Percent changes of the gauges of several runs, found: [(run, pulse)]. A colour for each voltage, dashes for each gauge; thin lines are the runs, thick
    ones the mean of those that were probed at the same times."""
    voltages = sorted({v for v in (_voltage(run, pulse) for run, pulse in found) if v is not None})
    longest = max(pulse.end - pulse.start for _, pulse in found)
    scale, unit = time_unit(longest)
    figure, ax = plt.subplots(figsize=(6.2, 4.2))
    labels = []
    for k, voltage in enumerate([*voltages, None]):
        group = [_changes(run, pulse) for run, pulse in found if _voltage(run, pulse) == voltage]
        colour = PAIR_COLOURS[k % len(PAIR_COLOURS)] if voltage is not None else SOFT
        for dashes, name in zip(("-", "--", ":", "-."), group[0][1] if group else ()):
            for times, changes in group:
                ax.plot(times / scale, changes[name], color=colour, linestyle=dashes, linewidth=0.8, alpha=0.5 if len(group) > 1 else 1, zorder=2)
            alike = [changes[name] for times, changes in group if len(times) == len(group[0][0]) and np.allclose(times, group[0][0])]
            mean = np.mean(alike, axis=0)
            if len(alike) > 1:
                ax.plot(group[0][0] / scale, mean, color=colour, linestyle=dashes, linewidth=2.2, zorder=3)
            words = f"{voltage:.3g} V {name}" if voltage is not None else name
            labels.append((group[0][0][-1] / scale, mean[-1], f"{words}  {mean[-1]:+.1f}".replace("-", "−"), colour))
    _axes_of_changes(ax, longest / scale, unit)
    low, high = ax.get_ylim()
    for (time, _, words, colour), height in zip(labels, spread([label[1] for label in labels], 0.05 * (high - low))):
        ax.annotate(words, xy=(time, height), xytext=(6, 0), textcoords="offset points", va="center", color=colour, annotation_clip=False)
    return figure


def _start_frame(run, pulse):
    """The frame of the state from which a pulse starts: taken after a probe with the same conductances, which for a fresh pulse was long before. None if it
    was not kept."""
    start = pulse.probes[0]
    frames = [run.frame_after("m", k) for k in range(start + 1) if np.allclose(run.G[k], run.G[start], rtol=1e-6, atol=0)]
    return next((frame for frame in frames if frame is not None), None)


def _frames(run, pulse):
    """Frames of m from the start of a pulse to its end: [(time since the start, m's frame, that of current_map or None)]."""
    times, currents = run.field_times("m"), run.field_times(run.current_map[0]) if run.current_map else []
    slack = 1e-6 * (pulse.end - pulse.start)
    inside = [k for k, t in enumerate(times) if pulse.start + slack < t <= pulse.end + slack]
    if not inside:
        return []
    wanted = pulse.start + (pulse.end - pulse.start) * np.array([0.2, 1])  # as in the paper: 10 ns of 50 ns, and the end
    start = _start_frame(run, pulse)
    found = [] if start is None else [(0.0, start, None)]
    for k in sorted({min(inside, key=lambda k: (abs(times[k] - t), k)) for t in wanted}):
        same = np.nonzero(np.abs(currents - times[k]) <= slack)[0] if len(currents) else []
        found.append((times[k] - pulse.start, k, int(same[-1]) if len(same) else None))
    return found


def synapse(run, pulse, with_traces=True):
    """Conductances beside the maze at the start, after a fifth of the pulse and at its end, with its current below on a logarithmic scale."""
    frames = _frames(run, pulse) if "m" in run.field_names() else []
    if not frames:
        return traces(run, pulse) if with_traces else None
    fields = run.currents(j for _, _, j in frames)
    limits = current_decades(run, list(fields.values()))
    spare = limits and frames[0][2] is None  # below the start nothing flows yet: room for the scales
    figure = plt.figure(figsize=((4.6 if with_traces else 0) + 2.35 * len(frames) - (0.4 if spare else 0), 4.15 if limits else 2.5))
    grid = figure.add_gridspec(
        2 if limits else 1, len(frames) + 3, width_ratios=([1.55, 0.62] if with_traces else [0.01, 0.01]) + [1] * len(frames) + [0.06], wspace=0.06, hspace=0.03
    )
    if with_traces:
        draw_gauges(figure.add_subplot(grid[:, 0]), run, pulse)
    scale, unit = time_unit(pulse.end - pulse.start)
    below = None
    for column, (time, m, j) in enumerate(frames):
        above = figure.add_subplot(grid[0, 2 + column])
        image = draw_stripes(above, run, run.field("m", m), pulse.pattern if time > 0 else "")
        above.set_title(f"{time / scale:.3g} {unit}", pad=3)
        if j is not None and limits:
            below = draw_current_log(figure.add_subplot(grid[1, 2 + column]), run, fields[j], limits)
    _bar(figure, grid[1, 2] if spare else grid[0, -1], image, "$m_z$", [0.08, 0.62, 0.84, 0.08] if spare else None)
    if below is not None:
        _bar(figure, grid[1, 2] if spare else grid[1, -1], below, run.current_map[1], [0.08, 0.2, 0.84, 0.08] if spare else None)
    return figure


def _bar(figure, cell, image, title, place):
    """A scale, flat at `place` in the cell of the grid, or upright."""
    holder = figure.add_subplot(cell)
    holder.set_axis_off()
    bar = figure.colorbar(image, cax=holder.inset_axes(place or [0, 0.18, 1, 0.64]), orientation="horizontal" if place else "vertical")
    bar.outline.set_visible(False)
    if image.norm.vmin < 0:
        bar.set_ticks([-1, 0, 1], labels=["−1", "0", "1"])
    else:
        title = title.replace("%", f"10$^{{{log_ticks(bar)}}}$")
    bar.ax.tick_params(length=2, labelsize=8)
    if place:
        bar.ax.set_title(title, fontsize=8.5, pad=4)
    else:
        bar.set_label(title)
