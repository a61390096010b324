"""Runs the decks of a published device from several random starts and prints what is published and required beside what every start gives.

A device is a list of runs and groups of them with a function for the rows of their table; maze.py, letters.py and standard_problems.py each have one.

  RUNS   {name: Deck}       what is run; {seed} in a change is the start's, another name in braces the directory
                             of a run that starts this one
  GROUPS {name: Group}      runs, from every start or from the first alone, and figures(table, found) with found[run][seed] a Finished run
"""

import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import time

import yaml
from launcher import ROOT, environment, mpiexec
from table import Table, commit_of, save

# seeded: a start of the run is the seed of its random state; otherwise the deck says where it starts
Deck = collections.namedtuple("Deck", "deck changes ranks report seeded", defaults=([], 1, False, True))
# chosen: what the paper leaves open and the decks of the group have chosen
Group = collections.namedtuple("Group", "runs starts figures chosen", defaults=("every", None, ""))
Finished = collections.namedtuple("Finished", "results directory summary")


class Device:
    def __init__(self, name, runs, groups, seeds, doc):
        self.name, self.runs, self.groups, self.seeds, self.doc = name, runs, groups, seeds, doc

    def options(self):
        parser = argparse.ArgumentParser(description=self.doc.split("\n")[0])
        parser.add_argument("program")
        parser.add_argument("--seeds", type=int, nargs="+", default=self.seeds)
        parser.add_argument("--only", nargs="+", choices=list(self.groups), default=list(self.groups), metavar="GROUP", help=", ".join(self.groups))
        parser.add_argument("--at-once", type=int, default=2)
        parser.add_argument("--out", default=os.path.join(ROOT, "runs", "reproduce-" + self.name))
        parser.add_argument("--missing", action="store_true", help="run only what has not finished before")
        parser.add_argument("--show", action="store_true", help="run nothing")
        options = parser.parse_args()
        options.out = os.path.abspath(options.out)
        return options

    def wanted_of(self, options, group):
        names, starts = self.groups[group][:2]
        return [(name, seed) for seed in (options.seeds if starts == "every" else options.seeds[:1]) for name in names]

    def needs(self, name):
        """The run whose results this one starts from, None if it starts from a random state."""
        return next((found for found in re.findall(r"{([\w.-]+)}", " ".join(self.runs[name].changes)) if found in self.runs), None)

    def run(self, options, name, seed):
        deck, start = self.runs[name], time.time()
        changes = [change.replace("{seed}", str(seed)) for change in deck.changes]
        out = directory(options, name, seed)
        if self.needs(name):
            changes = [change.replace(f"{{{self.needs(name)}}}", directory(options, self.needs(name), seed)) for change in changes]
        elif deck.seeded:
            changes = [f"film.initial.random.seed={seed}", *changes]
        settings = [word for change in changes for word in ("--set", change)]
        command = mpiexec(deck.ranks, os.path.abspath(options.program), "run", os.path.join("inputs", deck.deck + ".yaml"), *settings, "--out", out, "--force")
        code, cpu = call(f"{name}, start {seed}", command)
        if deck.report and not code:
            code, more = call(f"report of {name}, start {seed}", [sys.executable, "-B", os.path.join("postprocess", "report.py"), out])
            cpu += more
        if not code:
            with open(os.path.join(out, "end_to_end.yaml"), "w") as file:
                yaml.safe_dump({"wall_seconds": time.time() - start, "cpu_seconds": cpu}, file)

    def run_all(self, options, wanted):
        start = time.time()
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            for later in (False, True):
                list(
                    pool.map(
                        lambda job: self.run(options, *job),
                        [job for job in wanted if bool(self.needs(job[0])) == later and (not options.missing or finished(options, *job) is None)],
                    )
                )
        print(f"{time.time() - start:.0f} s")

    def show(self, options, group):
        table, found = Table(self.groups[group].chosen), {}
        for name, seed in self.wanted_of(options, group):
            result = finished(options, name, seed)
            if result is not None:
                found.setdefault(name, {})[seed] = result
        print(f"\n{group}: " + "; ".join(f"{name} from start {', '.join(map(str, seeds))}" for name, seeds in found.items()))
        self.groups[group].figures(table, found)
        table.show()
        return table, {commit_of(run.directory) for starts in found.values() for run in starts.values()}

    def main(self):
        options = self.options()
        wanted = sorted({job for group in options.only for job in self.wanted_of(options, group)}, key=lambda job: (job[1], list(self.runs).index(job[0])))
        if not options.show:
            self.run_all(options, wanted)
        tables = {group: self.show(options, group) for group in options.only}
        save(options.out, tables)
        missed, required = (sum(getattr(table, name) for table, _ in tables.values()) for name in ("missed", "required"))
        claims, not_met = (sum(table.count("claim", verdict) for table, _ in tables.values()) for verdict in (None, "MISSED"))
        absent = [job for job in wanted if finished(options, *job) is None]
        print()
        for name, seed in absent:
            print(f"no finished run: {name}, start {seed}")
        print(f"published claims: {claims}, {not_met} missed; figures: {required} required, {missed} missed, {len(absent)} runs absent")
        return 1 if missed or absent else 0


def directory(options, name, seed):
    return os.path.join(options.out, f"{name}-{seed}")


def finished(options, name, seed):
    """The run's results, None if it is not done."""
    path = os.path.join(directory(options, name, seed), "summary.yaml")
    if not os.path.exists(path):
        return None
    with open(path) as file:
        summary = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Finished(summary["results"], directory(options, name, seed), summary) if summary["status"] == "done" else None


def call(title, command):
    """Exit code and processor seconds of a command and of all that it started."""
    start = time.time()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment())
    with process.stdout:
        text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{title}: exit code {process.returncode} after {time.time() - start:.0f} s, {cpu:.1f} s of processor", flush=True)
    if process.returncode:
        print(text.decode(errors="replace")[-2000:], flush=True)
    return process.returncode, cpu


def per_seed(values, form="{}"):
    return "  ".join(form.format(v) for v in values)
