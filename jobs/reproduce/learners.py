#!/usr/bin/env python3
"""Other systems that learn by themselves, beside the film on the same patterns: runs the decks of inputs/learners/ and prints what was claimed of each
beside what it does. Exit code 1 when a figure is missed.

Usage: learners.py HOPFILM [--seeds 1 2 3] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-learners)
"""

import sys

import learners_coupled
import learners_elastic
import learners_nanowires
import learners_rules
import learners_table
from four_node import entries
from letters_figures import mean_and_each
from table import Claim

from device import Deck, Device, Group

RUNS = {
    "adaptive-flow": Deck("learners/adaptive-flow", ["schedule.2.learn.adaptive-flow.seed={seed}"]),
    "temperature": Deck("learners/temperature"),
}
BESIDE = "no-recall", "untrained", "outer-product", "pseudo-inverse", "contrastive-hebbian", "boltzmann-machine"


def adaptive_flow(table, found):
    for seed, run in found.get("adaptive-flow", {}).items():
        for entry in entries(run.results, "learn", learner="adaptive-flow"):
            if "gamma" not in entry:
                table.add(f"start {seed}: Eq. (3) and (S5) along the switch, apart", "<= 1e-12", f"{entry['costs_apart']:.1e}", entry["costs_apart"] <= 1e-12)
                film, flow = entry["film_power_change"], entry["flow_power_change"]
                table.add(
                    "  Ohmic power of the film at its voltages, of the flow network at its currents",
                    "rises, falls",
                    f"{100 * film:+.2f} %, {100 * flow:+.1f} %",
                    film > 0 > flow,
                    Claim("rises, falls (SI)", film > 0 > flow),
                )
                continue
            gamma, remembered, of, depth, error = entry["gamma"], round(entry["remembered"]), round(entry["of"]), entry["depth"], entry["depth_error"]
            measured = f"in {remembered} of {of}, lower there by {100 * depth:.3g} +- {100 * error:.2g} %"
            memory = remembered == of and depth > 5 * error and depth > 0.01
            table.add(
                f"start {seed}: gamma {gamma:g}: loss lowest under the trained load",
                f"{of} of {of}" if gamma < 0.8 else "lower by < 0.1 %" if gamma >= 1 else "reported",
                measured,
                memory if gamma < 0.8 else depth < 1e-3 if gamma >= 1 else None,
                Claim("memory below gamma = 1", memory) if gamma < 0.8 else Claim("no memory", depth < 1e-3) if gamma >= 1 else None,
            )


def temperature(table, found):
    """Accuracy and exact recovery of the film and of those beside it, at every temperature."""
    tests = [list(entries(run.results, "infer", method="stochastic")) for run in found.get("temperature", {}).values()]
    for same in zip(*tests):
        table.add(
            f"E, C, P at T = {same[0]['temperature']:g}: letter named right",
            "reported",
            mean_and_each([test["accuracy"] for test in same]),
            None,
        )
        exact = [list(test["exact_recovery"].values())[0] for test in same]
        table.add("  exact from one flip", "-", mean_and_each(exact), None)
        for name in BESIDE:
            control = f"control_{name.replace('-', '_')}"
            table.add(f"  {name}: letter named right", "-", mean_and_each([test[control] for test in same]), None)


GROUPS = {
    "adaptive-flow": Group(["adaptive-flow"], "every", adaptive_flow),
    "temperature": Group(["temperature"], "every", temperature),
}

MODULES = [learners_coupled, learners_elastic, learners_nanowires, learners_rules, learners_table]  # each has RUNS and GROUPS of its own
for module in MODULES:
    RUNS |= module.RUNS
    GROUPS |= module.GROUPS

if __name__ == "__main__":
    sys.exit(Device("learners", RUNS, GROUPS, [1, 2, 3], __doc__).main())
