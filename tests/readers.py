#!/usr/bin/env python3
"""run.h5 and run.xdmf2 as other programs read them, against what h5py finds in /fields: times, values, names, units and geometry. vtkHDFReader and
vtkXdmfReader of the `vtk` package, Debian's ParaView (pvpython, which runs this file once more), and xarray.

A ring on two ranks: a relaxation at t = 0, so that two frames have one time; then a pulse, whose current is saved at its own times. Once as a whole and
once with output.stride and output.region.

Usage: readers.py HOPFILM | readers.py --paraview DIR...      (the second form by pvpython)
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version

import h5py
import numpy as np

DECK = """hopfilm: 1
title: Readers
film:
  size: [400 nm, 320 nm]
  cell: 20 nm
  thickness: 20 nm
  shape: {difference: [{disk: {diameter: 320 nm}}, {disk: {diameter: 100 nm}}]}
  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04}
  initial: {random: {seed: 1}}
electrodes:
  - {name: left, shape: {disk: {diameter: 100 nm}}, at: [-130 nm, 0 nm]}
  - {name: right, shape: {disk: {diameter: 100 nm}}, at: [130 nm, 0 nm]}
patterns: {A: "+-"}
schedule:
  - relax: {tolerance: 1e-2}
  - train: {patterns: [A], voltage: 10 mV, pulse: 0.1 ns}
  - energies: {weights: scaled}
output: {fields: [m, j, j_per_volt, e_total], every: 40 ps}
"""
PART = ["--set", "output.stride=[2, 3]", "--set", "output.region={size: [200 nm, 320 nm], at: [60 nm, 0 nm]}", "--set", "output.precision=single"]
UNITS = {"m": "1", "j": "A/m^2", "j_per_volt": "A/(m^2 V)", "e_total": "J/m^3"}
HIDDENCELL = 32
OWN_NAMES = ("VTKHDF", "provenance")  # groups without dimension scales
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def geometry(h5):
    """(cells along x, y), (x, y) of the lower left corner, (x, y, z) sides of a cell of the saved part; which of its cells are film."""
    film, field = h5["film"], h5["fields/m"]
    first, stride, cell = field.attrs["first_cell"], field.attrs["stride"], film.attrs["cell_size"]
    ny, nx = field.shape[1:3]
    corner = film.attrs["origin"] + (first + 0.5) * cell - 0.5 * stride * cell
    mask = film["mask"][first[1] :: stride[1], first[0] :: stride[0]][:ny, :nx] > 0
    return (nx, ny), corner, [*(stride * cell), film.attrs["thickness"]], mask


def check_images(label, h5, times, image_at, leaves_out):
    """The images at all times; leaves_out: a field that was not saved at a time is not there; else it is not a number."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkThreshold

    (nx, ny), corner, sides, mask = geometry(h5)
    saved = {name: h5[f"fields/time/{name}"][()] for name in UNITS}
    wanted = sorted(set(np.concatenate(list(saved.values()))))
    check(np.array_equal(times, wanted) and len(times) == 4, f"{label}: the {len(times)} times are those of the frames")
    shown = 0
    for time in times:
        image = image_at(time)
        cells = image.GetCellData()
        place = np.reshape(image.GetBounds(), (3, 2))
        good = np.allclose(place[:, 0], [*corner, 0], 0, 1e-16) and np.allclose(np.diff(place)[:, 0], np.multiply(sides, [nx, ny, 1]), 1e-12, 0)
        check(good and image.GetDimensions() == (nx + 1, ny + 1, 2), f"{label}: {nx} x {ny} x 1 cells of {sides[0]:.3g} x {sides[1]:.3g} x {sides[2]:.3g} m")
        hidden = vtk_to_numpy(cells.GetArray("vtkGhostType")).reshape(ny, nx) == HIDDENCELL
        check(np.array_equal(hidden, ~mask) and not mask.all(), f"{label}: cells without film are ghosts")
        threshold = vtkThreshold()
        threshold.SetInputData(image)
        threshold.SetInputArrayToProcess(0, 0, 0, 1, "m")
        threshold.SetThresholdFunction(vtkThreshold.THRESHOLD_BETWEEN)
        threshold.SetLowerThreshold(-2)
        threshold.SetUpperThreshold(2)
        threshold.Update()
        check(threshold.GetOutput().GetNumberOfCells() == mask.sum(), f"{label}: a filter sees the {mask.sum()} cells of film alone")
        wrong = []
        for name, frames in saved.items():
            array = cells.GetArray(name)
            last = np.nonzero(frames == time)[0][-1:]  # of several frames at one time
            field = h5[f"fields/{name}"]
            if len(last):
                shown += 1
                good = array.GetNumberOfComponents() == field.shape[3] and np.array_equal(vtk_to_numpy(array).reshape(field.shape[1:]), field[last[0]])
            else:
                good = array is None if leaves_out else np.isnan(vtk_to_numpy(array)).all()
            wrong += [] if good else [name]
        check(not wrong, f"{label}: fields at {time:.3g} s {wrong or ''}")
    check(shown == 3 * 4 + 2, f"{label}: {shown} frames were seen")


