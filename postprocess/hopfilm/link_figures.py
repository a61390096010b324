"""How a film of many electrodes learns: conductances between neighbours against time, by the number of patterns in which both have the same sign."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from .accuracy_figures import labels
from .run import signs
from .style import FAINT, named, plt, time_unit, timed

LEAST_PROBES = 5
KINDS = LinearSegmentedColormap.from_list("kinds", ["#54278f", "#9a86c4", "#8a8f96", "#d9983f", "#8c4a00"])  # from no pattern with equal signs to all of them


def can_draw(run):
    return run.n > 6 and run.wiring is None and bool(run.links) and len(run.pulses) > 0 and len(np.unique(run.time)) >= LEAST_PROBES


def links_in_time(run):
    """Median change of |G_ij| of the links of each kind, with the band that holds 80 % of them."""
    patterns = np.array([signs(p) for p in dict.fromkeys(pulse.pattern for pulse in run.pulses)])
    i, j = np.array(run.links).T
    alike = (patterns[:, i] == patterns[:, j]).sum(axis=0)
    traces = np.abs(run.G[:, i, j])
    change = 100 * (traces / traces[0] - 1)
    scale, unit = time_unit(run.time[-1])
    time = run.time / scale
    figure, ax = plt.subplots(figsize=(8.2, 3.4))
    ends, few = [], len(patterns) <= 6
    for k in np.unique(alike) if few else (0, 1, 2):
        members = alike == k if few else np.minimum(alike * 3 // (len(patterns) + 1), 2) == k
        if not members.any():
            continue
        share = alike[members].mean() / len(patterns)
        colour = KINDS(share)
        median = np.median(change[:, members], axis=1)
        ax.fill_between(time, *np.percentile(change[:, members], [10, 90], axis=1), color=colour, alpha=0.16, linewidth=0)
        words = f"{k} of {len(patterns)}" if few else ("few", "about half", "most")[k]
        named(ax.plot(time, median, color=colour)[0], f"same sign in {words}")
        ends.append((median[-1], f"{words}  ({members.sum()} links)", colour))
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    ax.set_xlim(time[0], time[-1])
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("change of |G$_{ij}$| (%)")
    ax.grid(axis="y")
    labels(ax, ends, 0.075)
    timed(ax, 0, scale)
    return figure
