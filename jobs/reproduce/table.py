"""Tables of what the papers claim and what is required here, beside what is measured. Printed, and kept as tables.yaml for the table of all of them
(summary.py)."""

import collections
import os
import statistics

import yaml

FILE = "tables.yaml"

# What a paper (or, for standard problems, another program) claims of a figure.
#   text  the claim; where the paper has words only, also what they are taken as
#   met   whether this tree measures it; None: the claim is too vague to decide
#   why   the cause if it is missed and the cause is known, one sentence; none is guessed
Claim = collections.namedtuple("Claim", "text met why", defaults=("",))
Row = collections.namedtuple("Row", "figure published claim required verdict measured why", defaults=("",))
NO_REASON = "the cause is not known."


def with_error(values, form="{:.3f}"):
    """0.943 +- 0.004: mean and standard error of the starts."""
    error = f" +- {form.format(statistics.stdev(values) / len(values) ** 0.5).lstrip('+')}" if len(values) > 1 else ""
    return form.format(statistics.fmean(values)) + error


def verdict_of(met):
    return "" if met is None else "met" if met else "MISSED"  # numpy has a False of its own


class Table:
    def __init__(self, chosen=""):
        self.rows, self.chosen = [], chosen  # chosen: what the paper leaves open and this tree has chosen, one sentence

    def add(self, figure, required, measured, met, published=None, why=""):
        """met: None where nothing is required; published: a Claim; why: the cause, if it is known, printed if what is required is missed."""
        missed = {} if met is None or met else {"required": why or NO_REASON}
        if published and published.met is not None and not published.met:
            missed["published"] = published.why or NO_REASON
        causes = [f"{' and '.join(name for name in missed if missed[name] == cause)}: {cause}" for cause in dict.fromkeys(missed.values())]
        self.rows.append(
            Row(
                figure,
                published.text if published else "",
                verdict_of(published.met) if published else "",
                required,
                verdict_of(met),
                measured,
                " ".join(map(sentence, causes)),
            )
        )

    def compare(self, figure, published, tolerance, measured, met, why="", judged=True):
        """A figure that is required to agree with a published value within a tolerance; not judged: it is reported alone."""
        if judged:
            self.add(figure, f"within {tolerance}", measured, met, Claim(published, met, why), why)
        else:
            self.add(figure, "reported", measured, None)

    def count(self, column, verdict=None):
        return sum(getattr(row, column) != "" if verdict is None else getattr(row, column) == verdict for row in self.rows)

    @property
    def required(self):
        return self.count("verdict")

    @property
    def missed(self):
        return self.count("verdict", "MISSED")

    def show(self):
        head = Row("figure", "published", "", "required", "", "measured")
        columns = [k for k in range(6) if any(row[k] for row in self.rows)]
        widths = {k: max(len(row[k]) for row in [head, *self.rows]) for k in columns}
        if self.chosen:
            print(f"chosen here, not in the paper: {self.chosen}")
        for row in [head, ["-" * widths.get(k, 0) for k in range(6)], *self.rows]:
            print("  ".join(row[k].ljust(widths[k]) for k in columns).rstrip())
        for row in self.rows:
            if row.why:
                print(f"missed, {row.figure.strip()}: {row.why}")


def sentence(text):
    return text if text.endswith(".") else text + "."


def commit_of(directory):
    """The commit of the program that made a run."""
    with open(os.path.join(directory, "summary.yaml")) as file:
        return next(line.split()[1].strip('"') for line in file if line.startswith("commit:"))


def load(directory):
    """{name: {"commits", "chosen", "rows": [Row]}}. Tables of earlier versions, with four columns, have no claims."""
    path = os.path.join(directory, FILE)
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        groups = yaml.safe_load(file)
    for group in groups.values():
        group.setdefault("chosen", "")
        group["rows"] = [Row(row[0], "", "", row[1], row[3], row[2]) if len(row) == 4 else Row(*row) for row in group["rows"]]
    return groups


def save(directory, groups):
    """groups: {name: (Table, commits of the runs behind it)}; what was there of other names, or of these when they have no rows now, stays."""
    kept = load(directory)
    for name, (table, commits) in groups.items():
        if table.rows:
            kept[name] = {"commits": sorted(commits), "chosen": table.chosen, "rows": table.rows}
    if not kept:
        return
    for group in kept.values():
        group["rows"] = [list(map(str, row)) for row in group["rows"]]
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, FILE), "w") as file:
        yaml.safe_dump(kept, file, sort_keys=False, allow_unicode=True, width=1000)
