#!/usr/bin/env python3
"""Runs are killed (kill -9, all ranks) at random instants and resumed; the results must be those of the undisturbed run: m, conductances, every
dataset of run.h5, table.tsv and summary.yaml bitwise on the same number of ranks. At every kill run.h5 must be readable."""

import argparse
import concurrent.futures
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import h5py
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contextlib

from launch import cores, environment, mpiexec  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
# These say how long a run took, where it ran, when and what ran.
PASSING = ("wall_seconds", "ranks", "peak_memory_bytes", "wire: best", "commit:")
CPU_SECONDS = re.compile(r"^cpu_seconds:\n(?: .*\n)*", re.M)


def datasets(path):
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: found.__setitem__(name, item[()]) if isinstance(item, h5py.Dataset) else None)
    return {name: value.astype("U") if getattr(value, "dtype", None) == object else value for name, value in found.items() if not name.startswith("provenance")}  # noqa: E721


def lines(path):
    return [line for line in CPU_SECONDS.sub("", open(path).read()).splitlines() if not any(word in line for word in PASSING)]


def apart(x, y):
    """Largest difference of two arrays relative to the largest value."""
    if np.array_equal(x, y, equal_nan=True):  # also where there is no number at all
        return 0.0
    scale = np.nanmax(np.abs(x)) if x.size else 0
    return np.nanmax(np.abs(x - y)) / scale if scale else 0.0


def spread(a, b):
    """By how much every dataset of two undisturbed runs differs: a chaotic film amplifies round-off."""
    left, right = datasets(f"{a}/run.h5"), datasets(f"{b}/run.h5")
    return {name: apart(x, right[name]) for name, x in left.items() if name in right and x.dtype.kind == "f" and x.shape == right[name].shape}


def differences(a, b, tolerance, usual=None):
    """What differs between two run directories; tolerance 0: bitwise. `usual`: ten times these differences are allowed, too."""
    wrong = []
    left, right = datasets(f"{a}/run.h5"), datasets(f"{b}/run.h5")
    if sorted(left) != sorted(right):
        wrong.append(f"datasets {sorted(set(left) ^ set(right))}")
    for name in sorted(set(left) & set(right)):
        x, y = np.asarray(left[name]), np.asarray(right[name])
        if x.shape != y.shape:
            wrong.append(f"{name}: shape {x.shape} and {y.shape}")
        elif x.dtype.kind == "f" and tolerance:
            if not apart(x, y) <= max(tolerance, 10 * (usual or {}).get(name, 0)):
                wrong.append(f"{name}: {apart(x, y):.2g} apart")
        elif x.tobytes() != y.tobytes():
            wrong.append(f"{name}: differs")
    if not tolerance:
        for name in ("summary.yaml", "table.tsv"):
            one, two = lines(f"{a}/{name}"), lines(f"{b}/{name}")
            if one != two:
                which = [f"{p!r} | {q!r}" for p, q in zip(one, two) if p != q][:1] or [f"{len(one)} and {len(two)} lines"]
                wrong.append(f"{name}: {which[0]}")
    return wrong


def program(args, deck, out, ranks, *options):
    return mpiexec(ranks, args.program, "run", deck["path"], "--out", out, *deck["set"], *options)


