"""Capacity of a film: accuracy and exact recovery against the number of stored patterns, from several runs."""

import numpy as np

from .accuracy_figures import FILMS, style_of
from .inference import variant_name
from .results import weights_name
from .style import plt


def _value(found, name, variant, amounts):
    k, values = found.index(variant), found.array(name)
    columns = [int(np.argmin(np.abs(found.amounts - a))) for a in amounts]
    return None if k is None or values is None else float(values[k, columns].mean())


def film_name(found):
    """Films are distinguished by their electrodes and by how they are read."""
    run = found.run
    wired = f"{run.n_nodes} electrodes, " if run.wiring is not None else ""
    return f"film, {wired}{found.entry['method']}, {weights_name(found.entry)}"


def _line(ax, points, bars=False, **style):
    """points: [(number of patterns, value)], those of the same number averaged, with bars from the lowest to the highest."""
    count = sorted({c for c, _ in points})
    values = [np.array([v for c, v in points if c == k]) for k in count]
    mean = np.array([v.mean() for v in values])
    ax.plot(count, mean, **style)
    if bars and max(len(v) for v in values) > 1:
        spans = [[m - v.min() for m, v in zip(mean, values)], [v.max() - m for m, v in zip(mean, values)]]
        ax.errorbar(count, mean, yerr=spans, fmt="none", ecolor=style["color"], elinewidth=1.2, capsize=2.5, zorder=style["zorder"])


def capacity(all_found, amounts):
    """A row for each kind of film and method of recall, with its own controls: what a rule achieves depends on the recall and on which nodes are neighbours."""
    films = list(dict.fromkeys(film_name(f) for f in all_found))
    figure, axes = plt.subplots(len(films), 2, figsize=(9.2, 3.7 * len(films)), squeeze=False, gridspec_kw={"wspace": 0.26, "hspace": 0.32})
    counts = sorted({len(f.names) for f in all_found})
    for k, film in enumerate(films):
        group = [f for f in all_found if film_name(f) == film]
        variants = list(dict.fromkeys(v for f in group for v in f.variants if v not in ("film", "one-more-iteration")))
        for ax, name, title in zip(axes[k], ("accuracy", "exact"), ("accuracy (nearest pattern)", "recovered exactly")):
            _line(
                ax,
                [(len(f.names), _value(f, name, "film", amounts)) for f in group],
                True,
                color=FILMS[0],
                linewidth=2.6,
                marker="o",
                markersize=5,
                zorder=4,
                label="film",
            )
            for variant in variants:
                colour, dashes = style_of(variant, variants)
                _line(
                    ax,
                    [(len(f.names), _value(f, name, variant, amounts)) for f in group if variant in f.variants],
                    color=colour,
                    linestyle=dashes,
                    linewidth=1.3,
                    marker=".",
                    markersize=5,
                    zorder=3,
                    label=variant_name(variant),
                )
            ax.set_ylim(-0.02, 1.02)
            ax.set_ylabel(title)
            ax.set_xlabel("stored patterns")
            ax.set_xticks(counts)
            ax.set_xlim(counts[0] - 0.3, counts[-1] + 0.3)
            ax.grid(axis="y")
        noise = group[0].noise
        axes[k, 0].set_title(f"{film}; {noise[0]} " + ", ".join(f"{a:g}" for a in amounts), loc="left")
        axes[k, 1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=2.2, labelspacing=0.55)
    return figure
