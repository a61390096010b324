#!/usr/bin/env python3
"""Resonance by linear response against the closed forms: films are kicked, and the peak that postprocess/spectrum.py finds in what rings down is compared.

  field H in the plane of a thin film, uniaxial field Hk along it (C. Kittel, Phys. Rev. 73, 155 (1948)):  w^2 = gamma0^2 (H + Hk)(H + Hk + Ms)
  along its normal, m too; the gap of its spin waves:                                                      w   = gamma0 (H + Hk - Ms)
  and the damped one is lower by 1 + alpha^2.

Usage: spectra.py HOPFILM
"""

import math
import os
import re
import subprocess
import sys
import tempfile

from launch import ROOT, environment, mpiexec

MU0, GAMMA0, MS, ALPHA = 4e-7 * math.pi, 2.21e5, 8e5, 0.01
FILM = """hopfilm: 1
film:
  size: [20 nm, 20 nm]
  cell: 5 nm
  thickness: 5 nm
  material: {{Ms: 8e5 A/m, Aex: 13 pJ/m, Ku: {Ku} J/m^3, axis: {axis}, alpha: 0.01}}
  initial: {{uniform: {{direction: {axis}}}}}
field: {{uniform: [{before}]}}
demag: shape  # the local -Ms m_z z of a film without end
integrator: {{tolerance: 1e-7}}
schedule:
  - relax: {{tolerance: 1e-8}}
  - field: {{uniform: [{after}]}}
  - hold: {{time: 6 ns}}
output: {{table_every: 4 ps, fields: [m]}}
"""


def field(*components):
    return ", ".join(f"{h} A/m" for h in components)


def peak(program, deck, component):
    """The highest peak of a component of <m> after the kick, Hz."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "film.yaml"), os.path.join(folder, "run")
        with open(path, "w") as file:
            file.write(deck)
        for command in (
            mpiexec(1, program, "run", path, "--out", out),
            [sys.executable, "-B", os.path.join(ROOT, "postprocess", "spectrum.py"), out, "--component", component],
        ):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment())
            if done.returncode:
                sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return 1e9 * float(re.search(rf"m_{component}: ([\d.]+) GHz", done.stdout).group(1))


def main():
    program, failed = os.path.abspath(sys.argv[1]), 0
    H, Ku = 5e4, 2e4
    Hk = 2 * Ku / (MU0 * MS)
    in_plane = FILM.format(before=field(H, 500, 0), after=field(H, 0, 0), Ku=Ku, axis="[1, 0, 0]")
    normal = FILM.format(before=field(1500, 0, 1e6), after=field(0, 0, 1e6), Ku=Ku, axis="[0, 0, 1]")
    cases = [("in the plane", in_plane, "y", GAMMA0 * math.sqrt((H + Hk) * (H + Hk + MS))), ("along the normal", normal, "x", GAMMA0 * (1e6 + Hk - MS))]
    for name, deck, component, omega in cases:
        exact = omega / (2 * math.pi * (1 + ALPHA**2))
        found = peak(program, deck, component)
        met = abs(found / exact - 1) <= 0.002  # 17 to 20 MHz; the lines are 170 to 280 MHz wide
        failed += not met
        print(f"{'ok' if met else 'FAILED':6}  {name}: {found * 1e-9:.4f} GHz, exactly {exact * 1e-9:.4f} GHz")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
