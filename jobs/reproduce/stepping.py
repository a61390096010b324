"""Runs of one film by several methods of time integration: what their time steps cost, and where they end. Every run is kept, so that an interrupted study
goes on. CPU times are those of the time steps as the program reports them, without set-up, conductances and files."""

import collections
import os
import re
import resource
import shutil
import subprocess

import h5py
import numpy as np
import yaml
from launcher import ROOT, environment, mpiexec

INPUTS = os.path.join(ROOT, "inputs")
STEPPING = ("train", "hold")  # activities of summary.yaml's cpu_seconds that are time steps
RESULT = "case.yaml"

# cpu: seconds; of: the part of the film's time that was run; G: of the last probe, flat; m: average over the film at the end; over: ended by the limit
Case = collections.namedtuple("Case", "cpu steps evaluations method G m of over commit", defaults=(1.0, False, ""))


def methods_of(program):
    """The methods that this program knows."""
    keys = subprocess.run([program, "keys"], check=True, capture_output=True, text=True, env=environment()).stdout
    return re.search(r"^integrator\.method +choice +\S+ +\S+ +(\w+(?:, \w+)* or \w+)", keys, re.M)[1].replace(" or ", ", ").split(", ")


def method_of(program, deck, directory):
    """What `check` says the deck will be integrated with."""
    said = subprocess.run([program, "check", write(deck, directory), "--picture", "none"], check=True, capture_output=True, text=True, env=environment()).stdout
    return re.search(r"^ +integrator +(.+?) *$", said, re.M)[1]


def write(deck, directory):
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "deck.yaml")
    with open(path, "w") as file:
        yaml.safe_dump({"hopfilm": 1, "title": "Time steps", **deck}, file, sort_keys=False)
    return path


def kept(directory):
    """The case of an earlier run, None if there is none."""
    path = os.path.join(directory, RESULT)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return Case(**yaml.safe_load(file))


def keep(directory, case):
    with open(os.path.join(directory, RESULT), "w") as file:
        yaml.safe_dump(case._asdict(), file)


def read(out):
    """Cost and end of a run that is done."""
    with open(os.path.join(out, "summary.yaml")) as file:
        summary = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    with h5py.File(os.path.join(out, "run.h5"), "r") as file:
        m, film = file["fields/m"][-1].reshape(-1, 3), file["film/mask"][()].ravel() > 0
        G = file["conductance/G"][-1].ravel().tolist() if "conductance/G" in file and len(file["conductance/G"]) else []
    cpu = sum(summary["cpu_seconds"].get(activity, 0) for activity in STEPPING)
    return Case(cpu, summary["steps"], summary["rhs_evaluations"], summary["integrator"], G, m[film].mean(axis=0).tolist(), commit=summary["commit"])


def run(program, deck, directory, ranks=1, of=1.0, limit=None, whole=False):
    """One more run of a deck; its cost is the smallest of all its runs by this commit. limit: CPU seconds of a rank; whole: its files stay."""
    out, before = os.path.join(directory, "run"), kept(directory)
    command = [program, "run", write(deck, directory), "--out", out, "--force"]
    done = subprocess.run(
        mpiexec(ranks, *command) if ranks > 1 else command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))) if limit else None,
    )
    if done.returncode and limit and done.returncode < 0:  # killed
        case = Case(float(limit), 0, 0, "", [], [], of, True)
    elif done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-2000:]}")
    else:
        case = read(out)._replace(of=of)
        if before and not before.over and before.commit == case.commit:
            case = case._replace(cpu=min(case.cpu, before.cpu))
    if not whole:
        shutil.rmtree(out, ignore_errors=True)
    keep(directory, case)
    return case


def apart(case, exact, figure):
    """How far a run ends from another: conductances relative to the largest, averages of m as they are."""
    if figure == "G":
        return float(np.abs(np.subtract(case.G, exact.G)).max() / np.abs(exact.G).max())
    return float(np.abs(np.subtract(case.m, exact.m)).max())
