"""The largest films that fit in a given memory, for a few time steps: memory of the ranks at its peak (VmHWM) beside what `hopfilm check` plans, and a
restart from the checkpoint on the way, whose last magnetization is compared bit by bit; a group of program.py, which runs only when it is named."""

import os
import re
import shutil
import subprocess
import sys
import time

import h5py
import numpy
from launcher import commit_of_program, environment, mpiexec
from memory import KINDS, MOST, PEAK

FILMS = {"local": ("local, 5dp", 3), "demag": ("demag, 5dp", 4), "potential": ("potential, 5dp", 16)}  # times as long as in memory.py
STEP = 128  # cells along a side are a multiple of it
CHECKPOINT = re.compile(r"checkpoint: ([\d.e+-]+) MB, (\d+) bytes per cell, ([\d.]+) s, at ([\d.e+-]+) ns")


class Case:
    def __init__(self, options, film):
        self.options, self.film = options, film
        self.name, longer = FILMS[film]
        self.text, self.time = KINDS[self.name][0], longer * KINDS[self.name][1]
        self.folder = os.path.join(options.out, "largest", film)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def deck(self, n):
        path = os.path.join(self.folder, f"{n}.yaml")
        with open(path, "w") as file:
            text = self.text.format(size=5 * n, half=2.5 * n, time=self.time, often=0.55 * self.time)
            file.write(text.replace("output: {", "output: {checkpoint_every: 0 s, "))  # no checkpoint but the one on the way
        return path

    def call(self, ranks, *words):
        command = mpiexec(ranks, sys.executable, "-c", PEAK, self.options.program, *words)
        done = subprocess.run(command, cwd=self.folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = done.stdout.decode(errors="replace")
        if done.returncode:
            sys.exit(f"exit code {done.returncode}: {' '.join(words)}\n{text}")
        return text

    def planned(self, n):
        """Bytes of all ranks, without allocating them."""
        said = self.call(1, "check", self.deck(n), "--ranks", str(self.options.ranks))
        return float(re.search(r"memory_bytes_about +([\d.e+]+)", said)[1])

    def cells(self):
        """The largest number along a side whose plan fits, from two plans: they are linear in the cells."""
        few, more = self.planned(1024), self.planned(2048)
        each = (more - few) / (2048**2 - 1024**2)
        n = int(((self.options.memory * 1e9 - few) / each + 1024**2) ** 0.5) // STEP * STEP
        while self.planned(n) > self.options.memory * 1e9:
            n -= STEP
        return n

    def run(self, deck, out, *words):
        begin = time.time()
        said = self.call(self.options.ranks, "run", deck, "--out", os.path.join(self.folder, out), *words)
        peak = 1024 * sum(map(int, re.findall(r"peak_kB (\d+)", said)))
        print(f"{deck}: {peak / 1e6:.0f} MB, {time.time() - begin:.0f} s; {CHECKPOINT.findall(said)}", flush=True)
        return said, peak, time.time() - begin

    def same_end(self):
        """Whether the last frames are the same, read some rows at a time."""
        with h5py.File(os.path.join(self.folder, "whole", "run.h5")) as one, h5py.File(os.path.join(self.folder, "resumed", "run.h5")) as other:
            a, b = one["fields/m"], other["fields/m"]
            if a.shape != b.shape:
                return False
            return all(numpy.array_equal(a[-1, j : j + 64], b[-1, j : j + 64]) for j in range(0, a.shape[1], 64))

    def measure(self, table):
        n = self.cells()
        planned = self.planned(n)
        deck = self.deck(n)
        said, peak, seconds = self.run(deck, "whole")
        checkpoints = CHECKPOINT.findall(said)
        steps = int(re.search(r"^steps: (\d+)", self.summary("whole"), re.M)[1])
        _, peak_resumed, _ = self.run(deck, "resumed", "--restart", os.path.join(self.folder, "whole", "checkpoint.h5"))
        same, used = self.same_end(), max(peak, peak_resumed)
        off = planned / used - 1
        table.add(
            f"{self.name}: {n}^2 cells in {self.options.memory:g} GB, {self.options.ranks} ranks, bytes per cell",
            "<= 15 %",
            f"{used / n**2:.0f} used, {peak_resumed / n**2:.0f} after the restart, {planned / n**2:.0f} planned: {100 * off:+.0f} %",
            abs(off) <= MOST,
        )
        table.add(
            f"{self.name}: last m of {self.time:g} ps, resumed at {1e3 * float(checkpoints[0][3]):.2g} ps from {checkpoints[0][1]} bytes per cell",
            "bitwise the same",
            f"{'the same' if same else 'not the same'}; {steps} steps in {seconds:.0f} s",
            same and len(checkpoints) == 1 and 1e3 * float(checkpoints[0][3]) < 0.9 * self.time,
        )
        shutil.rmtree(self.folder)

    def summary(self, out):
        with open(os.path.join(self.folder, out, "summary.yaml")) as file:
            return file.read()


def largest(options, table):
    for film in options.films:
        Case(options, film).measure(table)
        table.show()
    return {commit_of_program(options.program)}
