#!/usr/bin/env python3
"""What a film keeps when the voltage is off (Niu et al. 2024 show a film that does; their model has no coercivity): runs the decks with dry friction and with
grains of random axes, and prints what is read at rest beside what is read at once, beside the film without either, and beside the untrained film. Exit code 1
when a figure is missed.

Usage: retention.py HOPFILM [--seeds 1 2 3 4 5 6] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-retention)
"""

import statistics
import sys

from four_node import entries
from letters_figures import mean_and_each

from device import Deck, Device, Group, per_seed

CHOSEN = (
    "friction of 2 and 3 Oe (a 180 degree wall starts to move at 3.1 and 4.7 Oe; the experiment's film has less than 10 Oe), grains of 100 nm with six easy "
    "directions each and 120 Oe, rests of 100 ns to 10 us; pulses, weights and xi as in the decks that are read at once."
)
TIMES = {0: "at once", 1e-7: "after 100 ns", 1e-6: "after 1 us", 1e-5: "after 10 us"}
FRICTIONS = (2, 3)
GRAINS = "film.grains.seed={seed}"
NOISY = ["thermal.temperature=300 K", "schedule.0={hold: {time: 20 ns}}", "schedule.1.train.retention=100 ns"]  # relaxation knows no temperature
LOOP = "schedule=[{hysteresis: {from: [98.4808 Oe, 17.3648 Oe, 0 Oe], to: [-98.4808 Oe, -17.3648 Oe, 0 Oe], steps: 200, tolerance: 1e-7, max_time: 10 us}}]"
LETTERS = ("sweeps", "synchronous")
WIRED = {"ecp": "E, C, P on 7 x 10 nodes", "edcpl": "E, D, C, P, L on 7 x 20 nodes"}


def friction(value):
    return f"film.material.friction={value} Oe"


RUNS = {
    **{f"four-node-{value}": Deck("four-node-retention", [friction(value)]) for value in (0, *FRICTIONS)},
    "four-node-rounds": Deck("four-node-relearning"),
    "four-node-grains": Deck("four-node-grains", [GRAINS]),
    "four-node-twofold": Deck("four-node-grains", [GRAINS, "film.material.grain_fold=2", "film.material.Kgrain=80 Oe"]),
    "four-node-grains-300K": Deck("four-node-grains", [GRAINS, *NOISY]),
    "loop-grains": Deck("four-node-grains", [GRAINS, LOOP]),
    **{f"four-node-demag-{value}": Deck("four-node-demag-retention", [friction(value)]) for value in (0, 3)},
    **{f"letters-{value}": Deck("letters-retention", [friction(value)]) for value in (0, *FRICTIONS)},
    **{f"wired-{name}-{value}": Deck(f"letters-wired-{name}-retention", [friction(value)]) for name in WIRED for value in (0, 3)},
}


def minima(run, label, key="minima"):
    """{time: patterns that are minima} of the last reading of a run."""
    entry = list(entries(run.results, "retention", of_step="energies", label=label))[-1]
    return dict(zip(entry["time_s"], entry[key]))


def counts(runs, label, time, key="minima"):
    return [round(value) for run in runs.values() for t, value in minima(run, label, key).items() if abs(t - time) <= 1e-3 * time]


def minima_rows(table, runs, title, required, times, labels=("midrange", "scaled-0.98"), most=False):
    """One row for each kind of weights and time; required: {time: the least mean}, or the largest one where `most`."""
    for label in labels:
        for time in times:
            found = counts(runs, label, time)
            if not found:
                continue
            need, mean = required.get(time), statistics.mean(found)
            table.add(
                f"{title}, {label}, {TIMES[time]}: minima right, of 7",
                f"{'<=' if most else '>='} {need}" if need is not None else "reported",
                mean_and_each(found, "{:.1f}") if len(found) > 1 else str(found[0]),
                None if need is None else mean <= need if most else mean >= need,
            )
        table.add("  control: untrained film, as long at rest", "-", per_seed(counts(runs, label, times[-1], "untrained_minima")), None)


def four_nodes(table, found):
    for value in (0, *FRICTIONS):
        name = f"four-node-{value}"
        if name in found:
            required = {1e-6: 6.5, 1e-5: 6.5} if value else {}
            minima_rows(table, found[name], f"four nodes, friction {value} Oe" if value else "four nodes, no friction", required, (0, 1e-7, 1e-6, 1e-5))


def rounds(table, found):
    for seed, run in found.get("four-node-rounds", {}).items():
        for label in ("midrange", "scaled-0.98"):
            for k, time in enumerate((0, 1e-7)):
                so_far = [round(e["minima"][k]) for e in entries(run.results, "retention", of_step="energies", label=label)]  # of all memories
                of_round = [after - before for before, after in zip([0, *so_far], so_far)]
                required = time > 0
                table.add(
                    f"ten rounds of seven patterns, friction 3 Oe, start {seed}, {label}, {TIMES[time]}: minima right, of 7",
                    ">= 6.5 each" if required else "reported",
                    per_seed(of_round),
                    len(of_round) == 10 and min(of_round) >= 6.5 if required else None,
                )


