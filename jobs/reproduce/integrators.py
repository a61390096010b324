#!/usr/bin/env python3
"""What explicit and implicit time steps cost on ever finer cells, and what `integrator.method: auto` makes of it.

Two films at several dampings: a permalloy strip that a field reverses, with the full demagnetizing field, and a chiral film that becomes a maze, with local
terms alone. Either method runs at the loosest tolerance whose average of m at the end is within ACCURACY of a run with a tight one. CPU times are
without set-up and files, those of a run of one step. Last: the step `relax` on the strip.

Usage: integrators.py HOPFILM [--films strip maze] [--cells 8 4 2 1] [--alphas 0.02 0.1 0.5] [--relax]
"""

import argparse
import os
import resource
import subprocess
import tempfile

import yaml

from launcher import environment

ACCURACY = 1e-3
TOLERANCES = ("1e-2", "1e-3", "3e-4", "1e-4", "3e-5", "1e-5", "1e-6")
MOMENT = "hold: {time: 0.001 ps}"
FILMS = {
    "strip": """
  size: [320 nm, 80 nm]
  thickness: 3 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, alpha: {alpha}}}
  initial: {{uniform: {{direction: [1, 0.3, 0.1]}}}}
demag: full
field: {{uniform: [-60 mT, 8 mT, 0 mT]}}
""",
    "maze": """
  size: [160 nm, 160 nm]
  thickness: 1 nm
  material: {{Ms: 490 kA/m, Aex: 10 pJ/m, Dbulk: 2 mJ/m^2, Ku: 160 kJ/m^3, axis: [0, 0, 1], alpha: {alpha}}}
  initial: {{random: {{seed: 1}}}}
""",
}
DECK = """
hopfilm: 1
title: Integrators
film:
  cell: {cell} nm{film}
integrator: {{method: {method}, tolerance: {tolerance}}}
schedule:
  - {step}
output: {{table_every: 1 ns}}
"""
HOLD = {"strip": "hold: {time: 200 ps}", "maze": "hold: {time: 200 ps}"}


class Study:
    def __init__(self, program):
        self.program = os.path.abspath(program)

    def deck(self, directory, film, alpha, cell, method="auto", tolerance="1e-5", step=None):
        path = os.path.join(directory, "deck.yaml")
        with open(path, "w") as file:
            file.write(DECK.format(film=FILMS[film].format(alpha=alpha), cell=cell, method=method, tolerance=tolerance, step=step or HOLD[film]))
        return path

    def run(self, *case, **changes):
        """CPU seconds, evaluations, average of m at the end."""
        with tempfile.TemporaryDirectory() as directory:
            deck, out = self.deck(directory, *case, **changes), os.path.join(directory, "out")
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            subprocess.run([self.program, "run", deck, "--out", out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
            cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            with open(os.path.join(out, "summary.yaml")) as file:
                summary = yaml.safe_load(file)
        last = [entry["average_m"] for entry in summary["results"] if "average_m" in entry][-1]
        return cpu, summary["rhs_evaluations"], last

    def chosen(self, *case):
        """What `auto` takes, and the rate that it looks at."""
        with tempfile.TemporaryDirectory() as directory:
            command = [self.program, "check", self.deck(directory, *case), "--picture", "none"]
            said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout
        plan = dict(line.split(None, 1) for line in said.split("\n")[1:] if len(line.split()) > 1)
        return plan["integrator"], float(plan["fastest_damping_per_s"])

    def cheapest(self, exact, *case, **changes):
        """The loosest tolerance that is accurate: CPU seconds, evaluations, tolerance."""
        for tolerance in TOLERANCES:
            cpu, evaluations, m = self.run(*case, tolerance=tolerance, **changes)
            if max(abs(a - b) for a, b in zip(m, exact)) <= ACCURACY:
                break
        return cpu, evaluations, tolerance

    def row(self, *case):
        """Explicit over implicit in CPU time, and what auto's choice costs beside the cheaper one."""
        choice, rate = self.chosen(*case)
        base = min(self.run(*case, step=MOMENT)[0] for _ in range(3))
        exact = self.run(*case, method="rosenbrock" if rate > 3e11 else "5dp", tolerance="1e-7")[2]
        found = {method: self.cheapest(exact, *case, method=method) for method in ("5dp", "rosenbrock")}
        seconds = {method: max(value[0] - base, 1e-3) for method, value in found.items()}
        ratio, lost = seconds["5dp"] / seconds["rosenbrock"], seconds[choice] / min(seconds.values())
        print(f"  {case[0]:5s} {case[1]:5g} {case[2]:4g} nm {rate:9.2g}/s "
              + " ".join(f"{seconds[m]:8.2f} s {found[m][1]:7d} at {found[m][2]}" for m in found) + f" {ratio:6.2f}   {choice:10s} {lost:5.2f}", flush=True)
        return ratio, lost


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--films", nargs="+", choices=list(FILMS), default=list(FILMS))
    parser.add_argument("--cells", type=float, nargs="+", default=[8, 4, 2, 1])
    parser.add_argument("--alphas", type=float, nargs="+", default=[0.02, 0.1, 0.5])
    parser.add_argument("--relax", action="store_true", help="the step relax beside them")
    options = parser.parse_args()
    study = Study(options.program)
    print("  film  alpha   cell   damping   5dp: CPU, evaluations, tolerance  rosenbrock             5dp/ros.  auto takes, at a cost of")
    losses = [study.row(film, alpha, cell)[1] for film in options.films for alpha in options.alphas for cell in options.cells]
    print(f"auto costs at most {max(losses):.2f} times the cheaper method, {sum(losses) / len(losses):.2f} on average, of {len(losses)} films")
    if options.relax:
        for cell in options.cells:
            cpu, evaluations, _ = study.run("strip", 0.5, cell, step="relax: {}")
            print(f"  strip, step relax, {cell:g} nm: {cpu:.2f} s CPU with set-up, {evaluations} evaluations")


if __name__ == "__main__":
    main()
