#!/usr/bin/env python3
"""What stands in a run's way: links, FIFOs and directories in the place of its files, paths that are too long, another run that is still dying, a disk
that is full, files with a byte order mark, a checkpoint that is damaged, a step that is longer than it was.

Usage: obstacles.py HOPFILM [--only NAME...]
"""

import argparse
import concurrent.futures
import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

import h5py
import numpy
from kill import descendants
from launch import cores, environment, mpiexec, with_open_mpi
from stop_case import DECK_FAULT, FILE, HERE, STOPPED, Case, Failure, check, status

DECK = """hopfilm: 1
film:
  size: [80 nm, 40 nm]
  cell: 10 nm
  thickness: 5 nm
  material: {Ms: 800 kA/m, Aex: 13 pJ/m, alpha: 0.5, conductivity: 5e6 S/m}
  initial: {uniform: {direction: [1, 0.2, 0.1]}}
electrodes:
  - {name: L, shape: {rectangle: {size: [0 nm, 40 nm]}}, at: [-40 nm, 0 nm]}
  - {name: R, shape: {rectangle: {size: [0 nm, 40 nm]}}, at: [40 nm, 0 nm]}
schedule:
  - hold: {time: 0.1 ns}
"""
FILES = (
    "table.tsv",
    "log.txt",
    "references.bib",
    "summary.yaml",
    "status.yaml",
    "deck.yaml",
    "run.h5",
    "run.h5.part",
    "run.h5.new",
    "checkpoint.h5",
    "checkpoint.h5.new",
    "checkpoint-previous.h5",
    "table.tsv.new",
    "deck.yaml.new",
    "summary.yaml.new",
    "status.yaml.new",
)


def deck(case, text=DECK, mode="w", name="deck.yaml"):
    """Written into a folder of its own."""
    folder = case.directory()
    os.mkdir(folder)
    with open(f"{folder}/{name}", mode) as file:
        file.write(text)
    return f"{folder}/{name}"


def run(case, path, out, *options, code=0, **more):
    return case.run(out, *options, deck=path, ranks=more.pop("ranks", 1), code=code, **more)


def links(case):
    """The targets of symbolic and hard links keep what they hold."""
    path = deck(case)
    for make in (os.symlink, os.link):
        out, victims = case.directory(), case.directory()
        os.mkdir(out)
        os.mkdir(victims)
        for name in FILES:
            with open(f"{victims}/{name}", "w") as file:
                file.write("keep\n")
            make(f"{victims}/{name}", f"{out}/{name}")
        run(case, path, out, "--force")
        for name in FILES:
            check(open(f"{victims}/{name}").read() == "keep\n", f"{make.__name__}: {name} was written through")
        check(not any(os.path.islink(f"{out}/{name}") for name in FILES) and status(out) == "done", f"{make.__name__}: not a directory of files")
        with h5py.File(f"{out}/run.h5") as file:
            check(len(file["fields/m"]) >= 1, "run.h5 is empty")
        run(case, path, out)  # it is finished, and can be read


def fifos(case):
    """Nothing is waited for; what is read at a restart is not, either."""
    path, out = deck(case), case.directory()
    os.mkdir(out)
    for name in FILES:
        os.mkfifo(f"{out}/{name}")
    run(case, path, out, "--force")
    check(all(stat.S_ISREG(os.lstat(f"{out}/{name}").st_mode) for name in os.listdir(out)), "a FIFO is left")
    for name in ("checkpoint.h5", "summary.yaml", "log.txt"):
        os.remove(f"{out}/{name}")
        os.mkfifo(f"{out}/{name}")
    text = run(case, path, out)
    check("is not used: it is no regular file" in text and status(out) == "done", f"a checkpoint that is a FIFO:\n{text[:800]}")
    os.remove(f"{out}/run.h5")
    os.mkfifo(f"{out}/run.h5")
    done = subprocess.run([case.program, "info", out], env=environment(), capture_output=True, text=True, timeout=60)
    check(done.returncode == FILE, f"info of a FIFO: exit {done.returncode}\n{done.stdout}{done.stderr}")


def folders(case):
    """Told before anything runs or is written."""
    path = deck(case)
    for name in ("references.bib", "checkpoint.h5", "run.h5.part"):
        out = case.directory()
        os.makedirs(f"{out}/{name}")
        text = run(case, path, out, code=FILE)
        check(f"{out}/{name} is a directory" in text and os.listdir(out) == [name], f"{name}: {os.listdir(out)}\n{text}")


