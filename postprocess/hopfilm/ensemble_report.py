"""The sections of the report of an ensemble: what its figures are, against the keys that vary, beside their controls; the members; the deck."""

import csv
import html
import os

import numpy as np
import yaml

from .page import Markup, drawing, escape, mark, number, table, yaml_code
from .style import CONTROL, PAIR_COLOURS, named, plt
from .verdicts import Verdict, listed
from .words import FIGURES, axis, figure_name, key_name, unit_text

MOST_FIGURES = 12


def is_ensemble(directory):
    return os.path.exists(os.path.join(directory, "ensemble.tsv")) and not os.path.exists(os.path.join(directory, "run.h5"))


class Ensemble:
    def __init__(self, directory):
        self.directory = os.path.normpath(directory)
        with open(os.path.join(directory, "summary.yaml"), encoding="utf-8") as file:
            self.summary = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        with open(os.path.join(directory, "ensemble.tsv"), encoding="utf-8") as file:
            self.lines = list(csv.DictReader(file, delimiter="\t"))
        self.members = self.summary["results_of"]
        self.keys = [key for key in self.members[0] if key not in ("directory", "status", "reason")]
        groups = self.summary.get("groups") or [{}]
        self.kept = [key for key in groups[0] if key in self.keys]
        self.averaged = [key for key in self.keys if key not in self.kept and len({str(m[key]) for m in self.members}) > 1]
        self.done = [line for line in self.lines if line["status"] == "done"]
        known = {"# member", "member", "status", "seconds", *self.keys}
        self.figures = [name for name in (self.lines[0] if self.lines else {}) if name not in known]

    @property
    def title(self):
        for member in self.members:
            path = os.path.join(self.directory, member["directory"], "deck.yaml")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    return (yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}).get("title") or self.summary.get("title", "")
        return os.path.basename(os.path.abspath(self.directory))

    @property
    def shown(self):
        """Names of the figures to draw, those with words first in the order of FIGURES; of an ensemble that has none of these, the first ones."""
        kind = lambda name: name.split(".")[0].rpartition("-")[0] + "." + name.split(".", 1)[1]
        found = [name for wanted in FIGURES for name in self.figures if kind(name) == wanted and not self.is_control(name)]
        return (found or self.figures)[:MOST_FIGURES]

    def is_control(self, name):
        """Steps with a control of their own list it after the step: its entry in the summary of a member says so."""
        return name.split(".")[0] in self.control_steps

    @property
    def control_steps(self):
        if not hasattr(self, "_control_steps"):
            self._control_steps = set()
            for member in self.members:
                path = os.path.join(self.directory, member["directory"], "summary.yaml")
                if str(member["status"]) == "done" and os.path.exists(path):
                    with open(path, encoding="utf-8") as file:
                        results = (yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}).get("results") or []
                    self._entries = self.entries_of(results)
                    self._control_steps = {name for name, e in self._entries.items() if "control" in e}
                    break
        return self._control_steps

    def entries_of(self, results):
        """{step-n: entry of the summary}, by the numbers of the table: an entry whose figures equal those of the first line."""
        line = self.done[0] if self.done else {}
        found = {}
        for step in dict.fromkeys(name.split(".")[0] for name in self.figures):
            mine = {name.split(".", 1)[1]: float(line[name]) for name in self.figures if name.split(".")[0] == step and line.get(name) not in ("", "nan", None)}
            for e in results:
                taken = any(e is other for other in found.values())
                if not taken and e.get("step") == step.rpartition("-")[0] and mine and all(_same(e.get(key), value) for key, value in mine.items()):
                    found[step] = e
                    break
        return found

    def entry(self, name):
        return self._entries.get(name.split(".")[0], {}) if self.control_steps is not None and hasattr(self, "_entries") else {}

    def values(self, name, lines):
        return np.array([float(line[name]) for line in lines if line.get(name) not in ("", "nan", None)])


def _same(a, b):
    return isinstance(a, (int, float)) and not isinstance(a, bool) and abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-300) or isinstance(a, bool) and float(a) == b


def _groups(ensemble):
    """[(values of the kept keys, lines of the members that are done)] in the order of the table."""
    found = {}
    for line in ensemble.done:
        found.setdefault(tuple(line[key] for key in ensemble.kept), []).append(line)
    return list(found.items())


def _mean(values, unit=""):
    """Mean and standard error as text."""
    if not len(values):
        return "—"
    mean, error = values.mean(), values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0
    if error > 1e-4 * abs(mean):  # as many digits as the error has one
        digits = max(0, -int(np.floor(np.log10(error))))
        text = f"{number(mean, f'.{digits}f')} ± {number(error, f'.{digits}f')}" if digits < 7 and error < 1000 else f"{number(mean)} ± {number(error, '.1g')}"
    else:
        text = number(mean, ".4g")
    return text + (f"\u00a0{unit}" if unit else "")


