#!/usr/bin/env python3
"""One table of all that jobs/reproduce.sh has measured, as Markdown: what is published, what is required, what is measured, why what is missed is missed, and
the commits of the programs that ran.

Usage: summary.py [--runs DIR] [--readme]     (DIR: runs; the table: DIR/reproduction.md; --readme puts what is published or required into tests/README.md,
where the parts that have no runs in DIR stay as they are, of the commits they name)
"""

import argparse
import collections
import os
import re
import sys

from launcher import ROOT
from table import load

PARTS = {
    "four-node": "Four nodes in a gold-covered disk (Niu et al. 2024, Figs 3, 4)",
    "maze": "The spin-transfer film (Yu et al. 2021, Figs 1, 2)",
    "letters": "Thirty-five nodes and more (Niu et al. 2024, Fig. 5)",
    "retention": "Memory without voltage",
    "learners": "Other learners",
    "standard-problems": "Standard problems of micromagnetics",
    "program": "The program",
}
BEGIN, END = "<!-- reproduction: begin -->", "<!-- reproduction: end -->"


def escaped(text):
    return re.sub(r"([|<*_])", r"\\\1", re.sub(" +", " ", text)).strip()


def folded(rows):
    """Rows, each with the controls that follow it and have neither a claim nor a requirement of their own: (figure, row, controls)."""
    found, above = [], ""
    for row in rows:
        inner = row.figure.startswith(" ")
        if found and inner and row.required == "-" and not row.published:
            found[-1][2].append(f"{row.figure.strip()} {row.measured.split(':')[0].strip()}")
            continue
        above = above if inner else row.figure
        found.append((f"{above}: {row.figure.strip()}" if inner and above else row.figure, row, []))
    return found


def marked(verdict, note):
    """A verdict with the number of the note on it."""
    return "" if not verdict else verdict if verdict == "met" else f"**missed** ({note})"


def markdown_part(groups, judged_only, count):
    """The lines of a part's tables, one for each group, each followed by the reasons of what is missed."""
    text = []
    for name, group in groups.items():
        rows = [(figure, row, controls) for figure, row, controls in folded(group["rows"]) if row.verdict or row.claim or not judged_only]
        if not rows:
            continue
        claims = any(row.published for _, row, _ in rows)
        if len(groups) > 1:
            text += [f"*{escaped(name)}*", ""]
        if group["chosen"]:
            text += [f"Chosen here, not in the paper: {escaped(group['chosen'])}", ""]
        text += (
            ["| figure | published | | required | | measured | controls |", "|---|---|---|---|---|---|---|"]
            if claims
            else ["| figure | required | | measured | controls |", "|---|---|---|---|---|"]
        )
        notes = []
        for figure, row, controls in rows:
            if row.why and row.why not in notes:
                notes.append(row.why)
            note = 1 + notes.index(row.why) if row.why else 0
            cells = [figure, row.published, marked(row.claim, note), row.required, marked(row.verdict, note), row.measured, "; ".join(controls)]
            cells = [cell if k in (2, 4) else escaped(cell) for k, cell in enumerate(cells)]
            text.append(f"| {' | '.join(cells if claims else [cells[0], *cells[3:]])} |")
            for key, verdict in (("claims", row.claim), ("required", row.verdict)):
                count[key] += verdict != ""
                count[key + " missed"] += verdict == "MISSED"
        text += ["", *(f"{number}. {escaped(note)}" for number, note in enumerate(notes, 1)), *([""] if notes else [])]
    return text


def parts_of(text):
    """{part: its text} of a table that was made before."""
    starts = sorted((text.index(f"**{title}**"), part) for part, title in PARTS.items() if f"**{title}**" in text)
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return {part: text[start:end].rstrip() for (start, part), end in zip(starts, ends)}


def verdicts_in(text):
    """How many claims and requirements the tables of a part have, and how many are missed. Columns of verdicts have no title."""
    count, columns = collections.Counter(), {}
    for line in text.splitlines():
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells[0] == "figure":
            untitled = [k for k, cell in enumerate(cells) if not cell]
            columns = dict(zip(untitled, ["claims", "required"] if "published" in cells else ["required"]))
            continue
        for column, key in columns.items():
            count[key] += cells[column] != ""
            count[key + " missed"] += cells[column].startswith("**missed**")
    return count


def markdown(runs, judged_only, kept=()):
    """The table, and how many claims and requirements there are and are missed; kept: texts of parts that have no runs."""
    text, count = [], collections.Counter()
    for part, title in PARTS.items():
        groups = load(os.path.join(runs, "reproduce-" + part))
        if not groups:
            if part in kept:
                text += [kept[part], ""]
                count.update(verdicts_in(kept[part]))
            continue
        commits = sorted({commit[:7] + ("-dirty" if commit.endswith("dirty") else "") for group in groups.values() for commit in group["commits"]})
        text += [f"**{title}**: `bash jobs/reproduce.sh {part}`, commit {', '.join(commits)}", "", *markdown_part(groups, judged_only, count)]
    return "\n".join(text), count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=os.path.join(ROOT, "runs"))
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    readme = os.path.join(ROOT, "tests", "README.md")
    with open(readme) as file:
        before, rest = file.read().split(BEGIN)
    table, after = rest.split(END)
    in_readme, count = markdown(options.runs, True, parts_of(table))
    text, _ = markdown(options.runs, False, {})
    totals = f"{count['claims']} published claims, {count['claims missed']} missed; {count['required']} figures required, {count['required missed']} missed"
    head = (
        f'{totals}. "Published" is what the paper claims, or another program finds; "required" is what this program is held to, by its earlier versions or a '
        "closed form. Several numbers: one per random start."
    )
    path = os.path.join(options.runs, "reproduction.md")
    with open(path, "w") as file:
        file.write(f"{head}\n\n{text}")
    print(path)
    if options.readme:
        with open(readme, "w") as file:
            file.write(f"{before}{BEGIN}\n{head} What is reported without a claim or a requirement is in runs/reproduction.md.\n\n{in_readme}\n{END}{after}")
        print(readme)
    print(totals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
