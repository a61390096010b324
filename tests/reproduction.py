#!/usr/bin/env python3
"""One table of all that jobs/reproduce.sh has measured, as Markdown: what is asked, what came out, and the commits of the programs that ran.

Usage: reproduction.py [--runs DIR] [--readme]     (DIR: runs; the table: DIR/reproduction.md; --readme puts it into README.md, too)
"""

import argparse
import os
import re
import sys

from launch import ROOT
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
    return re.sub(r"([|<>*_])", r"\\\1", text).strip()


def markdown(runs):
    """The table, and how many figures are asked and missed."""
    text, asked, missed = [], 0, 0
    for part, title in PARTS.items():
        groups = load(os.path.join(runs, "reproduce-" + part))
        if not groups:
            continue
        commits = sorted({commit[:7] + ("-dirty" if commit.endswith("dirty") else "") for group in groups.values() for commit in group["commits"]})
        text += [f"**{title}**; `bash jobs/reproduce.sh {part}`, commit {', '.join(commits)}", "", "| figure | asked | measured | |", "|---|---|---|---|"]
        for name, group in groups.items():
            if len(groups) > 1:
                text.append(f"| *{escaped(name)}* | | | |")
            for figure, wanted, measured, verdict in group["rows"]:
                text.append(f"| {'&nbsp; ' * (figure != figure.lstrip())}{escaped(figure)} | {escaped(wanted)} | {escaped(measured)} | {f'**{verdict}**' if verdict == 'MISSED' else verdict} |")
                asked += verdict != ""
                missed += verdict == "MISSED"
        text.append("")
    return "\n".join(text), asked, missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=os.path.join(ROOT, "runs"))
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    text, asked, missed = markdown(options.runs)
    text = f"{asked} figures asked, {missed} missed. Several numbers: one per random start.\n\n{text}"
    path = os.path.join(options.runs, "reproduction.md")
    with open(path, "w") as file:
        file.write(text)
    print(path)
    if options.readme:
        path = os.path.join(ROOT, "README.md")
        with open(path) as file:
            before, rest = file.read().split(BEGIN)
        with open(path, "w") as file:
            file.write(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")
        print(path)
    print(f"figures: {asked} asked, {missed} missed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
