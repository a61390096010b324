#!/usr/bin/env python3
"""The program itself: its speed relative to a STREAM triad, bare transforms or a library's solver in turns with it, two ranks against one, memory per cell,
runs that are killed and resumed, what their checkpoints cost, frames beside dd, many ranks, and the time steps of the default method
beside explicit ones. Meant for a machine that does nothing else. Exit code 1 when a figure is missed.

Usage: program.py HOPFILM [--only speed scaling kills checkpoints ranks steps memory files] [--kills 200] [--show] [--out DIR]  (DIR: runs/reproduce-program)
                          --only largest [--memory 16] [--films local demag potential] [--ranks 2]     the largest films in so many GB
                          [--rows rest finest patterns maze strip mumag-4 ranks] [--baseline HOPFILM] [--missing]     of the group steps
                          [--many 16 64 256] [--kinds "current of the film"...]     of the group ranks: how many, some 60 MB each; of which films
"""

import argparse
import csv
import os
import re
import subprocess
import sys

from files import files
from largest import FILMS, largest
from launcher import ROOT, commit_of_program, cores, environment, mpiexec
from memory import memory
from ranks import KINDS, MANY, ranks
from steps import ROWS, steps
from table import Table, commit_of, load, save

REQUIRED = re.compile(r"^(?P<figure>.*?): (?P<value>[\d.]+) (?P<unit>[^\d()]*)\(required: (?P<sign>[<>]=) (?P<required>[\d.]+)\)(?P<rest>.*)")
POTENTIAL = re.compile(
    r"512 x 512 +(?P<figure>.*?): +(?P<seconds>[\d.]+) s, +(?P<iterations>\d+) iterations, net/total +(?P<net>[-+.e\d]+); next step .*?, +(?P<next>\d+);"
)
SOLVER = re.compile(r"^  (?P<name>.*?) +first +(?P<first>[\d.]+) ms, .*?; +update +(?P<update>[\d.]+) ms")
CAUSE = "memory: the same code reaches 0.5 to 0.58 on films of 256 x 256 cells, which nearly fit the second-level cache (2 MiB)"
CHECKPOINT = re.compile(r"checkpoint: ([\d.e+-]+) MB, (\d+) bytes per cell, ([\d.]+) s")
MATRIX = re.compile(r"G of 35: ([\d.]+) solves from zero, ([\d.]+) s")


def call(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment())
    print(done.stdout, flush=True)
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(command)}")
    return done.stdout.splitlines()


def bench(options, name, *arguments):
    return call([os.path.join(os.path.dirname(options.program), "bench", "bench_" + name), *arguments])


def required_lines(table, lines):
    """A bench's lines 'figure: ratio of something (required: >= N) the absolute figure', each under its heading."""
    heading = ""
    for line in lines:
        found = REQUIRED.match(line)
        if not found:
            heading = line.strip().split(":")[0]
            continue
        value, required = float(found["value"]), float(found["required"])
        figure = f"{heading}: {found['figure'].strip()}" if line.startswith(" ") else found["figure"].strip()
        table.add(
            figure,
            f"{found['sign']} {found['required']}",
            f"{found['value']} {found['unit'].strip()}{found['rest']}",
            value >= required if found["sign"] == ">=" else value <= required,
            why=CAUSE if "right-hand side" in figure and "triad" in found["unit"] else "",
        )


def solvers(table, lines):
    """Our potential and the fastest of PETSc's, first from zero, then updated, each under the heading of its film."""
    films, heading = {}, ""
    for line in lines:
        found = SOLVER.match(line)
        if found:
            films[heading].append((found["name"], float(found["first"]), float(found["update"])))
        else:
            heading = line.strip()
            films[heading] = []
    for film, (ours, *others) in films.items():
        for k, what in ((1, "from zero, created and set up"), (2, "updated for a new m")):
            best = min(others, key=lambda way: way[k])
            table.add(
                f"potential, {film}: {what}, the fastest of PETSc's relative to ours",
                ">= 2",
                f"{best[k] / ours[k]:.2f} ({best[0]}); {ours[k]:.1f} ms",
                best[k] >= 2 * ours[k],
            )


def speed(options, table):
    for name in ("magnet_rhs", "device_maze", "numerics_convolution", "network_infer"):
        required_lines(table, bench(options, name))
    solvers(table, bench(options, "transport_pcmg", "-n", "256"))
    for line in bench(options, "transport_potential", "-largest", "512"):
        found, matrix = POTENTIAL.search(line), MATRIX.search(line)
        if found:
            met = int(found["iterations"]) <= 16 and abs(float(found["net"])) <= 1e-9 and int(found["next"]) <= 4
            table.add(
                f"potential, 512 x 512, {found['figure'].strip()}: iterations from zero; net current; iterations of the next step",
                "<= 16; 1e-9; 4",
                f"{found['iterations']}; {found['net']}; {found['next']} ({found['seconds']} s from zero)",
                met,
            )
        if matrix:
            table.add(
                f"G of 35 electrodes, 120 x 168 cells, amr_ratio {line.split(' a ')[1].split(':')[0]}, relative to one potential from zero",
                "<= 35",
                f"{matrix[1]}; {matrix[2]} s",
                float(matrix[1]) <= 35,
            )
    return {commit_of_program(options.program)}


