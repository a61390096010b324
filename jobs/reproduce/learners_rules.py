"""Rules of plasticity from the literature beside the film: what is claimed of each, beside what every start gives on E, C, P."""

from learners_table import READ
from letters_figures import controls, exact_text, films, key_of, mean_and_each
from table import Claim

from device import Deck, Group

RUNS = {"plasticity": Deck("learners/plasticity", ["schedule.1.infer.seed={seed}"])}
SHOWN = ("no-recall", "untrained", "outer-product", "pseudo-inverse", "dense-associative-memory", "reduced-model", "stdp")


def worst_letter(entry):
    """The smallest part of the images of one letter that are named right."""
    return min(row[k] / sum(row) for k, row in enumerate(entry["confusion"]))


def scores(found):
    return f"{mean_and_each(key_of(found, 'accuracy'))}  exact {exact_text(found)}"


def plasticity(table, found):
    runs = found.get("plasticity", {})
    if not runs:
        return
    rule = {name: controls(runs, *READ, name) for name in SHOWN + ("oja-neuron", "oja-subspace", "hopfield-unlearning", "competing-hidden-units")}
    table.add("E, C, P: film", "reported", scores(films(runs, *READ)), None)
    for name in SHOWN:
        table.add(f"  {name}", "-", scores(rule[name]), None)
    one = [max(entry["exact_recovery"].values()) * 3 < 1.01 for entry in rule["oja-neuron"]]
    table.add("oja-neuron: patterns that come back, of 3", "at most 1", exact_text(rule["oja-neuron"]), all(one), Claim("one component (Oja 1982)", all(one)))
    same = [a["exact_recovery"] == b["exact_recovery"] and a["confusion"] == b["confusion"] for a, b in zip(rule["oja-subspace"], rule["pseudo-inverse"])]
    table.add(
        "oja-subspace: same answers as the pseudo-inverse", "all", f"{sum(same)} of {len(same)} starts", all(same), Claim("the projector (Oja 1989)", all(same))
    )
    even, before = ([worst_letter(entry) for entry in rule[name]] for name in ("hopfield-unlearning", "outer-product"))
    more = all(a > b for a, b in zip(even, before))
    table.add(
        "hopfield-unlearning: named right, of the letter that is worst",
        "> outer product",
        f"{mean_and_each(even)}; outer product {mean_and_each(before)}",
        more,
        Claim("memories more nearly even (review Eq. 8)", more),
    )
    table.add("  hopfield-unlearning", "-", scores(rule["hopfield-unlearning"]), None)
    stored = [sum(entry["unstable_pixels"]) for entry in rule["competing-hidden-units"]]
    table.add("competing-hidden-units: unstable pixels of the letters", "0", "  ".join(map(str, stored)), not any(stored))
    table.add("  competing-hidden-units", "-", scores(rule["competing-hidden-units"]), None)


GROUPS = {"plasticity": Group(["plasticity"], "every", plasticity)}
