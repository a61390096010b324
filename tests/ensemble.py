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
# Cells that fit the film in some members; a pulse that is no time in one; the last is sound.
BAD = """include: {here}/bad-decks/part-base.yaml
ensemble:
  axes:
    - {{key: film.cell, values: [40 nm, 30 nm, 40 nm, 40 nm]}}
    - {{key: schedule.0.train.pulse, values: [0.01 ns, 0.01 ns, 0.01 m, 0.01 ns], with_previous: true}}
"""
# More faults than a debug PETSc keeps calls on its list; 40 nm fits.
MANY_BAD = """include: {here}/bad-decks/part-base.yaml
ensemble: {{axes: [{{key: film.cell, from: 39.01 nm, to: 40 nm, count: 100}}]}}
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


def bad_members(program, tmp):
    """Members with a bad deck fail, the others run; all of their faults are told."""
    with open(os.path.join(tmp, "bad.yaml"), "w") as file:
        file.write(BAD.format(here=HERE))
    for ranks in (1, 2):
        out = f"f{ranks}"
        code, text = run(mpiexec(ranks, program, "run", "bad.yaml", "--out", out), tmp)
        summary = results(os.path.join(tmp, out))
        check(code == 2 and "2 of 4 members done, 2 failed, 0 to be run yet" in text, f"{out}: bad members fail alone, exit code {code}")
        check(
            [m["status"] for m in summary["results_of"]] == ["done", "failed", "failed", "done"] and summary["status"] == "failed",
            f"{out}: they are failed, not waiting",
        )
        reasons = [m.get("reason", "") for m in summary["results_of"]]
        check("13.3333 cells" in reasons[1] and "0.01 m" in reasons[2] and not reasons[0] and not reasons[3], f"{out}: with their reasons")
        check(all(f"member-00{k} (" in text and reasons[k - 1] in text for k in (2, 3)), f"{out}: which the terminal shows beside their names")
        check(results(os.path.join(tmp, out, "member-003"))["reason"] == reasons[2], f"{out}: a bad member has a folder that says why")
    code, text = run([program, "run", "bad.yaml", "--out", "f1", "--members", "1"], tmp)
    check(
        [row[1] for row in table(os.path.join(tmp, "f1"))[1:]] == ["done", "failed", "failed", "done"],
        "another job that runs one member knows of the failed ones",
    )
    code, text = run([program, "check", "bad.yaml"], tmp)
    check(code == 2 and "13.3333 cells" in text and "0.01 m" in text and "2 of 4 members cannot run" in text, "check lists the faults of all members")
    with open(os.path.join(tmp, "many.yaml"), "w") as file:
        file.write(MANY_BAD.format(here=HERE))
    code, text = run([program, "check", "many.yaml"], tmp)
    check(code == 2 and "99 of 100 members cannot run" in text, "check goes on after any number of faults")
    with open(os.path.join(tmp, "typo.yaml"), "w") as file:
        file.write(BAD.format(here=HERE).replace("film.cell", "film.cel"))
    code, text = run([program, "run", "typo.yaml", "--out", "g"], tmp)
    check(
        code == 2 and text.count("film.cel") <= 2 and not os.path.exists(os.path.join(tmp, "g")),
        "when all members are bad the first is told and nothing written",
    )


def read_once(program, tmp):
    """The deck may be a stream, or change while its members run."""
    for deck, options, last in (("1.yaml", [], "all 3 members"), ("a/member-001/deck.yaml", ["--ranks", "2"], "is a valid deck")):
        with open(os.path.join(tmp, deck)) as file:
            text = file.read()
        command = [program, "check", "/dev/stdin", *options]
        done = subprocess.run(command, cwd=tmp, env=environment(), input=text, capture_output=True, text=True, timeout=300)
        check(done.returncode == 0 and last in done.stdout, f"check {deck} from a stream")


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
        check(
            code == 75 and "to be run yet" in text and results(os.path.join(tmp, "e"))["status"] == "stopped", f"a file STOP stops all teams (exit code {code})"
        )
        code, text = run(mpiexec(2, program, "run", "1.yaml", "--out", "e"), tmp)
        again = [row[:2] + row[3:] for row in table(os.path.join(tmp, "e"))]
        check(code == 3 and again == strip[0], "submitted again it continues, and the table is that of an undisturbed run")
        code, text = run(mpiexec(1, program, "run", "1.yaml", "--out", "d", "--members", "4"), tmp)
        check(code == 2 and "none of number 4" in text, "a member that is not there is refused")
        code, text = run([program, "run", "1.yaml", "--out", "d", "--members", "1", "--set", 'ensemble.axes.0.values=["1", "5", "2"]'], tmp)
        check(
            [row[1] for row in table(os.path.join(tmp, "d"))[1:]] == ["done", "waiting", "diverged"] and table(os.path.join(tmp, "d"))[2][5] == "nan",
            "a member that was run with other values waits",
        )
        bad_members(program, tmp)
        read_once(program, tmp)
    print(f"ensembles: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
