"""The film as one learner among others: every learner on the same four tasks, with the same flips and images. A rule is one line of RULES, and a learner
that has a task of its own one entry of LEARNERS.

  4 nodes         each of the seven patterns of four nodes by itself, from one flip
  letters, digits from 1, 2, 4 flips: the part that comes back in every pixel, and the part that is named right

Usage: learners_table.py [--runs DIR]     (DIR: runs/reproduce-learners) puts the table that `bash jobs/reproduce.sh learners --only table` has left there
into inputs/README.md
"""

import argparse
import collections
import os
import statistics
import sys

from four_node import entries
from launcher import ROOT
from letters_figures import controls, films
from table import commit_of

from device import Deck, Group

# The scenarios of the review (Yu et al. 2024, III.C, Fig. 3): where learning and inference take place.
DIGITAL, LEARNS, BOTH = "a: neither", "b: learns", "d: learns and infers"
RULES = {  # rule: scenario, computed outside
    "outer-product": (DIGITAL, "all"),
    "outer-product-neighbours": (DIGITAL, "all"),
    "storkey": (DIGITAL, "all"),
    "pseudo-inverse": (DIGITAL, "all"),
    "reduced-model": (DIGITAL, "all"),
    "hopfield-unlearning": (DIGITAL, "all"),
    "dense-associative-memory": (DIGITAL, "all"),
    "contrastive-hebbian": (DIGITAL, "all"),
    "boltzmann-machine": (DIGITAL, "all"),
    "oja-neuron": (DIGITAL, "all"),
    "oja-subspace": (DIGITAL, "all"),
    "competing-hidden-units": (DIGITAL, "all"),
    "stdp": (DIGITAL, "all"),
    "coupled-learning": (BOTH, "flipped images, nudges, signs fed back"),
    "equilibrium-propagation": (BOTH, "flipped images, nudges, signs fed back"),
}
CHOSEN = ", ".join(RULES)
LEARN = [f"schedule.3.infer.rules=[{CHOSEN}]", "schedule.3.infer.seed={seed}"]  # the starts of rules and their images differ, too
RUNS = {  # the decks as they are; the rules learn beside the films
    "table-four-node": Deck("four-node-patterns", [f"schedule.2.recall.rules=[{CHOSEN}]"]),
    "table-ecp": Deck("letters-ecp", LEARN),
    "table-edcpl": Deck("letters-edcpl", LEARN),
    "table-digits": Deck("digits-08965", LEARN),
}
OTHERS = ("adaptive-flow", "coupled-learning", "elastic-network", "nanowire-network")  # runs of learners.py
LETTERS = {"E, C, P": "table-ecp", "E, D, C, P, L": "table-edcpl", "0, 8, 9, 6, 5": "table-digits"}  # task: run
FOUR = "4 nodes, 7 patterns"
READ = "scaled-0.995", "sweeps"  # of the letters
FLIPS = (1, 2, 4)

# Of one learner on one task, a value from every start in each list: exact {flips: [...]}; named; energy (J) and time (s) per stored bit, a bit being one
# node of one pattern. None: not reported.
Score = collections.namedtuple("Score", "exact named energy time", defaults=(None, None, None))

# measured: of found[run][start], {task: Score}; own: figures of a task of its own, in words; either may be None
Learner = collections.namedtuple("Learner", "name scenario outside measured own", defaults=(None,))


def first(results, step, **wanted):
    return next(entry for entry in entries(results, step, **wanted) if "complete" in entry)


def four_nodes(found, key):
    """Part of the starts that are recalled with midrange weights; key: None for the film."""
    same = [first(run.results, "recall", method="synchronous", weights="midrange") for run in found.values()]
    recalled = [entry["recalled"] if key is None else entry["of"] * entry[key] if key.endswith("mean_recalled") else entry[key] for entry in same]
    return [count / entry["starts"] for count, entry in zip(recalled, same)]


