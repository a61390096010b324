"""The film of 35 nodes in devices other than the paper's idea of it: with vertical leads and a finite gap, and with imperfections of its making and its
reading. Nothing is required of any but the ideal one; every figure stands beside the same film without them and its controls."""

import statistics

from four_node import entries
from letters_figures import control_rows, exact_text, films, key_of, mean_and_each, unstable

from device import Deck, Group

LEADS = {
    "ecp": "wide sheet, no leads",
    "leads-sheet-above": "wide sheet, leads from above",
    "leads-sheet-below": "wide sheet, leads from below",
    "leads-none": "gap of 30 nm, no leads",
    "leads-above": "gap of 30 nm, leads from above",
    "leads-below": "gap of 30 nm, leads from below",
    "leads-solid": "gap of 30 nm, leads from above, current uniform in each",
    "leads-strong": "gap of 30 nm, leads from above, 5 times the voltage",
}
SIZES = {
    "misplacement": ("electrodes misplaced by {} nm", (100, 200, 300)),
    "conductivity": ("conductivity varies by {} %", (5, 10, 20)),
    "thickness": ("thickness varies by {} %", (5, 10, 20)),
    "amr_ratio": ("AMR ratio varies by {} %", (5, 10, 20)),
}
SEEDS = ["film.grains.seed={seed}", "misplacement.seed={seed}", *(f"schedule.{k}.infer.seed={{seed}}" for k in range(3, 8))]


def only(kind, size):
    """The deck's imperfections but one set to nothing."""
    sizes = {name: size if name == kind else 0 for name in SIZES}
    return [f"misplacement.by={sizes.pop('misplacement')} nm", *(f"film.material.{name}_variation={value} %" for name, value in sizes.items())]


RUNS = {
    "leads-sheet-above": Deck("letters-leads", ["gold.oersted=sheet"]),
    "leads-sheet-below": Deck("letters-leads", ["gold.oersted=sheet", "gold.leads=below"]),
    "leads-none": Deck("letters-leads", ["gold.leads=none"]),
    "leads-above": Deck("letters-leads"),
    "leads-below": Deck("letters-leads", ["gold.leads=below"]),
    "leads-solid": Deck("letters-leads", ["gold.lead_current=uniform"]),
    "leads-strong": Deck("letters-leads", ["schedule.0.train.voltage=3.9024390 mV"]),
    "robust-ideal": Deck("letters-robustness", only("none", 0) + SEEDS),
    **{f"robust-{kind}-{size}": Deck("letters-robustness", only(kind, size) + SEEDS) for kind, (_, sizes) in SIZES.items() for size in sizes},
    "robust-all": Deck("letters-robustness", SEEDS),
}


def leads(table, found):
    for name, words in LEADS.items():
        runs = found.get(name)
        if not runs:
            continue
        films_1 = films(runs, "scaled-1", "synchronous")
        table.add(f"{words}: letter named right, xi 1, flips 1-4", "reported", mean_and_each(key_of(films_1, "accuracy")), None)
        field = [entries(run.results, "oersted")[0].get("rms_of_no_leads", 1) for run in runs.values()]
        table.add("  rms of the field of E, of that without leads", "-", f"{statistics.mean(field):.3f}", None)
        table.add("  exact recovery from 1/2/3/4 flips", "-", exact_text(films_1), None)
        unstable(table, films_1, False)
        control_rows(table, runs, "scaled-1", "synchronous")
        table.add("  xi 0.995, sweeps: exact recovery from 1/2/4 flips", "-", exact_text(films(runs, "scaled-0.995", "sweeps")), None)


def read_with(runs, noise):
    return [next(e for e in entries(run.results, "infer", label="scaled-0.995", method="sweeps", read_noise=noise)) for run in runs.values()]


def robust_rows(table, found, words):
    table.add(f"{words}: exact recovery from 1/2/4 flips, xi 0.995, sweeps", "reported", exact_text(found), None)
    table.add("  letter named right", "-", mean_and_each(key_of(found, "accuracy")), None)


def robustness(table, found):
    ideal = found.get("robust-ideal")
    if ideal:
        robust_rows(table, read_with(ideal, 0), "none")
        control_rows(table, ideal, "scaled-0.995", "sweeps")
        for noise in (0.0005, 0.001, 0.002, 0.005, 0.01):
            robust_rows(table, read_with(ideal, noise), f"every conductance misread by {100 * noise:g} %")
    for kind, (words, sizes) in SIZES.items():
        for size in sizes:
            runs = found.get(f"robust-{kind}-{size}")
            if runs:
                robust_rows(table, read_with(runs, 0), words.format(size))
                table.add("  xi 1, synchronous: letter named right", "-", mean_and_each(key_of(films(runs, "scaled-1", "synchronous"), "accuracy")), None)
    if "robust-all" in found:
        robust_rows(table, read_with(found["robust-all"], 0), "all of the smallest sizes together")
        robust_rows(table, read_with(found["robust-all"], 0.001), "  and misread by 0.1 %")
        control_rows(table, found["robust-all"], "scaled-0.995", "sweeps")


GROUPS = {
    "leads": Group(list(LEADS), "every", leads),
    "robustness": Group([name for name in RUNS if name.startswith("robust-")], "every", robustness),
}
