"""Time series in table.tsv, and lists of results in summary.yaml, as columns."""

import os
import re

import numpy


def read_table(directory):
    """Names and columns of table.tsv, "mx ()" and [row][column]; a last line that is still incomplete is left out."""
    path = os.path.join(directory, "table.tsv")
    if not os.path.exists(path):
        return [], numpy.empty((0, 0))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = text[: text.rfind("\n") + 1].splitlines()
    names = lines[0].lstrip("# ").split("\t") if lines else []
    rows = [line.split("\t") for line in lines[1:]]
    return names, numpy.array([row for row in rows if len(row) == len(names)], dtype=float).reshape(-1, len(names))


def name_and_units(title):
    """Parts of a column's title.

    >>> name_and_units("E_total (J)"), name_and_units("mx ()"), name_and_units("seconds")
    (('E_total', 'J'), ('mx', '1'), ('seconds', '1'))
    """
    found = re.fullmatch(r"(.*?) *\((.*)\)", title)
    return (found[1], found[2] or "1") if found else (title, "1")


def columns(entries):
    """What a list of results has in common, as {name: (array, names of its dimensions after the first)}, and the names that are left out.

    Numbers become numbers (missing ones nan), words words (missing ones ""), lists of the same length a second dimension. Left out are maps, and lists of
    different lengths.

    >>> found, rest = columns([{"item": 1, "xi": 0.9, "m": [0, 1]}, {"item": 2, "m": [1, 0], "of": {"a": 1}}])
    >>> found["xi"][0].tolist(), found["m"][0].shape, rest
    ([0.9, nan], (2, 2), ['of'])
    """
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    found, rest = {}, []
    for name in names:
        values = [entry.get(name) for entry in entries]
        here = [value for value in values if value is not None]
        if all(isinstance(value, (bool, int, float, str)) for value in here):
            found[name] = (_column(values, here), ())
        elif len(here) == len(values) and _is_matrix(values):
            found[name] = (numpy.array(values), (name + "_index",))
        else:
            rest.append(name)
    return found, rest


def _column(values, here):
    if any(isinstance(value, str) for value in here):
        return numpy.array(["" if value is None else str(value) for value in values])
    if len(here) == len(values):
        return numpy.array(values)
    return numpy.array([numpy.nan if value is None else float(value) for value in values])


def _is_matrix(values):
    if not all(isinstance(value, list) and value and len(value) == len(values[0]) for value in values):
        return False
    return len({isinstance(v, str) for value in values for v in value}) == 1 and all(isinstance(v, (int, float, str)) for value in values for v in value)
