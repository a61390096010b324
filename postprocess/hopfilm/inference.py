"""Results of the step `infer` as Python values: one Inference per step and kind of weights.

for found in inferences(run):
    found.names, found.X          the stored patterns, [pattern][pixel]
    found.array("accuracy")       [variant][amount of noise]
    found.variants                "film", the controls, the rules
    found.wiring                  signed pixel of each electrode, from 1; None: its own
"""

import numpy as np

from .layout import arrays
from .results import shown, weights_name

CONTROLS = {
    "no-recall": "no recall",
    "untrained": "untrained film",
    "one-more-iteration": "one more iteration",
    "outer-product": "outer product",
    "outer-product-neighbours": "neighbour outer product",
    "dense-associative-memory": "dense memory",
    "krotov-hopfield": "dense memory",  # in runs of earlier versions, as is oja
    "hopfield-unlearning": "unlearning",
    "reduced-model": "Eq. (2)",
    "oja": "Eq. (2)",
    "oja-neuron": "Oja neuron",
    "oja-subspace": "Oja subspace",
    "stdp": "STDP",
    "pseudo-inverse": "pseudo-inverse",
    "storkey": "Storkey",
}
NOISES = {"flips": ("flipped pixels", "{:g} flipped"), "probability": ("probability of a flip", "p = {:g}"), "grey": ("grey noise σ", "σ = {:g}")}


class Inference:
    def __init__(self, run, entry):
        self.run, self.entry = run, entry
        self.item, self.label = entry["item"], entry["label"]
        self.X = run.array(f"inference/{self.item}/patterns")
        self.names = [str(name) for name in entry["pattern_names"]]
        self.amounts = np.atleast_1d(run.array(f"inference/{self.item}/amounts"))
        self.variants = list(entry["variants"])
        self.wiring = run.wiring_at(self.item)
        self.shape = run.picture_shape(self.X.shape[1])

    def array(self, name):
        """A dataset of these weights; None if the step kept none of that name."""
        return self.run.array(f"inference/{self.item}/{self.label}/{name}")

    def of_step(self, name):
        return self.run.array(f"inference/{self.item}/{name}")

    def index(self, variant):
        return self.variants.index(variant) if variant in self.variants else None

    def pooled(self, name, variant):
        """The mean over the amounts of noise, None for a variant that was not run."""
        k, values = self.index(variant), self.array(name)
        return None if k is None or values is None else float(values[k].mean())

    def others(self):
        """The entries of the controls and the rules of this step and these weights."""
        return [e for step in ("control", "baseline") for e in self.run.steps(step) if e["item"] == self.item and e.get("label", self.label) == self.label]

    @property
    def noise(self):
        return NOISES.get(self.entry.get("noise", "flips"), ("noise", "{:g}"))

    @property
    def title(self):
        return f"{self.entry['method']}, {weights_name(self.entry)}"

    def pictures(self, images):
        """[..., pixel] -> [..., row, column]"""
        return np.asarray(images).reshape(np.shape(images)[:-1] + self.shape)


def variant_name(variant):
    return CONTROLS.get(variant, variant.replace("-", " "))


def inferences(run):
    """One per step and weights, in the order of the summary; the last entry where a step has several."""
    found = {}
    for e in shown(run, "infer"):
        if "accuracy" in e and "pattern_names" in e and run.array(f"inference/{e['item']}/patterns") is not None:
            found[e["item"], e["label"]] = Inference(run, e)
    return list(found.values())


def scans(run):
    """The summary's entries of scans over xi, each with its datasets: [(entry, {name: values})]."""
    found = []
    for e in shown(run, "infer"):
        at_rest = "@" + e["after"].replace(" ", "") if "after_s" in e else ""
        group = run.h5.get(f"inference/{e['item']}/xi_scan{at_rest}") if e.get("scan") == "xi" else None
        if group is not None:
            found.append((e, {name: values[()] for name, values in arrays(group).items()}))
    return found
