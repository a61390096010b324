#!/usr/bin/env python3
"""What the time steps of every method cost at equal accuracy, film by film, and what `integrator.method: auto` loses beside the cheapest: the table behind
its rule.

  four-node     rest to rest: from the state after a pulse of pattern A, 100 ns of B; local terms
  letters       35 nodes on cells of 167 nm, one pulse of 20 ns from a random start
  maze          20 ns of a chiral film from a random start
  driven-maze   5 ns of the maze in its own current
  strip         200 ps of a permalloy strip that a field reverses, full demagnetizing field

Each method runs at the tolerance of a list at which it is cheapest among those at which it ends within 1e-4 of the reference, in G relative to its largest
entry where there are electrodes, otherwise within 1e-3 in the average of m. The reference has a tolerance a hundredth of the
default: explicit, or, where that would take hours, implicit; on coarser cells the two are printed beside each other. Methods take turns, tolerance by
tolerance, and again at those chosen; the fastest run counts, less one of a single step. Explicit steps on the finest cells, which stability makes equally
long throughout, are measured over a part of the time and extrapolated (~). Last in a row: how far the default, `auto` with its own tolerance, ends from
the reference. With --missing, runs that are there are not repeated.

Usage: integrators.py HOPFILM [--films ...] [--cells ...] [--alphas ...] [--methods ...] [--quick] [--missing | --show]   (in runs/reproduce-integrators)
"""

import argparse
import collections
import os
import sys

import stepping
from launcher import ROOT
from stepping import INPUTS, apart
from table import Table, save

METHODS = ("3bs", "5dp", "bdf")
EXPLICIT = ("3bs", "5dp")
TOLERANCES = ("1e-2", "3e-3", "1e-3", "3e-4", "1e-4", "3e-5", "1e-5", "3e-6", "1e-6")
LOOSEST = {"bdf": "1e-4"}  # looser ones count as this
PATIENCE, DEARER = 3, 1.5  # tolerances without gain, or cost relative to the cheapest, after which a method's search ends
REFERENCES = {"5dp": "1e-7", "bdf": "1e-6"}  # the first that is affordable is the one
MOST_REGRET = 1.15
REPEATED = 20  # s; what takes longer is measured once
BRIEF = 0.3  # s; what takes less is measured more often
MOMENT = 1e-6  # part of the time: a single step
QUICK = 0.05  # part of the time
HOURS = 0.1  # explicit methods that run no more than this part of the time serve as no reference

# deck: of (cell in nm, alpha, part of the time); figure: what is compared, to `within`; start: name and deck, of the part of the time, of the run whose
# end it starts from; parts: {cell: part of the time for which explicit methods run}
Film = collections.namedtuple("Film", "deck cells alphas figure within start parts", defaults=(None, {}))


def include(name):
    return os.path.join(INPUTS, name)


def four_node(pattern, cell, part):
    return {
        "include": include("devices/four-node-disk.yaml"),
        "film": {"cell": f"{cell:g} nm"},
        "patterns": {"A": "++--", "B": "+-+-"},
        "schedule": [{"train": {"patterns": [pattern], "field": "20 Oe", "field_pattern": "B", "pulse": f"{100 * part:g} ns"}}],
    }


def letters(cell, alpha, part):
    return {
        "include": [include("devices/letters-5x7.yaml"), include("glyphs/block-5x7.yaml")],
        "schedule": [{"train": {"patterns": ["E"], "voltage": "0.78048780 mV", "pulse": f"{20 * part:g} ns"}}],
    }


def maze(cell, alpha, part):
    return {"include": include("devices/maze-film.yaml"), "film": {"cell": f"{cell:g} nm"}, "schedule": [{"hold": {"time": f"{20 * part:g} ns"}}]}


def driven_maze(cell, alpha, part):
    edges = [{"name": name, "shape": {"rectangle": {"size": ["0 nm", "400 nm"]}}, "at": [f"{x} nm", "0 nm"]} for name, x in (("left", -200), ("right", 200))]
    return {
        **maze(cell, alpha, part),
        "electrodes": edges,
        "patterns": {"current": "+-"},
        "schedule": [{"train": {"patterns": ["current"], "voltage": "25 mV", "pulse": f"{5 * part:g} ns"}}],
    }


def strip(cell, alpha, part):
    return {
        "film": {
            "size": ["320 nm", "80 nm"],
            "cell": f"{cell:g} nm",
            "thickness": "3 nm",
            "material": {"Ms": "800 kA/m", "Aex": "13 pJ/m", "alpha": alpha},
            "initial": {"uniform": {"direction": [1, 0.3, 0.1]}},
        },
        "demag": "full",
        "field": {"uniform": ["-60 mT", "8 mT", "0 mT"]},
        "schedule": [{"hold": {"time": f"{200 * part:g} ps"}}],
    }