def finish(args, deck, out, ranks, *options):
    done = subprocess.run(program(args, deck, out, ranks, *options), env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{deck['name']} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def descendants(pid):
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError):
            parents.setdefault(int(open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def kill_all(process):
    """kill -9 of the launcher and every rank below it. One that is still starting has no more while they are counted."""
    os.kill(process.pid, signal.SIGSTOP)
    for pid in descendants(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def killed_run(args, deck, out, ranks, length, rng, kills):
    """Starts, kills after a random part of the undisturbed run's time, and again; returns how often, and how
    long a run takes now: the machine may be less busy than before."""
    count = 0
    for _ in range(kills):
        start = time.time()
        process = subprocess.Popen(
            program(args, deck, out, ranks, "--checkpoint-every", args.every), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(args.start_up + rng.random() * length)
            return count, time.time() - start
        except subprocess.TimeoutExpired:
            kill_all(process)
            count += 1
        if os.path.exists(f"{out}/run.h5"):
            datasets(f"{out}/run.h5")  # readable, or h5py raises
    return count, length


def decks(args):
    table = {
        "four-node": (f"{HERE}/decks/four-node-small.yaml", ["--set", "schedule.0.relax.max_time=2 ns"]),
        "thermal": (f"{HERE}/kill-decks/thermal.yaml", []),
        "retention": (f"{HERE}/kill-decks/retention.yaml", []),
        "maze": (f"{HERE}/kill-decks/maze.yaml", []),
        "bdf": (f"{HERE}/kill-decks/maze.yaml", ["--set", "integrator.method=bdf"]),
        "hysteresis": (f"{HERE}/kill-decks/hysteresis.yaml", []),
        "wire": (f"{HERE}/kill-decks/wire.yaml", []),
    }
    return [{"name": name, "path": path, "set": options} for name, (path, options) in table.items() if not args.only or name in args.only]


def killed_and_resumed(args, top, chosen, run, kills, lengths):
    """The run of that number: how often it was killed, which results differ, and a line about it."""
    deck = chosen[run % len(chosen)]
    ranks = 1 + (run // len(chosen)) % 2
    out, reference = f"{top}/{deck['name']}-killed-{run}", f"{top}/{deck['name']}"
    at = deck["name"], ranks
    done, length = killed_run(args, deck, out, ranks, lengths[at], random.Random(1000 * args.seed + run), kills)
    lengths[at] = min(lengths[at], length)
    other = 3 - ranks if run % 3 == 2 and done else ranks  # some continue on another number of ranks
    finish(args, deck, out, other)
    usual = spread(f"{reference}-1", f"{reference}-2") if other != ranks else None
    wrong = differences(f"{reference}-{ranks}", out, 0 if other == ranks else 1e-9, usual)
    if not wrong and not args.keep:
        shutil.rmtree(out, ignore_errors=True)
    tolerance = "bitwise" if other == ranks else f"to {max(1e-9, 10 * max(usual.values())):.0e}"
    return done, wrong, f"{deck['name']:10} {ranks} rank{'s'[: ranks - 1]}, {done} kills, ended on {other}, compared {tolerance}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", default="60 ms", help="wall time between checkpoints")
    parser.add_argument("--start-up", type=float, default=0.25, help="seconds before the first kill")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--at-once", type=int, default=cores())
    parser.add_argument("--keep", help="directory of the runs, kept")
    args = parser.parse_args()
    args.program = os.path.abspath(args.program)
    top = args.keep or tempfile.mkdtemp(prefix="hopfilm-kill-")
    chosen, lengths, lock = decks(args), {}, threading.Lock()
    count = {"runs": 0, "planned": 0, "kills": 0, "failed": 0}

    def undisturbed(case):
        deck, ranks = case
        start = time.time()
        finish(args, deck, f"{top}/{deck['name']}-{ranks}", ranks)
        lengths[deck["name"], ranks] = time.time() - start

    def killed_until_enough():
        """Takes one run after the other, with up to three kills each, until there are as many kills as required."""
        while True:
            with lock:
                run, kills = count["runs"], min(3, args.kills - count["planned"])
                if kills == 0:
                    return
                count["runs"] += 1
                count["planned"] += kills
            done, wrong, how = killed_and_resumed(args, top, chosen, run, kills, lengths)
            with lock:
                count["planned"] -= kills - done  # some are over before they are killed
                count["kills"] += done
                count["failed"] += bool(wrong)
                print(f"{how}: {'; '.join(wrong[:4]) if wrong else 'the same'}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
        list(pool.map(undisturbed, [(deck, ranks) for deck in chosen for ranks in (1, 2)]))
        for future in [pool.submit(killed_until_enough) for _ in range(args.at_once)]:
            future.result()
    if not args.keep:
        shutil.rmtree(top, ignore_errors=True)
    print(f"{count['kills']} kills in {count['runs']} runs, {count['failed']} of them came out otherwise")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
