#!/usr/bin/env python3
"""What a permalloy strip costs on ever finer cells: its switching by the explicit and the implicit method, its relaxation by the step `relax` and by both
methods at strong damping. Every method runs at the loosest tolerance whose average of m, at the end, is within ACCURACY of a run with a tight one.

Usage: reproduce_integrators.py HOPFILM [--cells 8 4 2 1] [--time 200] [--only switching relaxation local]
"""

import argparse
import os
import resource
import subprocess
import tempfile

import yaml

from launch import environment

ACCURACY = 1e-3
TOLERANCES = ("1e-3", "1e-4", "1e-5", "1e-6")
DECK = """
hopfilm: 1
title: Strip
film:
  size: [160 nm, 40 nm]
  cell: {cell} nm
  thickness: 3 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, alpha: {alpha}}}
  initial: {{uniform: {{direction: [1, 0.3, 0.1]}}}}
demag: {demag}
field: {{uniform: [{field} mT, 8 mT, 0 mT]}}
integrator: {{method: {method}, tolerance: {tolerance}}}
schedule:
  - {step}
output: {{table_every: {end} ps}}
"""


class Study:
    def __init__(self, program, end):
        self.program, self.end = os.path.abspath(program), end

    def run(self, **changes):
        """CPU seconds, evaluations, average of m at the end."""
        values = {"alpha": 0.02, "demag": "full", "field": -60, "step": f"hold: {{time: {self.end} ps}}", "end": self.end, "method": "5dp",
                  "tolerance": "1e-5", **changes}
        with tempfile.TemporaryDirectory() as directory:
            deck, out = os.path.join(directory, "deck.yaml"), os.path.join(directory, "out")
            with open(deck, "w") as file:
                file.write(DECK.format(**values))
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            subprocess.run([self.program, "run", deck, "--out", out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
            cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            with open(os.path.join(out, "summary.yaml")) as file:
                summary = yaml.safe_load(file)
            with open(os.path.join(out, "table.tsv")) as file:
                last = [float(word) for word in file.read().strip().split("\n")[-1].split("\t")]
        return cpu, summary["rhs_evaluations"], last[1:4]

    def cheapest(self, exact, **changes):
        """The loosest tolerance that is accurate: CPU seconds, evaluations, tolerance, error."""
        for tolerance in TOLERANCES:
            cpu, evaluations, m = self.run(tolerance=tolerance, **changes)
            error = max(abs(a - b) for a, b in zip(m, exact))
            if error <= ACCURACY:
                break
        return cpu, evaluations, tolerance, error

    def methods(self, cell, **changes):
        exact = self.run(cell=cell, method="rosenbrock" if cell < 3 else "5dp", tolerance="1e-8", **changes)[2]
        found = {}
        for method in ("5dp", "rosenbrock"):
            found[method] = self.cheapest(exact, cell=cell, method=method, **changes)
            cpu, evaluations, tolerance, error = found[method]
            print(f"  {cell:4g} nm  {method:12s} {cpu:8.2f} s CPU  {evaluations:8d} evaluations   tolerance {tolerance}, <m> within {error:.0e}", flush=True)
        print(f"  {cell:4g} nm  explicit/implicit: {found['5dp'][0] / found['rosenbrock'][0]:.2f} in CPU time, "
              f"{found['5dp'][1] / found['rosenbrock'][1]:.1f} in evaluations", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--cells", type=float, nargs="+", default=[8, 4, 2, 1])
    parser.add_argument("--time", type=float, default=200, help="ps")
    parser.add_argument("--only", nargs="+", choices=["switching", "relaxation", "local"], default=["switching", "relaxation", "local"])
    options = parser.parse_args()
    study = Study(options.program, options.time)
    if "switching" in options.only:
        print(f"switching, {options.time:g} ps, alpha 0.02, full demagnetization")
        for cell in options.cells:
            study.methods(cell)
    if "local" in options.only:
        print("the same with the local shape anisotropy in place of the demagnetizing field")
        for cell in options.cells:
            study.methods(cell, demag="shape")
    if "relaxation" in options.only:
        print("relaxation: the step relax (Runge-Kutta-Chebyshev, no precession), and both methods for the time given at alpha = 1")
        for cell in options.cells:
            cpu, evaluations, _ = study.run(cell=cell, step="relax: {}", field=0)
            print(f"  {cell:4g} nm  relax        {cpu:8.2f} s CPU  {evaluations:8d} evaluations", flush=True)
            study.methods(cell, alpha=1, field=0)


if __name__ == "__main__":
    main()
