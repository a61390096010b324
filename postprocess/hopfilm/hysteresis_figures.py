"""Hysteresis loops: m along the field against the field, one colour for each branch."""

import numpy as np

from .style import FAINT, PAIR_COLOURS, plt

MU0 = 4e-7 * np.pi


def branches(run, entry):
    """[(mu0 H along the loop's direction in mT, m along it)] of the branches of one step `hysteresis`."""
    rows, direction = run.array(entry["dataset"].lstrip("/")), np.array(entry["direction"])
    field, m = 1e3 * MU0 * rows[:, :3] @ direction, rows[:, 3:] @ direction
    turn = len(rows) // 2 if "second_branch" in entry else len(rows) - 1
    return [(field[: turn + 1], m[: turn + 1]), (field[turn:], m[turn:])][: 2 if "second_branch" in entry else 1]


def loops(found):
    """found: [(label, branches)], of one run or several."""
    figure, ax = plt.subplots(figsize=(4.8, 3.6))
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    ax.axvline(0, color=FAINT, linewidth=0.8, zorder=1)
    for k, (label, parts) in enumerate(found):
        for number, (field, m) in enumerate(parts):
            colour = PAIR_COLOURS[(k if len(found) > 1 else number) % len(PAIR_COLOURS)]
            ax.plot(field, m, ".-", color=colour, markersize=3, linewidth=1.1, zorder=3, label=label if number == 0 and len(found) > 1 else None)[
                0
            ].trace_name = label if len(found) > 1 else ("first branch", "second branch")[number]
    ax.set_xlabel("µ$_0$H along the loop’s direction (mT)")
    ax.set_ylabel("m along it")
    ax.grid(axis="y")
    if len(found) > 1:
        ax.legend()
    return figure