def spent(found):
    """Energy and time of the training per stored bit, of every start; the patterns are trained in turn, or each by itself."""
    energy, time = [], []
    for run in found.values():
        train = entries(run.results, "train")[0]
        bits = len(train["patterns"]) * len(train["patterns"][0])
        energy.append(sum(train["energy_per_pulse_J"]) * train["epochs"] / bits)
        time.append(train["pulse_s"] * train["epochs"] * len(train["patterns"]) / bits)
    return energy, time


def score_of(found, pick):
    chosen = pick(found)
    return Score({flips: [entry["exact_recovery"][flips] for entry in chosen] for flips in FLIPS}, [entry["accuracy"] for entry in chosen])


def every_task(found, pick, key):
    """pick: the entries of the letters' runs; key: that of the recall of four nodes, None for the film."""
    scores = {}
    if "table-four-node" in found:
        scores[FOUR] = Score({1: four_nodes(found["table-four-node"], key)})
    for task, run in LETTERS.items():
        if run in found:
            scores[task] = score_of(found[run], pick)
    return scores


def film(found):
    scores = every_task(found, lambda runs: films(runs, *READ), None)
    for task, run in {FOUR: "table-four-node", **LETTERS}.items():
        if task in scores:
            energy, time = spent(found[run])
            scores[task] = scores[task]._replace(energy=energy, time=time)
    return scores


def contestant(name, key=None):
    """A control or a rule beside the film."""
    key = key or "control_" + name.replace("-", "_")
    return lambda found: every_task(found, lambda runs: controls(runs, *READ, name), key)


def without_recall(found):
    scores = contestant("no-recall", "recalled")(found)
    scores.pop(FOUR, None)  # a flipped pattern is not the pattern
    return scores


def own(learner, run, words, keep=lambda entry: True):
    """The findings of a learner on a task of its own, one after the other in the words of a function of the entries of all starts."""

    def text(found):
        runs = [list(filter(keep, entries(results.results, "learn", learner=learner))) for results in found.get(run, {}).values()]
        return "; ".join(words(same) for same in zip(*runs))

    return text


def total(same, part, of):
    return f"{sum(entry[part] for entry in same):.0f} of {sum(entry[of] for entry in same):.0f}"


LEARNERS = [
    Learner("film", LEARNS, "weights G - xi G0 or midrange, recall", film),
    Learner("untrained film", DIGITAL, "the same", contestant("untrained", "untrained_mean_recalled")),
    Learner("no recall", DIGITAL, "naming", without_recall),
    *(Learner(rule, *where, contestant(rule)) for rule, where in RULES.items()),
    Learner(
        "adaptive flow network",
        BOTH,
        "the loads",
        None,
        own(
            "adaptive-flow",
            "adaptive-flow",
            lambda same: f"gamma {same[0]['gamma']:g}: load remembered in {total(same, 'remembered', 'of')}",
            lambda entry: "gamma" in entry,
        ),
    ),
    Learner(
        "coupled learning of one circuit",
        BOTH,
        "nudged outputs",
        None,
        own(
            "coupled-learning",
            "coupled-learning",
            lambda same: (
                f"{'equilibrium propagation' if same[0]['equilibrium'] else 'coupled'}, {'attainable' if same[0]['attainable'] else 'any'} targets: "
                f"{total(same, 'solved', 'of')} solved"
            ),
            lambda entry: "attainable" in entry,
        ),
    ),
    Learner(
        "elastic network",
        BOTH,
        "the states that it is held in",
        None,
        own(
            "elastic-network",
            "elastic-network",
            lambda same: f"xi {same[0]['xi']:g}: {compact([entry['capacity'] for entry in same])} states in sequence",
            lambda entry: not entry.get("simultaneous"),
        ),
    ),
    Learner(
        "nanowire network",
        BOTH,
        "the pairs of electrodes",
        None,
        own(
            "nanowire-network",
            "nanowire-network",
            lambda same: (
                f"{'exponent ' + format(same[0]['exponent'], 'g') if same[0]['exponent'] else 'balance of rates'}, "
                f"{'crossed' if same[0]['shift'] else 'opposite'} pairs: {sum(entry['stored_a'] + entry['stored_b'] for entry in same):.0f} "
                f"of {2 * sum(entry['of'] for entry in same):.0f} pathways"
            ),
            lambda entry: "stored_a" in entry,
        ),
    ),
]


