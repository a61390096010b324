#!/usr/bin/env python3
"""The command line as people meet it: help, version and keys; mistakes in one line and a pointer; on a terminal colours and one line of progress that changes,
by way of mpiexec too where it gives its ranks a terminal, as that of Open MPI does, with NO_COLOR no colours; in files and pipes neither, and few lines of
progress.

Usage: command_line.py HOPFILM"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import textwrap

import yaml
from launch import ROOT, environment, mpiexec, with_open_mpi

PROGRAM = os.path.abspath(sys.argv[1])
STEPS = ", ".join("{train: {patterns: [%s], field: 20 Oe, field_pattern: before, pulse: 100 ns}}" % name for name in ("before", "after"))
RUN = ["run", os.path.join(ROOT, "inputs/four-node-switch.yaml"), "--set", "film.cell=20 nm", "--set", f"schedule=[{STEPS}]", "--force", "--out"]


def check(condition, what):
    if not condition:
        sys.exit(what)


def said(*words, code=0, error=False):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=environment(), timeout=300)
    check(done.returncode == code, f"hopfilm {' '.join(words)} returns {done.returncode}: {done.stdout}{done.stderr}")
    return done.stderr if error else done.stdout


def helps():
    general = said("help")
    check(said("-h") == general == said("--help"), "help, -h and --help differ")
    check(said("run", "-h") == said("help", "run"), "run -h and help run differ")
    check("--members" in said("help", "run") and "--json-schema" not in said("help", "run"), "help of run lists other options")
    check(said("--version") == said("version"), "--version and version differ")


def keys():
    found = said("keys", "gold.lead")
    check(found.startswith("gold.leads   choice, none, above or below, default none\n    "), f"keys gold.lead: {found}")
    check(re.findall(r"^gold\S+(?=   )", found, re.M) == ["gold.leads", "gold.lead_current"], f"keys gold.lead: {found}")
    check(re.findall(r"^gold\S+(?=   )", said("keys", "gold.*_CUR*"), re.M) == ["gold.lead_current"], "a pattern with stars, in any case")
    check("integrator.min_step" in said("keys", "smallest step"), "no path has these words, a meaning has")
    check("no key matches" in said("keys", "nothing-like-it", code=2, error=True), "a pattern that nothing matches")


def examples(folder):
    """All sections of src/app/examples.yaml as one deck, with each of the steps."""
    pieces = re.split(r"^# (\S+)\n", open(os.path.join(ROOT, "src/app/examples.yaml")).read().split("\n", 2)[2], flags=re.M)[1:]
    pieces = dict(zip(pieces[::2], pieces[1::2]))
    deck = {"hopfilm": 1, "schedule": []}
    for name, text in pieces.items():
        section = yaml.safe_load(text)
        if name.startswith("schedule"):
            deck["schedule"] += section["schedule"]
        elif name.endswith(":"):
            deck.setdefault("film", {}).update(section["film"])
        else:
            deck.update(section)
        shown = said("keys", name.rstrip(":"))
        check(textwrap.indent(text, "  ") in shown, f"keys {name} does not show its example: {shown[-1000:]}")
    path = os.path.join(folder, "examples.yaml")
    yaml.safe_dump(deck, open(path, "w"))
    said("check", path, "--picture", "none", "--set", "film.cell=100 nm")


def mistakes():
    for words, first, second in (
        (["rnu"], "unknown command 'rnu'; did you mean \"run\"?", "hopfilm help"),
        (["run"], "missing argument 'DECK.yaml'", "hopfilm help run"),
        (["run", "x.yaml", "--forse"], "unknown option '--forse'; did you mean \"--force\"?", "hopfilm help run"),
        (["help", "chek"], "unknown command 'chek'; did you mean \"check\"?", "hopfilm help"),
        ([], "no command given, as in 'hopfilm run DECK.yaml'", "hopfilm help"),
    ):
        lines = said(*words, code=2, error=True).splitlines()
        check(lines == [f"hopfilm: {first}", f"See `{second}`."], f"hopfilm {' '.join(words)} says {lines}")

    for path in ("film.cell.", "film..cell", ".film.cell", "."):
        shown = said("check", RUN[1], "--set", f"{path}=5 nm", code=2, error=True)
        check(f"--set {path}=5 nm:1:1: error: a name is missing beside a dot" in shown, f"--set {path}: {shown}")


def on_terminal(command, **settings):
    """What the command writes to a terminal of its own."""
    process, terminal = pty.fork()
    if not process:
        os.execvpe(command[0], command, {**environment(), "TERM": "xterm", **settings})
    seen = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # closed
            break
        if not piece:
            break
        seen += piece
    check(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0, f"{command} fails: {seen.decode()[-2000:]}")
    return seen.decode()


def logs(folder):
    out = os.path.join(folder, "out")
    for launcher in ([], mpiexec(2)) if with_open_mpi(PROGRAM) else ([],):
        how = " ".join(launcher) or "alone"
        seen = on_terminal([*launcher, PROGRAM, *RUN, out])
        shown = re.findall(r"\r\x1b\[K *[0-9.]+ s  (\[.*?\] step \d of 2, train \S+: +\d+ %[^\r\n]*)", seen)
        check(len(shown) >= 1, f"{how}: no progress on a terminal: {seen[:2000]}")
        check(all(len(line) < 80 for line in shown) and any(" s left; run: " in line for line in shown), f"{how}: progress: {shown}")
        check("\x1b[32mdone;" in seen and "\x1b[2m" in seen, f"{how}: no colours on a terminal")
        plain = "\r\x1b[K" if launcher else on_terminal([PROGRAM, *RUN, out], NO_COLOR="1")
        check(not re.search(r"\x1b\[[0-9;]*m", plain) and "\r\x1b[K" in plain, f"{how}: colours despite NO_COLOR")
        piped = on_terminal(["bash", "-c", '"$@" | cat', "-", *launcher, PROGRAM, *RUN, out])
        check("\x1b" not in piped and "] train +-+-" in piped, f"{how}: a pipe gets escapes: {piped[:500]}")
        log = open(os.path.join(out, "log.txt")).read()
        check("\x1b" not in log and log.replace("\n", "\r\n") == piped, f"{how}: the log is not what a pipe gets")
        check(len(re.findall(r"step \d of 2", log)) <= 10, f"{how}: the log is full of progress: {log}")


helps()
keys()
mistakes()
with tempfile.TemporaryDirectory() as work:
    examples(work)
    logs(work)
print("help, keys, mistakes, logs: as people want them")
