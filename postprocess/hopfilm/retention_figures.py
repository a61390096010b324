"""What is left of a memory as a function of the time without voltage: results of the steps that recall, and the conductances of each memory."""

import numpy as np

from .results import weights_name
from .style import CONTROL, INK, PAIR_COLOURS, named, plt, time_unit

# the figure of each step that is drawn, and its name; of those that count, relative to the most that it can be
SHOWN = {
    "energies": ("minima", "energy minimum on the trained pattern"),
    "infer": ("exact", "exact recovery"),
    "recall": ("recalled", "starts recalled"),
    "logic": ("gates", "gates right"),
    "tiles": ("exact", "letters recovered exactly"),
}


def results_at_rest(run):
    """The entries of the summary that hold a result as a function of the time."""
    return [e for e in run.steps("retention") if e["of_step"] in SHOWN]


def conductances_at_rest(run):
    return [e for e in run.steps("retention") if e["of_step"] == "train"]


def share(entry, control=False):
    """The shown figure at every time, from 0 to 1; control: that of the untrained film."""
    values = np.array(entry[("untrained_" if control else "") + SHOWN[entry["of_step"]][0]], float)
    values = values.mean(axis=1) if values.ndim > 1 else values  # over the amounts of noise
    return values / entry.get("of", 1)


def name_of(entry):
    return f"{SHOWN[entry['of_step']][1]}, {weights_name(entry)}"


def time_text(seconds):
    if seconds == 0:
        return "at once"
    scale, unit = time_unit(seconds)
    return f"{seconds / scale:g} {unit}"


def _places(times):
    """On a logarithmic axis, 0 half a decade before the first rest."""
    first = min(t for t in times if t > 0)
    return [np.log10(t) if t > 0 else np.log10(first) - 0.5 for t in times]


def _axis(ax, times):
    ax.set_xticks(_places(times), [time_text(t) for t in times])
    ax.set_xlabel("time without voltage")
    ax.grid(axis="y")


def _results(ax, entries):
    every = sorted({t for e in entries for t in e["time_s"]})
    for k, e in enumerate(entries):
        places = dict(zip(every, _places(every)))
        x = [places[t] for t in e["time_s"]]
        colour = PAIR_COLOURS[k % len(PAIR_COLOURS)]
        ax.plot(x, share(e), "o-", color=colour, markersize=4, zorder=4, label=name_of(e))
        named(ax.plot(x, share(e, control=True), ":", color=colour, linewidth=1.1, zorder=3)[0], f"untrained film, {weights_name(e)}")
    ax.plot([], [], ":", color=INK, linewidth=1.1, label="untrained film")
    _axis(ax, every)
    ax.set_ylim(-0.04, 1.04)
    ax.set_ylabel("share")


def _kept(ax, run, entry):
    for pattern, kept in zip(entry["patterns"], entry["kept"]):
        named(
            ax.plot(_places(entry["time_s"]), kept, "-", color=CONTROL, linewidth=1.0, zorder=2)[0],
            run.pattern_label(pattern) if len(entry["patterns"]) <= 8 else "_",
        )
        if len(entry["patterns"]) <= 8:
            ax.annotate(
                run.pattern_label(pattern), (_places(entry["time_s"])[-1], kept[-1]), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7.5
            )
    named(ax.plot(_places(entry["time_s"]), entry["mean_kept"], "o-", color=INK, markersize=4, zorder=4)[0], "mean")
    _axis(ax, entry["time_s"])
    ax.set_ylabel("change of G that is left")


def curves(run):
    """Left: what the film recalls; right, of each step `train`, what is left of the conductances. None for a run without rests."""
    results, kept = results_at_rest(run), conductances_at_rest(run)
    n = bool(results) + len(kept)
    if not n:
        return None
    figure, axes = plt.subplots(1, n, figsize=(4.6 * n, 3.3), squeeze=False)
    if results:
        _results(axes[0, 0], results)
    for ax, entry in zip(axes[0, bool(results) :], kept):
        _kept(ax, run, entry)
    figure.tight_layout(w_pad=2)
    if results:
        axes[0, 0].legend(loc="upper left", bbox_to_anchor=(0, -0.22))
    return figure
