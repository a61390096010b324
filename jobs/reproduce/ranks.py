"""Many more ranks than cores; a group of program.py. Whether results agree with those of one rank; what the busiest rank sends per step, counted by
tests/count_messages.c in two runs of which one is longer, beside what `hopfilm check --ranks` models; and where communication takes half the time of a
film of 4096 x 4096 cells. Meant for a machine that does nothing else: 256 ranks take some minutes and 16 GB."""

import os
import re
import subprocess
import sys
import tempfile

import yaml
from launcher import ROOT, environment, mpiexec
from memory import CONTACTS
from table import commit_of

# isort: split
from kill import differences, spread  # of tests/, whose folder launcher has put on the path

MANY = (16, 64, 256)
CLOSE = 1e-9
CELLS = 256
TIMES = (0.5, 1.5)  # ps
FILM = """hopfilm: 1
title: Many ranks
film:
  size: [{size} nm, {size} nm]
  cell: 5 nm
  thickness: 5 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m3, axis: [0, 0, 1], alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04, polarization: 0.4}}
  initial: {{random: {{seed: 1}}}}
field: {{uniform: [10 mT, 0 T, 5 mT]}}
integrator: {{method: 5dp}}
output: {{fields: [m], table_every: 1 ns}}
"""
HOLD = "schedule: [{{hold: {{time: {time} ps}}}}]\n"
DRIVEN = "schedule: [{{hold: {{time: {time} ps, pattern: '+-', voltage: 10 mV}}}}]\n"
KINDS = {
    "local terms": FILM + HOLD,
    "demag: full": FILM + HOLD + "demag: full\ndemag_precision: double\n",
    "demag: full, single": FILM + HOLD + "demag: full\n",
    "current of the film": FILM + CONTACTS + DRIVEN,
}
LARGE = {  # decks of jobs/scaling/ and what makes films of 4096 x 4096 cells of them
    "local terms": ("magnet", ["film.size=[20.48 um, 20.48 um]"]),
    "demag: full": ("demag", ["film.size=[20.48 um, 20.48 um]"]),
    "current in every step": (
        "spin-transfer",
        [
            "film.size=[16.384 um, 16.384 um]",
            *(f"electrodes.{k}.shape.rectangle.size=[0 nm, 16.384 um]" for k in (0, 1)),
            *(f"electrodes.{k}.at=[{x} um, 0 nm]" for k, x in ((0, -8.192), (1, 8.192))),
        ],
    ),
}
INTERCONNECTS = {"1e-6,25e9": "1 us, 25 GB/s per rank", "1e-6,0.2e9": "the same shared by 128 ranks of a node"}


