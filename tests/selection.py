#!/usr/bin/env python3
"""Fields saved with output.stride, output.region and in single precision, against the same run that saves all of them: every value, on 1, 2 and 4
ranks; the place of the picture that ParaView shows; the bytes that `hopfilm check` announces; a run that goes on; the postprocessing; a box of a frame
that fits no memory.

Usage: selection.py HOPFILM
"""

import os
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from launch import ROOT, environment, mpiexec

DECK = os.path.join(ROOT, "tests", "bad-decks", "part-base.yaml")
DRIVEN = [
    "--set",
    "schedule=[{train: {patterns: [A], voltage: 1 V, pulse: 0.1 ns}}]",
    "--set",
    "output.fields=[m, H, j_per_volt]",
    "--set",
    "output.every=40 ps",
]
LONGER = ["--set", "schedule=[{train: {patterns: [A], voltage: 1 V, pulse: 0.1 ns}}, {hold: {time: 0.05 ns}}]"]
# 20 x 20 cells of 20 nm, their centres at -190 nm, -170 nm, ...: settings, cells along x, along y
CASES = {
    "stride": (["output.stride=[3, 4]"], slice(1, None, 3), slice(1, None, 4)),
    # in the uppermost rows, so of the last rank alone; centres from -50 to 150 nm and from 150 to 190 nm
    "region": (["output.region={size: [200 nm, 40 nm], at: [50 nm, 170 nm]}", "output.compression=0"], slice(7, 18), slice(17, 20)),
    "both": (
        ["output.stride=2", "output.region={size: [1 um, 120 nm]}", "output.precision=single", "output.hints={cb_nodes: 1, striping_factor: 4}"],
        slice(0, None, 2),
        slice(7, 13, 2),
    ),
}
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def run(command):
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return done.returncode, done.stdout.decode(errors="replace")


def hopfilm(program, ranks, out, *settings):
    code, text = run(mpiexec(ranks, program, "run", DECK, "--out", out, *DRIVEN, *settings))
    if code:
        raise SystemExit(f"exit code {code} of {out}\n{text}")


def words(settings):
    return [word for setting in settings for word in ("--set", setting)]


def compare(whole, part, rows, columns, label):
    """Every value and the coordinates; returns the bytes of a frame of all fields."""
    count = 0
    with h5py.File(os.path.join(whole, "run.h5")) as a, h5py.File(os.path.join(part, "run.h5")) as b:
        ny, nx = a["film/mask"].shape
        (dx, dy), (x0, y0) = a["film"].attrs["cell_size"], a["film"].attrs["origin"]
        x, y = (x0 + (np.arange(nx) + 0.5) * dx)[columns], (y0 + (np.arange(ny) + 0.5) * dy)[rows]
        image = b["VTKHDF"].attrs
        extent, origin, spacing = image["WholeExtent"], image["Origin"], image["Spacing"]
        shown = [origin[d] + (np.arange(extent[2 * d + 1]) + 0.5) * spacing[d] for d in (0, 1)]
        check(
            shown[0].shape == x.shape and shown[1].shape == y.shape and np.allclose(shown[0], x, 0, 1e-16) and np.allclose(shown[1], y, 0, 1e-16),
            f"{label}: the middles of the picture's cells are those of the film's",
        )
        for name in ("m", "H", "j_per_volt"):
            full, some = a[f"fields/{name}"], b[f"fields/{name}"]
            wanted = full[:, rows, columns].astype(some.dtype)
            check(len(full) > 2 and np.abs(wanted).max() > 0 and np.array_equal(wanted, some[:]), f"{label}: every value of {len(full)} frames of {name}")
            times, steps, shown = b[f"fields/time/{name}"][:], b["VTKHDF/Steps/Values"][:], b[f"VTKHDF/CellData/{name}"][:, 0]
            last = [np.nonzero(times == step)[0][-1:] for step in steps]  # the last of several frames at one time, if any
            check(
                np.array_equal(a[f"fields/time/{name}"], times)
                and set(times) <= set(steps)
                and all(np.array_equal(some[frame[0]], image) if len(frame) else np.isnan(image).all() for frame, image in zip(last, shown)),
                f"{label}: {name} is shown, at its times and no others",
            )
            count += some[0].nbytes
    return count


