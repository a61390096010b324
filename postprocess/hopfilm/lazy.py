"""Datasets of run.h5 as xarray variables that are read when they are used."""

import h5py
import numpy
import xarray
from xarray.backends import BackendArray
from xarray.core import indexing

from .layout import attributes, dimensions


class StoredArray(BackendArray):
    """A dataset of a file, of which xarray reads what is asked for; the file is open only while it is read."""

    def __init__(self, dataset):
        self.file, self.name = dataset.file.filename, dataset.name
        self.shape, self.dtype = dataset.shape, dataset.dtype

    def __getitem__(self, key):
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._read)

    def _read(self, key):
        with h5py.File(self.file, "r") as file:
            return file[self.name][key]


def variable(dataset, dims=None):
    """A dataset as xarray.Variable: dimensions, units and long_name; numbers are read when they are used, texts at once as str."""
    dims = dimensions(dataset) if dims is None else dims
    if dataset.dtype.kind in "SO":
        return xarray.Variable(dims, dataset.asstr()[()] if dataset.dtype.kind == "O" else numpy.char.decode(dataset[()], "utf-8"), attributes(dataset))
    return xarray.Variable(dims, indexing.CopyOnWriteArray(indexing.LazilyIndexedArray(StoredArray(dataset))), attributes(dataset))