def check_vtk(out, label):
    import vtk

    for reader, name, leaves_out in ((vtk.vtkHDFReader(), "run.h5", False), (vtk.vtkXdmfReader(), "run.xdmf2", True)):

        def image_at(time, reader=reader):
            reader.UpdateTimeStep(time)
            return reader.GetOutputDataObject(0)

        reader.SetFileName(os.path.join(out, name))
        reader.UpdateInformation()
        times = reader.GetOutputInformation(0).Get(vtk.vtkStreamingDemandDrivenPipeline.TIME_STEPS())
        with h5py.File(os.path.join(out, "run.h5")) as h5:
            check_images(f"{label}, {reader.GetClassName()} {vtk.vtkVersion.GetVTKVersion()}", h5, times, image_at, leaves_out)


def check_paraview(out):
    """By the reader that ParaView itself takes for the file."""
    from paraview import servermanager, simple

    source = simple.OpenDataFile(os.path.join(out, "run.xdmf2"))

    def image_at(time):
        source.UpdatePipeline(time)
        return servermanager.Fetch(source)

    name = f"ParaView {simple.GetParaViewVersion()}"
    check(type(source).__name__ == "XDMFReader", f"{name} takes its reader of XDMF 2, {type(source).__name__}")
    with h5py.File(os.path.join(out, "run.h5")) as h5:
        check_images(f"{os.path.basename(out)}, {name}", h5, list(source.TimestepValues), image_at, True)


def check_names(out, label):
    """Every dimension has a name and every array that is no text its units; coordinates of the fields are those of the cells."""
    import xarray

    with h5py.File(os.path.join(out, "run.h5")) as h5:
        found = {}
        h5.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) and name.split("/")[0] not in OWN_NAMES else None)
        scales = {name for name, item in found.items() if item.attrs.get("CLASS") == b"DIMENSION_SCALE"}
        bare = [name for name, item in found.items() if name not in scales and any(len(d) != 1 or d[0].shape != (n,) for d, n in zip(item.dims, item.shape))]
        check(len(found) > 20 and not bare, f"{label}: each of the {len(found)} arrays names its dimensions {bare or ''}")
        bare = [name for name, item in found.items() if "long_name" not in item.attrs or (item.dtype.kind in "fiu" and "units" not in item.attrs)]
        bare = [name for name in bare if "/size_" not in name]
        check(not bare, f"{label}: each has units and a description {bare or ''}")
        (nx, ny), corner, sides, _ = geometry(h5)
        x, y = corner[0] + (np.arange(nx) + 0.5) * sides[0], corner[1] + (np.arange(ny) + 0.5) * sides[1]
        values = {name: h5[f"fields/{name}"][()] for name in UNITS}
        times = {name: h5[f"fields/time/{name}"][()] for name in UNITS}
        G = h5["conductance/G"][()]
    path = os.path.join(out, "run.h5")
    for engine in [name for name in ("h5netcdf", "netcdf4") if name in xarray.backends.list_engines()]:
        what = f"{label}, xarray {version('xarray')}, {engine}"
        with xarray.open_dataset(path, group="fields", engine=engine) as fields:
            for name, unit in UNITS.items():
                field = fields[name]
                time = field[f"time_{name}"]
                good = field.dims[:3] == (f"time_{name}", "y", "x") and np.array_equal(field, values[name]) and np.array_equal(time, times[name])
                check(good and field.attrs["units"] == unit and time.attrs["units"] == "s", f"{what}: {name}, its times and units")
            good = np.allclose(fields.x, x, 0, 1e-18) and np.allclose(fields.y, y, 0, 1e-18)
            check(good and fields.x.attrs["units"] == "m", f"{what}: x and y are the centres of the cells, in m")
            check(np.array_equal(fields.m.sel(component="z"), values["m"][..., 2]), f"{what}: components have names")
        with xarray.open_dataset(path, group="conductance", engine=engine) as conductance:
            good = conductance.G.dims == ("time", "terminal_i", "terminal_j") and list(conductance.terminal_i.values) == ["left", "right"]
            picked = conductance.G.sel(terminal_i="left", terminal_j="right")
            check(good and np.array_equal(picked, G[:, 0, 1]), f"{what}: conductances by the names of the terminals")
        for group in ("film", "training", "energy/3/scaled-0.98"):
            with xarray.open_dataset(path, group=group, engine=engine) as data:
                check(len(data) > 0 and not any(str(name).startswith("phony") for name in data.sizes), f"{what}: {group} has {', '.join(map(str, data.sizes))}")


def run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, **options)


def main():
    if sys.argv[1] == "--paraview":
        for out in sys.argv[2:]:
            check_paraview(out)
        return 1 if failures else 0
    from launch import environment, mpiexec

    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        deck = os.path.join(tmp, "ring.yaml")
        with open(deck, "w") as file:
            file.write(DECK)
        runs = {"whole": [], "part": PART}
        for name, settings in runs.items():
            out = os.path.join(tmp, name)
            done = run(mpiexec(2, program, "run", deck, "--out", out, *settings), env=environment())
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
            check_vtk(out, name)
            check_names(out, name)
        pvpython = shutil.which("pvpython")
        check(pvpython, "pvpython is there")
        if pvpython:
            done = run([pvpython, __file__, "--paraview", *[os.path.join(tmp, name) for name in runs]])
            print(done.stdout, end="")
            check(done.returncode == 0, f"ParaView reads both{'' if done.returncode == 0 else ': ' + done.stdout[-500:] + done.stderr[-2000:]}")
    print(f"readers: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