def long_paths(case):
    """Open MPI has 256 bytes for the name of a file; what it cannot write is told, what is read is read without it."""
    path, folder = deck(case), f"{case.directory()}/{'y' * 100}"
    os.makedirs(folder)
    room = 220 if with_open_mpi(case.program) else 4000  # more than is tried
    for ranks, lengths in ((1, (220, 221, 1000)), (2, (220, 240))):
        for length in lengths:
            text = f"{folder}/" + "/".join(["z" * 60] * 30)
            out = text[:length].rstrip("/")
            out += "z" * (length - len(out))
            said = run(case, path, out, ranks=ranks, code=0 if length <= room else FILE)
            check(length <= room or f"has {length} characters" in said, f"{length} characters:\n{said}")
            check(length <= room or not os.path.exists(out), f"{length} characters: something is written")
            if length <= room:
                shutil.rmtree(out)
    out, far = case.directory(), f"{folder}/{'z' * 120}"
    run(case, path, out, "--checkpoint-every", "1 h")
    shutil.copytree(out, far)
    more = DECK + "  - hold: {time: 0.1 ns}\n"
    check("resuming" in run(case, deck(case, more), case.directory(), "--restart", f"{far}/checkpoint.h5", ranks=2), "not resumed from a long path")
    run(case, deck(case, DECK.replace("uniform: {direction: [1, 0.2, 0.1]}", f"file: {{path: {far}/run.h5}}")), case.directory(), ranks=2)


def marks(case):
    """A byte order mark, of UTF-8 and of UTF-16, in decks, parts of decks and images."""
    folder = os.path.dirname(deck(case, "P1\r\n8 4\r\n" + "11111111\r\n" * 4, name="mask.pbm"))
    main = "include: [part.yaml]\r\nfilm:\r\n  shape: {image: {file: mask.pbm, size: [80 nm, 40 nm]}}\r\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be"):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        for name, text in (("part.yaml", DECK.replace("\n", "\r\n")), ("main.yaml", main)):
            with open(f"{folder}/{name}", "w", encoding=encoding, newline="") as file:
                file.write(mark + text)
        out = case.directory()
        run(case, f"{folder}/main.yaml", out)
        check(status(out) == "done", encoding)
    with open(f"{folder}/main.yaml", "w", encoding="utf-8-sig") as file:
        file.write("hopfilm: 1\nfilm: {cel: 1 nm}\n")
    check("main.yaml:2:8: error" in run(case, f"{folder}/main.yaml", case.directory(), code=DECK_FAULT), "another place is told")


