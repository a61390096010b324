"""Frames of run.h5 beside `dd` in the same folder, and the time of checkpoints per GB, on 1, 2 and 4 ranks; a group of program.py."""

import os
import re
import subprocess
import sys
import tempfile
import time

from launcher import commit_of_program, environment, mpiexec

RANKS, ROUNDS = (1, 2, 4), 5
FIGURE = re.compile(r"^ +(?P<name>[\w, =]+?) +(?P<rate>\d+) MB/s(?: +(?P<ratio>[\d.]+) of dd)?")
LEAST = 0.8
DECK = """hopfilm: 1
title: Files
film:
  size: [{size} nm, {size} nm]
  cell: 5 nm
  thickness: 5 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m3, axis: [0, 0, 1], alpha: 0.3}}
  initial: {{random: {{seed: 1}}}}
demag: none
integrator: {{method: 5dp}}
output: {{fields: [m], compression: 0}}
schedule: [{holds}]
"""


def text_of(words, folder):
    done = subprocess.run(words, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1800)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(words)}\n{text}")
    return text


def frames(options, table, folder):
    bench = os.path.join(os.path.dirname(options.program), "bench", "bench_output_frames")
    for kind, words in (("", []), (", compressed (the default)", ["-compression", "1"]), (", single precision", ["-single"])):
        for ranks in RANKS:
            text = text_of(mpiexec(ranks, bench, "-n", str(options.side), "-rounds", str(ROUNDS), "-dir", folder, *words), folder)
            print(text, flush=True)
            found = {match["name"]: match for match in map(FIGURE.match, text.splitlines()) if match}
            for name, yardstick in (("frames", "dd"), ("frames, fsync", "dd conv=fsync")):
                rate, ratio = found[name]["rate"], float(found[name]["ratio"])
                table.add(
                    f"{name}, {options.side}^2 cells{kind}, {ranks} ranks, beside {yardstick} of as many bytes",
                    f">= {LEAST}" if not words else "-",
                    f"{ratio:.2f} of {found[yardstick]['rate']} MB/s: {rate} MB/s",
                    ratio >= LEAST if not words else None,
                )


def checkpoints(options, table, folder):
    """Written at the end of a run, with a copy of run.h5 as large as half of it; read, with the checksum before, by a run that has a longer schedule."""
    deck, side = os.path.join(folder, "deck.yaml"), options.side // 2
    for ranks in RANKS:
        out, seconds = os.path.join(folder, f"run-{ranks}"), []
        for holds in (1, 2):  # the second run goes on from the end of the first
            with open(deck, "w") as file:
                file.write(DECK.format(size=5 * side, holds=", ".join(holds * ["{hold: {time: 0.02 ps}}"])))
            start = time.monotonic()
            text = text_of(mpiexec(ranks, options.program, "run", deck, "--out", out), folder)
            seconds.append(time.monotonic() - start)
            said = re.findall(r"checkpoint: ([\d.e+]+) MB, \d+ bytes per cell, ([\d.]+) s", text)[-1]
        size = 1e-3 * float(said[0])
        table.add(
            f"checkpoint of {side}^2 cells, {ranks} ranks: writing, with checksum and fsync; start to end of a resumed run, less that of a new one",
            "-",
            f"{float(said[1]) / size:.1f} s per GB; {(seconds[1] - seconds[0]) / size:+.1f} s per GB ({said[0]} MB)",
            None,
        )


def files(options, table):
    with tempfile.TemporaryDirectory(dir=options.out) as folder:
        frames(options, table, folder)
        checkpoints(options, table, folder)
    return {commit_of_program(options.program)}
