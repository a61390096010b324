"""Time steps of the default method beside explicit ones (5dp), paired: the same film, in turns, CPU time of the time steps on one core.

What is asked is the gain over explicit steps, or, where the issue names seconds, the ratio of the seconds named before and after: a machine twice as slow
changes both. With --baseline the explicit steps are those of that program. On 6.25 nm they are run for 1 of 100 ns and extrapolated: stability makes
all of them equally long.
"""

import collections
import os

import h5py
import numpy as np
import stepping
import yaml
from integrators import FILMS, four_node, include
from stepping import apart

EXPLICIT = "5dp"
CELLS = (25, 12.5, 6.25)
PART = {6.25: 0.01}  # of the time, for explicit steps
GAINS = {25: 5, 12.5: 18, 6.25: 50}
FINEST = 3.125


class Rows:
    """The rows of one table, from runs that are kept in a folder of their own."""

    def __init__(self, options, table):
        self.program, self.table, self.missing, self.rounds = options.program, table, options.missing, options.rounds
        self.cells, self.baseline = [cell for cell in CELLS if not options.cells or cell in options.cells], options.baseline
        self.method = options.method
        self.out, self.commits, self.started = os.path.join(options.out, "steps"), set(), set()

    def run(self, name, deck, method=None, program=None, **more):
        """A run of this deck, by a method or as the deck says; once more if it was run by this process already."""
        directory = os.path.join(self.out, name)
        case = stepping.kept(directory)
        if not case or not self.missing or directory in self.started:
            case = stepping.run(program or self.program, {**deck, **({"integrator": {"method": method}} if method else {})}, directory, **more)
        self.started.add(directory)
        self.commits.add(case.commit)
        return case

    def pair(self, name, deck, rounds=1, part=1.0, short=None, **more):
        """By the default method and explicitly, in turns. short: the deck of the part of the time that is run explicitly."""
        for _ in range(rounds if not self.missing else 1):
            found = self.run(name, deck, self.method, **more)
            explicit = self.run(f"{name}-{EXPLICIT}", short or deck, EXPLICIT, self.baseline, of=part, **more)
        return found, explicit

    def start(self):
        """The state after a pulse of pattern A."""
        directory = os.path.join(self.out, "pattern-A")
        if not stepping.kept(directory):
            stepping.run(self.program, four_node("A", 25, 1), directory, whole=True)
        return {"initial": {"file": {"path": os.path.join(directory, "run", "run.h5"), "dataset": "/fields/m"}}}

    def rest_to_rest(self, cell, part=1.0):
        deck = four_node("B", cell, part)
        deck["film"].update(self.start())
        return deck

    def gain(self, figure, found, explicit, asked, note=""):
        """Explicit over found in CPU time, which shall be at least `asked`."""
        whole = explicit.cpu / explicit.of
        self.table.add(
            figure,
            f">= {asked:.3g} x{note}",
            f"{whole / found.cpu:.1f} x: {found.cpu:.2f} s by {found.method}, {found.steps} steps; {'~' if explicit.of < 1 else ''}{whole:.2f} s "
            f"explicitly, {round(explicit.steps / explicit.of)} steps",
            whole / found.cpu >= asked,
        )


def rest(rows):
    found = {}
    for cell in rows.cells:
        part = PART.get(cell, 1.0)
        found[cell] = rows.pair(
            f"rest-{cell:g}nm", rows.rest_to_rest(cell), part=part, short=rows.rest_to_rest(cell, part), rounds=rows.rounds if cell > 20 else 1
        )
    steps = [case.steps for case, _ in found.values()]
    rows.table.add(
        f"rest to rest, 100 ns: steps at {', '.join(f'{cell:g}' for cell in found)} nm",
        "flat within 35 %, <= 350",
        f"{', '.join(map(str, steps))}: {100 * (max(steps) / min(steps) - 1):.0f} %",
        max(steps) <= 350 and max(steps) <= 1.35 * min(steps),
    )
    for cell in rows.cells:
        rows.gain(f"  over explicit steps, {cell:g} nm", *found[cell], GAINS[cell])
        if cell not in PART:
            error = apart(*found[cell], "G")
            rows.table.add(f"  G at its end, {cell:g} nm, off by", "<= 1e-4", f"{error:.1e}", error <= 1e-4)


