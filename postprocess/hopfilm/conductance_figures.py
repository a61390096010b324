"""Conductances in time, as in Niu et al. 2024, Fig. 3: change of |G_ij| of every pair, with the learning rule of Eq. (2) fitted to it."""

import numpy as np

from .run import pairs, signs
from .style import FAINT, GRID, INK, ON_DARK, ON_LIGHT, PAIR_COLOURS, SOFT, minus, named, plt, spread, time_unit, timed


def draw_traces(ax, run, probes, models=None, label=True):
    """Percent change of |G_ij| since the first of these probes. `models`: {pair index: (times, |G|)} drawn as dashes."""
    traces = run.pair_traces()[probes]
    times = run.time[probes]
    scale, unit = time_unit(times[-1] - times[0])
    change = 100 * (traces / traces[0] - 1)
    colours = [PAIR_COLOURS[k % len(PAIR_COLOURS)] for k in range(len(pairs(run.n)))]
    for k, colour in enumerate(colours):
        named(ax.plot((times - times[0]) / scale, change[:, k], color=colour, zorder=3)[0], f"G$_{{{run.pair_names[k]}}}$")
        if models and k in models:
            t, model = models[k]
            named(
                ax.plot((t - times[0]) / scale, 100 * (model / traces[0, k] - 1), color=INK, linewidth=1.1, dashes=(3.5, 2), zorder=4)[0],
                "fit of Eq. (2)" if k == min(models) else "_",
            )
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("change of |G$_{ij}$| (%)")
    ax.grid(axis="y")
    ax.set_xlim(0, (times[-1] - times[0]) / scale)
    timed(ax, times[0], scale)
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))
    if label:
        low, high = ax.get_ylim()
        where = spread(change[-1], 0.062 * (high - low))
        for k, name in enumerate(run.pair_names):
            ax.annotate(
                f"G$_{{{name}}}$  {change[-1, k]:+.2f}".replace("-", "−"),
                xy=(1, where[k]),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=colours[k],
                fontsize=8.5,
                annotation_clip=False,
            )


def fit_label(entry):
    return f"Eq. (2): τ = {1e9 * entry['tau_s']:.3g} ns, R² = {entry['r_squared']:.3f}, RMS {entry['rms']:.3f}"


def switch(run, pulse, models=None, fit="", before="", cost=None):
    """One pulse: all pairs with the fitted rule and, beside it, the cost function of Eq. (3)."""
    if cost is None:
        figure, ax = plt.subplots(figsize=(6.4, 3.4))
    else:
        figure, (ax, side) = plt.subplots(1, 2, figsize=(10.2, 3.4), width_ratios=[2.1, 1], gridspec_kw={"wspace": 0.52})
    draw_traces(ax, run, pulse.probes, models)
    ax.set_title(
        (run.pattern_label(before) + " → " if before else "") + run.pattern_label(pulse.pattern), family="DejaVu Sans Mono", fontweight="bold", loc="left"
    )
    if fit:
        ax.plot([], [], color=INK, linewidth=1.1, dashes=(3.5, 2), label=fit)
        ax.legend(loc="lower right", bbox_to_anchor=(1.02, 0.995), borderaxespad=0.1, handlelength=2.2)
    if cost is not None:
        times = run.time[pulse.probes]
        scale, unit = time_unit(times[-1] - times[0])
        cost = cost.ravel()
        side.plot(np.linspace(0, (times[-1] - times[0]) / scale, len(cost)), cost - cost[-1], color=SOFT)
        side.set_xlim(0, (times[-1] - times[0]) / scale)
        side.set_xlabel(f"time ({unit})")
        side.set_title("cost function − its end (W)", loc="left")
        side.ticklabel_format(axis="y", scilimits=(-2, 3))
        side.grid(axis="y")
        side.axhline(0, color=FAINT, linewidth=0.8)
    return figure


