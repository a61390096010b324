"""Nanowire networks: whether one path takes all, against the voltage, and whether two patterns are stored as pathways."""

import math

from four_node import entries
from table import Claim

from device import Deck, Group

RUNS = {"nanowire-network": Deck("learners/nanowire-network", [f"schedule.{k}.learn.nanowire-network.seed={{seed}}" for k in range(4)])}


def junction_of(entry):
    return f"exponent {entry['exponent']:g}" if entry["exponent"] else "balance of rates"


def routes(table, seed, entries_of):
    """The voltage with the largest gap: above an exponent of 1 the winner is to carry most, below it is not."""
    best = max(entries_of, key=lambda entry: entry["log_gap"])
    exponent, share, of = best["exponent"], best["share"], round(best["of"])
    each = ", ".join(f"{math.exp(entry['log_gap']):.3g}" for entry in entries_of)
    volts = ", ".join(f"{entry['voltage']:g}" for entry in entries_of)
    table.add(f"start {seed}: {junction_of(best)}: winner / second path at {volts} V", "reported", each, None)
    wins, loses = exponent > 1, 0 < exponent < 1
    met = share > 0.5 if wins else share < 0.5 if loses else None
    table.add(
        "  share of the winner in the network's conductance, at the largest gap",
        "> 0.5" if wins else "< 0.5" if loses else "reported",
        f"{share:.2f} at {best['voltage']:g} V",
        met,
        Claim("winner takes all for a class of junctions" if wins else "shared below exponent 1", met) if met is not None else None,
    )
    shortest = round(best["shortest"])
    table.add("  the winner has the fewest junctions", "reported", f"{shortest} of {of}", None, Claim("lowest energy", shortest == of) if wins else None)


def patterns(table, seed, entry):
    of, stored = round(entry["of"]), round(entry["stored_a"]) + round(entry["stored_b"])
    table.add(
        f"start {seed}: {junction_of(entry)}: two patterns, {pairs_of(entry)} pairs: stored",
        "reported",
        f"{stored} of {2 * of} (chance {of}), weakest pair grew {entry['contrast']:.2f} x as much as another",
        None,
    )


def pairs_of(entry):
    return "crossed" if entry["shift"] > 0 else "opposite"


def pathways(table, every):
    """Opposite pairs are the nearest, too: patterns are stored where crossed pairs are as well, both beyond two standard deviations of chance."""
    beyond, measured = [], []
    for pairs in ("opposite", "crossed"):
        same = [entry for entry in every if pairs_of(entry) == pairs]
        stored, trials = sum(round(entry["stored_a"] + entry["stored_b"]) for entry in same), sum(2 * round(entry["of"]) for entry in same)
        beyond.append(stored - trials / 2 > math.sqrt(trials))
        measured.append(f"{pairs} {stored} of {trials}")
    why = "" if all(beyond) else "paths that cross share a wire, and any pair grows along the shortest path"
    table.add("two patterns: stored, all starts and junctions", "reported", ", ".join(measured), None, Claim("patterns as pathways", all(beyond), why))


def nanowires(table, found):
    trained = []
    for seed, run in found.get("nanowire-network", {}).items():
        every = list(entries(run.results, "learn", learner="nanowire-network"))
        for item in sorted({entry["item"] for entry in every}):
            of_item = [entry for entry in every if entry["item"] == item]
            routes(table, seed, [entry for entry in of_item if "voltage" in entry])
            for entry in of_item:
                if "stored_a" in entry:
                    patterns(table, seed, entry)
                    trained.append(entry)
    if trained:
        pathways(table, trained)


GROUPS = {"nanowire-network": Group(["nanowire-network"], "every", nanowires)}
