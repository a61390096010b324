"""The figures of the spin-transfer film with many nodes (Yu et al. 2021, discussion: a conjecture without figures): checks that have to hold exactly, what one
pattern and several in turn leave in the film, and how far the links follow the pattern beside how far they stray by chance.

Usage: maze_nodes_figures.py DIR     (of inputs/ensembles/maze-amr-dmi.yaml: the same links of its members, mean and standard error of the mazes)
"""

import collections
import os
import sys

import h5py
import numpy
from four_node import entries
from table import Claim, with_error

from device import per_seed

TITLES = {
    "nine": "3 x 3, pitch 120 nm",
    "nine-strong": "3 x 3, pitch 120 nm, twice the voltage",
    "nine-wide": "3 x 3, pitch 240 nm",
    "letters": "5 x 7, pitch 120 nm",
}
CHANCE = (
    "stripes between two contacts are few, and which of them turn is a matter of chance: the links change by several per cent in either direction, more than "
    "those between unlike nodes gain on those between like ones (rows of one pattern)"
)
CONTROLS = (
    ("no recall", "control", "no-recall"),
    ("untrained film", "control", "untrained"),
    ("outer product", "baseline", "outer-product"),
    ("of neighbours", "baseline", "outer-product-neighbours"),
)


PULSE = 50e-9  # s, of a pattern that is learned alone


class Links:
    """Conductance matrices of a run and its links between nearest neighbours of the lattice."""

    def __init__(self, run):
        with h5py.File(os.path.join(run.directory, "run.h5")) as file:
            self.G, self.G0 = file["conductance/G"][:], file["conductance/G0"][:]
            self.patterns, self.times = file["training/pattern"].asstr()[:], file["conductance/time"][:]
            where = file["film/electrode_positions"][:]
        distances = numpy.linalg.norm(where[:, None] - where[None], axis=2)
        nearest = distances[distances > 0].min()
        self.i, self.j = numpy.nonzero(numpy.triu((distances > 0) & (distances < 1.01 * nearest)))

    def exact(self):
        """Asymmetry and largest sum of a row, of the largest element."""
        scale = numpy.abs(self.G).max()
        return numpy.abs(self.G - self.G.transpose(0, 2, 1)).max() / scale, numpy.abs(self.G.sum(2)).max() / scale

    def untrained(self):
        return next(k for k in range(len(self.G)) if self.patterns[k]) if any(self.patterns) else 0

    def alone(self):
        """{pattern: matrix} of the pulses of one pattern, each from the untrained film."""
        of = {}
        for pattern in dict.fromkeys(p for p in self.patterns if p):
            start = numpy.nonzero(self.patterns == pattern)[0][0]
            end = numpy.nonzero((self.patterns == pattern) & (self.times <= self.times[start] + PULSE * (1 + 1e-6)))[0][-1]
            of[pattern] = self.G[end]
        return of

    def changes(self, pattern, G):
        """Relative changes of the links between unlike and between like nodes."""
        before, x = self.G[self.untrained()], signs(pattern)
        change = G[self.i, self.j] / before[self.i, self.j] - 1
        unlike = x[self.i] != x[self.j]
        return change[unlike], change[~unlike]

    def followed(self):
        """Per cent, over all patterns: mean change of the links between unlike and between like nodes, and the scatter about these means."""
        parts = [self.changes(pattern, G) for pattern, G in self.alone().items()]
        groups = [part for pair in parts for part in pair if len(part)]
        squares, freedom = sum(((part - part.mean()) ** 2).sum() for part in groups), sum(len(part) - 1 for part in groups)
        means = [numpy.mean([part.mean() for part in side if len(part)]) for side in zip(*parts)]
        return 100 * means[0], 100 * means[1], 100 * (squares / freedom) ** 0.5

    def disorder(self):
        """Scatter of the links of the untrained film against those of the saturated one."""
        ratio = self.G[self.untrained()][self.i, self.j] / self.G0[self.i, self.j]
        return ratio.std() / ratio.mean()


def averaged(links):
    """Fixed points of the patterns, each of one pulse, when the matrices of all mazes are averaged: chance goes, what the pattern does stays."""
    links = list(links.values())
    before, G0 = (numpy.mean(matrices, axis=0) for matrices in ([link.G[link.untrained()] for link in links], [link.G0 for link in links]))
    stable = []
    for pattern in links[0].alone():
        w = numpy.mean([link.alone()[pattern] for link in links], axis=0) - numpy.trace(before) / numpy.trace(G0) * G0
        numpy.fill_diagonal(w, 0)
        x = signs(pattern)
        stable.append(int((w @ x * x <= 0).sum()))
    return stable


def signs(pattern):
    return numpy.array([1.0 if letter == "+" else -1.0 for letter in pattern])


def energy_against_power(run, links):
    """E(V) of all states as the run has them against -(P - xi P0) at 1 V, x.G.x; they differ by the diagonal of w, which the energy leaves out."""
    worst = 0.0
    for entry in entries(run.results, "energies", xi_of="untrained"):
        if "trained" not in entry:
            continue
        with h5py.File(os.path.join(run.directory, "run.h5")) as file:
            energies = file["energy/" + entry["dataset"]][:]
        G = links.alone()[entry["trained"]]
        n, w = len(G), G - entry["xi"] * links.G0
        states = 2.0 * ((numpy.arange(2**n)[:, None] >> numpy.arange(n)[::-1]) & 1) - 1
        power = numpy.einsum("si,ij,sj->s", states, w, states)
        worst = max(worst, numpy.abs(energies + power - numpy.trace(w)).max() / numpy.abs(energies).max())
    return worst