def compact(values, form="{:.2f}"):
    """0.78(17): mean and standard deviation over the starts, in units of the last digit."""
    mean, spread = statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0
    digits = round(spread * 100)
    return form.format(mean) + (f"({digits})" if digits else "")


def cell(score):
    if score is None:
        return "-"
    exact = ", ".join(compact(values) for values in score.exact.values())
    return exact + (f"; named {compact(score.named)}" if score.named else "")


def cost(scores):
    """The range over the tasks of what a bit costs."""
    known = [score for score in scores.values() if score.energy]
    if not known:
        return "-"
    energy, time = ([statistics.mean(values) for values in lists] for lists in zip(*((score.energy, score.time) for score in known)))
    return f"{1e15 * min(energy):.0f} to {1e15 * max(energy):.0f} fJ, {1e9 * min(time):.1f} to {1e9 * max(time):.1f} ns"


def rows(found):
    """[learner, scenario, outside, four tasks, own task, cost], in words."""
    tasks = [FOUR, *LETTERS]
    for learner in LEARNERS:
        scores = learner.measured(found) if learner.measured else {}
        words = learner.own(found) if learner.own else ""
        if scores or words:
            yield [learner.name, learner.scenario, learner.outside, *(cell(scores.get(task)) for task in tasks), words or "-", cost(scores)]


HEAD = ["learner", "physical", "computed outside", FOUR, *LETTERS, "a task of its own", "energy, time per bit"]


FILE = "table.md"
BEGIN, END = "<!-- learners: begin -->", "<!-- learners: end -->"


def short(commit):
    return commit[:7] + ("-dirty" if commit.endswith("dirty") else "")


def figures(table, found):
    """The rows of the table, and the same as Markdown in a file beside the runs."""
    every = list(rows(found))
    for row in every:
        table.add(f"{row[0]} ({row[1]}; outside: {row[2]})", "reported", f"energy, time per bit {row[-1]}" if row[-1] != "-" else "-", None)
        for name, text in zip(HEAD[3:-1], row[3:-1]):
            if text != "-":
                table.add(f"  {name}", "-", text, None)
    for start, run in found.get("table-four-node", {}).items():
        exact = four_nodes({start: run}, "control_pseudo_inverse")[0]
        table.add(f"start {start}: pseudo-inverse of one pattern of four nodes, recalled from one flip", "1", f"{exact:g}", exact == 1)
    runs = [run for starts in found.values() for run in starts.values()]
    if not runs:
        return
    commits = ", ".join(sorted({short(commit_of(run.directory)) for run in runs}))
    starts = max(len(runs) for runs in found.values())
    lines = [f"`bash jobs/reproduce.sh learners --only table`, {starts} random start{'s' if starts > 1 else ''}, commit {commits}.", ""]
    lines += ["| " + " | ".join(cells) + " |" for cells in (HEAD, ["---"] * len(HEAD), *every)]
    with open(os.path.join(os.path.dirname(runs[0].directory), FILE), "w") as file:
        file.write("\n".join(lines) + "\n")


GROUPS = {"table": Group([*RUNS, *OTHERS], "every", figures)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", default=os.path.join(ROOT, "runs", "reproduce-learners"))
    options = parser.parse_args()
    readme = os.path.join(ROOT, "inputs", "README.md")
    with open(os.path.join(options.runs, FILE)) as file:
        text = file.read()
    with open(readme) as file:
        before, rest = file.read().split(BEGIN)
    with open(readme, "w") as file:
        file.write(f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}")
    print(readme)
    return 0


if __name__ == "__main__":
    sys.exit(main())
