"""A run as xarray: what hopfilm.open returns. SI units throughout, each in the attribute `units`; names of electrodes, patterns and states as coordinates."""

import os
from collections.abc import Mapping
from functools import cached_property

import numpy
import pandas
import xarray

from . import layout, tables
from .inference import inferences
from .lazy import variable
from .run import Run, Saved, pairs, state_text
from .summaries import run_html, run_text

AXES = ["x", "y", "z"]
# Datasets of a step `infer`, whose dimensions no file names.
INFERENCE = {
    "accuracy": ("variant", "amount"),
    "accuracy_low": ("variant", "amount"),
    "accuracy_high": ("variant", "amount"),
    "exact": ("variant", "amount"),
    "overlap_after": ("variant", "amount"),
    "confusion": ("pattern", "answer"),
    "gallery": ("image", "stage", "pixel"),
    "epochs/accuracy": ("epoch",),
    "epochs/low": ("epoch",),
    "epochs/high": ("epoch",),
    "epochs/exact": ("epoch", "amount"),
    "epochs/unstable": ("epoch", "pattern"),
    "epochs/one_more_iteration": ("epoch",),
    "basins/accuracy": ("variant", "flips"),
    "basins/exact": ("variant", "flips"),
    "attractors/overlap": ("attractor_time", "start", "pattern"),
}
COORDINATES = {"epochs/epoch": "epoch", "basins/k": "flips", "attractors/time": "attractor_time"}


def coordinate(name, values, units, long_name):
    return (name, values, {"units": units, "long_name": long_name})


class Fields(Mapping):
    """The fields of a run by name: fields["m"] or fields.m, each a DataArray (time, y, x, component)."""

    def __init__(self, data):
        self._data = data

    def __getitem__(self, name):
        return self._data.field(name)

    def __getattr__(self, name):
        if name.startswith("_") or name not in self:
            raise AttributeError(f"this run has no field {name}; it has {', '.join(self) or 'none'}")
        return self[name]

    def __dir__(self):
        return [*super().__dir__(), *self]

    def __iter__(self):
        return iter(self._data.run.field_names())

    def __len__(self):
        return len(self._data.run.field_names())

    def __repr__(self):
        return "\n".join(f"{name:12} {dict(self[name].sizes)}  {self[name].attrs.get('units', '')}" for name in self) or "no fields"