def nodes(table, found):
    for name, title in TITLES.items():
        if name in found:
            runs = found[name]
            links = {seed: Links(run) for seed, run in runs.items()}
            exact = [link.exact() for link in links.values()]
            table.add(
                f"{title}: |G - G^T|, sums of rows, of the largest |G|", "<= 1e-9", per_seed([max(e) for e in exact], "{:.1e}"), max(map(max, exact)) <= 1e-9
            )
            if name != "letters":
                alone(table, title, runs, links)
            in_turn(table, title, runs)


def alone(table, title, runs, links):
    apart = [energy_against_power(run, links[seed]) for seed, run in runs.items()]
    table.add(f"{title}: energies of all states against -(P - xi P0)", "<= 1e-9", per_seed(apart, "{:.1e}"), max(apart) <= 1e-9)
    contrast(table, links)
    energies = [next(e for e in entries(run.results, "energies", xi_of="untrained") if "mean_margin" in e) for run in runs.values()]
    for words, key in (("minimum of all states", "correct_all_states"), ("fixed points", "fixed_points")):
        hits = [e[key] for e in energies]
        table.add(
            f"  one pattern: {words}, of {energies[0]['of']}",
            "reported",
            per_seed(hits) + "; untrained " + per_seed([e["untrained_" + key] for e in energies]),
            None,
            Claim("patterns are stored", all(e[key] == e["of"] for e in energies), CHANCE) if key == "fixed_points" else None,
        )
    table.add(
        "  power of the pattern, others, %",
        "reported",
        per_seed([f"{e['mean_power_change_percent']:+.1f} ({e['control_mean_power_change_of_others_percent']:+.1f})" for e in energies]),
        None,
    )
    if len(links) > 1:
        single = [sum(averaged({seed: link})) for seed, link in links.items()]
        together = f"{sum(averaged(links))}; of one maze {per_seed(single)}"
        table.add(f"  one pattern: unstable pixels, matrices averaged over {len(links)} mazes", "reported", together, None)
    recalls = [next(e for e in entries(run.results, "recall") if "control" not in e and "mean_recalled" in e) for run in runs.values()]
    starts = recalls[0]["starts"] // recalls[0]["of"]
    table.add(
        f"  one pattern: recalled, part of {starts} starts",
        "reported",
        with_error([e["mean_recalled"] / starts for e in recalls]) + "; untrained " + with_error([e["untrained_mean_recalled"] / starts for e in recalls]),
        None,
    )


def contrast(table, links):
    """How far the links follow one pattern, beside how far they stray."""
    unlike, like, strays = numpy.transpose([link.followed() for link in links.values()])
    table.add(
        "  one pattern: links between unlike nodes, mean change, %", "reported", per_seed(unlike, "{:+.1f}"), None, Claim("rises", min(unlike) > 0, CHANCE)
    )
    table.add("  links between like nodes", "reported", per_seed(like, "{:+.1f}"), None)
    table.add("  scatter of these changes from link to link", "reported", per_seed(strays, "{:.1f}"), None)
    table.add("  unlike less like, of that scatter", "reported", per_seed((unlike - like) / strays, "{:+.2f}"), None)
    table.add("  scatter of the untrained links", "reported", per_seed([100 * link.disorder() for link in links.values()], "{:.1f}"), None)


def in_turn(table, title, runs):
    tests = [next(e for e in entries(run.results, "infer") if "control" not in e and e.get("xi_of") == "untrained") for run in runs.values()]
    found = {"film": tests}
    for words, step, key in CONTROLS:
        found[words] = [next(e for e in entries(run.results, step) if key in (e.get("control"), e.get("rule"))) for run in runs.values()]
    table.add(
        f"{title}, in turn: named right", "reported", "; ".join(f"{name} {with_error([e['accuracy'] for e in those])}" for name, those in found.items()), None
    )
    for flips in tests[0]["exact_recovery"]:
        exact = {name: with_error([e["exact_recovery"][flips] for e in those]) for name, those in found.items()}
        table.add(f"  exact recovery from {flips} flip{'s' * (flips > 1)}", "reported", "; ".join(f"{name} {value}" for name, value in exact.items()), None)
    pixels = [sum(e["unstable_pixels"]) for e in tests]
    size = len(tests[0]["unstable_pixels"])
    table.add(
        f"  unstable pixels of the {size} patterns",
        "reported",
        per_seed(pixels) + "; untrained " + per_seed([sum(e["unstable_pixels"]) for e in found["untrained film"]]),
        None,
        Claim("several patterns can be memorized", not any(pixels), CHANCE),
    )


def ensemble(directory):
    """Prints how far the links follow a pattern for every AMR ratio and D."""
    with open(os.path.join(directory, "ensemble.tsv"), encoding="utf-8") as file:
        head, *lines = [line.lstrip("# ").rstrip("\n").split("\t") for line in file]
    groups = {}
    for line in lines:
        row = dict(zip(head, line))
        member = collections.namedtuple("Run", "directory")(os.path.join(directory, row["member"]))
        unlike, like, scatter = Links(member).followed()
        stored, power = int(row["energies-1.fixed_points"]), float(row["energies-1.mean_power_change_percent"])
        key = row["film.material.amr_ratio"], row["film.material.Dbulk"]
        groups.setdefault(key, []).append((power, unlike - like, scatter, (unlike - like) / scatter, stored))
    for (ratio, D), found in groups.items():
        power, apart, scatter, part, stored = zip(*found)
        print(
            f"a {ratio}, D {D}: power {with_error(power)} %; unlike less like {with_error(apart)} %; scatter {with_error(scatter)} %; "
            f"of the scatter {with_error(part)}; "
            f"fixed points {sum(stored)} in {len(stored)} mazes"
        )


if __name__ == "__main__":
    ensemble(sys.argv[1])