def finest(rows):
    """The order is that of successive differences in G; the extrapolations from three grids each shall agree better than the finest grid agrees with them."""
    cells = (*CELLS, FINEST)
    found = [rows.run(f"rest-{cell:g}nm", rows.rest_to_rest(cell), rows.method) for cell in cells]
    G = [np.array(case.G) for case in found]
    change = [np.abs(b - a).max() / np.abs(G[-1]).max() for a, b in zip(G, G[1:])]
    orders = [np.log2(a / b) for a, b in zip(change, change[1:])]
    limits = [c + (c - b) / (2**order - 1) for b, c, order in zip(G[1:], G[2:], orders)]
    agree, left = (np.abs(limits[-1] - x).max() / np.abs(limits[-1]).max() for x in (limits[0], G[-1]))
    rows.table.add(
        f"rest to rest at {FINEST:g} nm: steps, CPU time",
        "done, in minutes",
        f"{found[-1].steps}, {found[-1].cpu:.0f} s by {found[-1].method}",
        found[-1].cpu < 600,
    )
    rows.table.add(
        "  order of G over 25, 12.5, 6.25 and 12.5, 6.25, 3.1 nm; their limits apart; 3.1 nm from its limit",
        "apart <= from it",
        f"{orders[0]:.2f}, {orders[1]:.2f}; {agree:.1e}; {left:.1e}",
        agree <= left,
    )


def figures_of(out):
    """Every figure of a run: integers and words of its results, by step, number of the entry among those of the step, and key; energies and conductances of
    run.h5."""
    with open(os.path.join(out, "run", "summary.yaml")) as file:
        results = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["results"]
    with h5py.File(os.path.join(out, "run", "run.h5"), "r") as file:
        arrays = {}
        file.visititems(
            lambda name, item: (
                arrays.__setitem__(name, item[()])
                if isinstance(item, h5py.Dataset) and "CLASS" not in item.attrs and name.split("/")[0] in ("conductance", "energy")
                else None
            )
        )
    words, seen = {}, collections.Counter()
    for entry in results:
        step = entry["step"]
        seen[step] += 1
        words.update({(step, seen[step], key): value for key, value in entry.items() if isinstance(value, (int, str)) and key not in ("headline", "item")})
    return words, arrays


def patterns(rows):
    deck = {"include": include("four-node-patterns.yaml")}
    found, explicit = rows.pair("patterns", deck, whole=True)
    rows.gain("four-node-patterns whole, 69 pulses", found, explicit, 80 / 18, " (80 s to 18 s)")
    (words, arrays), (right, exact) = (figures_of(os.path.join(rows.out, name)) for name in ("patterns", f"patterns-{EXPLICIT}"))
    unlike = sorted({f"{step} {key}" for (step, k, key), value in right.items() if words.get((step, k, key)) != value})  # a newer program may say more
    rows.table.add("  words and counts of its results that differ", "none", f"{', '.join(unlike) or 'none'} of {len(right)}", not unlike)
    G, given = arrays["conductance/G"], exact["conductance/G"]
    off = [np.abs(a - b).max() / np.abs(b).max() for a, b in zip(G, given)] if G.shape == given.shape else [np.inf]
    rows.table.add("  G of all probes, off by; above 1e-4", "<= 1e-4", f"{max(off):.1e}; {sum(x > 1e-4 for x in off)} of {len(off)}", max(off) <= 1e-4)
    energies = [
        (name, np.abs(arrays[name] - exact[name]).max() / np.ptp(exact[name])) for name in exact if name.startswith("energy") and np.ptp(exact[name]) > 0
    ]
    if energies:
        name, worst = max(energies, key=lambda pair: pair[1])
        rows.table.add("  energies of patterns, off by, of their span", "<= 1e-3", f"{worst:.1e} ({name})", worst <= 1e-3)