FILMS = {
    "four-node": Film(
        lambda cell, alpha, part: four_node("B", cell, part),
        (50, 25, 12.5, 6.25),
        (0.3,),
        "G",
        1e-4,
        ("pattern-A", lambda part: four_node("A", 25, part)),
        {6.25: 0.01},
    ),
    "letters": Film(letters, (166.6666666666667,), (0.3,), "G", 1e-4),
    "maze": Film(maze, (8, 4, 2), (0.3,), "m", 1e-3, None, {2: 0.025}),
    "driven-maze": Film(driven_maze, (8, 4, 2), (0.3,), "G", 1e-4, ("maze-20-ns", lambda part: maze(4, 0.3, part)), {2: 0.05}),
    "strip": Film(strip, (8, 4, 2, 1), (0.02, 0.1, 0.5), "m", 1e-3, None, {1: 0.2}),
}


class Study:
    def __init__(self, options):
        self.options, self.program, self.out = options, options.program, options.out
        known = stepping.methods_of(self.program)
        self.methods = [method for method in options.methods if method in known]
        self.references = [method for method in REFERENCES if method in known]
        self.shorter, self.suffix, self.patience = (QUICK, "-quick", 1) if options.quick else (1.0, "", PATIENCE)
        self.finished, self.served = set(), {}  # directories that this process has run; tolerances that were accurate, by film, alpha and method

    def start_of(self, film):
        """The file of the state that the film starts from; run once."""
        name, deck = FILMS[film].start
        directory = os.path.join(self.out, name + self.suffix)
        if not stepping.kept(directory):
            stepping.run(self.program, deck(self.shorter), directory, whole=True)
        return os.path.join(directory, "run", "run.h5")

    def deck(self, film, cell, alpha, method, tolerance, part):
        deck = FILMS[film].deck(cell, alpha, part * self.shorter)
        if FILMS[film].start:
            deck["film"]["initial"] = {"file": {"path": self.start_of(film), "dataset": "/fields/m"}}
        return {**deck, "integrator": {"method": method, **({"tolerance": float(tolerance)} if tolerance else {})}}

    def case(self, film, cell, alpha, method, tolerance, part=1.0, again=False):
        """The run of these; None if it is not there and nothing is to be run."""
        name = "-".join([film, f"{cell:g}nm", f"alpha{alpha:g}", method, tolerance or "default", *([f"part{part:g}"] if part < 1 else [])])
        directory = os.path.join(self.out, name + self.suffix)
        found = stepping.kept(directory)
        if self.options.show or found and not again and (self.options.missing or directory in self.finished):
            return found
        self.finished.add(directory)
        return stepping.run(self.program, self.deck(film, cell, alpha, method, tolerance, part), directory, of=part, limit=self.options.limit)

    def within(self, film):
        return self.options.within or FILMS[film].within

    def part(self, film, cell, method):
        return FILMS[film].parts.get(cell, 1.0) if method in EXPLICIT and not self.options.quick else 1.0

    def exact(self, film, cell, alpha):
        """References by name; the first is the one."""
        affordable = [method for method in self.references if self.part(film, cell, method) > HOURS]
        found = {method: self.case(film, cell, alpha, method, REFERENCES[method]) for method in affordable}
        return {method: case for method, case in found.items() if case and not case.over}

    def cheapest(self, film, cell, alpha, exact, methods):
        """{method: (case, tolerance, error)}: the cheapest accurate run of each method, from the loosest tolerance on, tolerance by tolerance, so that the
        methods take turns. Neither costs nor errors are monotonic in the tolerance: a method goes on beyond its cheapest accurate run, PATIENCE tolerances
        or until one is DEARER."""
        found, since, done, kind = {}, collections.Counter(), set(), FILMS[film]
        for tolerance in TOLERANCES:
            for method in [method for method in methods if method not in done and float(tolerance) <= float(LOOSEST.get(method, "1"))]:
                part = self.part(film, cell, method)
                if part < 1:  # the tolerance that served on coarser cells
                    if tolerance == self.served.get((film, alpha, method), "1e-4"):
                        found[method] = (self.case(film, cell, alpha, method, tolerance, part), tolerance, None)
                        done.add(method)
                    continue
                case = self.case(film, cell, alpha, method, tolerance)
                if not case:
                    continue
                if case.over:
                    found.setdefault(method, (case, tolerance, None))
                    done.add(method)
                    continue
                error = apart(case, exact, kind.figure)
                since[method] += 1
                if error <= self.within(film) and (method not in found or case.cpu < found[method][0].cpu):
                    found[method], since[method], self.served[film, alpha, method] = (case, tolerance, error), 0, tolerance
                if method in found and (case.cpu > REPEATED or case.cpu > DEARER * found[method][0].cpu or since[method] == self.patience):
                    done.add(method)
        found = {method: value for method, value in found.items() if value[0]}
        for turn in range(self.turns(found)):
            for method, (case, tolerance, error) in found.items():
                if not case.over and case.cpu < REPEATED and (turn < self.options.rounds - 1 or case.cpu < BRIEF):
                    found[method] = (self.case(film, cell, alpha, method, tolerance, case.of, again=True), tolerance, error)
        return found

    def turns(self, found):
        """How often runs are repeated: brief ones four times as often."""
        once = 0 if self.options.show or self.options.missing else self.options.rounds - 1
        return 4 * once if any(case.cpu < BRIEF for case, _, _ in found.values()) else once

    def seconds(self, film, cell, alpha, found):
        """CPU seconds of the whole time by method, less what a moment costs. Methods that did the same steps by the same evaluations, as `auto` and what it
        chose, took the same time, the shorter one measured."""
        base = self.case(film, cell, alpha, "3bs", "1e-3", MOMENT)
        for _ in range(0 if self.options.show or self.options.missing else self.options.rounds - 1):
            base = self.case(film, cell, alpha, "3bs", "1e-3", MOMENT, again=True)
        same = collections.defaultdict(list)
        for case, _, _ in found.values():
            same[case.steps, case.evaluations, case.of].append(case.cpu)
        return {method: max(min(same[case.steps, case.evaluations, case.of]) - base.cpu, 1e-4) / case.of for method, (case, _, _) in found.items()}

    def chosen(self, film, cell, alpha):
        return stepping.method_of(self.program, self.deck(film, cell, alpha, "auto", None, 1.0), os.path.join(self.out, "check"))

    def row(self, table, film, cell, alpha):
        """A line of the table; what auto loses, None if it is not known."""
        before, exact = len(table.rows), self.exact(film, cell, alpha)
        if not exact:
            print(f"{film}, {cell:g} nm: no reference")
            return None
        first = next(iter(exact))
        taken = self.chosen(film, cell, alpha)
        found = self.cheapest(film, cell, alpha, exact[first], [*self.methods, *([] if taken in self.methods else [taken])])
        if not found:
            return None
        seconds = self.seconds(film, cell, alpha, found)
        best = min(seconds, key=seconds.get)
        lost = seconds[taken] / seconds[best] if taken in seconds else None
        default = self.case(film, cell, alpha, "auto", None) if self.part(film, cell, taken) == 1 else None
        name = f"{film}, {cell:.4g} nm" + (f", alpha {alpha:g}" if len(FILMS[film].alphas) > 1 else "")
        told = "; ".join(f"{method} {describe(seconds[method], *found[method])}" for method in found)
        others = "".join(f"; references {first}, {other} {apart(exact[other], exact[first], FILMS[film].figure):.1e} apart" for other in list(exact)[1:])
        choice = f"best {best}, auto {taken}: {lost:.2f}" if lost else f"best {best}, auto {taken}: not accurate"
        table.add(name, f"auto <= {MOST_REGRET}", f"{told}; {choice}{others}", None if self.options.quick else lost is not None and lost <= MOST_REGRET)
        if default and not default.over:
            error = apart(default, exact[first], FILMS[film].figure)
            table.add(
                f"  {FILMS[film].figure} by default, off by", f"<= {self.within(film):g}", f"{error:.1e} in {default.steps} steps", error <= self.within(film)
            )
        for row in table.rows[before:]:
            print(f"{row.figure:32} {row.measured}", flush=True)
        return lost


