"""An ensemble as one xarray.Dataset, whose dimensions are the axes of its deck."""

import csv
import itertools
import os
import re

import numpy
import xarray
import yaml

from . import layout

UNITS = {"m", "s", "A", "V", "T", "J", "K", "S", "W", "Hz", "ohm", "A/m", "J/m", "J/m^2", "J/m^3", "S/m", "V/m", "A/m^2"}  # that take a prefix
PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
QUANTITY = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?) *(.*)")


def quantity(text):
    """A value of a deck as (number, units); None if it is not one number.

    >>> quantity("20 nm"), quantity("40 Oe"), quantity("7"), quantity("[2 um, 2 um]")
    ((2e-08, 'm'), (40.0, 'Oe'), (7.0, '1'), None)
    """
    found = QUANTITY.fullmatch(text.strip())
    if not found:
        return None
    number, unit = float(found[1]), found[2].strip()
    if unit not in UNITS and unit[:1] in PREFIXES and unit[1:] in UNITS:
        return float(f"{number * PREFIXES[unit[0]]:.15g}"), unit[1:]
    return number, unit or "1"


def axes_of(columns, members):
    """Shape of an ensemble and the axis of each key, from the values of its keys in the order of the members, of which the last axis runs fastest.

    Keys that vary in parallel share an axis; the most axes that fit are taken. None if the members are no product of axes.

    >>> axes_of({"seed": list("112233"), "cell": list("ababab"), "gap": list("xyxyxy"), "film": list("ffffff")}, 6)
    ((3, 2), {'seed': 0, 'cell': 1, 'gap': 1, 'film': None})
    """
    varying = {key: values for key, values in columns.items() if len(set(values)) > 1}
    strides = sorted({next(k for k, value in enumerate(values) if value != values[0]) for values in varying.values()}, reverse=True)
    for count in range(len(strides), -1, -1):
        for chosen in itertools.combinations(strides, count):
            fits = _fit(varying, members, chosen)
            if fits:
                shape, axis = fits
                return shape, {key: axis.get(key) for key in columns}
    return None


