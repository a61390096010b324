"""Accuracy and exact recovery of noisy patterns, as in Niu et al. 2024, Fig. 5c: epoch by epoch, against the noise and against xi.

The accuracy (the most similar pattern is the right one) is high without any recall, so every figure that shows it shows the controls in the same panel."""

import numpy as np

from .inference import variant_name
from .style import FAINT, INK, PAIR_COLOURS, SHADES, SOFT, WINDOW, named, plt, spread, time_unit

FILMS = ["#0072b2", "#d55e00", "#56b4e9", "#e69f00"]
STYLES = {
    "no-recall": (INK, ":"),
    "untrained": (FAINT, "-"),
    "one-more-iteration": (SOFT, (0, (1, 1))),
    "outer-product": ("#cc79a7", "-"),
    "outer-product-neighbours": ("#009e73", "-"),
}
RULES = ["#8c6d31", "#7b4173", "#393b79", "#637939", "#843c39", "#6b6ecf"]
HEADLINE = ("no-recall", "outer-product-neighbours", "untrained", "outer-product")  # the controls in every figure of an accuracy


def style_of(variant, variants):
    if variant in STYLES:
        return STYLES[variant]
    rest = [v for v in variants if v not in STYLES and v != "film"]
    return RULES[rest.index(variant) % len(RULES)], (0, (4, 1.5))


def labels(ax, entries, distance=0.055):
    """Names at the right ends of lines, moved apart where they would overlap: [(y, text, colour)]."""
    low, high = ax.get_ylim()
    for (_y, words, colour), where in zip(entries, spread([e[0] for e in entries], distance * (high - low), low, high)):
        ax.annotate(
            words,
            xy=(1, where),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=8,
            annotation_clip=False,
        )


def _amount_lines(ax, x, exact, found):
    ends = []
    for a, amount in enumerate(found.amounts):
        colour = SHADES(0.95 - 0.6 * a / max(1, len(found.amounts) - 1))
        words = found.noise[1].format(amount)
        named(ax.plot(x, exact[:, a], color=colour)[0], words)
        ends.append((exact[-1, a], words, colour))
    return ends


def epochs(found):
    """Left: accuracy after every epoch with its 95 % interval, the controls as bands. Right: exact recovery after every epoch for each amount of noise."""
    epoch, accuracy, low, high, exact = (found.array("epochs/" + name) for name in ("epoch", "accuracy", "low", "high", "exact"))
    if epoch is None:
        return None
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.2, 3.4), width_ratios=[1.2, 1], gridspec_kw={"wspace": 0.78})
    left.fill_between(epoch, low, high, color=FILMS[0], alpha=0.22, linewidth=0)
    named(left.plot(epoch, accuracy, color=FILMS[0], marker="o" if len(epoch) <= 30 else None, markersize=3.5, zorder=4)[0], "film")
    more = found.array("epochs/one_more_iteration")
    ends = [(accuracy[-1], f"film  {accuracy[-1]:.3f}", FILMS[0])]
    if more is not None and np.abs(more - accuracy).max() > 0.005:
        named(left.plot(epoch, more, color=STYLES["one-more-iteration"][0], linestyle=(0, (1, 1)), linewidth=1.1, zorder=3)[0], "one more iteration")
        ends.append((more[-1], f"one more iteration  {more[-1]:.3f}", STYLES["one-more-iteration"][0]))
    for e in found.others():
        name = e.get("control", e.get("rule"))
        if name in HEADLINE:
            colour, dashes = style_of(name, found.variants)
            left.axhspan(e["accuracy_low"], e["accuracy_high"], color=colour, alpha=0.25, linewidth=0, zorder=1)
            named(left.axhline(e["accuracy"], color=colour, linestyle=dashes, linewidth=1.2, zorder=2), variant_name(name))
            ends.append((e["accuracy"], f"{variant_name(name)}  {e['accuracy']:.3f}", SOFT if colour == FAINT else colour))
    floor = min([low.min()] + [y for y, _, _ in ends])
    left.set_ylim(max(0.0, floor - 0.06), 1.015)
    labels(left, ends)
    left.set_ylabel("accuracy (nearest pattern)")
    ends = _amount_lines(right, epoch, exact, found)
    right.set_ylim(-0.02, 1.02)
    labels(right, ends)
    right.set_ylabel("recovered exactly")
    for ax in (left, right):
        _axis(ax, epoch, "epoch")
    return figure


def _axis(ax, x, label):
    ax.set_xlabel(label)
    ax.set_xlim(x[0] - 0.01 * (x[-1] - x[0] or 1), x[-1])
    ax.grid(axis="y")
    if np.allclose(x, np.round(x)):
        ax.set_xticks(x if len(x) <= 12 else [k for k in x if k % (10 if len(x) > 60 else 5) == 0])


