"""Standard problems read from averages, in time or along a hysteresis loop: the runs of muMAG 1, 2 and 4, and what is published of them beside what this
film gives, with convergence in the cell size."""

import os

import numpy
from four_node import entries

from device import Deck, Group

# 1 ns after field 1 is switched on, where <my> is steepest, a clock that is off by 0.1 ps moves <my> by 0.001: codes differ by that on one grid.
FIELD_1 = "validation/mumag-4"
FIELD_2 = "validation/mumag-4-field-2"
OOMMF = {
    0.1: (0.5215, 0.6650, -0.0847),
    0.2: (-0.8159, -0.0618, -0.1527),
    0.3: (-0.7427, -0.0091, 0.0693),
    0.4: (-0.7774, 0.4091, -0.0297),
    0.5: (-0.9192, -0.2245, 0.0478),
    0.7: (-0.9457, 0.2000, 0.0547),
    1.0: (-0.9845, 0.1274, 0.0432),
}  # ns: <m>, 200 x 50 cells, with fidimag
MUMAX = (-0.98461, 0.12604, 0.04327)  # 1 ns, mumax3's own test, 128 x 32 cells
TENSOR = (
    "mumax3 integrates its demagnetizing tensor at points, 2e-4 short of the exact one in a cell's own N_zz, which slows the clock by 0.6 ps in 1 ns and "
    "lowers <my> by "
    "0.005, as either tensor in one other program shows"
)
LOOP, BAR = "validation/mumag-1", "validation/mumag-2"
LOOP_CELLS = ("40", "20", "10")
MS, EXCHANGE_LENGTH = 8e5, 5.687  # A/m, nm, of muMAG 2's deck
BARS = ("56", "112", "168")  # nm, the width d; 5 d long, d/10 thick
MUMAX_2 = (-0.9687, -0.1186, -0.00569)  # 1 ns, field 2, mumax3's example, 128 x 32 cells


def film(deck, *changes):
    return Deck(deck, list(changes), seeded=False)


def sizes_of(deck, sizes):
    return {f"{os.path.basename(deck)}-{size}nm": film(deck, f"film.cell={size} nm") for size in sizes}


RUNS = {
    **sizes_of(LOOP, LOOP_CELLS),
    "mumag-2": film(BAR),
    **{
        f"mumag-2-{d}nm": film(
            BAR, f"film.size=[{5 * int(d)} nm, {d} nm]", f"film.thickness={int(d) / 10:g} nm", "film.cell=4 nm", "schedule.1.hysteresis.tolerance=1e-5"
        )
        for d in BARS
    },
    **sizes_of(FIELD_1, ("5", "3.90625", "2.5")),
    **sizes_of(FIELD_2, ("3.90625", "2.5")),
    "mumag-4-5dp": film(FIELD_1, "film.cell=2.5 nm", "integrator.method=5dp", "integrator.tolerance=1e-6"),
}


class Trace:
    """table.tsv of a run since its last field was switched on: time from there (s) and <m>."""

    def __init__(self, run):
        rows = numpy.loadtxt(os.path.join(run.directory, "table.tsv"), comments="#", ndmin=2)
        start = numpy.flatnonzero(rows[:, 0] == rows[0, 0])[-1]  # a relaxation takes no time
        self.time, self.m = rows[start:, 0], rows[start:, 1:4]

    def at(self, time):
        return tuple(numpy.interp(time, self.time, self.m[:, k]) for k in range(3))

    def crossing(self):
        """When <mx> first is zero, s."""
        k = numpy.flatnonzero((self.m[:-1, 0] > 0) & (self.m[1:, 0] <= 0))[0]
        a, b = self.m[k, 0], self.m[k + 1, 0]
        return self.time[k] + a / (a - b) * (self.time[k + 1] - self.time[k])


def only(found, name):
    """The one run of that name, None if it is not there."""
    return next(iter(found.get(name, {}).values()), None)


def vector(m, digits=4):
    return "(" + ", ".join(f"{x:.{digits}f}" for x in m) + ")"


def apart(a, b):
    return max(abs(x - y) for x, y in zip(a, b))


def averages(run):
    return entries(run.results, "relax")[-1]["average_m"], entries(run.results, "hold")[-1]["average_m"]