def postprocess(directory, label):
    drawn = [["report.py"]] if label == "both" else [["texture.py", "-o", f"{directory}/m.png"], ["current.py", "-o", f"{directory}/j.png"]]
    for script, *arguments in drawn:
        code, text = run([sys.executable, os.path.join(ROOT, "postprocess", script), directory, *arguments])
        check(code == 0, f"{label}: {script}{'' if code == 0 else ': ' + text[-1000:]}")


def of_a_large_frame(program, directory):
    """A frame of 38 GB, of which the file holds a few rows: a box of it is exported in little memory."""
    n, path = 40000, os.path.join(directory, "run.h5")
    with h5py.File(path, "r+") as file:
        del file["VTKHDF"]
        for name, shape, chunk, rest in (("fields/m", (1, n, n, 3), (1, 4, n, 3), 0.5), ("film/mask", (n, n), (64, n), 1)):
            attributes = {key: value for key, value in file[name].attrs.items() if "_LIST" not in key}
            kind = file[name].dtype
            del file[name]
            file.create_dataset(name, shape, kind, chunks=chunk, fillvalue=rest).attrs.update(attributes)
        file["fields/m"].attrs["film_cells"] = np.array([n, n], "i4")
        file["fields/m"][0, n - 40] = 0.25
        for name in ("time", "probe", "instant"):
            file[f"fields/{name}/m"].resize((1,))
        x0, y0 = file["film"].attrs["origin"]
        dx, dy = file["film"].attrs["cell_size"]
    box = f"{x0} m, {y0 + (n - 41) * dy} m, {x0 + 5 * dx} m, {y0 + (n - 39) * dy} m"
    words = ["bash", "-c", 'ulimit -v 1500000 && exec "$@"', "bash", program, "export", directory, "--csv", "--box", box]
    code, text = run(words)
    lines = np.loadtxt(os.path.join(directory, "m.csv"), delimiter=",", skiprows=1, usecols=3) if code == 0 else []
    check(list(lines) == 5 * [0.5] + 5 * [0.25], f"a box of a frame of 38 GB is exported in 1.5 GB{'' if code == 0 else ': ' + text}")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        for ranks in (1, 2, 4):
            whole = os.path.join(tmp, f"all-{ranks}")
            hopfilm(program, ranks, whole)
            for name, (settings, columns, rows) in CASES.items():
                if ranks == 2 and name != "both":
                    continue
                part = os.path.join(tmp, f"{name}-{ranks}")
                hopfilm(program, ranks, part, *words(settings))
                written = compare(whole, part, rows, columns, f"{name} on {ranks} ranks")
                if name == "both":
                    hints = re.findall(r"MPI-IO hint (\w+): (\w+)", open(os.path.join(part, "log.txt")).read())
                    check(hints == [("cb_nodes", "1"), ("striping_factor", "4")], f"{name} on {ranks} ranks: each hint is in the log once")
                if ranks > 1:
                    continue
                code, text = run([program, "check", DECK, "--picture", "none", *DRIVEN, *words(settings)])
                check(code == 0, f"{name}: check{'' if code == 0 else ': ' + text}")
                bound = int(re.search(r"field_bytes_at_most *(\d+)", text)[1])
                frames = int(re.search(r"field_frames *(\d+)", text)[1])
                check(bound == written * frames, f"{name}: check prints the bytes, {bound} at most")
                if name != "stride":
                    postprocess(part, name)
        # on from where it was, with frames that were saved before
        part, settings = os.path.join(tmp, "both-2"), words(CASES["both"][0])
        hopfilm(program, 2, os.path.join(tmp, "all-2"), *LONGER)
        hopfilm(program, 2, part, *settings, *LONGER)
        check("resuming" in open(os.path.join(part, "log.txt")).read(), "a longer schedule continues the run")
        compare(os.path.join(tmp, "all-2"), part, CASES["both"][2], CASES["both"][1], "a run that went on")
        code, text = run(mpiexec(2, program, "run", DECK, "--out", os.path.join(tmp, "both-4"), *DRIVEN, *LONGER))
        check(code == 4 and "output.stride or output.region" in text, "a run does not continue with cells that it has not saved")
        code, text = run(
            [
                program,
                "run",
                DECK,
                "--out",
                os.path.join(tmp, "start"),
                *DRIVEN,
                "--set",
                f"film.initial={{file: {{path: {tmp}/both-1/run.h5, dataset: /fields/m}}}}",
            ]
        )
        check(code == 2 and "output.stride or output.region" in text, "no film starts from some of its cells")
        of_a_large_frame(program, os.path.join(tmp, "all-1"))
    print(f"selections: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
