"""Learning at a finite temperature: what the four-node film learns with thermal fluctuations, against the same steps without them. Nothing is required;
every figure has its controls, and over several starts (--seeds 1 2 3 4) its standard error."""

from four_node import entries
from table import with_error

from device import Deck, Group

TEMPERATURES = (0, 300, 3000, 9000, 30000)  # K; a tenth of the thickness feels ten times the temperature
RUNS = {f"thermal-{T}K": Deck("four-node-thermal", [f"thermal.temperature={T} K", "thermal.seed={seed}"]) for T in TEMPERATURES}


def thermal(table, found):
    for T in TEMPERATURES:
        runs = [run.results for run in found.get(f"thermal-{T}K", {}).values()]
        if not runs:
            continue
        midrange, scaled = ([e for run in runs for e in entries(run, "energies", weights=kind) if "mean_margin" in e] for kind in ("midrange", "scaled"))
        table.add(
            f"{T} K, {len(runs)} starts: power of the trained pattern",
            "reported",
            f"{with_error([e['mean_power_change_percent'] for e in midrange], '{:+.2f}')} % "
            f"(other patterns {with_error([e['control_mean_power_change_of_others_percent'] for e in midrange], '{:+.2f}')} %)",
            None,
        )
        for label, chosen in (("midrange", midrange), ("scaled, xi 0.98", scaled)):
            table.add(
                f"  minima right, {label}",
                "reported",
                f"{with_error([e['correct'] for e in chosen], '{:.2f}')} of 7, margin {with_error([e['mean_margin'] for e in chosen], '{:.3f}')}, "
                f"smallest {with_error([e['smallest_margin'] for e in chosen], '{:.3f}')} "
                f"(untrained {with_error([e['untrained_correct'] for e in chosen], '{:.2f}')})",
                None,
            )
        for method in ("synchronous", "sweeps"):
            totals = [e for run in runs for e in entries(run, "recall", method=method) if "mean_recalled" in e]
            table.add(
                f"  one flip recalled, midrange, {method}",
                "reported",
                f"{with_error([e['recalled'] for e in totals], '{:.2f}')} of {totals[0]['starts']} "
                f"(untrained {with_error([7 * e['untrained_mean_recalled'] for e in totals], '{:.2f}')})",
                None,
            )


GROUPS = {"thermal": Group(list(RUNS), "every", thermal)}
