#!/usr/bin/env python3
"""The table of reproduced figures (jobs/reproduce): published claims beside requirements, a reason for whatever is missed, choices marked as such, tables
of earlier versions read. No run is needed.

Usage: reproduction.py"""

import collections
import glob
import os
import re
import sys
import tempfile

import h5py
import numpy
import yaml

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "jobs", "reproduce"))
import learners_table  # noqa: E402
import letters_figures  # noqa: E402
import maze  # noqa: E402
import maze_figures  # noqa: E402
import maze_nodes_figures  # noqa: E402
import summary  # noqa: E402
from table import NO_REASON, Claim, Table, load, save  # noqa: E402


def markdown(rows, chosen="", judged_only=False):
    """The Markdown and the counts of one group of letters with these rows; it is saved and loaded on the way."""
    table = Table(chosen)
    for row in rows:
        table.add(*row)
    with tempfile.TemporaryDirectory() as folder:
        save(os.path.join(folder, "reproduce-letters"), {"group": (table, {"0123456789"})})
        return summary.markdown(folder, judged_only)


def cells(text, figure):
    line = next(line for line in text.splitlines() if line.startswith(f"| {figure} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_learners_table():
    """Every rule of the program is in the table of learners; means with their spread; what is not there is a dash."""
    files = glob.glob(os.path.join(ROOT, "src", "network", "rules", "*.c"))
    rules = {name for path in files for name in re.findall(r'\.name =\s*"([a-z-]+)"', open(path).read())}
    assert rules == set(learners_table.RULES), rules ^ set(learners_table.RULES)
    assert learners_table.compact([0.5, 0.75, 1.0]) == "0.75(25)" and learners_table.compact([1.0, 1.0]) == "1.00"
    score = learners_table.Score({1: [0.5, 0.5], 2: [0.0, 0.0]}, [1.0, 1.0])
    assert learners_table.cell(score) == "0.50, 0.00; named 1.00" and learners_table.cell(None) == "-"
    assert learners_table.cost({"task": score}) == "-"
    assert learners_table.cost({"task": score._replace(energy=[2e-13], time=[5e-9])}) == "200 to 200 fJ, 5.0 to 5.0 ns"


def test_columns():
    text, count = markdown(
        [
            ("a", ">= 1", "2", True, Claim("3", False, "too small")),
            ("b", "reported", "2", None, Claim("2", True, "never")),
            ("c", "1", "1", True),
            ("  control", "-", "5: each", None),
            ("d", "1", "0", False),
            ("e", "1", "0", False, Claim("1", False)),
        ],
        "the voltage.",
    )
    assert cells(text, "a") == ["a", "3", "**missed** (1)", ">= 1", "met", "2", ""], text
    assert cells(text, "b") == ["b", "2", "met", "reported", "", "2", ""], text
    assert cells(text, "c") == ["c", "", "", "1", "met", "1", "control 5"], text
    assert cells(text, "d") == ["d", "", "", "1", "**missed** (2)", "0", ""], text
    assert cells(text, "e") == ["e", "1", "**missed** (3)", "1", "**missed** (3)", "0", ""] and f"3. required and published: {NO_REASON}" in text, text
    assert "1. published: too small." in text and f"2. required: {NO_REASON}" in text and "never" not in text, text
    assert "Chosen here, not in the paper: the voltage." in text, text
    assert (count["claims"], count["claims missed"], count["required"], count["required missed"]) == (3, 2, 4, 2), count


def test_what_is_neither_claimed_nor_required_stays_out_of_the_readme():
    text, _ = markdown([("a", "reported", "2", None), ("b", "reported", "2", None, Claim("2", True, ""))], judged_only=True)
    assert "| a |" not in text and "| b |" in text, text


def test_parts_without_runs_stay_in_the_readme():
    rows = [("a \\| b", ">= 1", "2", True, Claim("3", False, "too small")), ("c", "1", "0", False)]
    text, count = markdown(rows)
    plain, few = markdown([("a", "1", "1", True), ("b", "1", "0", False)])
    assert summary.verdicts_in(text) == +count and count["claims missed"] == 1, (summary.verdicts_in(text), count)
    assert (few["required"], few["required missed"]) == (2, 1) and summary.verdicts_in(plain)["required"] == 2
    with tempfile.TemporaryDirectory() as folder:
        kept, again = summary.markdown(folder, True, summary.parts_of(f"{count} figures\n\n{text}\n"))
    assert kept.strip() == text.strip() and again["required"] == count["required"] and again["claims"] == count["claims"], kept


def test_no_column_without_claims():
    text, _ = markdown([("a", "1", "1", True)])
    assert "published" not in text and cells(text, "a") == ["a", "1", "met", "1", ""], text


def test_earlier_tables():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "tables.yaml"), "w") as file:
            yaml.safe_dump({"old": {"commits": ["1"], "rows": [["a", ">= 1", "0", "MISSED"]]}}, file)
        row = load(folder)["old"]["rows"][0]
        assert (row.figure, row.published, row.required, row.verdict, row.measured) == ("a", "", ">= 1", "MISSED", "0"), row
        save(folder, {})
        assert load(folder)["old"]["rows"] == [row]


