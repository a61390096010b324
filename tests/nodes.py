#!/usr/bin/env python3
"""A run on two hosts (two_hosts.py): the job of jobs/pbs.sh with Open MPI's mpirun over TCP.

  same     two hosts give what one gives, to the last bit, and their messages cross the link
  faults   in mid-run a rank on the other host is killed, the link loses everything without notice, the other host is gone; with --full also
           its daemon is killed, its interface goes down, a rank hangs: each ends the job in bounded time and leaves no process behind; the job is
           submitted again and continues from its checkpoint. After all of this the results are those of the undisturbed run, to the last bit
  wide     (--full) the films of jobs/scaling, an eighth as tall, on 2 and 4 ranks and links of 0.05 to 5 ms and 1000 to 100 Mbit/s: the same magnetization to
           the last bit, and the time of a step beside that of one host and the scaling model's: (messages + reductions) delay + bytes / rate more.
           A machine with other work to do takes longer, never less

Usage: nodes.py HOPFILM LINK [--full]      Without Open MPI, or where namespaces cannot be made, it says so and exits with 77.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py
from kill import differences
from launch import ROOT, environment, with_open_mpi
from two_hosts import INSIDE, TwoHosts, enter_namespaces, read

sys.path.insert(0, os.path.join(ROOT, "jobs", "scaling"))
import scaling  # noqa: E402

DECK = os.path.join(ROOT, "tests", "kill-decks", "maze.yaml")
SHORT = ("--set", "schedule.0.hold.time=30ps", "--set", "schedule.1.train.pulse=40ps", "--set", "schedule.2.hold.time=30ps")
# A silent host is given up after 3 s. The script's own settings, of minutes, give way to these.
KEEPALIVE = {"OMPI_MCA_oob_tcp_keepalive_time": "1", "OMPI_MCA_oob_tcp_keepalive_intvl": "1", "OMPI_MCA_oob_tcp_keepalive_probes": "2"}
BOUND = 60  # s, on a busy machine
LOST = 205  # mpirun's exit code when it has lost a daemon
LOST_TEXT = "lost communication with a remote daemon"
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)
    return condition


class Job:
    """jobs/pbs.sh as PBS starts it on the first of two nodes, with a stand-in for qsub that only notes that it was called."""

    def __init__(self, cluster, program, home):
        self.cluster, self.home = cluster, home
        self.out, self.queue = os.path.join(home, "runs", "maze"), os.path.join(home, "queue")
        self.log = open(os.path.join(home, "job.log"), "w+")
        programs = os.path.join(home, "bin")
        os.mkdir(programs)
        with open(os.path.join(programs, "qsub"), "w") as file:
            file.write(f"#!/bin/sh\necho again >>{self.queue}\n")
        os.chmod(file.name, 0o755)
        with open(os.path.join(home, "nodes"), "w") as file:
            file.writelines(host.address + "\n" for host in cluster.hosts)
        self.environment = {
            **environment(),
            **KEEPALIVE,
            "PATH": programs + ":" + os.environ["PATH"],
            "PBS_NODEFILE": file.name,
            "PBS_O_WORKDIR": ROOT,
            "DECK": DECK,
            "HOPFILM": program,
            "STALL": "10 s",
            "RESULTS": os.path.dirname(self.out),
            "LAUNCH": " ".join(["mpirun", *cluster.options(2)]),
        }

    def start(self, *options):
        self.log.truncate(0)
        self.log.seek(0)
        command = self.cluster.hosts[0].inside("bash", "jobs/pbs.sh")
        self.process = subprocess.Popen(
            command,
            env={**self.environment, "HOPFILM_OPTIONS": " ".join((*SHORT, *options))},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def wait_for_checkpoint(self):
        """The next one that is written while the schedule runs."""
        path, before = os.path.join(self.out, "checkpoint.h5"), self.checkpoint()
        end = time.time() + BOUND
        while self.checkpoint() == before:
            if time.time() > end or self.process.poll() is not None:
                raise RuntimeError(f"no checkpoint in {path}:\n{self.text()}")
            time.sleep(0.01)

    def checkpoint(self):
        path = os.path.join(self.out, "checkpoint.h5")
        return os.stat(path).st_mtime_ns if os.path.exists(path) else None

    def end(self):
        """Exit code, or None if it does not end."""
        try:
            return self.process.wait(BOUND)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None

    def text(self):
        return read(self.log.name)

    def times_submitted(self):
        return len(read(self.queue).split()) if os.path.exists(self.queue) else 0


def struck(name, number):
    return lambda cluster: os.kill(cluster.hosts[1].processes(name)[0], number)


def gone(cluster):
    """Silent first: a host without power closes no connections."""
    cluster.link(loss=100)
    time.sleep(0.01)
    cluster.hosts[1].kill()


def back_again(cluster):
    cluster.link(loss=0)
    cluster.hosts[1].start()


FAULTS = (  # what happens, how it is undone, the exit code of mpirun, what it says
    ("a rank on the other host is killed", struck("hopfilm", signal.SIGKILL), None, 137, "exited on signal 9"),
    ("the link loses everything", lambda cluster: cluster.link(loss=100), lambda cluster: cluster.link(loss=0), LOST, LOST_TEXT),
    ("the other host is gone", gone, back_again, LOST, LOST_TEXT),
)
MORE_FAULTS = (
    ("the daemon on the other host is killed", struck("orted", signal.SIGKILL), None, LOST, LOST_TEXT),
    ("an interface goes down", TwoHosts.down, TwoHosts.up, LOST, LOST_TEXT),
    ("a rank on the other host hangs", struck("hopfilm", signal.SIGSTOP), None, 75, "no progress within output.max_stall"),
)


def processes(cluster):
    return [(host.name, name, pid) for host in cluster.hosts for name in ("mpirun", "orted", "hopfilm") for pid in host.processes(name)]


def test_same(cluster, program, home):
    """The undisturbed run on one host; the same on two."""
    runs = []
    for where, options in (("one", ["--host", "localhost:2"]), ("two", cluster.options(2))):
        out = os.path.join(home, where)
        cluster.count()
        command = cluster.hosts[0].inside("mpirun", "-n", "2", *options, program, "run", DECK, "--out", out, *SHORT)
        start = time.time()
        done = subprocess.run(
            command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=10 * BOUND
        )
        if not check(done.returncode == 0, f"same: a run on {where} host{'s'[where == 'one' :]}, {time.time() - start:.1f} s"):
            print(done.stdout[-3000:])
        runs.append((out, cluster.count()))
    wrong = differences(runs[0][0], runs[1][0], 0)
    check(not wrong, f"same: two hosts give what one gives, to the last bit {wrong[:3] or ''}")
    quiet, busy = runs[0][1], runs[1][1]
    check(quiet[0] < 100 and busy[0] > 1000, f"same: {quiet[0]} frames cross the link from one host, {busy[0]} ({busy[1] / 1e6:.1f} MB) from two")
    return runs[0][0]


def test_faults(cluster, program, home, undisturbed, faults):
    job = Job(cluster, program, home)
    for count, (what, happen, undo, wanted, words) in enumerate(faults, 1):
        job.start("--checkpoint-every", "0.1s")
        job.wait_for_checkpoint()
        start = time.time()
        happen(cluster)
        code, took = job.end(), time.time() - start
        told = re.search(r"the run was lost, exit code (\d+)", job.text())
        found = int(told.group(1)) if told else code
        if not check(found == wanted and code == 75, f"faults: {what}: the job ends after {took:.1f} s, mpirun with {found}"):
            print(job.text()[-3000:])
        check(words in job.text(), f"faults: {what}: mpirun says why")
        while processes(cluster) and time.time() < start + BOUND:
            time.sleep(0.05)
        left = processes(cluster)
        check(not left, f"faults: {what}: no process is left {left or ''}")
        check(job.times_submitted() == count, f"faults: {what}: the job is submitted again")
        check(count == 1 or "resuming from" in job.text(), f"faults: {what}: it had continued from a checkpoint")
        if undo:
            undo(cluster)
    job.start()
    code = job.end()
    if not check(code == 0 and "resuming from" in job.text() and job.times_submitted() == len(faults), f"faults: the last job finishes the run ({code})"):
        print(job.text()[-3000:])
    wrong = differences(undisturbed, job.out, 0)
    check(not wrong, f"faults: the results are those of the undisturbed run, to the last bit {wrong[:3] or ''}")


WIDE = (("magnet", 0.125), ("demag", 0.05), ("spin-transfer", 0.125))  # films, and what part of their time
LINKS = ((2, 0.05, 1000), (2, 0.5, 1000), (2, 5, 100), (4, 0.5, 1000))  # ranks, delay one way in ms, Mbit/s
TALL = 1 / 8
LEAST = 0.5  # messages of both directions, and of several stages, may be under way together


def test_wide(cluster, program, home):
    os.environ.update(environment())
    for name, share in WIDE:
        local = {}
        for ranks, delay, rate in LINKS:
            cluster.link(delay=1000 * delay, rate=rate)
            for where in ("one", "two"):
                if where == "one" and ranks in local:
                    continue
                there = cluster.options(ranks) if where == "two" else ["--host", f"localhost:{ranks}"]
                out = os.path.join(home, f"{where}-{ranks}")
                os.makedirs(out, exist_ok=True)
                launch = " ".join(cluster.hosts[0].inside("mpirun", "-n", "{ranks}", *there))
                found = scaling.measure(argparse.Namespace(out=out, share=share, launch=launch, program=program), name, ranks, TALL)
                last = os.path.join(out, f"{name}-{ranks}-2-weak")
                found.update(m=magnetization(os.path.join(last, "checkpoint.h5")), step=seconds_of_a_step(last + ".log"))
                if where == "one":
                    local[ranks] = found
            here = local[ranks]
            link = 1e-3 * delay * (found["messages"] + found["reductions"]) + 8e-6 * found["bytes"] / rate
            check(found["m"] == here["m"], f"wide: {name} on {ranks} ranks, {delay} ms, {rate} Mbit/s: as on one host, to the last bit")
            check(found["step"] > LEAST * link, f"wide: {name}: a step takes at least the {1e3 * link:.1f} ms of its messages")
            steps = [
                f"{1e3 * seconds:.1f} ms {how}"
                for seconds, how in ((here["step"], "on one host"), (found["step"], "on two"), (here["step"] + link, "modelled"))
            ]
            print(
                f"       a step: {', '.join(steps)}; {found['messages']:.1f} messages, {found['bytes'] / 1e3:.1f} kB, {found['reductions']:.1f} reductions",
                flush=True,
            )


def seconds_of_a_step(log):
    """From -log_view: set-up and files, which a busy machine does now fast, now slowly, are not in it."""
    steps, seconds = re.search(r"^TSStep +(\d+) +[\d.]+ +([\d.e+-]+)", read(log), re.M).groups()
    return float(seconds) / int(steps)


def magnetization(checkpoint):
    with h5py.File(checkpoint, "r") as file:
        return file["device/m"][()].tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("link", type=os.path.abspath)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    if not os.environ.get(INSIDE) and not with_open_mpi(args.program):
        print("skipped: the daemons of two hosts are those of Open MPI")
        return 77
    enter_namespaces()
    home = tempfile.mkdtemp(prefix="hf-nodes-")
    cluster = TwoHosts(home, args.link)
    try:
        cluster.link(delay=50, rate=1000)
        undisturbed = test_same(cluster, args.program, home)
        test_faults(cluster, args.program, home, undisturbed, FAULTS + MORE_FAULTS if args.full else FAULTS)
        if args.full:
            test_wide(cluster, args.program, home)
    finally:
        cluster.close()
        if not failures:
            shutil.rmtree(home, ignore_errors=True)
    print(f"nodes: {len(failures)} failed" + (f"; logs in {home}" if failures else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
