"""The figures of the wired films of many nodes, and of the wirings that the program finds: what is required beside what every start gives.

Exact recovery alone is required; its controls stand below it, the outer product of neighbours on the same wiring first among them. Every wiring was found ex
situ, with its patterns known."""

import re

from four_node import entries
from letters_figures import control_rows, controls, exact_text, films, key_of, mean_and_each, slashed, unstable

from device import Deck, Group

SETS = {"ecp": "E, C, P", "edcp": "E, D, C, P", "digits": '"0", "8", "9", "6", "5"'}
SATURATED = (
    "schedule=[{initial: {uniform: {direction: [0, 0, 1]}}}, {train: {patterns: [E, D, C, P, L], voltage: 1e-15 V, pulse: 1 ps}}, "
    "{infer: {patterns: [E, D, C, P, L], flips: [1, 2, 4], samples: 200, seed: 7, weights: scaled, xi: 1.0025, method: sweeps}}]"
)
RUNS = {
    "wired-ecp": Deck("letters-wired-ecp"),
    "wired-edcpl": Deck("letters-wired-edcpl"),
    "wired-edcpl-5ns": Deck("letters-wired-edcpl", ["schedule.0.train.pulse=5 ns", "schedule.0.train.epochs=12"]),  # as long in all
    "wired-edcpl-saturated": Deck("letters-wired-edcpl", [SATURATED]),
    **{
        f"wired-edcpl-for-{name}": Deck("letters-wired-edcpl", [f"schedule.{k}.{step}.patterns=[{patterns}]" for k, step in ((0, "train"), (1, "infer"))])
        for name, patterns in SETS.items()
    },
    **{f"wire-{name}": Deck(f"wire-{name}") for name in ("edcpl", "hank", "digits")},
}


def at_least(found, required):
    return all(value >= least for e in found for value, least in zip(e["exact_recovery"].values(), required))


def row(table, found, title, required=None):
    """Exact recovery of some entries of the film, each against what is required."""
    table.add(
        f"{title}: exact recovery from 1/2/4 flips",
        ">= " + "/".join(f"{a:.2f}" for a in required) if required else "reported",
        exact_text(found),
        at_least(found, required) if required else None,
    )
    unstable(table, found, required is not None)
    table.add("  letter named right", "-", mean_and_each(key_of(found, "accuracy")), None)


def wired(table, found):
    """The bundled wirings, for the letters they were found for."""
    for name, label, title, required in (
        ("wired-ecp", "scaled-0.9975", "E, C, P on 7 x 10 nodes", (0.95, 0.92, 0.84)),
        ("wired-edcpl", "scaled-1.0025", "E, D, C, P, L on 7 x 20 nodes", (0.92, 0.87, 0.76)),
    ):
        if name in found:
            row(table, films(found[name], label, "sweeps"), title, required)
            control_rows(table, found[name], label, "sweeps")


def wired_other(table, found):
    """The wiring for E, D, C, P and L, used otherwise."""
    for name, title in (
        ("wired-edcpl-5ns", "E, D, C, P, L, pulses of 5 ns, 12 epochs"),
        ("wired-edcpl-saturated", "E, D, C, P, L, no learning (m along z)"),
        *((f"wired-edcpl-for-{name}", f"wiring for E, D, C, P, L used for {patterns}") for name, patterns in SETS.items()),
    ):
        if name in found:
            row(table, films(found[name], "scaled-1.0025", "sweeps"), title)
            of_rule = controls(found[name], "scaled-1.0025", "sweeps", "outer-product-neighbours")
            table.add("  outer-product-neighbours", "-", f"exact {exact_text(of_rule)}", None)


def search(table, found):
    """One search and the film from its starts; then the search for the outer product of neighbours, whose film is the last."""
    for name, title, required in (
        ("wire-edcpl", "E, D, C, P, L", (0.90, 0.84, 0.72)),
        ("wire-hank", "H, A, N, K", None),
        ("wire-digits", "0, 8, 9, 6, 5", None),
    ):
        for run in found.get(name, {}).values():
            of_film, of_rule = entries(run.results, "wire")
            learnt = [e for e in entries(run.results, "infer") if "exact_recovery" in e]
            neighbours = [e for e in entries(run.results, "baseline", rule="outer-product-neighbours") if "exact_recovery" in e]
            cores = [float(re.search(r"(\d+) core-seconds", e["headline"]).group(1)) for e in (of_film, of_rule)]
            row(table, learnt[:-1], f"{title}, wiring found by `wire`", required)
            table.add("  forecast by the surrogate", "-", slashed(of_film["predicted_exact_recovery"].values()), None)
            table.add("  search, core-minutes", "<= 40" if required else "-", f"{cores[0] / 60:.1f}", cores[0] / 60 <= 40 if required else None)
            table.add("  outer-product-neighbours on this wiring", "-", exact_text(neighbours[:1]), None)
            table.add("  outer-product-neighbours, wiring found for it", "-", f"{exact_text(neighbours[-1:])} (search {cores[1] / 60:.1f} core-minutes)", None)
            for rule in ("outer-product", "pseudo-inverse"):
                of = entries(run.results, "baseline", rule=rule)[:1]
                table.add(f"  {rule}, all pixels", "-", exact_text(of), None)
            for control in ("no-recall", "untrained"):
                table.add(f"  {control}: letter named right", "-", f"{entries(run.results, 'control', control=control)[0]['accuracy']:.3f}", None)


GROUPS = {
    "wired": Group(["wired-ecp", "wired-edcpl"], "every", wired),
    "wired-other": Group([name for name in RUNS if name.startswith("wired-edcpl-")], "first", wired_other),
    "search": Group([name for name in RUNS if name.startswith("wire-")], "first", search),
}
