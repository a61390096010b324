"""Coupled learning and equilibrium propagation: tasks of inputs and outputs on a disk and on the film's own conductances, and letters beside the film."""

from four_node import entries
from learners_rules import scores
from learners_table import READ
from letters_figures import controls, films
from table import Claim

from device import Deck, Group

RUNS = {
    "coupled-learning": Deck("learners/coupled-learning", [f"schedule.{k}.learn.coupled-learning.seed={{seed}}" for k in range(2, 6)]),
    "coupled-letters": Deck("learners/coupled-letters", ["schedule.1.infer.seed={seed}"]),
}
RULES = "coupled-learning", "equilibrium-propagation"


def rule_of(entry):
    return "equilibrium propagation" if entry["equilibrium"] else "coupled learning"


def tasks(table, seed, entry):
    solved, of, attainable = round(entry["solved"]), round(entry["of"]), entry["attainable"] > 0
    table.add(
        f"start {seed}: {rule_of(entry)}: {'attainable' if attainable else 'random'} tasks learned to an error < 1e-3",
        f"{of} of {of}" if attainable else "reported",
        f"{solved} of {of}, worst {entry['worst_error']:.1e}, after {entry['steps']:.0f} +- {entry['steps_error']:.0f} steps",
        solved == of if attainable else None,
        Claim("learns by local comparison", solved == of) if attainable else None,
    )


def on_film(table, seed, entry):
    error, within = entry["film_error"], entry["film_bounded_error"]
    table.add(
        f"start {seed}: {rule_of(entry)} on the film's conductances: error",
        "< 1e-3",
        f"{entry['film_first_error']:.3f} to {error:.1e} in {entry['film_steps']:.0f} steps",
        error < 1e-3,
        Claim("learns by local comparison", error < 1e-3),
    )
    table.add("  within the change that the film's last pulse made", "reported", f"{within:.3f} within {100 * entry['film_change']:.1f} %", None)
    rises = entry["film_correlation"]
    table.add("  correlation of that change with dV^2 (clamped half of the rule: -1)", "reported", f"{rises:+.2f}", None)


def coupled_learning(table, found):
    for seed, run in found.get("coupled-learning", {}).items():
        for entry in entries(run.results, "learn", learner="coupled-learning"):
            (tasks if "solved" in entry else on_film)(table, seed, entry)


def letters(table, found):
    runs = found.get("coupled-letters", {})
    if not runs:
        return
    beside = {name: controls(runs, *READ, name) for name in ("no-recall", "untrained", "outer-product", "pseudo-inverse", "contrastive-hebbian") + RULES}
    table.add("E, C, P: film: letters named right", "reported", scores(films(runs, *READ)), None)
    for name, found_of in beside.items():
        exact = [min(entry["exact_recovery"].values()) for entry in found_of]
        learned = name in RULES
        required = "exact > 0.9 from every number of flips" if learned else "-"
        table.add(f"  {name}", required, scores(found_of), min(exact) > 0.9 if learned else None)
    for seed, run in runs.items():
        for entry in entries(run.results, "learn", learner="coupled-learning"):
            on_film(table, seed, entry)


GROUPS = {
    "coupled-learning": Group(["coupled-learning"], "every", coupled_learning),
    "coupled-letters": Group(["coupled-letters"], "every", letters),
}
