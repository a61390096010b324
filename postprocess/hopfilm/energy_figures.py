"""Energies of all states, as in Niu et al. 2024, Fig. 4, and Yu et al. 2021, Fig. 2; margins of all memories; the window of xi."""

import numpy as np
from matplotlib.patches import Patch

from .run import mirror, state_text
from .style import ACCENT, CONTROL, FAINT, INK, PAIR_COLOURS, SOFT, UNTRAINED, WINDOW, minus, plt


def draw_levels(ax, energies, trained, untrained=None, states=True, bars=False):
    """One level per state: the trained one and its mirror marked, the uniform ones dashed, those of the untrained film grey behind; or a bar from zero,
    the untrained film's wide and grey behind it. In mS."""
    n = int(np.log2(len(energies)))
    names = [state_text(k, n) for k in range(len(energies))]
    x = np.arange(len(energies))
    trivial = np.array([len(set(name)) == 1 for name in names])
    marked = np.array([name in (trained, mirror(trained)) for name in names])
    if bars:
        if untrained is not None:
            ax.bar(x, 1e3 * untrained, width=0.86, color=UNTRAINED, zorder=2)
        colours = np.where(marked, ACCENT, np.where(trivial, FAINT, PAIR_COLOURS[0]))
        ax.bar(x, 1e3 * energies, width=0.46, color=colours, zorder=3)
        ax.axhline(0, color=INK, linewidth=0.7, zorder=4)
    else:
        _levels(ax, x, 1e3 * energies, marked, trivial, None if untrained is None else 1e3 * untrained)
    ax.set_xlim(-0.8, len(x) - 0.2)
    ax.grid(axis="y")
    if states and n <= 5:
        ax.set_xticks(x, ["\n".join(minus(name)) for name in names], family="DejaVu Sans Mono", fontsize=7.5, linespacing=0.82)  # one sign per line
        for label, _name, mark in zip(ax.get_xticklabels(), names, marked):
            label.set_color(ACCENT if mark else SOFT)
            label.set_fontweight("bold" if mark else "normal")
    else:
        ax.set_xticks([])
    ax.tick_params(axis="x", length=0, pad=2)
    ax.tick_params(axis="y", length=2)


def _levels(ax, x, energies, marked, trivial, untrained):
    if untrained is not None:
        ax.hlines(untrained, x - 0.42, x + 0.42, color=CONTROL, linewidth=2.2, zorder=2)
    normal = ~marked & ~trivial
    ax.hlines(energies[normal], x[normal] - 0.34, x[normal] + 0.34, color=PAIR_COLOURS[0], linewidth=2.6, zorder=3)
    ax.hlines(energies[trivial], x[trivial] - 0.34, x[trivial] + 0.34, color=FAINT, linewidth=1.6, linestyle=(0, (1, 0.7)), zorder=3)
    ax.hlines(energies[marked], x[marked] - 0.45, x[marked] + 0.45, color=ACCENT, linewidth=4, zorder=4)


def diagrams(run, entries, columns=4):
    """One panel per memory, for entries of step `energies` with one kind of weights."""
    columns = min(columns, len(entries) + (len(entries) % columns != 0))
    rows = -(-len(entries) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(2.62 * columns, 2.6 * rows), squeeze=False, sharey=True)
    has_control, bars = False, run.own_current
    low, high = np.inf, -np.inf
    for ax, entry in zip(axes.flat, entries):
        energies, untrained = run.energies(entry)
        if energies is None:
            ax.axis("off")
            continue
        has_control = has_control or untrained is not None
        draw_levels(ax, energies, entry["trained"], untrained, bars=bars)
        shown = 1e3 * (energies if untrained is None else np.concatenate([energies, untrained]))
        low, high = min(low, shown.min()), max(high, shown.max())
        ax.set_title(run.pattern_label(entry["trained"]), family="DejaVu Sans Mono", fontweight="bold", loc="left", color=ACCENT, pad=4)
        ax.set_title(
            f"margin {entry['margin']:.2f}".replace("-", "−") + ("" if entry["correct"] else "  ✗"),
            loc="right",
            fontsize=8.5,
            pad=4,
            color=INK if entry["correct"] else ACCENT,
        )
    for ax in axes[:, 0]:
        ax.set_ylabel("energy / V₀² (mS)")
    if high > low:
        axes[0, 0].set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    for ax in list(axes.flat)[len(entries) :]:
        ax.axis("off")
    handles = _key(bars, has_control)
    figure.tight_layout(h_pad=1.1, w_pad=0.8)
    spare = list(axes.flat)[len(entries) :]
    if spare:
        spare[-1].legend(handles=handles, loc="center", handlelength=1.6, labelspacing=0.9)
    else:
        figure.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.005), ncol=4, handlelength=1.6)
    return figure