def text_of(command, **variables):
    done = subprocess.run(
        command, cwd=ROOT, env={**environment(), **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3600
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(command)}\n{text[-3000:]}")
    return text


def counted(options, ranks, deck, out, library):
    """What the busiest rank has sent in a run, and the counters of its summary."""
    counts = out + ".counts"
    text_of(mpiexec(ranks, "env", f"LD_PRELOAD={library}", options.program, "run", deck, "--out", out, "--force"), HOPFILM_COUNTS=counts)
    found = {name: float(most) for name, most, _ in (line.split("\t") for line in open(counts))}
    with open(os.path.join(out, "summary.yaml")) as file:
        summary = yaml.safe_load(file)
    return {**found, **{key: summary[key] for key in ("steps", "rhs_evaluations", "potential_solves", "cg_iterations")}}


def modelled(options, ranks, deck, settings=(), network="1e-6,25e9"):
    text = text_of([options.program, "check", deck, "--ranks", str(ranks), "--network", network, "--picture", "none", *settings])
    part = text.split("\n  communication\n", 1)[1]
    found = {"half": int(re.search(r"half_of_the_time_on_ranks +(\d+)", part)[1])}
    for name, values in re.findall(r"    per_(\w+)\n((?:      .*\n)+)", part):
        found[name] = {key: float(value) for key, value in re.findall(r"      (\w+) +(\S+)", values)}
    return found


def energies(directory):
    with open(os.path.join(directory, "table.tsv")) as file:
        head, *lines = (line.rstrip("\n").split("\t") for line in file)
    column = head.index("E_total (J)")
    return [float(line[column]) for line in lines]


def apart(one, many):
    found = spread(one, many)
    E = [energies(directory) for directory in (one, many)]
    of = {"m": found["fields/m"], "E": max(abs(a - b) for a, b in zip(*E)) / max(map(abs, E[0]))}
    if "conductance/G" in found:
        of["G"] = found["conductance/G"]
    return of


def compare(options, table, kind, text, folder, library):
    deck, runs = os.path.join(folder, "deck.yaml"), {}
    for n in (1, *options.many):
        for k, time in enumerate(TIMES):
            with open(deck, "w") as file:
                file.write(text.format(size=5 * CELLS, half=2.5 * CELLS, time=time))
            runs[n, k] = counted(options, n, deck, os.path.join(folder, f"run-{n}-{k}"), library)
        if n == 1:
            continue
        short, long = runs[n, 0], runs[n, 1]
        more = {key: long[key] - short[key] for key in long}
        model = modelled(options, n, deck)
        amounts = {"evaluation": more["rhs_evaluations"], "solve": more["potential_solves"], "iteration": more["cg_iterations"], "step": more["steps"]}
        found = {"messages": more["messages"] + more["exchange_messages"], "bytes": more["bytes"] + more["exchange_bytes"], "collectives": more["collectives"]}
        wanted = {key: sum(amounts[part] * model[part][key] for part in amounts if part in model) for key in found}
        step = more["steps"]
        off = apart(*(os.path.join(folder, f"run-{ranks}-1") for ranks in (1, n)))
        said = ", ".join(f"{key} {found[key] / step:.0f} ({wanted[key] / step:.0f})" for key in found)
        ratios = [found[key] / wanted[key] for key in ("messages", "bytes")]
        print(f"{kind}\t{n}\t{said}\t{off}", flush=True)
        table.add(
            f"{kind}, {n} ranks, {CELLS * CELLS // n} cells each: per step of the busiest rank, counted (modelled)",
            "within 10 %",
            said,
            all(abs(ratio - 1) <= 0.1 for ratio in ratios),
        )
        table.add(
            f"{kind}, {n} ranks and one, {long['steps']} steps: largest difference of m, E, G",
            f"<= {CLOSE:g}",
            ", ".join(f"{key} {value:.1e}" for key, value in off.items()),
            all(value <= CLOSE for value in off.values()),
        )
    return {commit_of(os.path.join(folder, f"run-{n}-1")) for n in (1, *options.many)}


def large(options, table):
    for kind, (deck, changes) in LARGE.items():
        settings = [word for change in changes for word in ("--set", change)]
        for network, said in INTERCONNECTS.items():
            half = modelled(options, 1024, f"jobs/scaling/{deck}.yaml", settings, network)["half"]
            table.add(f"4096 x 4096 cells, {kind}, {said}: communication takes half the time, modelled", "-", f"from {half} ranks on", None)


def devices(options, table):
    """Every dataset, table and summary of two devices."""
    many, commits = MANY[0], set()
    for name, deck, changes in (
        ("letters-ecp, one epoch", "inputs/letters-ecp.yaml", ["--set", "schedule.0.train.epochs=1"]),
        ("four nodes with thermal noise", "tests/kill-decks/thermal.yaml", []),
    ):
        outs = [os.path.join(options.out, f"{os.path.basename(deck)[:-5]}-{n}") for n in (1, many)]
        for n, out in zip((1, many), outs):
            text_of(mpiexec(n, options.program, "run", deck, *changes, "--out", out, "--force"))
        wrong = differences(*outs, CLOSE)
        table.add(
            f"{name}, on {many} ranks and on one: conductances apart by; other results apart by more than 1e-9",
            "<= 1e-9, none",
            f"{spread(*outs)['conductance/G']:.1e}, {len(wrong) or 'none'}",
            not wrong,
        )
        commits |= {commit_of(out) for out in outs}
    return commits


def ranks(options, table):
    commits = set()
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "count_messages.so")
        text_of(["mpicc", "-O2", "-shared", "-fPIC", "tests/count_messages.c", "-o", library])
        for kind in options.kinds:
            commits |= compare(options, table, kind, KINDS[kind], folder, library)
    large(options, table)
    return commits | devices(options, table)
