"""Elastic networks beside the film: states kept in sequence against the exponent of the springs, and by springs that are found for all states at once; and
directed aging."""

from four_node import entries
from letters_figures import mean_and_each
from table import Claim

from device import Deck, Group

FIRST = "schedule.0.learn.elastic-network"
CORE = "at xi = 1 a second state is kept now and then, the less so the smaller the core: the claim is that of springs without one."
RUNS = {
    "elastic-network": Deck("learners/elastic-network", [f"{FIRST}.seed={{seed}}"]),
    "elastic-core": Deck(
        "learners/elastic-network",
        [f"{FIRST}.{change}" for change in ("seed={seed}", "core=0.001", "kick=0.001", "tolerance=0.003", "xi=[0.25, 0.5, 0.75, 0.9, 1]")],
    ),
    "elastic-design": Deck("learners/elastic-design", [f"schedule.{k}.learn.elastic-network.seed={{seed}}" for k in range(5)]),
    "directed-aging": Deck("learners/directed-aging", ["schedule.0.learn.directed-aging.seed={seed}"]),
}


def found_in(found, name, learner="elastic-network"):
    """Every entry of the runs, as the list of those of all starts."""
    return zip(*(list(entries(run.results, "learn", learner=learner)) for run in found.get(name, {}).values()))


def each(same, figure):
    return mean_and_each([entry[figure] for entry in same])


def elastic_network(table, found):
    for name, core in (("elastic-network", "0.01"), ("elastic-core", "0.001")):
        for same in found_in(found, name):
            xi, capacities = same[0]["xi"], [entry["capacity"] for entry in same]
            several = min(capacities) > 1.5
            table.add(
                f"core {core}, xi {xi:g}: states all kept when learned in sequence",
                "> 1.5" if xi < 0.8 else "1" if xi > 1 else "reported",
                mean_and_each(capacities),
                several if xi < 0.8 else max(capacities) < 1.01 if xi > 1 else None,
                Claim("several below xi = 1", several) if xi < 1 else Claim("no more than one", max(capacities) < 1.01, CORE),
            )
            table.add("  of eight in sequence kept", "-", each(same, "kept"), None)
            table.add("  not learned, yet kept", "0", f"{sum(entry['unlearned'] for entry in same):g}", not any(entry["unlearned"] for entry in same))


def elastic_design(table, found):
    same_of = {}
    for same in found_in(found, "elastic-design"):
        first = same[0]
        kind = ("k, l > 0" if first["positive"] else "any k, l") if first["simultaneous"] else f"grown, xi {first['xi']:g}"
        same_of[kind, round(first["nodes"]), first["kick"]] = same
    if not same_of:
        return
    for kind in ("k, l > 0", "any k, l"):
        few, many = (sum(entry["stable"] for entry in same_of[kind, nodes, 0.001]) for nodes in (5, 10))
        for nodes in (5, 10):
            table.add(f"{kind}: states stabilized at once on {nodes} nodes", "-", each(same_of[kind, nodes, 0.001], "stable"), None)
        table.add("  ten nodes beside five", "> 1.5 times", f"{many / few:.2f}", many > 1.5 * few, Claim("in proportion to the nodes", 1.5 < many / few < 3))
    for kick in (0.001, 0.01, 0.05, 0.1):
        for kind in ("k, l > 0", "any k, l", "grown, xi 0.5", "grown, xi 0.25"):
            table.add(f"ten nodes, let go {kick:g} off, {kind}: states all kept", "-", each(same_of[kind, 10, kick], "capacity"), None)
    wide, narrow, free = (sum(entry["capacity"] for entry in same_of[kind, 10, 0.05]) for kind in ("grown, xi 0.5", "k, l > 0", "any k, l"))
    claim = Claim("continual learning may have the wider attractors", wide > narrow)
    table.add("0.05 off: grown at xi 0.5 beside k, l > 0, any k, l", "first > 1", f"{wide / narrow:.2f}, {wide / free:.2f} times", wide > narrow, claim)


def directed_aging(table, found):
    for same in found_in(found, "directed-aging", "directed-aging"):
        shear = same[0]["held_shear"]
        change = [entry["nu_after"] - entry["nu_before"] for entry in same]
        held = "shear" if shear else "compression"
        table.add(f"held under {held}: Poisson's ratio before", "-", each(same, "nu_before"), None)
        met = all(c > 0 for c in change) if shear else all(entry["nu_after"] < 0 for entry in same)
        claim = None if shear else Claim("falls to below zero", met)
        table.add("  after aging", "rises" if shear else "< 0", each(same, "nu_after"), met, claim)
        soft = all(entry["modulus"] < entry["other_moduli"] for entry in same)
        text = f"{each(same, 'modulus')}; {each(same, 'other_moduli')}"
        table.add("  modulus of the strain held, of the others, relative to before", "less", text, soft, Claim("soft to what was imposed", soft))


GROUPS = {
    "elastic-network": Group(["elastic-network", "elastic-core"], "every", elastic_network),
    "directed-aging": Group(["directed-aging"], "every", directed_aging),
    "elastic-design": Group(["elastic-design"], "every", elastic_design),
}