def test_claims_of_the_letters():
    assert letters_figures.ninety_seven([0.952, 0.953, 0.951]).met is False and letters_figures.ninety_seven([0.969, 0.968]).met
    assert letters_figures.high([0.95, 0.73]).met is False and letters_figures.high([0.95, 0.91]).met
    table = Table()
    letters_figures.unstable(table, [{"unstable_pixels": [1, 0, 18]}], False, "the cause", claim=True)
    assert table.rows[0].published == "attractors" and table.rows[0].claim == "MISSED" and table.rows[0].why == "published: the cause.", table.rows
    table = Table()
    maze_figures.counted(
        table, [{"right": 3, "of": 3}, {"right": 2, "of": 3}], "minima", ">= 75 %", "right", lambda part: part >= 0.75, ("every pattern", "a path")
    )
    assert table.rows[0].claim == "MISSED" and table.rows[0].verdict == "met" and table.rows[0].why == "published: a path.", table.rows


def test_links_of_the_maze():
    """Four nodes in a square, of which the lower two are unlike the upper two: their two links gain 10 %, the others lose 5 %; diagonals are no links."""

    def film(upper, across, diagonal):
        G = -numpy.array([[0, upper, across, diagonal], [upper, 0, diagonal, across], [across, diagonal, 0, upper], [diagonal, across, upper, 0]])
        return G - numpy.diag(G.sum(1))

    def links(folder, untrained, trained):
        with h5py.File(os.path.join(folder, "run.h5"), "w") as file:
            file["conductance/G"], file["conductance/G0"] = [untrained, untrained, trained], film(2.0, 2.0, 0.2)
            file["training/pattern"], file["conductance/time"] = ["", "++--", "++--"], [0.0, 0.0, maze_nodes_figures.PULSE]
            file["film/electrode_positions"] = [[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
        return maze_nodes_figures.Links(collections.namedtuple("Run", "directory")(folder))

    with tempfile.TemporaryDirectory() as folder:
        learned = links(folder, film(1.0, 1.0, 0.1), film(0.95, 1.1, 0.1))
        unlike, like = learned.changes("++--", learned.alone()["++--"])
        assert len(learned.i) == 4 and numpy.allclose(unlike, [0.1, 0.1]) and numpy.allclose(like, [-0.05, -0.05]), (unlike, like)
        assert max(learned.exact()) < 1e-15 and abs(learned.disorder()) < 1e-15
        assert maze_nodes_figures.averaged({1: learned}) == [0]
        strayed = links(folder, film(1.0, 1.3, 0.1), film(1.6, 1.1, 0.1))
        assert abs(strayed.disorder() - 0.15 / 1.15) < 1e-12 and maze_nodes_figures.averaged({1: strayed}) == [4], strayed.disorder()
        skew = links(folder, film(1.0, 1.0, 0.1), film(1.0, 1.0, 0.1) + numpy.eye(4, k=1))
        assert skew.exact()[0] > 0.1 and skew.exact()[1] > 0.1


def test_decks_use_the_xi_of_the_paper():
    """Whatever letters the paper speaks of are read with xi = 0.98, too."""
    for name in ("letters-ecp", "letters-edcp", "letters-edcpl", "digits-08965"):
        with open(os.path.join(ROOT, "inputs", name + ".yaml")) as file:
            steps = yaml.safe_load(file)["schedule"]
        assert any(step.get("infer", {}).get("xi") == 0.98 and step["infer"]["weights"] == "scaled" for step in steps), name


def test_choices_are_marked():
    assert "0.03 V" in maze.GROUPS["hopfield"].chosen and "xi = 1" in letters_figures.GROUPS["ecp"].chosen
    for path in glob.glob(os.path.join(ROOT, "inputs", "maze-hopfield.yaml")) + glob.glob(os.path.join(ROOT, "inputs", "letters-ecp.yaml")):
        with open(path) as file:
            head = re.split(r"^hopfilm:", file.read(), flags=re.M)[0]
        assumptions = head[head.index("Assumptions:") :]
        assert "0.03 V" in assumptions or "the voltage" in assumptions, path


def main():
    tests = collections.OrderedDict((name, test) for name, test in globals().items() if name.startswith("test_"))
    for test in tests.values():
        test()
    print(f"{len(tests)} tests passed")


if __name__ == "__main__":
    main()