def full_device(case):
    """`hopfilm info > /dev/full` and its like."""
    out = case.directory()
    path = deck(case)
    run(case, path, out)
    for words in (["info", out], ["keys"], ["version"], ["check", path, "--picture", "none"], ["--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([case.program, *words], env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        check(done.returncode == FILE and "standard output" in done.stderr, f"{words[0]}: exit {done.returncode}\n{done.stderr}")
    with open("/dev/full", "w") as full:  # of a run the log has the lines
        done = subprocess.run([case.program, "run", path, "--out", out, "--force"], env=environment(), stdout=full, timeout=60)
    check(done.returncode == 0, f"run: exit {done.returncode}")


def lock(case):
    """A directory that another run is about to release is waited for; one that it keeps is not."""
    path, out = deck(case), case.directory()
    run(case, path, out)
    for seconds, code in ((2, 0), (30, FILE)):
        holder = subprocess.Popen(["flock", "-x", f"{out}/log.txt", "sleep", str(seconds)])
        with open(f"{out}/log.txt") as log:
            while True:  # until it holds the lock
                try:
                    fcntl.flock(log, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    fcntl.flock(log, fcntl.LOCK_UN)
                    time.sleep(0.01)
                except BlockingIOError:
                    break
        before, start = open(f"{out}/log.txt").read(), time.time()
        text = run(case, path, out, "--force", code=code)
        took = time.time() - start
        check(code == 0 or ("waiting a few seconds" in text and "another run is writing" in text and 9 < took < 25), f"{took:.1f} s\n{text}")
        check(code == 0 or open(f"{out}/log.txt").read() == before, "it wrote into the log of the other run")
        for pid in descendants(holder.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        holder.wait()


def semaphore(case):
    """Semaphores that Open MPI leaves locked when a run is killed while it opens its files: the next run on the machine does not wait for them."""
    names = " ".join(f"/dev/shm/sem.OMPIO_{name}" for name in ("run.h5", "run.h5.part", "run.h5.new", "checkpoint.h5", "checkpoint.h5.new"))
    plant = f"mount -t tmpfs tmpfs /dev/shm && for name in {names}; do head -c 32 /dev/zero >$name || exit 1; done"
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c"]  # a /dev/shm of its own: other programs use the machine's
    if subprocess.run([*own, plant], capture_output=True).returncode:
        return "skipped: needs a mount namespace"
    out = case.directory()
    os.makedirs(out, exist_ok=True)
    for name in ("run.h5.part-17-4.lock", "checkpoint.h5.new-17-4.lock"):  # and these beside the files
        open(f"{out}/{name}", "w").close()
    command = mpiexec(2, case.program, "run", deck(case), "--out", out)
    done = subprocess.run([*own, plant + ' && exec "$@"', "sh", *command], env=environment(), capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    check(not any(name.endswith(".lock") for name in os.listdir(out)), f"{os.listdir(out)}")
    return "ok"


def damaged(case):
    """A damaged checkpoint is set aside: the next one that is written does not push it into the place of the good one before it."""
    out, path = case.directory(), deck(case, DECK.replace("0.1 ns", "1 us") + "integrator: {max_step: 0.1 ps}\n")  # of the forecast, an endless one
    process = case.start(out, "--checkpoint-every", "50 ms", deck=path, ranks=1, until="results in")
    case.wait(process, "checkpoint:", 3)
    os.kill(case.ranks(process)[0] if case.ranks(process) else process.pid, signal.SIGTERM)
    case.end(process, STOPPED)
    os.truncate(f"{out}/checkpoint.h5", 1000)
    process = case.start(out, "--checkpoint-every", "1 h", deck=path, ranks=1, until="is not used: it is cut short")
    case.wait(process, "resuming")
    case.pause(process, 0.2)
    os.kill(case.ranks(process)[0] if case.ranks(process) else process.pid, signal.SIGTERM)
    case.end(process, STOPPED)
    check(os.path.getsize(f"{out}/checkpoint-damaged.h5") == 1000, "the damaged one is not kept aside")
    check(case.info(out)["checkpoint"] == f"{out}/checkpoint.h5", f"{case.info(out)}")
    os.truncate(f"{out}/checkpoint.h5", 1000)
    after = case.info(out)
    check(after["resumable"].startswith("yes") and after["checkpoint"].endswith("previous.h5"), f"the one before the damaged one is lost: {after}")


def with_fault(case, variable, ending):
    """The environment of a run that meets the fault `variable` at the file whose path has this ending."""
    library = f"{case.directory()}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, f"{HERE}/faults_preloaded.c", "-ldl"], check=True)
    asan = "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")
    return {**environment(), "LD_PRELOAD": library, variable: ending, "ASAN_OPTIONS": asan}


def cut(case):
    """A run that takes the place of a finished one and is killed at once: the directory holds no finished run any more, neither the old nor the new."""
    path, other = deck(case), deck(case, DECK.replace("0.1 ns", "0.2 ns"))
    for name in ("summary.yaml", "deck.yaml"):
        out = case.directory()
        run(case, path, out)
        subprocess.run([case.program, "run", other, "--out", out, "--force"], env=with_fault(case, "CUT_AFTER", f"/{name}"), capture_output=True, timeout=60)
        check(status(out) == "running", f"after {name}: {status(out)}")
        if name == "deck.yaml":
            run(case, other, out)
            check(status(out) == "done", f"after {name}: {status(out)}")


def unsynced(case):
    """A summary that the disk has no room for does not take the place of the one before."""
    path, out = deck(case), case.directory()
    run(case, path, out)
    before = open(f"{out}/summary.yaml").read()
    command = [case.program, "run", path, "--out", out, "--force"]
    done = subprocess.run(command, env=with_fault(case, "FULL_AT", "/summary.yaml.new"), capture_output=True, text=True, timeout=60)
    check(done.returncode == FILE and "summary.yaml.new: No space left" in done.stderr, f"exit {done.returncode}\n{done.stderr}")
    check(open(f"{out}/summary.yaml").read() == before and os.path.exists(f"{out}/checkpoint.h5"), "what was there is not kept")


def older(case):
    """An older checkpoint than the newest, asked for in the directory itself, and a cut as soon as the table has been shortened to it."""
    out, path = case.directory(), deck(case, DECK + "  - hold: {time: 0.1 ns}\n")
    run(case, deck(case), out)
    shutil.copy(f"{out}/checkpoint.h5", f"{out}/kept.h5")
    run(case, path, out)
    lines = open(f"{out}/table.tsv").read()
    for name in ("kept.h5", "checkpoint-previous.h5"):
        command = [case.program, "run", path, "--out", out, "--restart", f"{out}/{name}"]
        subprocess.run(command, env=with_fault(case, "CUT_AFTER", "/table.tsv"), capture_output=True, timeout=60)
        check(len(open(f"{out}/table.tsv").read()) < len(lines), f"{name}: the table is whole")
        text = run(case, path, out)
        check("resuming" in text and status(out) == "done" and open(f"{out}/table.tsv").read() == lines, f"{name}:\n{text}")


def together(case):
    """Of two runs that start in a new directory, the one that comes second to its log leaves the results of the other alone."""
    path, out = deck(case), case.directory()
    command, late = [case.program, "run", path, "--out", out], with_fault(case, "LATE_AT", out)
    second = subprocess.Popen(command, env=late, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while second.poll() is None and not os.path.isdir(out):
        time.sleep(0.01)
    run(case, path, out)
    log = open(f"{out}/log.txt").read()
    said = second.communicate(timeout=60)[1]
    check(second.returncode == FILE and "another run" in said, f"exit {second.returncode}\n{said}")
    check(status(out) == "done" and open(f"{out}/log.txt").read().startswith(log), "the results are not left alone")


def foreign(case):
    """An integrator of PETSc's cannot pause on the way: a file STOP that is found there is obeyed at the end of the step, and reported once."""
    text = DECK.replace("0.1 ns", "20 ns") + "  - hold: {time: 1 us}\nintegrator: {max_step: 0.1 ps}\n"
    out = case.directory()
    process = case.start(out, "--", "-ts_type", "rk", deck=deck(case, text), ranks=1, until="results in")
    open(f"{out}/STOP", "w").close()
    case.wait(process, "stopping: there is a file STOP")
    case.end(process, STOPPED)
    check(open(process.log).read().count("stopping:") == 1 and not os.path.exists(f"{out}/STOP"), "it is reported again, or STOP is left")


def longer(case):
    """A step that is longer than when it was run: the message says what would go on, and that does."""
    out = case.directory()
    run(case, deck(case), out)
    text = run(case, deck(case, DECK.replace("0.1 ns", "0.2 ns")), out, code=DECK_FAULT)
    check("schedule.0.hold.time" in text and "add a `hold`" in text, text)
    text = run(case, deck(case, DECK + "  - hold: {time: 0.1 ns}\n"), out)
    with h5py.File(f"{out}/run.h5") as file:
        times = numpy.array(file["fields/time/m"])
    check("resuming" in text and status(out) == "done" and len(times), f"{times}\n{text}")


CASES = [links, fifos, folders, long_paths, marks, full_device, lock, semaphore, damaged, cut, unsynced, older, together, foreign, longer]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    case = Case(os.path.abspath(args.program), tempfile.mkdtemp(prefix="hopfilm-obstacles-"))

    def verdict_of(one):
        start = time.time()
        try:
            return one(case) or "ok", time.time() - start
        except (Failure, subprocess.TimeoutExpired, OSError, KeyError) as fault:
            return f"FAILED: {fault!r}", time.time() - start

    failed, cases = 0, [one for one in CASES if not args.only or one.__name__ in args.only]
    with concurrent.futures.ThreadPoolExecutor(cores()) as pool:
        for one, (verdict, seconds) in zip(cases, pool.map(verdict_of, cases)):
            failed += verdict.startswith("FAILED")
            print(f"{one.__name__:12} {verdict}  ({seconds:.1f} s)", flush=True)
    shutil.rmtree(case.top, ignore_errors=True)
    print(f"obstacles: {len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
