"""What stands where in run.h5: names of its dimensions, units, descriptions.

Files of hopfilm 0.1.0 and before say `unit` and `doc` where later ones say `units` and `long_name`, and have no dimension scales: everything else in this
package asks here.
"""

# Units by the ends of names in summary.yaml, the longest first.
SUFFIXES = [
    ("_J_per_m3", "J/m^3"),
    ("_A_per_m", "A/m"),
    ("_percent", "percent"),
    ("_bytes", "byte"),
    ("_Oe", "Oe"),
    ("_S", "S"),
    ("_V", "V"),
    ("_A", "A"),
    ("_W", "W"),
    ("_s", "s"),
]
# Dimensions of datasets in files that do not name them; * stands for one part of a path.
DIMENSIONS = {
    "fields/*": ("time", "y", "x", "component"),
    "fields/time/*": ("time",),
    "fields/probe/*": ("time",),
    "film/mask": ("y", "x"),
    "film/electrodes": ("y_vertex", "x_vertex"),
    "film/electrode_positions": ("electrode", "axis"),
    "film/*": ("electrode",),
    "conductance/G0": ("terminal_i", "terminal_j"),
    "conductance/G": ("time", "terminal_i", "terminal_j"),
    "conductance/time": ("time",),
    "training/*": ("time",),
    "gauges/*": ("time",),
    "energy/*/*/*": ("state",),
    "hysteresis/*": ("field", "column"),
}


def text(value):
    """An HDF5 string as str."""
    return value.decode() if isinstance(value, bytes) else str(value)


def attribute(item, *names):
    """The first of these attributes that an HDF5 object has, as str; "" if it has none.

    >>> class Item:
    ...     attrs = {"unit": b"A/m"}
    >>> attribute(Item, "units", "unit")
    'A/m'
    """
    return next((text(item.attrs[name]) for name in names if name in item.attrs), "")


def units(item):
    return attribute(item, "units", "unit")


def long_name(item):
    return attribute(item, "long_name", "doc")


def attributes(item):
    """{"units": ..., "long_name": ...} of a dataset, without those that it has not."""
    found = {"units": units(item), "long_name": long_name(item)}
    return {name: value for name, value in found.items() if value}


def arrays(group):
    """{name: dataset} of a group, without the scales that name dimensions."""
    return {name: item for name, item in group.items() if getattr(item, "ndim", None) is not None and "CLASS" not in item.attrs}


def units_by_name(name):
    """Units of an entry of summary.yaml, whose names end with them; "" for a number without any.

    >>> units_by_name("field_at_centre_A_per_m"), units_by_name("time_s"), units_by_name("margin")
    ('A/m', 's', '')
    """
    return next((unit for suffix, unit in SUFFIXES if name.endswith(suffix)), "")


def dimensions(dataset):
    """Names of the dimensions of a dataset by its scales, by DIMENSIONS, or dim_0, dim_1, ...; a field's own time_m is `time`."""
    path = dataset.name.strip("/")
    parts = path.split("/")
    known = next((names for pattern, names in DIMENSIONS.items() if _fits(parts, pattern.split("/"))), ())
    found = []
    for k, dimension in enumerate(dataset.dims):
        name = dimension[0].name.rsplit("/", 1)[-1] if len(dimension) else ""
        if len(known) == dataset.ndim or not name:
            name = known[k] if len(known) == dataset.ndim else f"dim_{k}"
        found.append(name)
    return tuple(found)


def _fits(parts, pattern):
    return len(parts) == len(pattern) and all(q in ("*", p) for p, q in zip(parts, pattern))
