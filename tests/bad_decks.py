#!/usr/bin/env python3
"""Runs every deck of tests/bad-decks/ and checks how the program refuses it: exit code, one message with its place, nothing written, no hang.

Usage: bad_decks.py HOPFILM [--ranks 4] [NAME...]
What is expected stands in comments at the head of each deck:
    # exit: 2                     exit code
    # says: cell.yaml:7:9: ...    must be in what the program prints, exactly once; may be repeated
    # args: --set a.b=1           more arguments, may be repeated; {tmp} is a new folder
    # deck: nowhere.yaml          run this deck instead of the file itself
    # command: check              instead of run
    # ranks: 4                    on so many, whatever --ranks says
    # schema: $.film.cell         where the JSON schema refuses it, too (schema.py): required for unknown keys, wrong types and units, and ranges
"""

import argparse
import concurrent.futures
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from launch import cores, environment, mpiexec

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 300  # s; a case takes about one on an idle machine
# What a schema can see, in messages on the deck itself.
FOR_SCHEMA = re.compile(
    r"error: (.*: unknown key|unknown key|.*: expected (?!path)|.*: must (be (greater|less|at least|at most)|lie)|.*unknown unit|"
    r".*\" (is not a|has a unit|is too large))"
)
AT_ONCE = cores() + 1  # mpiexec waits for a part of it


def read_case(path):
    case = {"exit": "2", "says": [], "args": [], "deck": os.path.basename(path), "command": "run", "ranks": "", "schema": ""}
    for line in open(path, encoding="utf-8", errors="replace"):
        match = re.match(r"# (exit|says|args|deck|command|ranks|schema): (.*)$", line.rstrip("\n"))
        if match is None:
            break
        name, value = match.groups()
        if isinstance(case[name], list):
            case[name].append(value)
        else:
            case[name] = value
    return case


def run_case(program, ranks, case):
    """The faults found, as a list of texts, and the seconds it took."""
    with tempfile.TemporaryDirectory() as tmp:
        arguments = [word.replace("{tmp}", tmp) for text in case["args"] for word in shlex.split(text)]
        deck = os.path.join(HERE, "bad-decks", case["deck"])
        plain = ["--picture", "none"] if case["command"] == "check" else []
        command = mpiexec(case["ranks"] or ranks, program, case["command"], deck, *plain, *arguments)
        start = time.time()
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, **pipes, cwd=tmp, env=environment(), start_new_session=True)
        try:
            text = process.communicate(timeout=TIMEOUT)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text = process.communicate()[0].decode(errors="replace")
            return [f"hangs: not ended after {TIMEOUT} s", text], time.time() - start
        faults = []
        if process.returncode != int(case["exit"]):
            faults.append(f"exit code {process.returncode}, not {case['exit']}")
        for says in case["says"]:
            if text.count(says) != 1:
                faults.append(f"says {text.count(says)} times, not once: {says}")
        own = [line for line in text.splitlines() if line.startswith(deck) and FOR_SCHEMA.search(line)]
        if own and not case["schema"]:
            faults.append(f"the JSON schema should refuse it: say where by `# schema: PATH`: {own[0]}")
        if not case["says"]:
            faults.append("the case expects no message")
        if "PETSC ERROR" in text or "hopfilm: error on rank" in text or "Sanitizer" in text:
            faults.append("ends in an internal error, not in a message to the user")
        left = os.listdir(tmp)
        if case["exit"] == "3":  # a run that diverged keeps what it has and says so
            name = os.path.splitext(case["deck"])[0]
            if "status: diverged\n" not in open(os.path.join(tmp, "runs", name, "summary.yaml")).read():
                faults.append("summary.yaml does not say that the run diverged")
        elif left:
            faults.append(f"leaves {', '.join(left)} behind")
        return faults + ([text] if faults else []), time.time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--ranks", type=int, default=4)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    names = options.names or sorted(f[:-5] for f in os.listdir(os.path.join(HERE, "bad-decks")) if f.endswith(".yaml") and not f.startswith("part-"))
    n_bad = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        cases = pool.map(lambda name: run_case(program, options.ranks, read_case(os.path.join(HERE, "bad-decks", name + ".yaml"))), names)
        for name, (faults, seconds) in zip(names, cases):
            n_bad += bool(faults)
            print(f"{'FAILED' if faults else 'ok':6}  {name}  ({seconds:.1f} s)", flush=True)
            for fault in faults:
                print("        " + fault.replace("\n", "\n        "))
    print(f"bad decks: {len(names)} refused on {options.ranks} ranks, {n_bad} of them wrongly")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
