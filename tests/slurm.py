#!/usr/bin/env python3
"""The job scripts on a real Slurm, started here under a configuration of its own: two nodes of two processors on this one machine.

  time     a job that runs out of time saves its state, goes back into the queue and ends with the results of an undisturbed run
  node     the node of a running job is lost (its daemon and all it runs are killed): the job is requeued, continues elsewhere, and gives the same results
  chain    jobs of a dependency chain: the first one finishes the run, the next is cancelled, a later one finds nothing left to do
  array    an ensemble, a member for each task of an array, against the same ensemble in one run
  figures  jobs/reproduce.sh as a job: the smallest group of what is published

Usage: slurm.py HOPFILM            Without slurmctld, slurmd and munged, or where they do not start, it says so and counts as passed.
"""

import contextlib
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import yaml
from launch import ROOT, environment, mpiexec

DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol")
CONFIGURATION = """ClusterName=hopfilm
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={home}/munge.socket
CredType=cred/munge
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool-%n
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd-%n.pid
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=300
KillWait=5
JobRequeue=1
MpiDefault=pmix
SchedulerParameters=sched_interval=2,bf_interval=2
NodeName=one,two NodeHostname={host} NodeAddr=127.0.0.1 Port=[{node}-{node_end}] CPUs=2 State=UNKNOWN
PartitionName=main Nodes=one,two Default=YES MaxTime=INFINITE State=UP
"""
# A film that learns for some seconds, and an ensemble of short runs.
LONG = """include: {root}/tests/bad-decks/part-base.yaml
film: {{cell: 5 nm}}
schedule:
  - train: {{patterns: [A, B], voltage: 1 V, pulse: 1 ns, epochs: 4}}
  - energies: {{weights: midrange}}
"""
ENSEMBLE = """include: {root}/tests/bad-decks/part-base.yaml
ensemble:
  axes: [{{key: film.initial.random.seed, from: 1, to: 4}}]
schedule:
  - train: {{patterns: [A, B], voltage: 1 V, pulse: 0.1 ns}}
  - energies: {{weights: midrange}}
"""
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)
    return condition


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    def __init__(self, home, program):
        self.home, self.program, self.processes = home, program, {}
        port = free_port()
        text = CONFIGURATION.format(host=socket.gethostname().split(".")[0], user=self.user(), home=home, port=port, node=port + 1, node_end=port + 2)
        with open(os.path.join(home, "slurm.conf"), "w") as file:
            file.write(text)
        with open(os.path.join(home, "mpi.conf"), "w") as file:
            file.write(f"PMIxCliTmpDirBase={home}/pmix\n")
        for name in ("state", "spool-one", "spool-two", "pmix"):
            os.mkdir(os.path.join(home, name))
        self.environment = {
            **environment(),
            "SLURM_CONF": os.path.join(home, "slurm.conf"),
            "HOPFILM": program,
            "RESULTS": os.path.join(home, "runs"),
            "LAUNCH": "srun",
        }

    @staticmethod
    def user():
        return subprocess.run(["id", "-un"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def call(self, *command, timeout=60):
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout
        )
        return done.returncode, done.stdout.strip()

    def daemon(self, name, *command):
        log = open(os.path.join(self.home, name + ".out"), "w")
        self.processes[name] = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def start(self):
        """None, or why it does not start."""
        home, key = self.home, os.path.join(self.home, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(key, 0o400)
        self.daemon(
            "munged",
            "munged",
            "-F",
            "--force",
            f"--key-file={key}",
            f"--socket={home}/munge.socket",
            f"--pid-file={home}/munged.pid",
            f"--log-file={home}/munged.log",
            f"--seed-file={home}/munged.seed",
        )
        time.sleep(1)
        self.daemon("slurmctld", "slurmctld", "-D")
        time.sleep(1)
        for node in ("one", "two"):
            self.node(node)
        for _ in range(60):
            if any(p.poll() is not None for p in self.processes.values()):
                return "a daemon ended: " + ", ".join(n for n, p in self.processes.items() if p.poll() is not None)
            if self.states() == ["idle", "idle"]:
                return None
            time.sleep(0.5)
        return "its nodes do not come up"

    def node(self, name):
        self.daemon("slurmd-" + name, "slurmd", "-D", "-N", name)

    def states(self):
        return self.call("sinfo", "-h", "-N", "-o", "%t")[1].split()

    def lose(self, name, job):
        """The node and all that runs on it are gone, its temporary files too: first the daemons, which would report the end of the others. Who watches
        the machines tells Slurm, which would notice by itself after SlurmdTimeout."""
        os.kill(self.processes["slurmd-" + name].pid, signal.SIGKILL)
        for is_on_node in (self.is_daemon, self.is_task):
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    if is_on_node(pid, name):
                        os.kill(int(pid), signal.SIGKILL)
                except OSError:
                    pass
        spool = os.path.join(self.home, "spool-" + name)
        for path in (spool, *glob.glob(os.path.join(self.home, "pmix", f"*_{job}.*"))):
            shutil.rmtree(path, ignore_errors=True)
        os.mkdir(spool)
        self.call("scontrol", "update", "nodename=" + name, "state=down", "reason=lost")

    def is_daemon(self, pid, name):
        """One slurmstepd for every step, with the node's log open."""
        with open(f"/proc/{pid}/comm") as file:
            if not file.read().startswith("slurmstepd"):
                return False
        return any(os.readlink(f"/proc/{pid}/fd/{fd}") == f"{self.home}/slurmd-{name}.log" for fd in os.listdir(f"/proc/{pid}/fd"))

    def is_task(self, pid, name):
        with open(f"/proc/{pid}/environ", "rb") as file:
            variables = file.read()
        return f"SLURMD_NODENAME={name}".encode() in variables and self.home.encode() in variables

    @staticmethod
    def ranks(directory):
        """The processes of the run in that directory."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if os.path.basename(words[0]) == "hopfilm" and directory in words:
                found.append(int(pid))
        return found

    def freeze(self, directory, patience=60):
        """The run there is halted from its first checkpoint on, so that even on a fast machine it does not end before it is disturbed."""
        end = time.time() + patience
        while time.time() < end and not any("checkpoint" in name for name in (os.listdir(directory) if os.path.isdir(directory) else [])):
            time.sleep(0.1)
        ranks = self.ranks(directory)
        for pid in ranks:
            os.kill(pid, signal.SIGSTOP)
        return ranks

    def freeze_until_told(self, directory):
        """Waits until Slurm has sent the signal to stop to one of the halted ranks."""
        ranks, end = self.freeze(directory), time.time() + 120
        while time.time() < end and not any(self.is_told(pid) for pid in ranks):
            time.sleep(0.1)
        for pid in ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    @staticmethod
    def is_told(pid):
        try:
            with open(f"/proc/{pid}/status") as file:
                waiting = re.findall(r"^(?:SigPnd|ShdPnd):\s*(\w+)", file.read(), flags=re.M)
        except OSError:
            return True
        return any(int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in waiting)

    def submit(self, *words):
        code, text = self.call("sbatch", "--parsable", f"--output={self.home}/%j.log", *words)
        if code:
            raise RuntimeError(text)
        return text.split(";")[0]

    def job(self, number):
        text = self.call("scontrol", "-o", "show", "job", number)[1]
        return dict(re.findall(r"(\w+)=(\S*)", text)) if "JobState=" in text else {"JobState": "GONE"}

    def wait(self, number, seconds, ends=("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "GONE")):
        """Waits until the job ends; returns how it ended."""
        end = time.time() + seconds
        while time.time() < end:
            self.release()
            job = self.job(number)
            if job["JobState"] in ends:
                return job
            time.sleep(1)
        return job

    def release(self):
        """Slurm holds a requeued job back for two minutes; the administrator of this cluster does not."""
        for line in self.call("squeue", "-h", "-o", "%i %r")[1].splitlines():
            number, *reason = line.split()
            if reason == ["BeginTime"]:
                self.call("scontrol", "update", "jobid=" + number, "starttime=now")

    def log(self, number):
        path = os.path.join(self.home, f"{number}.log")
        return open(path).read()[-3000:] if os.path.exists(path) else "no log"

    def stop(self):
        for process in reversed(list(self.processes.values())):
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def results(directory):
    path = os.path.join(directory, "summary.yaml")
    if not os.path.exists(path):
        return None, None
    with open(path) as file:
        summary = yaml.safe_load(file)
    return summary["status"], summary.get("results", summary.get("groups"))


def same_as_undisturbed(what, directory, wanted):
    status, found = results(directory)
    check(status == "done", f"{what}: the run is done ({status})")
    check(found == wanted, f"{what}: its results are those of an undisturbed run, to the last bit")


def write(home, name, text):
    path = os.path.join(home, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def test_all(cluster):
    home, runs = cluster.home, os.path.join(cluster.home, "runs")
    ensemble = write(home, "ensemble.yaml", ENSEMBLE.format(root=ROOT))
    long = write(home, "long.yaml", LONG.format(root=ROOT))
    wanted = os.path.join(home, "undisturbed")
    cluster.call(*mpiexec(2, cluster.program, "run", long, "--out", wanted), timeout=600)
    undisturbed = results(wanted)[1]

    # out of time: the signal to stop comes half a minute before the end of its minute
    by_time = cluster.submit("--ntasks=2", "--nodes=1", "--nodelist=one", "--time=1", "--signal=TERM@20", "jobs/slurm.sh", long, "--checkpoint-every", "0.2 s")
    frozen = threading.Thread(target=cluster.freeze_until_told, args=(os.path.join(runs, f"long-{by_time}"),))
    frozen.start()
    # the members of an ensemble as tasks of an array on the other node, meanwhile
    array = cluster.submit("--ntasks=1", "--nodelist=two", "--array=1-4", "jobs/slurm-once.sh", ensemble, os.path.join(runs, "array"))
    for task in range(1, 5):
        cluster.wait(f"{array}_{task}", 120)
    cluster.call(*mpiexec(2, cluster.program, "run", ensemble, "--out", os.path.join(home, "ensemble")), timeout=300)
    same_as_undisturbed("array", os.path.join(runs, "array"), results(os.path.join(home, "ensemble"))[1])

    # the node is lost
    by_node = cluster.submit("--ntasks=2", "--nodes=1", "--nodelist=two", "jobs/slurm.sh", long, "--checkpoint-every", "0.2 s")
    lost = os.path.join(runs, f"long-{by_node}")
    cluster.freeze(lost)
    cluster.lose("two", by_node)
    for _ in range(90):
        cluster.release()
        if cluster.job(by_node).get("Restarts", "0") != "0":
            break
        time.sleep(1)
    check(cluster.job(by_node).get("Restarts") == "1", "node: the job of the lost node is back in the queue")
    cluster.node("two")

    frozen.join()
    job = cluster.wait(by_time, 900)
    restarts = int(job.get("Restarts", 0))
    if not check(job["JobState"] == "COMPLETED" and restarts >= 1, f"time: the job ran out of time {restarts} times and is {job['JobState']}"):
        print(cluster.log(by_time))
    same_as_undisturbed("time", os.path.join(runs, f"long-{by_time}"), undisturbed)
    job = cluster.wait(by_node, 900)
    if not check(job["JobState"] == "COMPLETED", f"node: the job is {job['JobState']}"):
        print(cluster.log(by_node))
    same_as_undisturbed("node", lost, undisturbed)

    # a chain of three
    code, text = cluster.call("bash", "jobs/slurm-chain.sh", "3", ensemble, "--ntasks=1", f"--output={home}/%j.log")
    chain = re.findall(r"job (\d+):", text)
    check(code == 0 and len(chain) == 3, "chain: three jobs are submitted")
    states = [cluster.wait(number, 120)["JobState"] for number in chain]
    check(states[0] == "COMPLETED" and states[1] in ("CANCELLED", "GONE"), f"chain: the first job does it, the next is cancelled {states}")
    same_as_undisturbed("chain", os.path.join(runs, "ensemble"), results(os.path.join(home, "ensemble"))[1])

    figures = cluster.submit("--ntasks=2", "jobs/reproduce.sh", "letters", "--only", "single", "--seeds", "1", "--out", os.path.join(home, "figures"))
    job = cluster.wait(figures, 120)
    told = cluster.log(figures)
    table = os.path.exists(os.path.join(home, "figures", "tables.yaml"))
    if not check(job["JobState"] == "COMPLETED" and table and "0 missed, 0 runs absent" in told, f"figures: the job is {job['JobState']}, its table is there"):
        print(told)


def main():
    program = os.path.abspath(sys.argv[1])
    absent = [name for name in DAEMONS if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    if absent:
        print(f"slurm: skipped, {', '.join(absent)} not installed (Debian packages slurm-wlm and munge)")
        return 0
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    home = tempfile.mkdtemp(prefix="hf-slurm-")
    cluster = Cluster(home, program)
    try:
        why = cluster.start()
        if why:
            print(f"slurm: skipped, {why}")
            return 0
        test_all(cluster)
    finally:
        cluster.stop()
        if not failures:
            shutil.rmtree(home, ignore_errors=True)
    print(f"slurm: {len(failures)} failed" + (f"; logs in {home}" if failures else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
