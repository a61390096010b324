#!/usr/bin/env python3
"""Runs decks on several numbers of ranks and checks what every run guarantees: the files are there, the status is done, the results are
the same on any number of ranks, the used deck repeats them, a finished run is not overwritten.

Usage: decks.py HOPFILM [--ranks 1 2 4] [--wrapper "valgrind ..."] [--set PATH=VALUE]... [--shorten 100] [--report] [--again HOPFILM] [--at-once N]
                         [--decks DECK...]     (default: tests/decks/*.yaml, and as many at once as there are cores)
  --again  another build, which repeats the run from its used deck, must find the same, and overwrites it: a slow build, as with sanitizers,
           then computes everything once
"""

import argparse
import concurrent.futures
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

import yaml
from launch import ROOT, cores, environment, mpiexec

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["run.h5", "table.tsv", "summary.yaml", "deck.yaml", "log.txt", "references.bib", "status.yaml"]
# Results follow from solves to a relative residual of 1e-10 and a short run, in which the order of sums matters to round-off only.
TOLERANCE = 1e-7
# Results that are nothing but round-off or the residual of a solve: they need not agree, only be small.
RESIDUALS = re.compile(
    r"(net_current_over_G11|row_sum_over_G11|asymmetry_over_G11|currents_against_G|six_wirings_against_G|"
    r"seventh_wiring_deviation|largest_eigenvalue_with_diagonal|costs_apart|"
    r"(centre_sheet|centre_biot_savart|field_at_centre)_A_per_m(\[\d+\])?)$"
)  # 0 at the centre of a symmetric pattern
SMALL = 1e-9
# At rest the torque is a difference of fields up to a hundred times Ms: round-off of m, 1e-13 after a linear solve, is this much of it.
TORQUE_ROUND_OFF = 1e-11
# An average of unit vectors that cancel is a sum of ones and minus ones.
AVERAGE_ROUND_OFF = 1e-11
# The mean of two coercive fields of opposite signs: as accurate as they are.
CANCELS = {"bias_field_A_per_m": "coercive_field_A_per_m"}
TIMEOUT = 900  # s


class Failure(Exception):
    pass


def run(command, code=0):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    settings = environment()
    if code:  # a fault unwinds without clearing up
        settings["ASAN_OPTIONS"] = "detect_leaks=0"
    done = subprocess.run(command, **pipes, timeout=TIMEOUT, cwd=ROOT, env=settings)
    text = done.stdout.decode(errors="replace")
    if done.returncode != code:
        raise Failure(f"exit code {done.returncode}, not {code}: {shlex.join(command)}\n{text[-4000:]}")
    return text


def differences(a, b, path=""):
    """Places at which two trees of results differ by more than round-off."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        # A headline repeats the numbers as text, noise included.
        alike = {"headline"} | {key for key, of in CANCELS.items() if key in a and near(a[key], b[key], abs(a[of]))}
        return [d for key in a if key not in alike for d in differences(a[key], b[key], f"{path}.{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        scale = max([abs(x) for x in a + b if isinstance(x, float)], default=0.0)
        return [d for k, (x, y) in enumerate(zip(a, b)) for d in ([] if near(x, y, scale) else differences(x, y, f"{path}[{k}]"))]
    if RESIDUALS.search(path) and max(abs(a), abs(b)) <= SMALL:
        return []
    if path.endswith("max_torque") and abs(a - b) <= TORQUE_ROUND_OFF:
        return []
    if re.search(r"average_m\[\d\]$", path) and abs(a - b) <= AVERAGE_ROUND_OFF:
        return []
    return [] if near(a, b, 0.0) else [f"{path}: {a} and {b}"]


def near(a, b, scale):
    if isinstance(a, bool) or isinstance(b, bool) or not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        return a == b
    return abs(a - b) <= TOLERANCE * max(abs(a), abs(b), scale)


def results(directory):
    for file in FILES:
        if not os.path.exists(os.path.join(directory, file)):
            raise Failure(f"{file} is missing in the results")
    summary = yaml.safe_load(open(os.path.join(directory, "summary.yaml")))
    if summary["status"] != "done":
        raise Failure(f"status {summary['status']}")
    return summary["results"]


def shortened(deck, factor, tmp):
    """A copy of the deck, and of those it includes, with all times and numbers of epochs, of candidates and of a loop's steps divided by the factor."""
    time_key = r"\b(pulse|pause|time|max_time|probe_every|every|retention|after): *(?:[0-9.]+ *(?:us|ns|ps)|\[[^]]*\])"
    text = re.sub(
        time_key, lambda m: re.sub(r"([0-9.]+) *(us|ns|ps)\b", lambda t: f"{float(t.group(1)) / factor:g} {t.group(2)}", m.group(0)), open(deck).read()
    )
    text = re.sub(r"\bepochs: *([0-9]+)", lambda m: f"epochs: {max(2, round(int(m.group(1)) / factor))}" if int(m.group(1)) > 2 else m.group(0), text)
    text = re.sub(r"\bsteps: *([0-9]+)", lambda m: f"steps: {max(2, round(int(m.group(1)) / factor))}", text)
    text = re.sub(r"\bsamples: *([0-9]+)", lambda m: f"samples: {min(int(m.group(1)), max(10, round(int(m.group(1)) / factor)))}", text)
    text = re.sub(r"\bcandidates: *([0-9]+)", lambda m: f"candidates: {max(1, round(int(m.group(1)) / factor))}", text)
    text = re.sub(
        r"^include: *(.*)", lambda m: "include: " + re.sub(r"[^][, ]+", lambda name: included(deck, name.group(0), factor, tmp), m.group(1)), text, flags=re.M
    )
    # images and tables stay where they are
    text = re.sub(r"[\w./-]+\.(?:p[bg]m|txt)\b", lambda m: os.path.abspath(os.path.join(os.path.dirname(deck), m.group(0))), text)
    copy = os.path.join(tmp, os.path.basename(deck))
    with open(copy, "w") as file:
        file.write(text)
    return copy