class RunData:
    """A run directory as xarray.

    Nothing is read before it is used, so that a run larger than the memory can be opened; a run in progress can be opened as well.

        fields        {name: (time, y, x, component)}: m (1), H (A/m), j (A/m^2), ...; data.m is short for data.fields["m"]
        conductance   G (time, terminal_i, terminal_j) and G0 (terminal_i, terminal_j) in S, gauges (time, gauge) in S
        energies      energy (memory, state) in S, and what the run found for each memory
        recall        (entry): one entry per memory and kind of weights
        inference     {item and weights: accuracy (variant, amount), confusion (pattern, answer), ...}
        hysteresis    {item: H (field, component) in A/m, m (field, component)}
        table         (time): mx, my, mz, E_total (J), ..., at every line of table.tsv
        film          mask (y, x), electrodes (y_vertex, x_vertex), electrode_positions (electrode, axis) in m
        summary, settings, provenance     summary.yaml; the deck with every default; how the run was made
    """

    def __init__(self, directory):
        if not os.path.exists(os.path.join(directory, "run.h5")):
            raise FileNotFoundError(f"{directory}: no run.h5 here; is it a run directory?")
        self.run = Run(directory)

    @property
    def directory(self):
        return self.run.directory

    @property
    def title(self):
        return self.run.title

    @property
    def status(self):
        """done, running, stopped, failed, ..."""
        return str(self.summary.get("status", "unknown"))

    @property
    def summary(self):
        return self.run.summary

    @property
    def settings(self):
        return self.run.settings

    @property
    def provenance(self):
        return self.run.provenance

    @property
    def steps(self):
        """Kinds of results in summary.yaml, in their order: names for `entries`."""
        return list(dict.fromkeys(str(entry.get("step")) for entry in self.run.results))

    def close(self):
        self.run.h5.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return run_text(self)

    def _repr_html_(self):
        return run_html(self)

    def __getattr__(self, name):
        if not name.startswith("_") and "run" in self.__dict__ and name in self.run.field_names():
            return self.field(name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name}, and the run no field of that name")

    def __dir__(self):
        return [*super().__dir__(), *self.run.field_names()]

    # ---- fields ----
    @cached_property
    def fields(self):
        return Fields(self)

    def field(self, name):
        """A field as DataArray (time, y, x, component), without component if it is a scalar.

        Coordinates: time (s); x and y (m), of the centres of cells from the film's centre; component; pattern and pattern_name, of the pattern applied at each
        frame or last before. Frames at the same time, as before and after a relaxation, are all kept: the last one of each by
        field.drop_duplicates("time", keep="last")."""
        if name not in self.run.field_names():
            raise KeyError(f"{self.directory}: no field {name}; there are {', '.join(self.run.field_names()) or 'none'}")
        values = variable(self.run.h5[f"fields/{name}"], ("time", "y", "x", "component"))
        probes = self.run.array(f"fields/probe/{name}")
        patterns = ["" if probes is None or not probes[k] else self.run.pattern[probes[k] - 1] for k in range(values.sizes["time"])]
        coords = {
            "time": coordinate("time", self.run.field_times(name), "s", "simulated time"),
            **self._plane(self.run.saved),
            "component": ("component", AXES[: values.sizes["component"]]),
            **self._patterns(patterns),
        }
        found = xarray.Dataset({name: values}, coords)[name]
        return found if values.sizes["component"] > 1 else found.isel(component=0, drop=True)  # energy densities

    def _patterns(self, patterns):
        names = {pattern: self.run.pattern_name(pattern) for pattern in set(patterns)}
        return {
            "pattern": ("time", numpy.array(patterns, str), {"long_name": "signs of the pattern applied, or applied last"}),
            "pattern_name": ("time", numpy.array([names[pattern] for pattern in patterns], str), {"long_name": "the deck's name of that pattern"}),
        }

    @staticmethod
    def _plane(saved):
        (dx, dy), (x0, y0) = saved.cell, saved.origin
        ny, nx = saved.mask.shape
        return {
            "x": coordinate("x", x0 + dx * (numpy.arange(nx) + 0.5), "m", "x from the film's centre"),
            "y": coordinate("y", y0 + dy * (numpy.arange(ny) + 0.5), "m", "y from the film's centre"),
        }

    def frame_at(self, name, time):
        """Number of the frame of a field nearest to a time (s); of several at the same time the last."""
        times = self.run.field_times(name)
        away = numpy.abs(times - time)
        return int(numpy.flatnonzero(away == away.min())[-1])

    def to_discretisedfield(self, frame=-1, field="m", time=None):
        """A frame of a field as discretisedfield.Field on cells of (x, y, thickness), valid where there is film. `time` (s) instead of `frame`: the nearest."""
        try:
            import discretisedfield
        except ImportError as fault:
            raise ImportError(f"to_discretisedfield needs the package discretisedfield, by `pip install discretisedfield`: {fault}") from fault
        values = self.field(field)
        values = values.isel(time=frame if time is None else self.frame_at(field, time))
        saved = self.run.saved
        ny, nx = saved.mask.shape
        low = [*saved.origin, 0.0]
        high = [*(saved.origin + saved.cell * (nx, ny)), self.run.thickness]
        mesh = discretisedfield.Mesh(p1=tuple(map(float, low)), p2=tuple(map(float, high)), n=(nx, ny, 1))
        names = list(values.component.values) if "component" in values.dims else [field]
        array = values.transpose("x", "y", ...).values.reshape(nx, ny, 1, len(names))
        unit = values.attrs.get("units", "1")
        return discretisedfield.Field(
            mesh,
            nvdim=len(names),
            value=array,
            vdims=names if len(names) > 1 else None,
            unit=None if unit == "1" else unit,
            valid=(saved.mask.T > 0)[:, :, None],
        )

    # ---- the film ----
    @cached_property
    def film(self):
        """Dataset: mask (y, x), the region of each cell + 1, 0 where there is no film; electrodes (y_vertex, x_vertex), -1 where there is none;
        electrode_positions (electrode, axis) in m; thickness in m."""
        run, group = self.run, self.run.h5["film"]
        (dx, dy), (x0, y0) = run.cell, run.origin
        ny, nx = run.mask.shape
        found = {name: variable(group[name]) for name in ("mask", "electrodes", "electrode_positions", "wiring") if name in group}
        found["thickness"] = ((), run.thickness, {"units": "m", "long_name": "thickness of the film"})
        coords = self._plane(Saved(run.mask, run.cell, run.origin))
        if "electrodes" in found:
            coords.update(
                x_vertex=coordinate("x_vertex", x0 + dx * numpy.arange(nx + 1), "m", "x of the corners of cells"),
                y_vertex=coordinate("y_vertex", y0 + dy * numpy.arange(ny + 1), "m", "y of the corners of cells"),
                electrode=("electrode", run.node_names),
                axis=("axis", AXES[:2]),
            )
        return xarray.Dataset(found, coords)

    # ---- conductances ----
    @cached_property
    def conductance(self):
        """Dataset: G (time, terminal_i, terminal_j) in S, I_i = sum_j G_ij V_j, of which the diagonal is positive; G0 (terminal_i, terminal_j), of the
        saturated film; gauges (time, gauge) in S. Coordinates: time (s); terminals by name, the electrodes or, with a wiring, the pixels; pattern, step and
        epoch of each probe. Empty if the run took no probe."""
        run = self.run
        if "conductance/time" not in run.h5:
            return xarray.Dataset()
        found = {"G": variable(run.h5["conductance/G"], ("time", "terminal_i", "terminal_j"))}
        if "conductance/G0" in run.h5:
            found["G0"] = variable(run.h5["conductance/G0"], ("terminal_i", "terminal_j"))
        coords = {
            "time": coordinate("time", run.time, "s", "simulated time"),
            "terminal_i": ("terminal_i", run.names),
            "terminal_j": ("terminal_j", run.names),
            **self._patterns(run.pattern),
        }
        for name in ("step", "epoch"):
            coords[name] = variable(run.h5[f"training/{name}"], ("time",))
        if run.gauges:
            found["gauges"] = (
                ("time", "gauge"),
                numpy.stack(list(run.gauges.values()), axis=-1),
                {"units": "S", "long_name": "conductance between two contacts"},
            )
            coords["gauge"] = ("gauge", list(run.gauges))
        return xarray.Dataset(found, coords)

    # ---- results of the schedule ----
    def entries(self, step):
        """The entries of summary.yaml for one kind of step, as Dataset (entry) with a variable for each of their names; lists of equal length are (entry,
        <name>_index). What has no such form is named in the attribute `left_out` and stands in .summary."""
        return self._dataset(self.run.steps(step), "entry")

    @staticmethod
    def _dataset(entries, dimension):
        found, rest = tables.columns(entries)
        variables = {}
        for name, (values, more) in found.items():
            unit = layout.units_by_name(name) or ("1" if values.dtype.kind in "fiu" else "")
            variables[name] = ((dimension, *more), values, {"units": unit} if unit else {})
        return xarray.Dataset(variables, attrs={"left_out": ", ".join(rest)} if rest else {})

    @cached_property
    def energies(self):
        """Dataset: energy and energy_untrained (memory, state) in S, -sum_ij w_ij V_i V_j for voltages of +1 and -1; trained, minimum, margin, correct, xi,
        weights, item, ... (memory). state: ----, ---+, ..., the first terminal first. Empty without a step `energies`."""
        details = [entry for entry in self.run.steps("energies") if "dataset" in entry]
        both = [self.run.energies(entry) for entry in details]
        details = [entry for entry, (energy, _) in zip(details, both) if energy is not None]
        both = [(energy, untrained) for energy, untrained in both if energy is not None]
        if not both:
            return xarray.Dataset()
        data = self._dataset(details, "memory")
        none = numpy.full(len(both[0][0]), numpy.nan)
        for name, k, words in (("energy", 0, "energy of each state"), ("energy_untrained", 1, "energy of each state of the untrained film")):
            values = numpy.array([none if pair[k] is None else pair[k] for pair in both])
            data[name] = (("memory", "state"), values, {"units": "S", "long_name": words})
        data = data.assign_coords(state=("state", [state_text(k, self.run.n) for k in range(len(none))]))
        return data.set_coords([name for name in ("trained", "weights", "xi", "item", "epoch", "initial", "after", "after_s") if name in data])

    @cached_property
    def recall(self):
        """Dataset (entry): for each memory and kind of weights the number of starts, of starts recalled, of cycles, and the controls."""
        return self._dataset([entry for entry in self.run.steps("recall") if "trained" in entry], "entry")

    @cached_property
    def inference(self):
        """{"item/weights": Dataset} of the steps `infer`: accuracy, exact, ... (variant, amount), with the film and its controls as variants; confusion
        (pattern, answer) in tests; gallery (image, stage, pixel): noisy, recalled, true."""
        return {f"{found.item}/{found.label}": self._inference(found) for found in inferences(self.run)}

    def _inference(self, found):
        group = self.run.h5[f"inference/{found.item}/{found.label}"]
        variables = {}
        coords = {
            "variant": ("variant", found.variants),
            "amount": coordinate("amount", found.amounts, "1", found.noise[0]),
            "pattern": ("pattern", found.names),
        }
        for path, dims in INFERENCE.items():
            if path in group:
                values = variable(group[path], dims)
                values.attrs.pop("long_name", None)  # the file knows only the step that wrote it
                variables[path.replace("/", "_")] = values
        for path, name in COORDINATES.items():
            if path in group:
                coords[name] = (name, group[path][()], {"units": layout.units(group[path]) or "1"})
        if "confusion" in group:
            coords["answer"] = ("answer", [*found.names, "tie"][: group["confusion"].shape[1]])
        if "gallery" in group:
            coords["stage"] = ("stage", ["noisy", "recalled", "true"])
        if "attractors/overlap" in group:
            coords["start"] = ("start", found.names)
        variables["patterns"] = (("pattern", "pixel"), found.X, {"units": "1", "long_name": "stored patterns"})
        facts = {name: value for name, value in found.entry.items() if isinstance(value, (int, float, str)) and not isinstance(value, bool)}
        return xarray.Dataset(variables, coords, facts)

    @cached_property
    def hysteresis(self):
        """{item: Dataset} of the steps `hysteresis`: H (field, component) in A/m and the average m (field, component), in the order of the loop."""
        found = {}
        for entry in self.run.steps("hysteresis"):
            rows = self.run.array(entry["dataset"])
            if rows is not None:
                facts = {name: value for name, value in entry.items() if isinstance(value, (int, float, str)) and not isinstance(value, bool)}
                found[entry["item"]] = xarray.Dataset(
                    {
                        "H": (("field", "component"), rows[:, :3], {"units": "A/m", "long_name": "applied field"}),
                        "m": (("field", "component"), rows[:, 3:], {"units": "1", "long_name": "average magnetization M/Ms"}),
                    },
                    {"component": AXES},
                    facts,
                )
        return found

    # ---- tables ----
    @cached_property
    def table(self):
        """table.tsv as Dataset (time): average mx, my, mz (1), dt (s), max_torque (1), E_total (J), G12 ... (S)."""
        titles, rows = tables.read_table(self.directory)
        if not titles:
            return xarray.Dataset()
        named = [tables.name_and_units(title) for title in titles]
        time = coordinate("time", rows[:, 0], "s", "simulated time")
        return xarray.Dataset({name: ("time", rows[:, k], {"units": units}) for k, (name, units) in enumerate(named) if k}, {"time": time})

    def to_dataframe(self, what="table"):
        """A pandas.DataFrame, units of its columns in .attrs["units"]. what: "table"; "conductance", G_ij of all pairs and the gauges against time (s);
        "energies", a row per memory and state; or the name of a step, a row per entry."""
        if what == "table":
            data = self.table
        elif what == "conductance":
            data = self._pairs()
        elif what == "energies":
            data = self.energies
        elif what in self.steps:
            data = self.entries(what)
            data = data[[name for name in data if data[name].ndim == 1]]
        else:
            raise KeyError(f"no {what} here; there are table, conductance, energies, {', '.join(self.steps)}")
        frame = data.to_dataframe() if data.sizes else pandas.DataFrame()
        frame.attrs["units"] = {name: data[name].attrs["units"] for name in data.variables if "units" in data[name].attrs}
        return frame

    def _pairs(self):
        data, names = self.conductance, self.run.names
        if "G" not in data:
            return data
        G = data.G.values
        found = {f"G_{names[i]}_{names[j]}": ("time", G[:, i, j], {"units": "S"}) for i, j in pairs(len(names))}
        for k, name in enumerate(self.run.gauges):
            found[name] = ("time", data.gauges.values[:, k], {"units": "S"})
        return xarray.Dataset(found, {name: data[name] for name in ("time", "pattern", "pattern_name", "step", "epoch")})

    def dataset(self, path):
        """Any dataset of run.h5 by its path, as DataArray with the names of its dimensions where the file or this package knows them."""
        if path not in self.run.h5:
            raise KeyError(f"{self.directory}/run.h5: no dataset {path}")
        name = path.rsplit("/", 1)[-1]
        return xarray.Dataset({name: variable(self.run.h5[path])})[name]
