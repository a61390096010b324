#!/usr/bin/env python3
"""Other systems that learn by themselves, beside the film on the same patterns: runs the decks of inputs/learners/ and prints what was claimed of each
beside what it does. Exit code 1 when a figure is missed.

Usage: learners.py HOPFILM [--seeds 1 2 3] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-learners)
"""

import sys

import learners_coupled
import learners_rules
from four_node import entries
from letters_figures import mean_and_each
from table import Claim

from device import Deck, Device, Group

CORE = "at xi = 1 a second state is kept now and then, the less so the smaller the core: the claim is that of springs without one."
ELASTIC = "schedule.0.learn.elastic-network"
RUNS = {
    "adaptive-flow": Deck("learners/adaptive-flow", ["schedule.2.learn.adaptive-flow.seed={seed}"]),
    "temperature": Deck("learners/temperature"),
    "elastic-network": Deck("learners/elastic-network", [f"{ELASTIC}.seed={{seed}}"]),
    "elastic-core": Deck(
        "learners/elastic-network",
        [f"{ELASTIC}.{change}" for change in ("seed={seed}", "core=0.001", "kick=0.001", "tolerance=0.003", "xi=[0.25, 0.5, 0.75, 0.9, 1]")],
    ),
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
            gamma, of, depth, error = entry["gamma"], round(entry["remembered"]), entry["depth"], entry["depth_error"]
            measured = f"in {of} of 10, lower there by {100 * depth:.3g} +- {100 * error:.2g} %"
            memory = of == 10 and depth > 5 * error and depth > 0.01
            table.add(
                f"start {seed}: gamma {gamma:g}: loss lowest under the trained load",
                "10 of 10" if gamma < 0.8 else "lower by < 0.1 %" if gamma >= 1 else "reported",
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


def elastic_network(table, found):
    """States kept in sequence against xi, with the mean and its error over seeds."""
    for name, core in (("elastic-network", "0.01"), ("elastic-core", "0.001")):
        runs = [list(entries(run.results, "learn", learner="elastic-network")) for run in found.get(name, {}).values()]
        for same in zip(*runs):
            xi, states, capacities = same[0]["xi"], round(same[0]["states"]), [entry["capacity"] for entry in same]
            several = min(capacities) > 1.5
            table.add(
                f"core {core}, xi {xi:g}: states all kept when learned in sequence",
                "> 1.5" if xi < 0.8 else "1" if xi > 1 else "reported",
                mean_and_each(capacities),
                several if xi < 0.8 else max(capacities) < 1.01 if xi > 1 else None,
                Claim("several below xi = 1", several) if xi < 1 else Claim("no more than one", max(capacities) < 1.01, CORE),
            )
            table.add(f"  of {states} in sequence kept", "-", mean_and_each([entry["kept"] for entry in same]), None)
            table.add("  not learned, yet kept", "0", f"{sum(entry['unlearned'] for entry in same):g}", not any(entry["unlearned"] for entry in same))


GROUPS = {
    "adaptive-flow": Group(["adaptive-flow"], "every", adaptive_flow),
    "temperature": Group(["temperature"], "every", temperature),
    "elastic-network": Group(["elastic-network", "elastic-core"], "every", elastic_network),
}

MODULES = [learners_coupled, learners_rules]  # each has RUNS and GROUPS of its own
for module in MODULES:
    RUNS |= module.RUNS
    GROUPS |= module.GROUPS

if __name__ == "__main__":
    sys.exit(Device("learners", RUNS, GROUPS, [1, 2, 3], __doc__).main())
