"""Standard problems read from the texture itself: vortex, edges and skyrmions with DMI, a pinned wall, ferromagnetic resonance. Runs, and what is
published of each beside what this film gives, with convergence in the cell size. Sources: the decks' heads."""

import os
import sys

import h5py
import numpy
from standard_traces import film, only, sizes_of

from device import Group

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "postprocess"))
from hopfilm import spectra  # noqa: E402
from hopfilm.run import Run  # noqa: E402

VORTEX, FMR, EDGE, DISK, WALL = (f"validation/{name}" for name in ("mumag-5", "fmr", "dmi-edge", "dmi-disk", "wall-pinning"))
INTERFACIAL = ["film.material.Dbulk=0 J/m^2", "film.material.Dinterfacial=3 mJ/m^2"]
BULK = ["film.material.Dinterfacial=0 J/m^2", "film.material.Dbulk=3 mJ/m^2"]
EDGE_CELLS, DISK_CELLS, WALL_CELLS = ("2", "1", "0.5"), ("2", "1", "0.5"), ("1", "0.5")

RUNS = {
    **sizes_of(VORTEX, ("4", "2")),
    "mumag-5-plain": film(VORTEX, "film.cell=4 nm", "spin_transfer.convention=plain"),
    **sizes_of(FMR, ("5", "4")),
    **{f"dmi-edge-interfacial-{size}nm": film(EDGE, f"film.cell={size} nm") for size in EDGE_CELLS},
    **{f"dmi-edge-bulk-{size}nm": film(EDGE, f"film.cell={size} nm", *BULK) for size in EDGE_CELLS},
    **{f"dmi-disk-bulk-{size}nm": film(DISK, f"film.cell={size} nm") for size in DISK_CELLS},
    **{
        f"dmi-disk-interfacial-{size}nm": film(DISK, f"film.cell={size} nm", *INTERFACIAL, f"film.initial.file.path={{dmi-disk-bulk-{size}nm}}/run.h5")
        for size in DISK_CELLS
    },
    **sizes_of(WALL, WALL_CELLS),
}


def texture(run, frame=-1):
    """m, [y][x][component], the cell size (m) and the origin (m)."""
    with h5py.File(os.path.join(run.directory, "run.h5")) as file:
        return file["fields/m"][frame], file["film"].attrs["cell_size"], file["film"].attrs["origin"]


def core(run, frame=-1):
    """Where m_z is largest (m): the top of the parabola through three cells, along x and along y."""
    m, cell, origin = texture(run, frame)
    z = m[..., 2]
    j, i = numpy.unravel_index(z.argmax(), z.shape)
    lines = (z[j, i - 1 : i + 2], z[j - 1 : j + 2, i])
    return [origin[k] + (index + 0.5 + 0.5 * (a - c) / (a - 2 * b + c)) * cell[k] for k, (index, (a, b, c)) in enumerate(zip((i, j), lines))]


def mumag_5(table, found):
    for name, words in (("mumag-5-4nm", "cells of 4 nm"), ("mumag-5-2nm", "cells of 2 nm"), ("mumag-5-plain", "cells of 4 nm, prefactor without 1/(1 + xi^2)")):
        run = only(found, name)
        if run:
            x, y = (1e9 * value for value in core(run))
            before = [1e9 * value for value in core(run, -2)]
            table.compare(
                f"{words}: core at rest",
                "(-1.2, -14.7) nm",
                "0.5 nm",
                f"({x:.2f}, {y:.2f}) nm",
                max(abs(x + 1.2), abs(y + 14.7)) <= 0.5,
                judged=name == "mumag-5-2nm",
            )
            table.add("  moved in the last 0.5 ns by", "reported", f"{max(abs(x - before[0]), abs(y - before[1])):.3f} nm", None)


def fmr(table, found):
    for size in ("5", "4"):
        run = only(found, f"fmr-{size}nm")
        if run:
            first, second = [peak.frequency * 1e-9 for peak in spectra.peaks(spectra.spectrum(Run(run.directory)), 1, 1e9)][:2]
            table.compare(
                f"cells of {size} nm: the two largest peaks of <m_y>",
                "8.25, 11.25 GHz",
                "0.05 GHz",
                f"{first:.3f}, {second:.3f} GHz",
                max(abs(first - 8.25), abs(second - 11.25)) <= 0.05,
                judged=size == "5",
            )


