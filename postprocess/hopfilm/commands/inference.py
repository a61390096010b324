"""Noisy patterns (Niu et al. 2024, Fig. 5): one figure of what a step `infer` found.

python3 postprocess/inference.py DIR -o FILE.png [--figure epochs|noise|gallery|confusion|basins|attractors|xi|weights|wiring] [--weights scaled-0.995]
"""

from .. import accuracy_figures, pixel_figures, weight_figures
from ..command import draw_one
from ..inference import inferences, scans
from ..inference_section import chosen


def basins(found):
    k = found.array("basins/k")
    return None if k is None else accuracy_figures.against_noise([found], k, "basins/")


FIGURES = {
    "epochs": accuracy_figures.epochs,
    "noise": lambda found: accuracy_figures.against_noise([found]),
    "gallery": pixel_figures.gallery,
    "confusion": pixel_figures.confusion,
    "basins": basins,
    "attractors": accuracy_figures.attractors,
    "weights": weight_figures.weight_map,
    "wiring": weight_figures.wiring_map,
}


def draw(run, options):
    all_ = [f for f in inferences(run) if options.weights in (None, f.label)]
    if not all_:
        raise SystemExit(f"{run.directory}: no step `infer` has run" + (f" with weights {options.weights}" if options.weights else ""))
    kind = options.figure or "epochs"
    if kind == "xi":
        figure = accuracy_figures.xi_scan(*scans(run)[0], all_[0]) if scans(run) else None
    elif kind in FIGURES:
        figure = FIGURES[kind]((chosen(run) if options.weights is None else all_)[0])
    else:
        raise SystemExit(f"{run.directory}: no figure {kind}; there are: {', '.join(FIGURES)}, xi")
    if figure is None:
        raise SystemExit(f"{run.directory}: the run did not keep the data of the figure {kind}")
    return figure


def main():
    draw_one(__doc__, draw, figure=", ".join(FIGURES) + ", xi (default: epochs)", weights="label of the weights, as in run.h5 (default: the first)")
