"""Energies of all states of every memory, the trained pattern marked, the untrained film in grey (Niu et al. 2024, Fig. 4).

python3 postprocess/energies.py DIR -o FILE.png [--weights midrange]
"""

from .. import energy_figures as figures
from ..command import draw_one
from ..results import default_weightings, energy_details, weights_name


def draw(run, options):
    details = energy_details(run)
    if not details:
        raise SystemExit(f"{run.directory}: no step `energies` has run")
    wanted = options.weights or default_weightings(run)[0]
    entries = [e for e in details if wanted in (e["weights"], weights_name(e))]
    if not entries:
        raise SystemExit(f"{run.directory}: no energies with weights {wanted}; there are: {', '.join(sorted({weights_name(e) for e in details}))}")
    first = entries[0]
    return figures.diagrams(run, [e for e in entries if e["item"] == first["item"] and weights_name(e) == weights_name(first)])


def main():
    draw_one(__doc__, draw, weights='midrange, saturated, scaled, or "scaled, ξ = 0.98" (default: the first of the run)')