def against_noise(group, x=None, kind=""):
    """Accuracy and exact recovery against the noise, of the film as several steps read it (synchronous, asynchronous, ...), the controls and the rules.
    kind: "basins/" for the wide range of distortions."""
    first = group[0]
    x = first.amounts if x is None else x
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.7), gridspec_kw={"wspace": 0.26})
    exact = first.array(kind + "exact")
    others = sorted((k for k, v in enumerate(first.variants) if v != "film"), key=lambda k: -exact[k].mean())
    for ax, name, title in zip(axes, ("accuracy", "exact"), ("accuracy (nearest pattern)", "recovered exactly")):
        for k, found in enumerate(group):
            ax.plot(
                x,
                found.array(kind + name)[found.index("film")],
                color=FILMS[k % len(FILMS)],
                linewidth=2.6,
                zorder=4,
                label="film" if len(group) == 1 else f"film, {found.title}",
            )
        for k in others:
            colour, dashes = style_of(first.variants[k], first.variants)
            ax.plot(x, first.array(kind + name)[k], color=colour, linestyle=dashes, linewidth=1.3, zorder=3, label=variant_name(first.variants[k]))
        ax.set_ylim(-0.02, 1.02)
        ax.set_ylabel(title)
        _axis(ax, x, first.noise[0] if not kind else "flipped pixels")
    axes[1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=2.2, labelspacing=0.55)
    return figure


def xi_scan(entry, scan, found):
    """Accuracy, exact recovery, unstable pixels and margin against xi, the working window shaded."""
    order = np.argsort(scan["xi"])
    xi = scan["xi"][order]
    figure, axes = plt.subplots(2, 2, figsize=(9.4, 4.6), sharex=True, gridspec_kw={"wspace": 0.5, "hspace": 0.12})
    for ax in axes.flat:
        if "window" in entry:
            low, high = entry["window"]
            edges = np.concatenate([[xi[0]], (xi[1:] + xi[:-1]) / 2, [xi[-1]]])
            ax.axvspan(edges[np.argmin(np.abs(xi - low))], edges[np.argmin(np.abs(xi - high)) + 1], color=WINDOW, linewidth=0, zorder=0)
        ax.grid(axis="y")
    accuracy, exact, unstable, margin = axes.flat
    accuracy.fill_between(xi, scan["low"][order], scan["high"][order], color=FILMS[0], alpha=0.22, linewidth=0)
    named(accuracy.plot(xi, scan["accuracy"][order], "o-", color=FILMS[0], markersize=3)[0], "film")
    ends = [(scan["accuracy"][order][-1], "film", FILMS[0])]
    if "untrained" in scan:
        named(accuracy.plot(xi, scan["untrained"][order], color=FAINT, linewidth=1.2)[0], "untrained")
        ends.append((scan["untrained"][order][-1], "untrained", SOFT))
    for variant, words in (("no-recall", "no recall"), ("outer-product-neighbours", "neighbours"), ("outer-product", "outer product")):
        value = found.pooled("accuracy", variant) if found else None  # none of them depends on xi
        if value is not None:
            named(accuracy.axhline(value, color=STYLES[variant][0], linestyle=STYLES[variant][1], linewidth=1.2), words)
            ends.append((value, words, STYLES[variant][0]))
    accuracy.set_ylim(top=1.03)
    labels(accuracy, ends, 0.09)
    accuracy.set_ylabel("accuracy")
    if found:
        labels(exact, _amount_lines(exact, xi, scan["exact"][order], found), 0.09)
    exact.set_ylabel("recovered exactly")
    exact.set_ylim(-0.02, 1.02)
    unstable.plot(xi, scan["unstable"][order], "o-", color=PAIR_COLOURS[1], markersize=3)
    unstable.set_ylabel("unstable pixels")
    unstable.set_ylim(bottom=-0.3)
    margin.plot(xi, scan["margin"][order], "o-", color=PAIR_COLOURS[2], markersize=3)
    margin.axhline(0, color=INK, linewidth=0.7)
    margin.set_ylabel("smallest margin")
    for ax in axes[1]:
        ax.set_xlabel("ξ in w = G − ξ G₀")
    figure.align_ylabels()
    return figure


def attractors(found):
    """The attractor that recall reaches from each noiseless pattern while the film learns: its overlap with every stored pattern against time."""
    time, overlap = found.array("attractors/time"), found.array("attractors/overlap")
    if time is None or len(time) < 2:
        return None
    moving = np.nonzero(np.any(overlap != overlap[-1], axis=(1, 2)))[0]
    settled, end = (moving[-1] + 1 if len(moving) else 0), time[-1]
    shown = min(len(time), max(2, int(1.25 * (settled + 1)))) if settled else len(time)  # nothing changes later
    level = "; unchanged from {:.4g} to {:.4g}" if shown < len(time) else ""
    from_, (time, overlap) = time[settled], (time[:shown], overlap[:shown])
    scale, unit = time_unit(time[-1])
    colours = FILMS[:2] + ["#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#393b79"]
    count = len(found.names)
    figure, axes = plt.subplots(count, 1, figsize=(9.2, 1.15 * count + 0.5), sharex=True, sharey=True, squeeze=False, gridspec_kw={"hspace": 0.14})
    for q, ax in enumerate(axes[:, 0]):
        for p in [k for k in range(count) if k != q] + [q]:
            named(
                ax.plot(time / scale, overlap[:, q, p], color=colours[p % len(colours)], linewidth=2.0 if p == q else 1.0, zorder=4 if p == q else 3)[0],
                found.names[p],
            )
        ax.axhline(1, color=FAINT, linewidth=0.7, zorder=1)
        ax.set_ylim(-0.05 + min(0, overlap.min()), 1.08)
        ax.set_ylabel(f"from {found.names[q]}")
        ax.grid(axis="y")
        labels(ax, [(overlap[-1, q, p], found.names[p], colours[p % len(colours)]) for p in range(count)], 0.17)
    axes[-1, 0].set_xlim(0, time[-1] / scale)
    axes[-1, 0].set_xlabel(f"time ({unit})" + level.format(from_ / scale, end / scale))
    return figure
