"""Tables of what is required beside what is measured, printed, and kept as tables.yaml for the table of all of them (summary.py)."""

import os

import yaml

FILE = "tables.yaml"


class Table:
    def __init__(self):
        self.rows, self.missed, self.required = [], 0, 0

    def add(self, figure, required, measured, met):
        """met: None where nothing is required."""
        self.rows.append((figure, required, measured, "" if met is None else "met" if met else "MISSED"))
        self.required += met is not None
        self.missed += met is not None and not met  # numpy has a False of its own

    def show(self):
        head = ("figure", "required", "measured", "")
        widths = [max(len(row[k]) for row in [head, *self.rows]) for k in range(4)]
        for row in [head, tuple("-" * w for w in widths), *self.rows]:
            print("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip())


def commit_of(directory):
    """The commit of the program that made a run."""
    with open(os.path.join(directory, "summary.yaml")) as file:
        return next(line.split()[1].strip('"') for line in file if line.startswith("commit:"))


def load(directory):
    path = os.path.join(directory, FILE)
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return yaml.safe_load(file)


def save(directory, groups):
    """groups: {name: (Table, commits of the runs behind it)}; what was there of other names, or of these when they have no rows now, stays."""
    kept = load(directory)
    for name, (table, commits) in groups.items():
        if table.rows:
            kept[name] = {"commits": sorted(commits), "rows": [list(map(str, row)) for row in table.rows]}
    if not kept:
        return
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, FILE), "w") as file:
        yaml.safe_dump(kept, file, sort_keys=False, allow_unicode=True, width=1000)