def _fit(varying, members, strides):
    """Shape and axis of each key, if the axes have these strides."""
    if bool(varying) != bool(strides) or (strides and strides[-1] != 1):
        return None
    periods = (members, *strides[:-1])
    if any(period % stride for period, stride in zip(periods, strides)):
        return None
    shape = tuple(period // stride for period, stride in zip(periods, strides))
    index = numpy.array(numpy.unravel_index(numpy.arange(members), shape)) if shape else numpy.zeros((0, members), int)
    axis = {}
    for key, values in varying.items():
        fitting = [a for a in range(len(shape)) if len(set(zip(index[a], values))) == shape[a]]
        if len(fitting) != 1:
            return None
        axis[key] = fitting[0]
    return (shape, axis) if set(axis.values()) == set(range(len(shape))) else None


def short_names(keys):
    """{key of the deck: its last word, or the key itself where several have the same}.

    >>> short_names(["film.cell", "film.initial.random.seed", "film.grains.seed"])
    {'film.cell': 'cell', 'film.initial.random.seed': 'film.initial.random.seed', 'film.grains.seed': 'film.grains.seed'}
    """
    last = {key: key.rsplit(".", 1)[-1] for key in keys}
    taken = list(last.values())
    return {key: name if taken.count(name) == 1 and not name.isdigit() else key for key, name in last.items()}


def _read(directory):
    """Lines of ensemble.tsv as maps, and the entries of summary.yaml for the members, which also name those that have not run yet."""
    with open(os.path.join(directory, "summary.yaml"), encoding="utf-8") as file:
        members = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["results_of"]
    with open(os.path.join(directory, "ensemble.tsv"), encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    return {line["# member"]: line for line in lines}, members


def _coordinate(dimension, key, values):
    """Numbers in SI units where all values have the same unit, else words."""
    found = [quantity(value) for value in values]
    if None not in found and len({unit for _, unit in found}) == 1:
        numbers = [int(n) if n.is_integer() and unit == "1" else n for n, unit in found]
        return (dimension, numbers, {"units": found[0][1], "long_name": key})
    return (dimension, list(values), {"long_name": key})


def _name_of(axis, length, axis_of_key, columns, names):
    """Name of an axis: that of the first of its keys without repeated values."""
    mine = [key for key, at in axis_of_key.items() if at == axis]
    return names[next((key for key in mine if len(set(columns[key])) == length), mine[0])]


def open_ensemble(directory, each=None):
    """An ensemble as one Dataset over the axes of its deck.

    Dimensions are called by the last word of their key, film.cell by `cell`; values with units are numbers in SI units. Keys that vary in parallel are
    further coordinates of the dimension of the first. Members that are no product of axes have the one dimension `member`. Variables: every figure of
    ensemble.tsv, such as data["energies-1.smallest_margin"], nan where a member is not done; `status` and `directory` of the members.

    each: a function of a member's run that returns a DataArray or Dataset, of which the variables are added, over the axes and their own dimensions:

        hopfilm.open_ensemble("runs/e", each=lambda run: run.conductance.G.isel(time=-1, drop=True))
    """
    lines, members = _read(directory)
    keys = [key for key in members[0] if key not in ("directory", "status", "reason")]
    columns = {key: [str(member[key]) for member in members] for key in keys}
    found = axes_of(columns, len(members))
    shape, axis = found or ((len(members),), dict.fromkeys(keys, 0))
    names = short_names(keys)
    leading = [_name_of(a, shape[a], axis, columns, names) for a in range(len(shape))] if found else ["member"]
    number = numpy.arange(len(members)).reshape(shape)
    coords = {}
    for key in keys:
        if axis[key] is None:
            _, (value, *_), attributes = _coordinate((), key, columns[key])
            coords[names[key]] = ((), value, attributes)
        else:
            along = number[tuple(slice(None) if a == axis[key] else 0 for a in range(len(shape)))]
            coords[names[key]] = _coordinate(leading[axis[key]], key, [columns[key][k] for k in along])
    figures = [name for name in next(iter(lines.values()), {}) if name not in ("# member", "status", *keys)]
    variables = {}
    for name in figures:
        values = [_number(lines.get(member["directory"], {}).get(name)) for member in members]
        unit = layout.units_by_name(name.split(".")[1] if "." in name else name)
        variables[name] = (leading, numpy.reshape(values, shape), {"units": "s" if name == "seconds" else unit or "1"})
    for name in ("status", "directory"):
        words = [os.path.join(directory, member[name]) if name == "directory" else str(member[name]) for member in members]
        variables[name] = (leading, numpy.reshape(words, shape))
    data = xarray.Dataset(variables, coords, {"directory": directory})
    return data if each is None else data.merge(_of_each(data, each, leading))


def _number(text):
    return float(text) if text not in (None, "") else numpy.nan


def _of_each(data, function, leading):
    """The function's result for every member that is done, over the axes of the ensemble; nan for the others."""
    from .rundata import RunData

    found = []
    for place in itertools.product(*(range(data.sizes[name]) for name in leading)):
        here = data.isel(dict(zip(leading, place)))
        if str(here.status.values) != "done":
            continue
        with RunData(str(here.directory.values)) as run:
            result = function(run)
            result = (result.to_dataset(name=result.name or "each") if isinstance(result, xarray.DataArray) else result).load()
        found.append((place, result))
    if not found:
        return xarray.Dataset()
    stacked = xarray.concat([result for _, result in found], dim="_member", join="exact").drop_vars("_member", errors="ignore")
    number = {place: k for k, (place, _) in enumerate(found)}
    shape = tuple(data.sizes[name] for name in leading)
    index = numpy.array([number.get(place, -1) for place in itertools.product(*map(range, shape))])
    whole = stacked.isel(_member=numpy.maximum(index, 0))
    missing = xarray.DataArray(index < 0, dims="_member")
    if bool(missing.any()):
        whole = whole.where(~missing)
    return _unfolded(whole, leading, shape)


def _unfolded(whole, leading, shape):
    """The dimension _member as the axes of the ensemble."""
    variables, coords = {}, {}
    for name, values in whole.variables.items():
        target = coords if name in whole.coords else variables
        if "_member" not in values.dims:
            target[name] = values
            continue
        moved = values.transpose("_member", ...)
        target[name] = xarray.Variable((*leading, *moved.dims[1:]), moved.values.reshape(*shape, *moved.shape[1:]), values.attrs)
    return xarray.Dataset(variables, coords)
