"""Keys of decks and figures of ensembles in words, for axes and sentences."""

from .ensembles import quantity
from .layout import units_by_name

KEYS = {
    "alpha": "Gilbert damping α",
    "amr_ratio": "AMR ratio",
    "amr_ratio_variation": "deviation of the AMR ratio from grain to grain",
    "by": "misplacement of the electrodes",
    "cell": "side of a cell",
    "conductivity_variation": "deviation of the conductivity from grain to grain",
    "field": "field of the drive at the centre",
    "friction": "dry friction",
    "gap": "gap between gold and film",
    "grain_axis_spread": "spread of the grains’ easy directions",
    "interfacial": "interfacial DMI",
    "Kgrain": "anisotropy of the grains",
    "Ku": "uniaxial anisotropy",
    "Ku_variation": "deviation of the anisotropy from grain to grain",
    "Ms": "saturation magnetization",
    "nonadiabaticity": "nonadiabaticity ξ of the torque",
    "patterns": "stored patterns",
    "pause": "pause after a pulse",
    "pulse": "length of a pulse",
    "read_noise": "error of a read conductance",
    "resistance": "resistance of a contact",
    "seed": "seed",
    "size": "size",
    "temperature": "temperature",
    "thickness": "thickness",
    "thickness_variation": "deviation of the thickness from grain to grain",
    "voltage": "voltage of the drive",
    "xi": "ξ of the weights",
}
SECTIONS = {"grains": "grains", "gold": "gold", "film": "film", "initial": "start", "thermal": "noise", "electrodes": "electrodes"}
# figure of a step: words, the control beside it, and what the figure is a number of
FIGURES = {
    "energies.correct": ("patterns whose energy is lowest", "untrained_correct", "of"),
    "energies.smallest_margin": ("smallest margin of the energy", None, None),
    "energies.mean_power_change_percent": ("change of the trained pattern’s power", "control_mean_power_change_of_others_percent", None),
    "recall.mean_recalled": ("starts recalled, mean over the patterns", "untrained_mean_recalled", None),
    "infer.exact": ("images restored in every pixel", None, None),
    "infer.accuracy": ("images most similar to the right pattern", "control_untrained", None),
    "logic.correct": ("logic gates that are right", "control_untrained", "of"),
    "tiles.pixel_accuracy": ("pixels right", "control_untrained", None),
    "tiles.exact_recovery": ("letters restored in every pixel", None, None),
    "hysteresis.coercive_field_Oe": ("coercive field", None, None),
    "hysteresis.squareness": ("squareness of the loop", None, None),
    "hysteresis.loop_area_J_per_m3": ("area of the loop", None, None),
    "fit.tau_s": ("time constant τ of Eq. (2)", None, None),
    "fit.r_squared": ("R² of Eq. (2)", None, None),
    "wire.cost": ("cost of the wiring", None, None),
}
SYMBOLS = {"um": "µm", "us": "µs", "percent": "%", "J/m^3": "J/m³", "J/m^2": "J/m²", "A/m^2": "A/m²"}


def unit_text(unit):
    return SYMBOLS.get(unit, unit)


def key_name(key):
    """A key of the deck in words: film.grains.seed -> "seed (grains)"."""
    parts = [part for part in key.split(".") if not part.isdigit()]
    name = KEYS.get(parts[-1], parts[-1].replace("_", " "))
    owner = next((SECTIONS[part] for part in reversed(parts[:-1]) if part in SECTIONS), "")
    return f"{name} ({owner})" if owner and parts[-1] in ("seed", "size", "thickness") else name


def axis(key, values):
    """(label of an axis with its unit, texts of the values without it) for values as they stand in the deck."""
    found = [str(value).strip().split(" ", 1) for value in values]
    units = {pair[1] for pair in found if len(pair) == 2}
    if len(units) == 1 and all(len(pair) == 2 for pair in found) and all(quantity(str(v)) for v in values):
        return f"{key_name(key)} ({unit_text(units.pop())})", [pair[0] for pair in found]
    return key_name(key), [str(value).replace(" um", " µm") for value in values]


def figure_name(name):
    """(words with unit, unit, name of its control or None, name of its whole or None) of a figure such as energies-1.correct."""
    step, _, entry = name.partition(".")
    kind = step.rpartition("-")[0]
    words, control, whole = FIGURES.get(f"{kind}.{entry}", (entry.replace("_", " "), None, None))
    unit = units_by_name(entry)
    return words, unit_text(unit), f"{step}.{control}" if control else None, f"{step}.{whole}" if whole else None
