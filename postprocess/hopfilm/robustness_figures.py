"""Tolerance of a device to imperfections: exact recovery and accuracy against the size of each imperfection, from several runs."""

import re

import numpy as np

from .accuracy_figures import FILMS, HEADLINE, labels, style_of
from .inference import variant_name
from .style import SHADES, SOFT, plt

UNITS = {"": 1, "%": 1e-2, "nm": 1e-9, "um": 1e-6, "m": 1}
# imperfection: its name on the axis, what its size is multiplied by
AXES = {
    "reading": ("conductances misread by, %", 100),
    "misplacement": ("electrodes misplaced by, nm", 1e9),
    "conductivity": ("conductivity varies by, %", 100),
    "thickness": ("thickness varies by, %", 100),
    "amr_ratio": ("AMR ratio varies by, %", 100),
}


def size_of(value):
    """A quantity of the deck, as text with its unit or as a number."""
    number, unit = re.fullmatch(r"([-+.\deE]+) *(\S*)", str(value)).groups()
    return float(number) * UNITS[unit]


def sizes(found):
    """{imperfection: size} of a run's device and read-out."""
    deck = found.run.settings
    material = deck["film"]["material"]
    values = {name: size_of(material.get(name + "_variation", 0)) for name in ("conductivity", "thickness", "amr_ratio")}
    values["misplacement"] = size_of((deck.get("misplacement") or {}).get("by", 0))
    values["reading"] = found.entry.get("read_noise", 0)
    return {name: value for name, value in values.items() if value > 0}


def panels(all_found):
    """{imperfection: {size: [Inference]}}; size 0 is common to all; runs with several imperfections, or other noise of the images, are left out."""
    single = [f for f in all_found if len(sizes(f)) == 1]
    if not single:
        return {}
    alike = [f for f in all_found if f.entry.get("noise") == single[0].entry.get("noise") and np.array_equal(f.amounts, single[0].amounts)]
    ideal = [f for f in alike if not sizes(f)]
    found = {}
    for name in AXES:
        alone = [f for f in alike if list(sizes(f)) == [name]]
        if alone:
            found[name] = {0.0: ideal} if ideal else {}
            for f in alone:
                found[name].setdefault(sizes(f)[name], []).append(f)
    return found


def _mean_and_spread(points, value):
    """Sizes, means, standard deviations over the runs of each size."""
    x = sorted(points)
    values = [np.array([value(f) for f in points[size]]) for size in x]
    return np.array(x), np.array([v.mean() for v in values]), np.array([v.std(ddof=1) if len(v) > 1 else 0 for v in values])


def _bars(ax, scale, points, value, colour, **style):
    x, mean, spread = _mean_and_spread(points, value)
    ax.errorbar(scale * x, mean, yerr=spread, color=colour, marker="o", markersize=3.5, capsize=2.5, elinewidth=1.1, zorder=4, **style)
    return mean[-1]


def robustness(found_panels):
    """A column for each imperfection. Above: exact recovery from each amount of noise. Below: accuracy, with its controls."""
    figure, axes = plt.subplots(
        2, len(found_panels), figsize=(2.7 * len(found_panels) + 1.2, 5.6), squeeze=False, sharey="row", gridspec_kw={"wspace": 0.12, "hspace": 0.16}
    )
    for column, (name, points) in enumerate(found_panels.items()):
        title, scale = AXES[name]
        above, below = axes[:, column]
        some = points[max(points)][0]
        named = []
        for a, amount in enumerate(some.amounts):
            colour = SHADES(0.95 - 0.6 * a / max(1, len(some.amounts) - 1))
            last = _bars(above, scale, points, lambda f, a=a: f.array("exact")[f.index("film"), a], colour)
            named.append((last, some.noise[1].format(amount), colour))
        above.set_ylim(-0.03, 1.03)
        named_below = [(_bars(below, scale, points, lambda f: f.pooled("accuracy", "film"), FILMS[0]), "film", FILMS[0])]
        for control in [c for c in HEADLINE if some.index(c) is not None]:
            colour, dashes = style_of(control, some.variants)
            x, mean, _ = _mean_and_spread(points, lambda f, c=control: f.pooled("accuracy", c))
            below.plot(scale * x, mean, color=colour, linestyle=dashes, linewidth=1.2)
            named_below.append((mean[-1], variant_name(control), SOFT if control == "untrained" else colour))
        below.set_ylim(0.25, 1.03)
        below.set_xlabel(title)
        for ax in (above, below):
            ax.grid(axis="y")
            ax.set_xlim(left=0)
        if column == len(found_panels) - 1:
            labels(above, named)
            labels(below, named_below)
    axes[0, 0].set_ylabel("recovered exactly")
    axes[1, 0].set_ylabel("accuracy (nearest pattern)")
    films = max(len(runs) for points in found_panels.values() for runs in points.values())
    axes[0, 0].set_title(some.title + (f"; mean and standard deviation of {films} films" if films > 1 else ""), loc="left")
    return figure