def describe(seconds, case, tolerance, error):
    if case.over:
        return f"> {case.cpu:.0f} s"
    return (
        f"{'~' if case.of < 1 else ''}{seconds:.3g} s ({round(case.steps / case.of)} steps, {round(case.evaluations / case.of)} evaluations at {tolerance}"
        + (f", off by {error:.0e})" if error is not None else ")")
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--films", nargs="+", choices=list(FILMS), default=list(FILMS))
    parser.add_argument("--cells", type=float, nargs="+", help="nm; all of a film when left out")
    parser.add_argument("--alphas", type=float, nargs="+")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--within", type=float, help="accuracy asked for, instead of the films' own")
    parser.add_argument("--rounds", type=int, default=3, help="runs at the tolerances chosen; the fastest counts")
    parser.add_argument("--limit", type=int, help="CPU seconds after which a run is given up")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the time, the coarsest cells")
    parser.add_argument("--missing", action="store_true", help="run only what has not finished before")
    parser.add_argument("--show", action="store_true", help="run nothing")
    parser.add_argument("--out", default=os.path.join(ROOT, "runs", "reproduce-integrators"))
    options = parser.parse_args()
    options.program, options.out = os.path.abspath(options.program), os.path.abspath(options.out)
    study, table, losses = Study(options), Table(), []
    for film in options.films:
        kind = FILMS[film]
        for alpha in kind.alphas:
            for cell in kind.cells[:1] if options.quick else kind.cells:
                if (not options.cells or any(abs(cell - c) < 0.01 * cell for c in options.cells)) and (not options.alphas or alpha in options.alphas):
                    losses.append(study.row(table, film, cell, alpha))
    known = [lost for lost in losses if lost is not None]
    if known:
        print(f"auto costs {max(known):.2f} times the cheapest method at most, {sum(known) / len(known):.2f} on average, of {len(known)} films")
    if not options.quick:
        save(options.out, {"integrators": (table, {"-"})})
    print(f"figures: {table.required} required, {table.missed} missed, {len(losses) - len(known)} without auto's time")
    return 1 if table.missed or len(known) < len(losses) else 0


if __name__ == "__main__":
    sys.exit(main())