def scaling(options, table):
    out = os.path.join(options.out, "scaling")
    call(["bash", "jobs/scaling/run.sh", "--program", options.program, "--out", out])
    with open(os.path.join(out, "scaling.tsv")) as file:
        rows = {(row["kind"], row["name"], int(row["ranks"])): row for row in csv.DictReader(file, delimiter="\t")}
    required = {("strong", "magnet"): 1.8, ("strong", "demag"): 1.6, ("strong", "spin-transfer"): 1.6}
    for (kind, name, n), row in rows.items():
        if n > 1:
            gain = float(rows[kind, name, 1]["seconds"]) / float(row["seconds"]) * (n if kind == "weak" else 1)
            least = required.get((kind, name)) if n == 2 else None
            table.add(
                f"{kind} scaling, {name}, {row['cells']} cells, one to {n} ranks",
                f">= {least}" if least else "-",
                f"{gain:.2f} x",
                gain >= least if least else None,
            )
    for name, most in (("magnet", 600), ("demag", 1200), ("spin-transfer", 1200)):
        row = rows["strong", name, 1]
        each = float(row["memory"]) / int(row["cells"])
        table.add(f"memory, {name}, {row['cells']} cells on one rank, libraries and all", f"<= {most} B per cell", f"{each:.0f}", each <= most)
    return {commit_of(os.path.join(out, "magnet-1-1"))}


def kills(options, table):
    lines = call([sys.executable, "-B", "tests/kill.py", options.program, "--kills", str(options.kills)])
    total, runs, otherwise = map(int, re.match(r"(\d+) kills in (\d+) runs, (\d+)", lines[-1]).groups())
    table.add(f"kill -9 at random instants, {runs} runs: results other than the undisturbed run's", "0", f"{otherwise} of {total} kills", otherwise == 0)
    cases = call([sys.executable, "-B", "tests/stop.py", options.program])[-1]
    table.add("signals, STOP, time limit, torn files, full disk, dead rank", "as promised", cases, " 0 failed" in cases)
    return {commit_of_program(options.program)}


def checkpoints(options, table):
    """Of a run that writes them when it likes: at the end of its items, if they are cheap enough, and at its end."""
    out = os.path.join(options.out, "checkpoints")
    lines = call(mpiexec(1, options.program, "run", "inputs/letters-ecp.yaml", "--out", out, "--force"))
    found = [CHECKPOINT.search(line).groups() for line in lines if CHECKPOINT.search(line)]
    with open(os.path.join(out, "summary.yaml")) as file:
        wall = float(re.search(r"^wall_seconds: (\S+)", file.read(), re.M)[1])
    spent = sum(float(seconds) for _, _, seconds in found)
    table.add(
        f"letters-ecp, default interval: part of the wall time for its checkpoints, {len(found)}",
        "<= 1 %",
        f"{100 * spent / wall:.2f} % ({spent:.2f} of {wall:.1f} s)",
        bool(found) and spent <= 0.01 * wall,
    )
    table.add("size of one, 35 nodes", "-", f"{found[-1][1]} bytes per cell, {found[-1][0]} MB", None)
    return {commit_of(out)}


GROUPS = {
    "speed": speed,
    "scaling": scaling,
    "kills": kills,
    "checkpoints": checkpoints,
    "ranks": ranks,
    "steps": steps,
    "memory": memory,
    "files": files,
    "largest": largest,
}
USUAL = [name for name in GROUPS if name != "largest"]  # which takes all the memory it is given


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--only", nargs="+", choices=list(GROUPS), default=USUAL)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rows", nargs="+", choices=list(ROWS), default=list(ROWS), help="of the group steps")
    parser.add_argument("--many", type=int, nargs="+", default=list(MANY), help="ranks of the group ranks; the film has 256 rows")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="of films of the group ranks")
    parser.add_argument("--cells", type=float, nargs="+", help="of the row rest, nm")
    parser.add_argument("--side", type=int, default=4000, help="cells along a side of the frames of files")
    parser.add_argument("--rounds", type=int, default=3, help="turns of the shorter runs of steps; the fastest count")
    parser.add_argument("--method", help="of the films of steps, instead of the default")
    parser.add_argument("--baseline", help="an earlier build of the program, for the group steps")
    parser.add_argument("--memory", type=float, default=1, help="GB of the largest films")
    parser.add_argument("--films", nargs="+", choices=list(FILMS), default=list(FILMS), help="the largest of which kinds")
    parser.add_argument("--ranks", type=int, default=cores(), help="of the largest films")
    parser.add_argument("--missing", action="store_true", help="steps: run only what has not finished before")
    parser.add_argument("--show", action="store_true", help="run nothing")
    parser.add_argument("--out", default=os.path.join(ROOT, "runs", "reproduce-program"))
    options = parser.parse_args()
    options.program, options.out = os.path.abspath(options.program), os.path.abspath(options.out)
    os.makedirs(options.out, exist_ok=True)
    missed = 0
    for name in options.only:
        table = Table()
        if options.show:
            table.rows = load(options.out).get(name, {"rows": []})["rows"]
        else:
            commits = GROUPS[name](options, table)
            save(options.out, {name: (table, commits)})
        print(f"\n{name}")
        table.show()
        missed += table.missed
    print(f"figures: {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
