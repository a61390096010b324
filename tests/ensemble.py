#!/usr/bin/env python3
"""Ensembles as a user runs them: members give what the same deck gives alone, to the last bit, however many teams share them; one that diverges is
reported and stops no other; members run one by one make the same table.

Usage: ensemble.py HOPFILM
"""

import csv
import os
import subprocess
import sys
import tempfile

import yaml

from launch import environment, mpiexec

HERE = os.path.dirname(os.path.abspath(__file__))
# Two seeds, and a smallest step of the integrator with which the film diverges in the last member.
DECK = """include: {here}/bad-decks/part-base.yaml
title: Three members, one of them diverges
ensemble:
  ranks_per_member: {ranks}
  figures: ["energies-?.*", "recall-?.*"]
  axes:
    - {{key: film.initial.random.seed, values: ["1", "2", "2"]}}
    - {{key: integrator.min_step, values: ["1e-18 s", "1e-18 s", "0.05 ns"], with_previous: true}}
schedule:
  - train: {{patterns: ["++--"], voltage: 1 V, pulse: 0.1 ns}}
  - energies: {{weights: scaled}}
  - recall: {{method: synchronous, weights: scaled}}
"""
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def run(command, cwd):
    done = subprocess.run(command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return done.returncode, done.stdout.decode(errors="replace")


def results(directory):
    with open(os.path.join(directory, "summary.yaml")) as file:
        return yaml.safe_load(file)


def table(directory):
    with open(os.path.join(directory, "ensemble.tsv")) as file:
        return list(csv.reader(file, delimiter="\t"))


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        for ranks in (1, 2):
            with open(os.path.join(tmp, f"{ranks}.yaml"), "w") as file:
                file.write(DECK.format(here=HERE, ranks=ranks))
        code, text = run([program, "check", "1.yaml"], tmp)
        check(code == 0 and text.count("member-00") == 3 and "all 3 members" in text, "check lists the members and their cost")

        # one rank, two teams, a team of two with a rank left over
        for name, deck, ranks in (("a", "1.yaml", 1), ("b", "1.yaml", 2), ("c", "2.yaml", 3)):
            code, text = run(mpiexec(ranks, program, "run", deck, "--out", name), tmp)
            check(code == 3, f"{name}: exit code {code} is that of the member that diverged")
            check("2 of 3 members done, 1 failed" in text, f"{name}: the failed member is reported, the others are done")
            summary = results(os.path.join(tmp, name))
            check(summary["status"] == "failed" and summary["members_done"] == 2, f"{name}: summary counts them")
            check([m["status"] for m in summary["results_of"]] == ["done", "done", "diverged"], f"{name}: status of every member")
            check(summary["groups"][0]["members_done"] == 2, f"{name}: seeds are averaged where the other keys agree")
            if ranks == 3:
                continue
            for member in ("member-001", "member-002"):
                alone = f"{name}-{member}"
                run(mpiexec(1, program, "run", os.path.join(name, member, "deck.yaml"), "--out", alone), tmp)
                same = results(os.path.join(tmp, name, member))["results"] == results(os.path.join(tmp, alone))["results"]
                check(same, f"{name}: {member} equals the same deck run alone, to the last bit")
        check(table(os.path.join(tmp, "a"))[1][3:] == table(os.path.join(tmp, "b"))[1][3:], "one team and two give the same figures")

        for member in ("2-3", "1"):
            run(mpiexec(1, program, "run", "1.yaml", "--out", "d", "--members", member), tmp)
        strip = [[row[:2] + row[3:] for row in table(os.path.join(tmp, name))] for name in ("a", "d")]  # all but the seconds
        check(strip[0] == strip[1], "members run one by one make the same table")
        figures = strip[0][0]
        check(any(f.startswith("energies-1.") for f in figures), "the table has the figures that the deck selects")
        os.mkdir(os.path.join(tmp, "e"))
        open(os.path.join(tmp, "e", "STOP"), "w").close()
        code, text = run(mpiexec(2, program, "run", "1.yaml", "--out", "e"), tmp)
        check(code == 75 and "to be run yet" in text and results(os.path.join(tmp, "e"))["status"] == "stopped", f"a file STOP stops all teams (exit code {code})")
        code, text = run(mpiexec(2, program, "run", "1.yaml", "--out", "e"), tmp)
        again = [row[:2] + row[3:] for row in table(os.path.join(tmp, "e"))]
        check(code == 3 and again == strip[0], "submitted again it continues, and the table is that of an undisturbed run")
        code, text = run(mpiexec(1, program, "run", "1.yaml", "--out", "d", "--members", "4"), tmp)
        check(code == 2 and "none of number 4" in text, "a member that is not there is refused")
    print(f"ensembles: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
