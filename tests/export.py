#!/usr/bin/env python3
"""`hopfilm export`: every number of OVF files, VTK images and tables against run.h5, and where they lie. OVF is read back by discretisedfield and by
the program itself, .vti by the `vtk` package, CSV by pandas. Of a run that saved all cells, and of one with output.stride and output.region.

Usage: export.py HOPFILM
"""

import os
import re
import subprocess
import sys
import tempfile

import discretisedfield
import h5py
import numpy as np
import pandas
import vtk
from launch import environment
from readers import DECK, HIDDENCELL, PART, UNITS, geometry
from vtk.util.numpy_support import vtk_to_numpy

CORE = ["--set", "film.regions=[{name: core, shape: {rectangle: {size: [400 nm, 120 nm]}}}]"]
# field, numbers, tolerance: that of single precision; and what pandas makes of 17 digits, one unit in the last place off
KINDS = (("m", "text", 1e-15), ("j", "binary4", 1e-7), ("j", "binary8", 0), ("e_total", "binary8", 0))
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def run(*command):
    return subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


class Exported:
    """A run whose frames are exported: values with zeros outside the part that is meant, as they should be found."""

    def __init__(self, program, out, box=None, region=None):
        self.program, self.out, self.box, self.region = program, out, box, region
        with h5py.File(os.path.join(out, "run.h5")) as h5:
            (nx, ny), self.corner, self.step, self.inside = geometry(h5)
            self.fields = {name: h5[f"fields/{name}"][()].astype(float) for name in UNITS}
            self.times = {name: h5[f"fields/time/{name}"][()] for name in UNITS}
            first, stride = h5["fields/m"].attrs["first_cell"], h5["fields/m"].attrs["stride"]
            if region:
                self.inside = h5["film/mask"][first[1] :: stride[1], first[0] :: stride[0]][:ny, :nx] == region[1] + 1
        self.x, self.y = (self.corner[d] + (np.arange((nx, ny)[d]) + 0.5) * self.step[d] for d in (0, 1))
        if box:
            i, j = ((box[d] <= centres) & (centres <= box[2 + d]) for d, centres in ((0, self.x), (1, self.y)))
            self.x, self.y, self.inside = self.x[i], self.y[j], self.inside[j][:, i]
            self.fields = {name: field[:, j][:, :, i] for name, field in self.fields.items()}
            self.corner = np.array([self.x[0] - 0.5 * self.step[0], self.y[0] - 0.5 * self.step[1]])
        self.fields = {name: np.where(self.inside[..., None], field, 0) for name, field in self.fields.items()}
        self.end = self.corner + np.multiply(self.step[:2], self.inside.shape[::-1])

    def export(self, *options):
        box = ["--box", ", ".join(f"{1e9 * v:g} nm" for v in self.box)] if self.box else []
        region = ["--region", self.region[0]] if self.region else []
        done = run(self.program, "export", self.out, *options, *box, *region)
        if done.returncode:
            raise SystemExit(f"export {options}: {done.stdout}{done.stderr}")

    def ovf(self, label):
        for name, data, tolerance in KINDS if label == "whole" else KINDS[-2:]:
            path = os.path.join(self.out, "frame.ovf")
            self.export("--ovf", "--field", name, "--data", data, "--out", path)
            field, wanted = discretisedfield.Field.from_file(path), self.fields[name][-1]
            found = field.array[:, :, 0].transpose(1, 0, 2)
            good = found.shape == wanted.shape and np.abs(found - wanted).max() <= tolerance * np.abs(wanted).max()
            check(good and np.abs(wanted).max() > 0, f"{label}: {name} as {data} by discretisedfield")
            low, high = [*self.corner, 0], [*self.end, self.step[2]]
            good = np.allclose(field.mesh.region.pmin, low, 0, 1e-16) and np.allclose(field.mesh.region.pmax, high, 0, 1e-16)
            check(good and np.allclose(field.mesh.cell, self.step, 1e-12, 0), f"{label}: {name} lies where it was")
            with open(path, "rb") as file:  # discretisedfield goes by xmin and xmax, mumax3 by xbase
                head = dict(re.findall(r"# (\w+): (\S+)", file.read(2000).decode(errors="replace")))
            base = [float(head[f"{axis}base"]) for axis in "xyz"]
            check(np.allclose(base, [self.x[0], self.y[0], 0.5 * self.step[2]], 0, 1e-16), f"{label}: the first cell of {name} is there, too")
            check(field.unit == UNITS[name].replace(" ", "*"), f"{label}: its unit is {field.unit}")

    def vtk(self, label):
        for name in ("m", "j_per_volt", "e_total"):
            self.export("--vtk", "--field", name, "--frames", "-2:99", "--out", os.path.join(self.out, "frame.vti"))
            n = len(self.times[name])
            for k in (n - 2, n - 1):
                reader = vtk.vtkXMLImageDataReader()
                reader.SetFileName(os.path.join(self.out, f"frame-{k:06d}.vti"))
                reader.Update()
                image, wanted = reader.GetOutput(), self.fields[name][k]
                array, hidden = (image.GetCellData().GetArray(title) for title in (name, "vtkGhostType"))
                good = image.GetDimensions() == (wanted.shape[1] + 1, wanted.shape[0] + 1, 2) and np.array_equal(
                    vtk_to_numpy(array).reshape(wanted.shape), wanted
                )
                check(
                    good and array.GetInformation().Get(vtk.vtkDataArray.UNITS_LABEL()) == UNITS[name], f"{label}: frame {k} of {name}, with its unit, by VTK"
                )
                place = np.reshape(image.GetBounds(), (3, 2))
                good = np.allclose(place[:, 0], [*self.corner, 0], 0, 1e-16) and np.allclose(place[:, 1], [*self.end, self.step[2]], 0, 1e-16)
                good = good and image.GetFieldData().GetArray("TimeValue").GetValue(0) == self.times[name][k]
                hidden = vtk_to_numpy(hidden).reshape(self.inside.shape) == HIDDENCELL
                check(good and np.array_equal(hidden, ~self.inside), f"{label}: it lies where it was, at its time, without cells outside")

    def csv(self, label):
        path = os.path.join(self.out, "frames.csv")
        self.export("--csv", "--frames", "1::2", "--out", path)
        table, m = pandas.read_csv(path, float_precision="round_trip"), self.fields["m"][1::2]
        check(list(table.columns) == ["t (s)", "x (m)", "y (m)", "m_x (1)", "m_y (1)", "m_z (1)"], f"{label}: columns of the table")
        x, y = np.meshgrid(self.x, self.y)
        n = self.inside.sum()
        wanted = np.concatenate([np.column_stack([np.full(n, t), x[self.inside], y[self.inside], v[self.inside]]) for t, v in zip(self.times["m"][1::2], m)])
        good = len(table) == len(wanted) and np.allclose(table.values[:, 1:3], wanted[:, 1:3], 0, 1e-16)
        check(good and np.array_equal(table.values[:, [0, 3, 4, 5]], wanted[:, [0, 3, 4, 5]]), f"{label}: {len(wanted)} lines of the table")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        deck = os.path.join(tmp, "ring.yaml")
        with open(deck, "w") as file:
            file.write(DECK)
        for name, settings in (("whole", CORE), ("part", PART)):
            done = run(program, "run", deck, "--out", os.path.join(tmp, name), *settings)
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
        whole, part = os.path.join(tmp, "whole"), os.path.join(tmp, "part")
        for label, exported in (
            ("whole", Exported(program, whole)),
            ("stride and region", Exported(program, part)),
            ("box", Exported(program, whole, box=(-1e-7, 0, 5e-8, 2e-7))),
            ("region of the film", Exported(program, whole, region=("core", 1))),
        ):
            exported.ovf(label)
            exported.vtk(label)
            exported.csv(label)
        # a film starts where the file says, apart from the length 1 that it is given
        done = run(program, "export", whole, "--ovf")
        start = ["--set", f"film.initial={{file: {{path: {whole}/m.ovf}}}}", "--set", "schedule=[{probe: {}}]", *CORE]
        again = run(program, "run", deck, "--out", os.path.join(tmp, "again"), *start)
        with h5py.File(os.path.join(whole, "run.h5")) as a, h5py.File(os.path.join(tmp, "again", "run.h5")) as b:
            check(done.returncode == again.returncode == 0 and np.abs(a["fields/m"][-1] - b["fields/m"][0]).max() < 1e-15, "a run starts from the OVF file")
        for options, code, words in (
            (["--ovf", "--field", "H"], 4, "it has no field H; there are: e_total, j, j_per_volt, m"),
            (["--ovf", "--frames", "7"], 2, "means no frame of m, which has 5"),
            (["--csv", "--frames", "3:1"], 2, "means no frame of m"),
            (["--vtk", "--data", "text"], 2, "it has no effect with --vtk"),
            (["--ovf", "--data", "binary"], 2, "expected text, binary4 or binary8, found binary"),
            (["--ovf", "--region", "rim"], 2, "has no region rim; there are: film, core"),
            (["--ovf", "--box", "0 nm, 0 nm, 1 nm"], 2, "--box: expected 4 values, found 3"),
            (["--ovf", "--box", "1 um, 1 um, 2 um, 2 um"], 4, "none of the cells that were saved is film in that part"),
            (["--ovf", "--vtk"], 2, "one format at a time: also 'vtk'"),
            (["--ovf", "--out", f"{tmp}/none/m.ovf"], 4, "No such file or directory"),
            ([], 2, "--ovf, --vtk or --csv"),
        ):
            done = run(program, "export", whole, *options)
            check(
                done.returncode == code and words in done.stdout + done.stderr,
                f"{' '.join(options)}: exit {done.returncode}: {(done.stdout + done.stderr).strip()[-160:]}",
            )
    print(f"export: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