def _key(bars, has_control):
    if bars:
        words = [(ACCENT, "trained pattern and its mirror"), (PAIR_COLOURS[0], "other states"), (FAINT, "uniform states"), (UNTRAINED, "before training")]
        return [Patch(color=colour, label=label) for colour, label in words[: 4 if has_control else 3]]
    handles = [
        plt.Line2D([], [], color=ACCENT, linewidth=4, label="trained pattern and its mirror"),
        plt.Line2D([], [], color=PAIR_COLOURS[0], linewidth=2.6, label="other states"),
        plt.Line2D([], [], color=FAINT, linewidth=1.6, linestyle=(0, (1, 0.7)), label="uniform states"),
    ]
    return handles + ([plt.Line2D([], [], color=CONTROL, linewidth=2.2, label="untrained film")] if has_control else [])


def margins(groups, label_of=minus):
    """Margin of every memory. `groups`: {label of the weights: [(pattern, margin, margin of the untrained film)]}; label_of(pattern): on the axis."""
    patterns = list(dict.fromkeys(p for values in groups.values() for p, _, _ in values))
    figure, axes = plt.subplots(1, len(groups), figsize=(min(3.4 * len(groups) + 0.6, 10.2), 2.5), sharey=True, squeeze=False)
    for ax, (label, values) in zip(axes[0], groups.items()):
        for k, pattern in enumerate(patterns):
            got = [m for p, m, _ in values if p == pattern]
            control = [u for p, _, u in values if p == pattern and u is not None]
            spread = np.linspace(-0.16, 0.16, len(got)) if len(got) > 1 else [0.0] * len(got)
            ax.scatter(k + np.array(spread[: len(control)]), control, s=22, marker="s", color=CONTROL, zorder=2, label="untrained film" if k == 0 else None)
            ax.scatter(k + np.array(spread), got, s=26, color=PAIR_COLOURS[0], zorder=3, label="trained" if k == 0 else None)
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.set_title(label, loc="left")
        short = len(patterns[0]) <= 6
        ax.set_xticks(
            range(len(patterns)),
            ["\n".join(minus(p)) if short else label_of(p) for p in patterns],
            family="DejaVu Sans Mono",
            fontsize=8,
            linespacing=0.85,
            rotation=0 if short else 30,
            ha="center" if short else "right",
        )
        ax.set_xlim(-0.6, len(patterns) - 0.4)
        ax.grid(axis="y")
        ax.tick_params(axis="x", length=0)
    axes[0, 0].set_ylabel("margin")
    axes[0, -1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)
    figure.tight_layout()
    return figure


def xi_window(totals):
    """Share of right minima and smallest margin against xi. `totals`: entries with xi, correct, of, smallest_margin, one or more per xi."""
    xi = np.array(sorted({e["xi"] for e in totals}))
    right = np.array([sum(e["correct"] for e in totals if e["xi"] == x) / sum(e["of"] for e in totals if e["xi"] == x) for x in xi])
    margin = np.array([min(e["smallest_margin"] for e in totals if e["xi"] == x) for x in xi])
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(5.6, 3.6), sharex=True)
    works = right >= 1
    for ax in (upper, lower):
        if works.any():
            edges = np.concatenate([[xi[0]], (xi[1:] + xi[:-1]) / 2, [xi[-1]]])
            for k in np.nonzero(works)[0]:
                ax.axvspan(edges[k], edges[k + 1], color=WINDOW, linewidth=0, zorder=0)
    upper.plot(xi, 100 * right, "o-", color=PAIR_COLOURS[0], markersize=4)
    upper.set_ylabel("minima right (%)")
    upper.set_ylim(-5, 107)
    lower.plot(xi, margin, "o-", color=PAIR_COLOURS[1], markersize=4)
    lower.axhline(0, color=FAINT, linewidth=0.8)
    lower.set_ylabel("smallest margin")
    lower.set_xlabel("ξ in w = G − ξ G₀")
    for ax in (upper, lower):
        ax.grid(axis="y")
    figure.align_ylabels()
    figure.tight_layout(h_pad=0.6)
    return figure