def maze(rows):
    found, explicit = rows.pair("maze", FILMS["maze"].deck(4, 0.3, 1), whole=True)
    rows.gain("maze, 4 nm: 20 ns from a random start", found, explicit, 29 / 3, " (29 s to 3 s)")
    deck = FILMS["driven-maze"].deck(4, 0.3, 10)  # 50 ns
    deck["film"]["initial"] = {"file": {"path": os.path.join(rows.out, f"maze-{EXPLICIT}", "run", "run.h5"), "dataset": "/fields/m"}}
    found, explicit = rows.pair("driven-maze", deck)
    rows.gain("  50 ns driven by its current", found, explicit, 97 / 14, " (97 s to 14 s)")
    error = apart(found, explicit, "G")
    rows.table.add("  G at its end, off by", "<= 1e-4", f"{error:.1e}", error <= 1e-4)


def strip(rows):
    found, explicit = rows.pair("strip", FILMS["strip"].deck(2, 0.02, 1), rounds=rows.rounds)
    rows.gain("strip, 2 nm, alpha 0.02, full demag, 200 ps", found, explicit, 5.19 / 3.2, " (7.1 s, explicitly 5.2 s, to 3.2 s)")
    exact = rows.run("strip-exact", {**FILMS["strip"].deck(2, 0.02, 1), "integrator": {"method": EXPLICIT, "tolerance": 1e-7}})
    error = apart(found, exact, "m")
    rows.table.add("  average of m at its end, off by", "<= 1e-3", f"{error:.1e}", error <= 1e-3)


def mumag(rows):
    """The deck as it is, beside an earlier program (--baseline) if there is one: both do the same steps, or fewer."""
    deck = {"include": include("validation/mumag-4.yaml")}
    for _ in range(rows.rounds):
        found = rows.run("mumag-4", deck)
        before = rows.run("mumag-4-baseline", deck, program=rows.baseline) if rows.baseline else None
    measured = f"{found.cpu:.2f} s by {found.method}, {found.steps} steps"
    if before:
        rows.table.add(
            "muMAG 4 on 128 x 32, to 1 ns, beside the baseline",
            ">= 2 x (2.6 s to 1.3 s)",
            f"{before.cpu / found.cpu:.2f} x: {measured}; {before.cpu:.2f} s",
            before.cpu >= 2 * found.cpu,
        )
    else:
        rows.table.add("muMAG 4 on 128 x 32, to 1 ns", "<= 1.3 s", measured, found.cpu <= 1.3)
    exact = rows.run("mumag-4-exact", {**deck, "integrator": {"method": EXPLICIT, "tolerance": 1e-8}})
    error = apart(found, exact, "m")
    rows.table.add("  average of m at 1 ns, off by", "<= 1e-4", f"{error:.1e}", error <= 1e-4)


def ranks(rows):
    """A rank that waits counts as busy."""
    deck = {**rows.rest_to_rest(2000 / 512, 0.02), "integrator": {"method": "bdf"}}
    for _ in range(rows.rounds):
        one, two = (rows.run(f"ranks-{n}", deck, ranks=n) for n in (1, 2))
    rows.table.add(
        "two ranks against one, 512 x 512 cells, implicit", ">= 1.6", f"{one.cpu / two.cpu:.2f}: {one.cpu:.2f} s, {two.cpu:.2f} s", one.cpu / two.cpu >= 1.6
    )
    same = (one.steps, one.evaluations) == (two.steps, two.evaluations)
    rows.table.add("  steps and evaluations of both", "the same", f"{one.steps}, {one.evaluations}; {two.steps}, {two.evaluations}", same)


ROWS = {"rest": rest, "finest": finest, "patterns": patterns, "maze": maze, "strip": strip, "mumag-4": mumag, "ranks": ranks}


def steps(options, table):
    rows = Rows(options, table)
    for name in options.rows:
        before = len(table.rows)
        ROWS[name](rows)
        for row in table.rows[before:]:
            print(f"{row.figure}: asked {row.required}, {row.measured} {row.verdict}", flush=True)
    return rows.commits