def history(run, pulses=None, title=""):
    """All pulses on one time axis: change of |G_ij| against the mean over the shown time."""
    pulses = pulses or run.pulses
    first, last = pulses[0].probes[0], pulses[-1].probes[-1]
    probes = np.arange(first, last + 1)
    traces = run.pair_traces()[probes]
    times = run.time[probes]
    scale, unit = time_unit(times[-1] - times[0])
    times = (times - times[0]) / scale
    change = 100 * (traces / traces.mean(axis=0) - 1)
    jumps = np.nonzero(np.diff(times) <= 0)[0] + 1  # the film is reset to the untrained state: no line across
    times, change = np.insert(times, jumps, np.nan), np.insert(change, jumps, np.nan, axis=0)
    figure, ax = plt.subplots(figsize=(10.2, 3.4))
    for k, name in enumerate(run.pair_names):
        ax.plot(times, change[:, k], color=PAIR_COLOURS[k % len(PAIR_COLOURS)], linewidth=1.4, label=f"G$_{{{name}}}$", zorder=3)
    ax.axhline(0, color=FAINT, linewidth=0.8)
    start = run.time[first]
    for k, pulse in enumerate(pulses):
        a, b = (pulse.start - start) / scale, (pulse.end - start) / scale
        if k % 2 == 0:
            ax.axvspan(a, b, color=GRID, alpha=0.55, linewidth=0, zorder=0)
        if len(pulses) <= 16:
            ax.text(
                (a + b) / 2,
                1.015,
                run.pattern_label(pulse.pattern),
                transform=ax.get_xaxis_transform(),
                ha="center",
                va="bottom",
                family="DejaVu Sans Mono",
                fontweight="bold",
                fontsize=9,
            )
    ax.set_xlim(0, np.nanmax(times))
    timed(ax, start, scale)
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("|G$_{ij}$| against its mean (%)")
    ax.grid(axis="y")
    ax.legend(loc="center left", bbox_to_anchor=(1.005, 0.5), handlelength=1.4, labelspacing=0.7)
    if title:
        ax.set_title(title, loc="left", pad=18, color=SOFT)
    return figure


def memory_map(run, pulses):
    """|G_ij| of every pair after each pulse, in percent against the mean over the pulses; a frame around pairs of unlike nodes."""
    traces = run.pair_traces()[[pulse.probes[-1] for pulse in pulses]]
    change = 100 * (traces / traces.mean(axis=0) - 1)
    limit = np.abs(change).max() or 1.0
    figure, ax = plt.subplots(figsize=(0.95 * len(pulses) + 1.2, 0.42 * change.shape[1] + 0.7))
    ax.imshow(change.T, cmap="PuOr_r", vmin=-1.15 * limit, vmax=1.15 * limit, aspect="auto")
    for p, pulse in enumerate(pulses):
        x = signs(pulse.pattern)
        for k, (i, j) in enumerate(pairs(run.n)):
            ax.text(
                p,
                k,
                f"{change[p, k]:+.2f}".replace("-", "−"),
                ha="center",
                va="center",
                fontsize=8.5,
                color=ON_DARK if abs(change[p, k]) > 0.72 * limit else ON_LIGHT,
            )
            if x[i] != x[j]:
                ax.add_patch(plt.Rectangle((p - 0.46, k - 0.44), 0.92, 0.88, fill=False, edgecolor=INK, linewidth=1.1))
    ax.set_xticks(range(len(pulses)), [run.pattern_label(pulse.pattern) for pulse in pulses], family="DejaVu Sans Mono", fontweight="bold")
    ax.set_yticks(range(change.shape[1]), [f"G$_{{{name}}}$" for name in run.pair_names])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xlabel("|G$_{ij}$| against its mean (%); framed: pairs of unlike nodes", labelpad=6)
    return figure


def seven_wirings(run, entry):
    """Voltages of the seven wirings in time, relative to the first reading, as in Fig. S13 of Niu et al. 2024."""
    voltage = run.array(entry["dataset"].lstrip("/"))
    times = run.array(entry["dataset"].lstrip("/").replace("voltage", "time"))
    scale, unit = time_unit(times[-1])
    figure, ax = plt.subplots(figsize=(6.4, 3.2))
    for k, name in enumerate(entry["wirings"]):
        ax.plot(times / scale, 1e3 * (voltage[:, k] - voltage[0, k]), color=(PAIR_COLOURS + [INK])[k], label=f"{minus(name)}  {1e3 * voltage[0, k]:.4g} mV")
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("change of voltage (mV)")
    ax.grid(axis="y")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure
