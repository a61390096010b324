#!/usr/bin/env python3
"""`hopfilm check`: what every drive amounts to against what the run then measures, the picture of the device, warnings of implausible decks, on 1 and 2
ranks; the plan of films that are too large to be built here; and the word of a run whose training is too weak.

Usage: check.py HOPFILM
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom

import h5py
import numpy as np
import yaml
from launch import ROOT, environment, mpiexec

GOLD = os.path.join(ROOT, "tests", "bad-decks", "part-base.yaml")
FILM = os.path.join(ROOT, "tests", "kill-decks", "maze.yaml")
LITTLE = 1500000  # kB of address space
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def hopfilm(program, command, deck, tmp, *settings, ranks=1, code=0):
    words = [word for setting in settings for word in (["--set", setting] if not setting.startswith("--") else setting.split(" ", 1))]
    done = subprocess.run(
        mpiexec(ranks, program, command, deck, *words),
        cwd=tmp,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode != code:
        raise SystemExit(f"exit code {done.returncode}, not {code}: {command} {deck} {settings}\n{text}")
    return text


def drives(text):
    """The forecasts: {name: number or word} each."""
    found = []
    for line in re.findall(r"^ *- \{(item .*)\}$", text, re.M):
        pairs = [pair.split(" ", 1) for pair in line.split(", ")]
        found.append({name: float(value) if re.fullmatch(r"[-+.\de]+", value) and name != "pattern" else value for name, value in pairs})
    return found


def near(a, b, tolerance=1e-5):
    return abs(a - b) <= tolerance * abs(b)


def figures(program, tmp):
    """Under gold and in a film that carries the current itself; six digits are printed."""
    text = hopfilm(
        program, "check", GOLD, tmp, "schedule=[{train: {patterns: [A, B], field: 20 Oe, field_pattern: B, pulse: 0.1 ns}}]", "output.fields=[m, H, j_gold]"
    )
    out = os.path.join(tmp, "gold")
    hopfilm(
        program,
        "run",
        GOLD,
        tmp,
        "schedule=[{train: {patterns: [A, B], field: 20 Oe, field_pattern: B, pulse: 0.1 ns}}]",
        "output.fields=[m, H, j_gold]",
        f"--out {out}",
    )
    trained = next(e for e in yaml.safe_load(open(f"{out}/summary.yaml"))["results"] if e["step"] == "train")
    with h5py.File(f"{out}/run.h5") as file:
        H, j = file["fields/H"][1:], file["fields/j_gold"][:]
    for k, (found, pattern) in enumerate(zip(drives(text), ("++--", "+-+-"), strict=True)):
        size, density = np.linalg.norm(H[k], axis=-1), np.linalg.norm(j[k], axis=-1)
        wanted = {
            "voltage_V": trained["voltage_V"][k],
            "H_centre_A_per_m": trained["field_at_centre_A_per_m"][k],
            "H_rms_A_per_m": np.sqrt((size**2).mean()),
            "H_largest_A_per_m": size.max(),
            "gold_mean_A_per_m2": density.mean(),
            "gold_largest_A_per_m2": density.max(),
        }
        check(found["pattern"] == pattern and all(near(found[name], value) for name, value in wanted.items()), f"under gold, {pattern}: {found}")

    out = os.path.join(tmp, "film")
    short = ["schedule=[{hold: {time: 1e-18 s, pattern: '+-', voltage: 0.03 V}}]", "output.fields=[j]"]
    found = drives(hopfilm(program, "check", FILM, tmp, *short))[0]
    hopfilm(program, "run", FILM, tmp, *short, f"--out {out}")
    with h5py.File(f"{out}/run.h5") as file:
        density = np.linalg.norm(file["fields/j"][-1], axis=-1)[file["film/mask"][()] > 0]
    material = yaml.safe_load(open(f"{out}/deck.yaml"))["film"]["material"]
    Ms = {"kA/m": 1e3, "MA/m": 1e6, "A/m": 1.0}[str(material["Ms"]).split()[1]] * float(str(material["Ms"]).split()[0])
    drift = 9.2740100657e-24 * float(material["polarization"]) / (1.602176634e-19 * Ms)  # mu_B P/(e Ms)
    wanted = {
        "film_mean_A_per_m2": density.mean(),
        "film_largest_A_per_m2": density.max(),
        "drift_mean_m_per_s": drift * density.mean(),
        "drift_largest_m_per_s": drift * density.max(),
    }
    check(all(near(found[name], value, 1e-4) for name, value in wanted.items()), f"in the film itself: {found}")


def picture(program, tmp):
    shown = []
    for ranks in (1, 2):
        path = os.path.join(tmp, "pictures", f"{ranks}.svg")
        text = hopfilm(
            program,
            "check",
            GOLD,
            tmp,
            f"--picture {path}",
            "gold.leads=above",
            "film.regions=[{name: 'A <1>', shape: {disk: {diameter: 90 nm}}, material: {Ms: 1 MA/m}}]",
            ranks=ranks,
        )
        shown.append(open(path).read())
        check(
            path in text and re.search(r"^ *wall_seconds_about +[\d.e+-]+$", text, re.M) is not None,
            f"{ranks} ranks: place of the picture and wall time are printed",
        )
    words = [node.firstChild.data for node in xml.dom.minidom.parseString(shown[0]).getElementsByTagName("text")]
    check(shown[0] == shown[1], "the picture does not depend on the number of ranks")
    check(words[:4] == ["1", "2", "3", "4"] and "region A <1>" in words and "leads: above" in words, f"electrodes, regions and leads are named: {words}")
    # the disk of the region and the pixels of the film around it: 400 cells of 32 x 32 units
    areas = [sum(float(w) * 32 for w in re.findall(r"h(\d[\d.]*)v", path)) / 1024 for path in re.findall(r'd="([^"]*)" fill="#(?:d5dde8|8fb8de)"', shown[0])]
    check([round(a) for a in areas] == [400 - 16, 16], f"the cells of film and region: {areas}")

    kept, link = os.path.join(tmp, "kept"), os.path.join(tmp, "link.svg")
    open(kept, "w").write("mine")
    os.symlink(kept, link)
    hopfilm(program, "check", GOLD, tmp, f"--picture {link}")
    check(open(kept).read() == "mine" and not os.path.islink(link), "a link in the place of the picture is replaced, not followed")
    before = sorted(os.listdir(tmp))
    hopfilm(program, "check", GOLD, tmp, "--picture none")
    check(sorted(os.listdir(tmp)) == before, "--picture none writes nothing")
    hopfilm(program, "check", GOLD, tmp)
    check(os.path.exists(os.path.join(tmp, "runs", "part-base.svg")), "by default the picture lies in runs/")
    check("cannot write" in hopfilm(program, "check", GOLD, tmp, f"--picture {kept}/x.svg", code=4), "a place asked for that cannot be written is a fault")


def warnings(program, tmp):
    cases = [
        (GOLD, ["film.size=[400e-9, 400e-9]", "schedule=[{train: {patterns: A, voltage: 1 mV, pulse: 0.1 ns}}]"], None),
        (GOLD, ["gold.gap=30"], 'gold.gap: 30 without a unit is in metres; "30 nm" may be meant'),
        (GOLD, ["field.uniform=[0 T, 0 T, 200 T]"], "a field of 200 T"),
        (GOLD, ["film.material.Ku=0.1 mJ/m^3"], "|Ku| of 0.0001 J/m^3 is too weak to do anything"),
        (GOLD, ["film.material.amr_ratio=0"], "has no `amr_ratio`: its conductance does not depend on m, so that it can learn nothing"),
        (GOLD, ["schedule=[{train: {patterns: A, voltage: 1 kV, pulse: 0.1 ns}}]"], "A/m^2 in the gold, which no gold survives above about 1e+12"),
        (GOLD, ["schedule=[{train: {patterns: A, voltage: 1 nV, pulse: 0.1 ns}}]"], "too weak or too short to do anything"),
        (GOLD, ["schedule=[{hold: {pattern: '++++', voltage: 1 mV, time: 0.1 ns}}]"], "all electrodes have the same voltage, and no current flows"),
        (GOLD, ["output.fields=[m, j]"], "is zero under gold"),
        (FILM, ["schedule=[{train: {patterns: ['+-'], voltage: 30 V, pulse: 1e-16 s}}]"], "A/m^2 in the film, which no film survives above about 1e+13"),
        (FILM, ["schedule=[{train: {patterns: ['+-'], voltage: 1 uV, pulse: 1 ps}}]"], "textures drift at no more than"),
        (FILM, ["output.fields=[m, H]"], "it will not be in run.h5"),
    ]
    for deck, settings, message in cases:
        text = hopfilm(program, "check", deck, tmp, "--picture none", *settings)
        told = [line for line in text.splitlines() if "warning:" in line]
        if message is None:
            check(not told, f"no warning of a sound deck, {settings[0]}: {told}")
        else:
            check(sum(message in line for line in told) >= 1, f"{settings[0]}: {told}")


def weak_signal(program, tmp):
    schedule = "schedule=[{train: {patterns: [A, B], voltage: 1 mV, pulse: 0.1 ns}}, {recall: {}}]"
    for name, ratio, weak in (("weak", "1e-14", True), ("strong", "0.04", False)):
        text = hopfilm(program, "run", GOLD, tmp, schedule, f"film.material.amr_ratio={ratio}", f"--out {tmp}/{name}")
        check(
            ("too weak: training changed the conductances by" in text) == weak,
            f"amr_ratio {ratio}: {'the run says that the signal is too weak' if weak else 'no word'}",
        )


def deck_as_used(program, tmp):
    """The used deck holds every default; none may stand against what was given."""
    out = f"{tmp}/wired"
    hopfilm(
        program,
        "run",
        GOLD,
        tmp,
        "pixels=2",
        'patterns={A: "+-"}',
        "schedule=[{wire: {patterns: A, voltage: 1 mV, flips: 0, starts: 1, samples: 1, time: 0.1 s}}]",
        f"--out {out}",
    )
    check("is a valid deck" in hopfilm(program, "check", f"{out}/deck.yaml", tmp, "--picture none"), "the used deck of a search that was limited in time")


def large_films(program, tmp):
    """Films that fit no login node, planned in little memory and a few seconds; their errors are still found."""
    large = ["film.size=[300 um, 300 um]", "film.cell=5 nm", "schedule=[{hold: {time: 1 ns}}]", "output.fields=[m]"]
    deck = os.path.join(tmp, "large.yaml")
    with open(deck, "w") as file:
        file.write("hopfilm: 1\ntitle: Large\nfilm:\n  thickness: 5 nm\n  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.3}\n")
        file.write("  initial: {random: {seed: 1}}\n  size: [1 um, 1 um]\n  cell: 5 nm\nschedule: [{hold: {time: 1 ns}}]\n")
    plans = {}
    for ranks, size in ((4096, 60000), (512, 20000), (1, 512)):
        words = ["bash", "-c", f'ulimit -v {LITTLE} && exec "$@"', "bash", program, "check", deck, "--ranks", str(ranks)]
        for setting in (*large[1:], f"film.size=[{5 * size} nm, {5 * size} nm]", "demag=full"):
            words += ["--set", setting]
        began = time.monotonic()
        text = subprocess.run(mpiexec(1, *words), cwd=tmp, env=environment(), capture_output=True, text=True).stdout
        plan = plans[size] = dict(re.findall(r"^  (\w+) +(.+)$", text, re.M))
        check(
            plan.get("cells_x") == str(size) and plan.get("ranks") == str(ranks) and "not_checked" in plan,
            f"{size}^2 cells for {ranks} ranks are planned in 1.5 GB and {time.monotonic() - began:.1f} s",
        )
    cells, small = 60000.0**2, 512.0**2
    frames = float(plans[60000]["field_bytes_at_most"])
    check(frames == 2 * 24 * cells, f"two frames of m: {frames:.4g} B")
    each = [float(plans[n]["memory_bytes_about"]) / n**2 for n in (60000, 20000)]
    check(all(700 < b < 1200 for b in each) and "64-bit" in plans[60000]["needs"] and "needs" not in plans[20000], f"memory: {each} B per cell")
    check(float(plans[60000]["checkpoint_bytes_each"]) > 24 * cells > 1e4 * small, "a checkpoint holds m at least")
    asked, wall = (float(plans[60000][name]) for name in ("queue_seconds_to_ask_for", "wall_seconds_about"))
    check(asked > 1.5 * wall > 0 and near(float(plans[60000]["core_hours_about"]), wall * 4096 / 3600, 1e-4), f"{wall:.4g} s, to ask for: {asked:.4g} s")
    beyond = hopfilm(program, "check", deck, tmp, "film.size=[297.5 um, 297.5 um]", code=2)  # on one rank; nothing is allocated
    few = "of 32 bits" in beyond
    check(("--with-64-bit-indices" in beyond if few else "BLAS" in beyond and "at least 6 ranks" in beyond), f"too many cells for indices: {beyond.strip()}")
    hopfilm(program, "check", deck, tmp, "--ranks 70000", *large)  # in boxes
    refused = hopfilm(program, "check", deck, tmp, "--ranks 70001", *large, code=2)  # a prime number
    check("70001 ranks cannot share 60000 x 60000 cells" in refused and "use 70000 ranks" in refused, f"ranks that no boxes fit: {refused}")
    check("must be a whole number" in hopfilm(program, "check", deck, tmp, "--ranks 64", "film.size=[300.001 um, 300 um]", code=2), "no whole number of cells")
    check("wire" in hopfilm(program, "check", deck, tmp, "--ranks 64", *large[:2], "schedule=[{wire: {patterns: A}}]", code=2), "errors of the schedule")
    check("--ranks" in hopfilm(program, "check", deck, tmp, "--ranks 0", code=2), "no ranks are refused")
    local = [*large[1:], "film.size=[5 um, 5 um]", "film.material.Aex=1 pJ/m"]
    parts = [hopfilm(program, "check", deck, tmp, "--ranks 64", *words, *local).split("communication\n")[1] for words in ([], ["--network 1e-2,1"])]
    check(re.search(r"per_evaluation\n +messages +2\n +bytes +48000\n +collectives +0\n", parts[0]), "an evaluation sends a row of m to each neighbour")
    half, slow = (int(re.search(r"half_of_the_time_on_ranks +(\d+)", part)[1]) for part in parts)
    check(half > slow == 2, f"communication takes half the time on {half} ranks, by a slow network on {slow}")
    check("--network" in hopfilm(program, "check", deck, tmp, "--ranks 64", "--network 1", *local, code=2), "a network without a bandwidth is refused")
    for name, own in (("local terms, 5dp", ["integrator.method=5dp"]), ("demag, auto", ["demag=full"])):
        settings = [*own, "film.size=[2.56 um, 2.56 um]", "schedule=[{hold: {time: 0.2 ps}}]", "output.checkpoint_every_simulated=0.1 ps"]
        planned = float(re.search(r"memory_bytes_per_rank +(\d+)", hopfilm(program, "check", deck, tmp, "--ranks 1", *settings))[1])
        hopfilm(program, "run", deck, tmp, *settings, f"--out {tmp}/used")
        used = yaml.safe_load(open(f"{tmp}/used/summary.yaml"))["peak_memory_bytes"]
        shutil.rmtree(f"{tmp}/used")
        check(abs(planned / used - 1) < 0.15, f"512^2 cells, {name}: {planned / 1e6:.0f} MB are planned, {used / 1e6:.0f} used")
    across = hopfilm(program, "check", GOLD, tmp, "--ranks 64", "film.cell=0.1 nm", "film.size=[400 nm, 400 nm]")
    check("electrodes " in across and "cells_x                  4000" in across, "electrodes shrink with the film")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        figures(program, tmp)
        picture(program, tmp)
        warnings(program, tmp)
        weak_signal(program, tmp)
        deck_as_used(program, tmp)
        large_films(program, tmp)
    print(f"check: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