def lead(ensemble):
    status = str(ensemble.summary.get("status", "unknown"))
    colour = "good" if status == "done" else "bad"
    varied = ", ".join(f"{key_name(key)}: {len({str(m[key]) for m in ensemble.members})} values" for key in ensemble.keys)
    return (
        f'<p class="facts"><span class="{colour}"><span class="badge" style="margin-left:0">{escape(status)}</span></span> &ensp;'
        f"<code>{escape(ensemble.directory)}</code> · "
        f"{ensemble.summary.get('members_done', len(ensemble.done))} of {len(ensemble.members)} members done · {escape(varied)}</p>"
    )


def _weights(ensemble, name):
    e = ensemble.entry(name)
    words = [str(e[key]) for key in ("method", "weights") if key in e] + ([f"ξ = {e['xi']:g}"] if "xi" in e else [])
    return f" ({', '.join(words)})" if words else ""


def results(ensemble):
    """A sentence for each figure, over the values of the keys that are kept."""
    found = []
    failed = [m for m in ensemble.members if str(m["status"]) not in ("done", "waiting")]
    if failed:
        reasons = list(dict.fromkeys(str(m.get("reason") or m["status"]) for m in failed))
        found.append(Verdict("bad", f"{len(failed)} of {len(ensemble.members)} members failed; the figures are those of the others.", "", reasons[:5]))
    groups = _groups(ensemble)
    for name in ensemble.shown:
        words, unit, control, whole = figure_name(name)
        if not groups or not len(ensemble.values(name, ensemble.done)):
            continue
        all_of = ensemble.values(whole, ensemble.done) if whole in ensemble.figures else []
        most = f" of {number(all_of.max(), '.3g')}" if len(all_of) else ""
        spread = _over(ensemble, groups, name, unit, most)
        kind = "note"
        if control in ensemble.figures and len(ensemble.values(control, ensemble.done)):
            worst, best = ensemble.values(name, ensemble.done).min(), ensemble.values(control, ensemble.done).max()
            kind = "note" if worst <= best else "good" if not len(all_of) or worst == all_of.max() else "part"
        beside = _over(ensemble, groups, control, unit, most) if control in ensemble.figures else ""
        title = f"{words[0].upper()}{words[1:]}{_weights(ensemble, name)}"
        found.append(Verdict(kind, f"{title}: {spread}.", f"{_control_name(control)} {beside}" if beside else ""))
    return listed(found)


def _control_name(control):
    return "of the other patterns" if control and "others" in control else "untrained film"


def _over(ensemble, groups, name, unit, most):
    """Mean over all members where no key is kept; else the lowest and the highest mean of the groups, of two groups both."""
    texts = [(choice, ensemble.values(name, lines)) for choice, lines in groups]
    texts = [(choice, values) for choice, values in texts if len(values)]
    if not texts:
        return "—"
    if len(texts) == 1:
        return _mean(texts[0][1], unit) + most
    if len({float(f"{values.mean():.6g}") for _, values in texts}) == 1:
        return _mean(np.concatenate([values for _, values in texts]), unit) + most + " everywhere"
    low, high = (choose(texts, key=lambda pair: pair[1].mean()) for choose in (min, max))
    ends = [texts[0], texts[-1]] if len(texts) == 2 else [low, high]
    return " to ".join(f"{_mean(values, unit)} ({_choice(ensemble, choice)})" for choice, values in ends) + (f", each{most}" if most else "")


def _choice(ensemble, choice):
    return ", ".join(f"{key_name(key)} {str(value).replace(' um', ' µm')}" for key, value in zip(ensemble.kept, choice))


def curves(ensemble):
    """Each figure against the first key that is kept (or the first key of all), with its standard error over the averaged ones, and its control in grey."""
    varying = [key for key in ensemble.kept if len({line[key] for line in ensemble.done}) > 1]
    against = (varying or [key for key in ensemble.keys if len({line[key] for line in ensemble.done}) > 1] or [None])[0]
    if against is None or not ensemble.done:
        return ""
    others = [
        key
        for key in varying
        if key != against and len({(line[against], line[key]) for line in ensemble.done}) > len({line[against] for line in ensemble.done})
    ]
    text = ""
    for name in ensemble.shown:
        if len(ensemble.values(name, ensemble.done)):
            words, unit, control, _ = figure_name(name)
            over = ", ".join(key_name(key) for key in ensemble.averaged if key != against)
            caption = f"{escape(words[0].upper() + words[1:])}{escape(_weights(ensemble, name))}" + (
                f"; mean and standard error over {escape(over)}" if over else ""
            )
            caption += f"; grey: {_control_name(control)}" if control in ensemble.figures else ""
            text += drawing(_curve(ensemble, name, against, others), caption + ".")
    return text