def grains(table, found):
    if "four-node-grains" in found:
        minima_rows(table, found["four-node-grains"], "four nodes, grains of six easy directions", {}, (0, 1e-7), ("scaled-0.98",))
        minima_rows(table, found["four-node-grains"], "four nodes, grains of six easy directions", {1e-7: 6.5, 1e-6: 6.5}, (0, 1e-7, 1e-6), ("midrange",))
    if "loop-grains" in found:
        fields = [e["coercive_field_Oe"] for run in found["loop-grains"].values() for e in entries(run.results, "hysteresis")]
        mean = statistics.mean(fields)
        table.add("coercive field of such a film, Oe", "5 to 10", mean_and_each(fields, "{:.2f}"), 5 <= mean <= 10)
    for name, title in (("four-node-grains-300K", "the same at 300 K"), ("four-node-twofold", "the same with twofold grains of 80 Oe")):
        if name in found:
            minima_rows(table, found[name], title, {}, (0, 1e-7), ("midrange",))


def demag(table, found):
    for value, required, most in ((3, {1e-7: 5}, False), (0, {1e-7: 1}, True)):
        name = f"four-node-demag-{value}"
        if name in found:
            minima_rows(table, found[name], f"20 um x 5 nm, full demagnetizing field, friction {value} Oe", required, (0, 1e-7), ("midrange",), most)
            minima_rows(table, found[name], f"20 um x 5 nm, full demagnetizing field, friction {value} Oe", {}, (0, 1e-7), ("scaled-0.98",))


def exact(run, method, time, amount=0):
    """Exact recovery from the `amount`-th number of flips, the first by default, of the letters read after a rest."""
    entry = next(e for e in entries(run.results, "infer", method=method) if abs(e["after_s"] - time) <= 1e-3 * time and "exact_recovery" in e)
    return list(entry["exact_recovery"].values())[amount]


def letter_rows(table, runs, title, method, times, required):
    """required: {time: (least mean, least part of that at once)}"""
    at_once = statistics.mean(exact(run, method, 0) for run in runs.values())
    for time in times:
        values = [exact(run, method, time) for run in runs.values()]
        least, part = required.get(time, (None, None))
        mean = statistics.mean(values)
        texts = ([f">= {least:.2f}"] if least is not None else []) + ([f">= {part} of at once"] if part is not None else [])
        met = None if not texts else (least is None or mean >= least) and (part is None or mean >= part * at_once)
        table.add(f"{title}, {method}, {TIMES[time]}: exact from one flip", ", ".join(texts) or "reported", mean_and_each(values), met)


def letters(table, found):
    for value in (*FRICTIONS, 0):
        runs = found.get(f"letters-{value}")
        for method, least in zip(LETTERS, (0.85, 0.70)):
            if not runs:
                continue
            title = f"E, C, P, friction {value} Oe" if value else "E, C, P, no friction"
            letter_rows(table, runs, title, method, (0, 1e-7, 1e-6, 1e-5), {1e-6: (least, 0.95)} if value else {})
            lost = [e["untrained_exact"][-1] for run in runs.values() for e in entries(run.results, "retention", of_step="infer")[:1]]
            table.add("  control: untrained film, as long at rest", "-", per_seed(lost, "{:.3f}"), None)
    runs = found.get("letters-0")
    if runs:
        left = [exact(run, method, 1e-6) for run in runs.values() for method in LETTERS]
        table.add("E, C, P, no friction, after 1 us: exact from one flip, the largest of all", "0 (<= 0.01)", f"{max(left):.3f}", max(left) <= 0.01)


def wired(table, found):
    for name, title in WIRED.items():
        for value in (3, 0):
            runs = found.get(f"wired-{name}-{value}")
            if runs:
                letter_rows(
                    table,
                    runs,
                    f"{title}, friction {value} Oe" if value else f"{title}, no friction",
                    "sweeps",
                    (0, 1e-7, 1e-6),
                    {1e-6: (None, 0.9)} if value else {},
                )


GROUPS = {
    "four-nodes": Group([f"four-node-{value}" for value in (0, *FRICTIONS)], "every", four_nodes, CHOSEN),
    "rounds": Group(["four-node-rounds"], "first", rounds),
    "grains": Group(["four-node-grains", "four-node-grains-300K", "four-node-twofold", "loop-grains"], "every", grains),
    "demag": Group(["four-node-demag-3", "four-node-demag-0"], "first", demag),
    "letters": Group([f"letters-{value}" for value in (0, *FRICTIONS)], "every", letters),
    "wired": Group([f"wired-{name}-{value}" for name in WIRED for value in (3, 0)], "every", wired),
}

if __name__ == "__main__":
    sys.exit(Device("retention", RUNS, GROUPS, [1, 2, 3, 4, 5, 6], __doc__).main())
