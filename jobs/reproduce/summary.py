#!/usr/bin/env python3
"""One table of all that jobs/reproduce.sh has measured, as Markdown: what is required, what came out, and the commits of the programs that ran.

Usage: summary.py [--runs DIR] [--readme]     (DIR: runs; the table: DIR/reproduction.md; --readme puts what is required into README.md, too)
"""

import argparse
import os
import re
import sys

from launcher import ROOT
from table import load

PARTS = {
    "four-node": "Four nodes in a gold-covered disk (Niu et al. 2024, Figs 3, 4)",
    "maze": "The spin-transfer film (Yu et al. 2021, Figs 1, 2)",
    "letters": "Thirty-five nodes and more (Niu et al. 2024, Fig. 5)",
    "standard-problems": "Standard problems of micromagnetics",
    "program": "The program",
}
BEGIN, END = "<!-- reproduction: begin -->", "<!-- reproduction: end -->"


def escaped(text):
    return re.sub(r"([|<*_])", r"\\\1", re.sub(" +", " ", text)).strip()


def folded(rows):
    """Rows, the controls that follow one without being required beside it: (figure, required, measured, verdict, controls)."""
    found, above = [], ""
    for figure, wanted, measured, verdict in rows:
        inner = figure.startswith(" ")
        if found and inner and wanted == "-":
            found[-1][4].append(f"{figure.strip()} {measured.split(':')[0].strip()}")
            continue
        above = above if inner else figure
        found.append((f"{above}: {figure.strip()}" if inner and above else figure, wanted, measured, verdict, []))
    return found


def markdown(runs, required_only):
    """The table, and how many figures are required and missed."""
    text, required, missed = [], 0, 0
    for part, title in PARTS.items():
        groups = load(os.path.join(runs, "reproduce-" + part))
        if not groups:
            continue
        commits = sorted({commit[:7] + ("-dirty" if commit.endswith("dirty") else "") for group in groups.values() for commit in group["commits"]})
        text += [f"**{title}**: `bash jobs/reproduce.sh {part}`, commit {', '.join(commits)}", "", "| figure | required | measured | | controls |", "|---|---|---|---|---|"]
        for name, group in groups.items():
            rows = [row for row in folded(group["rows"]) if row[3] or not required_only]
            if rows and len(groups) > 1:
                text.append(f"| *{escaped(name)}* | | | | |")
            for figure, wanted, measured, verdict, controls in rows:
                verdict_ = "**missed**" if verdict == "MISSED" else verdict
                text.append(f"| {escaped(figure)} | {escaped(wanted)} | {escaped(measured)} | {verdict_} | {escaped('; '.join(controls))} |")
                required += verdict != ""
                missed += verdict == "MISSED"
        text.append("")
    return "\n".join(text), required, missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=os.path.join(ROOT, "runs"))
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    text, required, missed = markdown(options.runs, False)
    head = f"{required} figures required, {missed} missed. Several numbers: one per random start."
    path = os.path.join(options.runs, "reproduction.md")
    with open(path, "w") as file:
        file.write(f"{head}\n\n{text}")
    print(path)
    if options.readme:
        path = os.path.join(ROOT, "README.md")
        with open(path) as file:
            before, rest = file.read().split(BEGIN)
        with open(path, "w") as file:
            file.write(f"{before}{BEGIN}\n{head} What is reported without being required stands in runs/reproduction.md.\n\n{markdown(options.runs, True)[0]}\n{END}"
                       f"{rest.split(END)[1]}")
        print(path)
    print(f"figures: {required} required, {missed} missed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
