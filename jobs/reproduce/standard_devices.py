"""The learning devices in permalloy as it is: what the films of both decks learn with the full demagnetizing field, with its local part, and in the papers'
model, which has neither. Nothing is required; every figure has its controls."""

import numpy
from four_node import entries
from standard_textures import Run, texture

from device import Deck, Group

MODEL = ["demag=none", "film.material.Ku=-43.062 A/m"]  # the papers' hard axis
FIELDS = {"model": ("the paper's model", MODEL), "shape": ("local shape anisotropy", ["demag=shape"]), "demag": ("full demagnetizing field", [])}
SEQUENCE = "schedule.3.initial.random.seed={seed}"  # the second start of the deck

RUNS = {
    **{f"four-node-{name}": Deck("four-node-demag", [*changes, SEQUENCE]) for name, (_, changes) in FIELDS.items()},
    **{f"letters-{name}": Deck("letters-demag", changes) for name, (_, changes) in FIELDS.items()},
}


def totals(run, weights):
    """The entries of all seven patterns together: each learnt fresh, and one after the other."""
    return [e for e in entries(run.results, "energies") if "smallest_margin" in e and e["weights"] == weights and e.get("xi") in (None, 0.98)]


def closure(run):
    """Of all textures that the run kept but the first: how far m runs around the disk (the mean of its azimuthal component), and how far it meets the rim
    (the root mean square of its radial component there)."""
    around, at_rim = [], []
    for frame in range(1, len(Run(run.directory).field_times("m"))):
        m, cell, origin = texture(run, frame)
        x, y = (origin[k] + (numpy.arange(m.shape[1 - k]) + 0.5) * cell[k] for k in range(2))
        x, y = numpy.meshgrid(x, y)
        r = numpy.hypot(x, y)
        film = numpy.linalg.norm(m, axis=-1) > 0.5
        rim = film & (r > 0.85 * r[film].max())
        around.append(abs(((x * m[..., 1] - y * m[..., 0]) / r)[film].mean()))
        at_rim.append(numpy.sqrt((((x * m[..., 0] + y * m[..., 1]) / r)[rim] ** 2).mean()))
    return numpy.mean(around), numpy.mean(at_rim)


def four_nodes(table, found):
    for name, (words, _) in FIELDS.items():
        for seed, run in found.get(f"four-node-{name}", {}).items():
            for weights in ("midrange", "scaled"):
                fresh, sequence = totals(run, weights)
                table.add(
                    f"{words}, start {seed}: minima right, {weights}",
                    "reported",
                    f"fresh {fresh['correct']}/7, smallest margin {fresh['smallest_margin']:.3f}; in sequence {sequence['correct']}/7, "
                    f"{sequence['smallest_margin']:.3f} "
                    f"(untrained {fresh['untrained_correct']}/7)",
                    None,
                )
            recalls = [e for e in entries(run.results, "recall") if "trained" in e]
            table.add(
                "  one flip recalled, midrange, fresh",
                "reported",
                f"{sum(e['recalled'] for e in recalls)} of {sum(e['starts'] for e in recalls)} "
                f"(untrained {sum(e['control_untrained'] for e in recalls)}, outer product {sum(e['control_outer_product'] for e in recalls)})",
                None,
            )
            table.add("  m around the disk, mean; m across its rim, rms", "reported", "{:.2f}; {:.2f}".format(*closure(run)), None)


def letters(table, found):
    for name, (words, _) in FIELDS.items():
        for seed, run in found.get(f"letters-{name}", {}).items():
            for e in [e for e in entries(run.results, "infer") if "control_no_recall" in e and e["epoch"] == 12]:
                exact = ", ".join(f"{e['exact_recovery'][k]:.2f}" for k in (1, 2, 4))
                table.add(
                    f"{words}, start {seed}, xi {e['xi']}, {e['method']}: letter named right",
                    "reported",
                    f"{e['accuracy']:.3f} (no recall {e['control_no_recall']:.3f}, untrained {e['control_untrained']:.3f}, outer product "
                    f"{e['control_outer_product']:.3f})",
                    None,
                )
                table.add("  whole letter from 1, 2, 4 flips; unstable pixels of E, C, P", "reported", f"{exact}; {e['unstable_pixels']}", None)


GROUPS = {
    "devices-four-node": Group([name for name in RUNS if name.startswith("four")], "every", four_nodes),
    "devices-letters": Group([name for name in RUNS if name.startswith("letters")], "every", letters),
}
