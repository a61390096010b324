"""Runs of hopfilm, which simulates magnetic films that learn, in Python.

    >>> run = hopfilm.open("runs/four-node-patterns")                 # doctest: +SKIP
    >>> run.m.isel(time=-1).sel(component="z").plot()                 # doctest: +SKIP
    >>> run.conductance.G.sel(terminal_i="1", terminal_j="2").plot()  # doctest: +SKIP
    >>> runs = hopfilm.open("runs/letters-seeds")                     # doctest: +SKIP

`open` needs xarray and h5py; what draws, matplotlib. On the command line: hopfilm-post.
"""

import os

with open(os.path.join(os.path.dirname(__file__), "version.txt"), encoding="utf-8") as _file:
    __version__ = _file.read().strip()

__all__ = ["open", "open_ensemble"]


def open(directory):
    """The run in a directory, a `hopfilm.rundata.RunData`; of an ensemble its Dataset, as open_ensemble gives it."""
    directory = os.fspath(directory)
    if os.path.exists(os.path.join(directory, "ensemble.tsv")):
        return open_ensemble(directory)
    from .rundata import RunData

    return RunData(directory)


def open_ensemble(directory, each=None):
    """An ensemble as one xarray.Dataset: its figures, as in ensemble.tsv, over the axes of the deck; see `hopfilm.ensembles.open_ensemble`."""
    from . import ensembles

    return ensembles.open_ensemble(os.fspath(directory), each)