def _curve(ensemble, name, against, others):
    words, unit, control, _ = figure_name(name)
    values = list(dict.fromkeys(line[against] for line in ensemble.done))
    label, texts = axis(against, values)
    numbers = [_float(t) for t in texts]
    scaled = None not in numbers and len(numbers) > 2 and min(np.diff(sorted(numbers))) > 0.03 * (max(numbers) - min(numbers))
    place = numbers if scaled else list(range(len(values)))
    figure, ax = plt.subplots(figsize=(6.2, 3.4))
    choices = list(dict.fromkeys(tuple(line[key] for key in others) for line in ensemble.done))
    for k, choice in enumerate(choices):
        lines = [[line for line in ensemble.done if line[against] == v and tuple(line[key] for key in others) == choice] for v in values]
        title = ", ".join(f"{key_name(key)} {value}" for key, value in zip(others, choice)) or "film"
        if control in ensemble.figures:
            _points(ax, ensemble, place, lines, control, CONTROL, _control_name(control) if k == 0 else "_")
        _points(ax, ensemble, place, lines, name, PAIR_COLOURS[k % len(PAIR_COLOURS)], title)
    long = max(map(len, texts)) > 6
    ax.set_xticks(place, texts, rotation=25 if long else 0, ha="right" if long else "center")
    ax.set_xlabel(label)
    ax.set_ylabel(f"{words} ({unit})" if unit else words)
    ax.grid(axis="y")
    if others or control in ensemble.figures:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def _points(ax, ensemble, place, lines, name, colour, title):
    data = [ensemble.values(name, group) for group in lines]
    order = np.argsort(place)
    mean = np.array([d.mean() if len(d) else np.nan for d in data])[order]
    error = np.array([d.std(ddof=1) / len(d) ** 0.5 if len(d) > 1 else 0 for d in data])[order]
    bars = ax.errorbar(np.array(place)[order], mean, error, fmt="o-", markersize=4, capsize=3, color=colour, label=title if not title.startswith("_") else None)
    named(bars.lines[0], title)


def _float(text):
    try:
        return float(text)
    except ValueError:
        return None


def members(ensemble):
    """The members with their values, and where there is a report of one, the way to it."""
    rows = []
    for m in ensemble.members:
        report = os.path.join(m["directory"], "report.html")
        name = Markup('<a href="{}">{}</a>').format(report, m["directory"]) if os.path.exists(os.path.join(ensemble.directory, report)) else m["directory"]
        status = str(m["status"])
        rows.append((name, *(str(m[key]).replace(" um", " µm") for key in ensemble.keys), mark(status == "done", status), m.get("reason", "")))
    with_reason = any(row[-1] for row in rows)
    head = ["member", *(key_name(key) for key in ensemble.keys), "status", "reason"]
    shown = table(head if with_reason else head[:-1], rows if with_reason else [row[:-1] for row in rows])
    return (f"<details><summary>{len(rows)} members</summary>{shown}</details>" if len(rows) > 12 else shown) + (
        '<p class="why">Why figures are in red: the column “reason”.</p>' if with_reason else ""
    )


def figures(ensemble):
    """All figures of the table: mean, standard error and range over the members that are done."""
    rows = []
    for name in ensemble.figures:
        values = ensemble.values(name, ensemble.done)
        if len(values):
            unit = figure_name(name)[1]
            rows.append((name, _mean(values), f"{number(values.min(), '.4g')} to {number(values.max(), '.4g')}", unit_text(unit), len(values)))
    shown = table(("figure", "mean ± standard error", "range", "unit", "members"), rows, numeric=(4,))
    return f"<details><summary>{len(rows)} figures, over all members</summary>{shown}</details>" if rows else ""


def deck(ensemble):
    """The deck of the first member, which has the values of that member."""
    path = os.path.join(ensemble.directory, ensemble.members[0]["directory"], "deck.yaml")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return f"<details><summary>{html.escape(ensemble.members[0]['directory'])}, with every default filled in</summary>{yaml_code(file.read())}</details>"


SECTIONS = [
    ("results", "Results", results),
    ("curves", "Figures against what varies", curves),
    ("members", "Members", members),
    ("figures", "All figures", figures),
    ("deck", "Deck of the first member", deck),
]