def limit(sizes, values):
    """The value at cell size zero: the polynomial through all of them."""
    sizes = numpy.array(sizes, float)
    return sum(v * numpy.prod([s / (s - x) for s in numpy.delete(sizes, k)]) for k, (x, v) in enumerate(zip(sizes, values)))


def dmi_edge(table, found):
    for kind, component in (("interfacial", 0), ("bulk", 1)):
        last, sizes = [], []
        for size in EDGE_CELLS:
            run = only(found, f"dmi-edge-{kind}-{size}nm")
            if run:
                m, _, _ = texture(run)
                last.append(abs(m[m.shape[0] // 2, -1, component]))
                sizes.append(float(size))
                two = abs(m[m.shape[0] // 2, -2, component])
                table.add(
                    f"{kind}, cells of {size} nm: tilt at the edge by the last two cells; in the last",
                    "0.65779; reported",
                    f"{1.5 * last[-1] - 0.5 * two:.5f}; {last[-1]:.5f}",
                    None,
                )
        if len(last) > 2:
            table.compare(
                f"{kind}: the last cell's as the cells go to 0", "0.65779", "0.003", f"{limit(sizes, last):.5f}", abs(limit(sizes, last) - 0.65779) <= 0.003
            )
            orders = [numpy.log2(abs((0.65779 - a) / (0.65779 - b))) for a, b in zip(last, last[1:])]
            table.add("  order of convergence", "1", ", ".join(f"{order:.2f}" for order in orders), abs(orders[-1] - 1) <= 0.15)


def disk(run):
    """Radius at which m_z is 0, and m_z at the rim, both along +x in the middle of the disk."""
    m, cell, _ = texture(run)
    n = m.shape[1] // 2
    z, r = 0.5 * (m[n - 1, n:, 2] + m[n, n:, 2]), (numpy.arange(n) + 0.5) * cell[0]
    r = numpy.hypot(r, 0.5 * cell[1])
    k = numpy.flatnonzero((z[:-1] > 0) & (z[1:] <= 0))[0]
    near = slice(k - 1, k + 3)
    fit = numpy.polyfit(z[near], r[near], 3)
    return fit[-1], z[-1] + (50e-9 - r[-1]) * (z[-1] - z[-2]) / (r[-1] - r[-2])


def dmi_disk(table, found):
    for kind in ("bulk", "interfacial"):
        rims = []
        for size in DISK_CELLS:
            run = only(found, f"dmi-disk-{kind}-{size}nm")
            if run:
                radius, rim = disk(run)
                rims.append(rim)
                table.compare(
                    f"{kind}, cells of {size} nm: radius of the skyrmion",
                    "22.03 nm",
                    "0.1 nm",
                    f"{1e9 * radius:.3f} nm",
                    abs(1e9 * radius - 22.03) <= 0.1,
                    judged=size == DISK_CELLS[-1],
                )
                table.add("  m_z at the rim, by the last two cells", "reported", f"{rim:.4f}", None)
        if len(rims) > 2:
            rim = limit([float(size) for size in DISK_CELLS], rims)
            table.compare(f"{kind}: m_z at the rim as the cells go to 0", "-0.7605", "0.02", f"{rim:.4f}", abs(rim + 0.7605) <= 0.02)


def wall_pinning(table, found):
    for size in WALL_CELLS:
        run = only(found, f"wall-pinning-{size}nm")
        if run:
            rows = numpy.loadtxt(os.path.join(run.directory, "table.tsv"), comments="#")
            time = rows[numpy.flatnonzero(rows[:, 1] > 0.9)[0], 0]
            field = 1.4 + 0.01 * (1e9 * time - 5)
            held = rows[rows[:, 0] < time - 1e-9, 1].max()
            table.compare(
                f"cells of {size} nm: field that drives the wall through the boundary", "1.568 T", "0.02 T", f"{field:.4f} T", abs(field - 1.568) <= 0.02
            )
            table.add("  <mx> before: half the strip is reversed", "reported", f"{held:.3f}", None)


GROUPS = {
    "mumag-5": Group([name for name in RUNS if name.startswith("mumag-5")], "first", mumag_5),
    "fmr": Group([name for name in RUNS if name.startswith("fmr")], "first", fmr),
    "dmi-edge": Group([name for name in RUNS if name.startswith("dmi-edge")], "first", dmi_edge),
    "dmi-disk": Group([name for name in RUNS if name.startswith("dmi-disk")], "first", dmi_disk),
    "wall-pinning": Group([name for name in RUNS if name.startswith("wall")], "first", wall_pinning),
}