def included(deck, name, factor, tmp):
    return shortened(os.path.join(os.path.dirname(deck), name), factor, tmp)


def check_deck(program, other, deck, ranks, wrapper, settings, report, tmp):
    name = os.path.splitext(os.path.basename(deck))[0]
    first = None
    for n in ranks:
        out = os.path.join(tmp, f"{name}-{n}")
        run(mpiexec(n, *wrapper, program, "run", deck, "--out", out, *settings))
        found = results(out)
        if first is None:
            first = found
        apart = differences(first, found)
        if apart:
            raise Failure(f"results on {ranks[0]} and {n} ranks differ:\n" + "\n".join(apart[:20]))
    if wrapper:
        return
    out = os.path.join(tmp, f"{name}-{ranks[0]}")
    run([program, "info", out])
    if report:
        run([sys.executable, os.path.join(HERE, "postprocess.py"), out])
    run([other, "run", deck, "--out", out, "--restart", "never", *settings], code=4)
    if "finished already" not in run([other, "run", deck, "--out", out, *settings]):
        raise Failure("a finished run is not reported as finished")
    again = os.path.join(tmp, f"{name}-again")
    run(mpiexec(ranks[0], other, "run", os.path.join(out, "deck.yaml"), "--out", again))
    apart = differences(first, results(again))
    if apart:
        raise Failure("the used deck does not repeat the results:\n" + "\n".join(apart[:20]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--wrapper", default="")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--shorten", type=float, default=1, metavar="FACTOR", help="divide all times of the decks")
    parser.add_argument("--report", action="store_true", help="draw a report of each and check it")
    parser.add_argument("--again", metavar="HOPFILM")
    parser.add_argument("--at-once", type=int, default=cores())
    parser.add_argument("--decks", nargs="+", default=sorted(glob.glob(os.path.join(HERE, "decks", "*.yaml"))))
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    other = os.path.abspath(options.again) if options.again else program
    settings = [word for value in options.set for word in ("--set", value)]

    def check(deck):
        """The fault, None if there is none, and the seconds it took."""
        start = time.time()
        with tempfile.TemporaryDirectory() as tmp:
            try:
                short = shortened(os.path.abspath(deck), options.shorten, tmp)
                check_deck(program, other, short, options.ranks, shlex.split(options.wrapper), settings, options.report, tmp)
                return None, time.time() - start
            except (Failure, subprocess.TimeoutExpired) as fault:
                return fault, time.time() - start

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
        for deck, (fault, seconds) in zip(options.decks, pool.map(check, options.decks)):
            failed += fault is not None
            if fault is not None:
                print(fault)
            print(f"{'FAILED' if fault else 'ok':6}  {os.path.basename(deck)} on {', '.join(map(str, options.ranks))} ranks  ({seconds:.1f} s)", flush=True)
    print(f"decks: {len(options.decks)} run, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
