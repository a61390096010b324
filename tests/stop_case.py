"""What the cases of tests/stop.py have in common: runs that are started, waited for, paused, ended and resumed, and compared with an undisturbed one."""

import contextlib
import itertools
import os
import re
import signal
import subprocess
import time

from kill import descendants, differences
from launch import environment, mpiexec

HERE = os.path.dirname(os.path.abspath(__file__))
DECK = os.path.join(HERE, "kill-decks", "maze.yaml")
WIRE = os.path.join(HERE, "kill-decks", "wire.yaml")
STOPPED, FILE, DECK_FAULT = 75, 4, 2
PATIENCE = 300  # s that anything may take on a busy machine


class Failure(Exception):
    pass


class Case:
    def __init__(self, program, top):
        self.program, self.top = program, top
        self.numbers = itertools.count(1)  # cases run side by side

    def directory(self):
        return f"{self.top}/{next(self.numbers)}"

    def command(self, out, *options, ranks=2, deck=DECK):
        return mpiexec(ranks, self.program, "run", deck, "--out", out, *options)

    def run(self, out, *options, code=0, **more):
        """Runs to the end; returns the output."""
        done = subprocess.run(self.command(out, *options, **more), env=environment(), capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != code:
            raise Failure(f"exit code {done.returncode}, not {code}: {' '.join(options)}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout + done.stderr

    def info(self, out):
        """What `hopfilm info` reports of the checkpoint, and of whether the run can be continued: {name: value}."""
        done = subprocess.run([self.program, "info", out], env=environment(), capture_output=True, text=True, timeout=PATIENCE)
        check(done.returncode == 0 and "\nresumable: " in done.stdout, f"info fails:\n{done.stdout[-500:]}{done.stderr[-500:]}")
        verdict, *rest = done.stdout.split("\nresumable: ")[1].splitlines()
        return {"resumable": verdict, **dict(line.split(None, 1) for line in rest)}

    def start(self, out, *options, until="train", **more):
        """Returns the process once `until` stands in its log or table."""
        log = open(f"{self.top}/output-{os.path.basename(out)}", "w+")
        process = subprocess.Popen(self.command(out, *options, **more), env=environment(), stdout=log, stderr=log)
        process.log = log.name
        self.wait(process, until)
        return process

    def wait(self, process, until, times=1):
        """Waits for a text in its output."""
        end = time.time() + PATIENCE
        while open(process.log).read().count(until) < times:
            if time.time() > end or process.poll() is not None:
                raise Failure(f"'{until}' never came:\n{open(process.log).read()[-1500:]}")
            time.sleep(0.005)

    def pause(self, process, seconds):
        """Halts it while its clocks run: what depends on time then happens on any machine, however fast."""
        ranks = self.ranks(process)
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for rank in ranks:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(rank, number)
            if number == signal.SIGSTOP:
                time.sleep(seconds)

    def stalled(self):
        """A rank halts while the others wait for it: they end, and the run can be continued. One that only pauses for less changes nothing."""
        out = self.directory()
        process = self.start(out, *OFTEN, "--max-stall", "4 s", until="hold")
        self.pause(process, 1)
        self.wait(process, "train")
        os.kill(self.ranks(process)[1], signal.SIGSTOP)
        self.end(process, STOPPED)
        check("no progress within output.max_stall" in open(process.log).read(), "it does not say why")
        self.same(out)

    def limited(self, out):
        """A run that meets its time limit on the way: after the first item, or before it on a slow machine."""
        process = self.start(out, "--max-walltime", "1.5 s", until="results in")
        while process.poll() is None and "hold" not in open(process.log).read():
            time.sleep(0.005)
        self.pause(process, 1.6)
        self.end(process, STOPPED)

    def ranks(self, process):
        found = []
        for pid in descendants(process.pid)[1:]:
            with contextlib.suppress(OSError):  # it has just ended
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "hopfilm":
                    found.append(pid)
        return found

    def end(self, process, code):
        if process.wait(PATIENCE) != code:
            raise Failure(f"exit code {process.returncode}, not {code}\n{open(process.log).read()[-1500:]}")

    def end_within(self, process, seconds, code):
        """Of CPU time of each rank from now on; on a busy machine the wall says nothing."""
        ranks = self.ranks(process)
        start, last = [cpu_seconds(rank) for rank in ranks], [0.0] * len(ranks)
        while process.poll() is None:
            last = [max(before, cpu_seconds(rank)) for rank, before in zip(ranks, last)]
            time.sleep(0.02)
        self.end(process, code)
        used = max(end - begin for begin, end in zip(start, last))
        check(used < seconds, f"it computes for {used:.1f} s more, {seconds} at most")

    def same(self, out, **more):
        """Continues the run and compares its results with those of the undisturbed run."""
        text = self.run(out, **more)
        wrong = differences(self.reference, out, 0)
        if wrong:
            raise Failure("; ".join(wrong[:3]))
        return text


def cpu_seconds(pid):
    """0 for a process that has ended."""
    try:
        fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check(condition, what):
    if not condition:
        raise Failure(what)


def status(out):
    return re.search(r"^status: (\w+)", open(f"{out}/summary.yaml").read(), re.M).group(1)


ENDLESS = ("--set", "schedule.2.hold.time=1 us")  # longer than any machine needs to be stopped
OFTEN = ("--checkpoint-every", "50 ms")
AT_ONCE = ("--max-walltime", "1 s")  # as long as what is reserved for the end of a run: it stops as soon as it looks at the clock