def mumag_4(table, found):
    coarse, fine, other = (only(found, name) for name in ("mumag-4-3.90625nm", "mumag-4-2.5nm", "mumag-4-5dp"))
    if coarse:
        relaxed, end = averages(coarse)
        table.compare("128 x 32 cells: relaxed", "(0.9669, 0.1253, 0)", "0.0002", vector(relaxed), apart(relaxed, (0.9669, 0.1253, 0)) <= 2e-4)
        zero = 1e12 * Trace(coarse).crossing()
        table.compare("  <mx> first crosses zero", "138.5 ps", "1 ps", f"{zero:.2f} ps", abs(zero - 138.5) <= 1)
        table.compare("  1 ns", vector(MUMAX) + ", mumax3", "0.003", vector(end), apart(end, MUMAX) <= 0.003, TENSOR)
    if fine:
        trace = Trace(fine)
        for time, m in OOMMF.items():
            ours = trace.at(1e-9 * time) if time < 1 else averages(fine)[1]
            table.compare(f"200 x 50 cells: {time} ns", vector(m) + ", OOMMF", "0.003", vector(ours), apart(ours, m) <= 0.003)
        table.compare("  <mx> first crosses zero", "138.5 ps", "1 ps", f"{1e12 * trace.crossing():.2f} ps", abs(1e12 * trace.crossing() - 138.5) <= 1)
    if fine and other:
        table.add("  1 ns, 5dp to 1e-6 against 3bs to 1e-5", "reported", f"{apart(averages(fine)[1], averages(other)[1]):.1e}", None)
    sizes = [(size, only(found, f"mumag-4-{size}nm")) for size in ("5", "3.90625", "2.5")]
    for size, run in sizes:
        if run:
            table.add(
                f"cells of {float(size):.3g} nm: zero; <m> at 1 ns", "reported", f"{1e12 * Trace(run).crossing():.2f} ps; {vector(averages(run)[1])}", None
            )


def mumag_4_field_2(table, found):
    for size in ("3.90625", "2.5"):
        run = only(found, f"mumag-4-field-2-{size}nm")
        if run:
            end = averages(run)[1]
            table.compare(
                f"cells of {float(size):.3g} nm: 1 ns",
                vector(MUMAX_2) + ", mumax3",
                "0.005",
                vector(end),
                apart(end, MUMAX_2) <= 0.005,
                TENSOR,
                judged=size == "3.90625",
            )
            table.add("  <mx> first crosses zero", "reported", f"{1e12 * Trace(run).crossing():.2f} ps", None)


def mumag_1(table, found):
    for size in LOOP_CELLS:
        run = only(found, f"mumag-1-{size}nm")
        if run:
            loop = entries(run.results, "hysteresis")[-1]
            first, second = loop["first_branch"], loop["second_branch"]
            table.add(
                f"cells of {size} nm: remanence; coercive fields",
                "no agreed answer",
                f"{vector(first['remanence'])}; {first['coercive_field_mT']:.2f}, {second['coercive_field_mT']:.2f} mT",
                None,
            )
            table.add(
                "  second branch against the mirrored first",
                "1e-3",
                f"{apart(first['remanence'][:1], [-second['remanence'][0]]):.1e}",
                apart(first["remanence"][:1], [-second["remanence"][0]]) <= 1e-3,
            )


def mumag_2(table, found):
    for name, d in (("mumag-2", "2"), *((f"mumag-2-{d}nm", d) for d in BARS)):
        run = only(found, name)
        if run:
            last = [entry["first_branch"] for entry in entries(run.results, "hysteresis")]
            coercive = [-branch["coercive_field_A_per_m"] / MS for branch in last if "coercive_field_A_per_m" in branch]
            remanence = next(branch["remanence"] for branch in last if "remanence" in branch)
            table.compare(
                f"d = {float(d) / EXCHANGE_LENGTH:.2f} exchange lengths: coercive field, Ms; remanence",
                "0.05707",
                "0.0001",
                f"{coercive[0]:.5f}; {vector(remanence)}",
                abs(coercive[0] - 0.05707) <= 1e-4,
                judged=name == "mumag-2",
            )


GROUPS = {
    "mumag-1": Group([name for name in RUNS if name.startswith("mumag-1")], "first", mumag_1),
    "mumag-2": Group([name for name in RUNS if name.startswith("mumag-2")], "first", mumag_2),
    "mumag-4": Group([name for name in RUNS if name.startswith("mumag-4") and "field-2" not in name], "first", mumag_4),
    "mumag-4-field-2": Group([name for name in RUNS if "field-2" in name], "first", mumag_4_field_2),
}
