#!/usr/bin/env python3
"""Interruptions: signals, STOP, the time limit, torn checkpoints, other decks, full and read-only disks, a rank that dies. After each of them the same
command continues the run, and the results are bitwise those of the undisturbed run."""

import argparse
import concurrent.futures
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kill import datasets, descendants, differences, spread  # noqa: E402
from launch import cores, environment  # noqa: E402
from stop_case import AT_ONCE, DECK, DECK_FAULT, ENDLESS, FILE, HERE, OFTEN, PATIENCE, STOPPED, WIRE, Case, Failure, check, status  # noqa: E402


def term(case, number=signal.SIGTERM, who=0):
    """A signal to one rank alone: all stop after the step, with a checkpoint."""
    out = case.directory()
    process = case.start(out, until="hold")
    os.kill(case.ranks(process)[who], number)
    case.end(process, STOPPED)
    check(status(out) == "stopped" and os.path.exists(f"{out}/checkpoint.h5"), "not stopped with a checkpoint")
    datasets(f"{out}/run.h5")
    check("resuming" in case.same(out), "it did not resume")


def early(case):
    """A signal that comes while MPI starts counts, too."""
    out = case.directory()
    log = open(f"{case.top}/output-early", "w+")
    process = subprocess.Popen([case.program, "run", DECK, "--out", out], env=environment(), stdout=log, stderr=log)
    process.log = log.name
    caught = 0
    while not caught >> (signal.SIGTERM - 1) & 1 and len(descendants(process.pid)) == 1:  # MPI starts a helper
        try:
            caught = int(re.search(r"SigCgt:\s*(\w+)", open(f"/proc/{process.pid}/status").read()).group(1), 16)
        except (AttributeError, OSError) as fault:
            raise Failure(f"it was over before it caught signals: {open(log.name).read()[-500:]}") from fault
    os.kill(process.pid, signal.SIGTERM)
    case.end(process, STOPPED)
    check("requested by a signal" in open(log.name).read() and os.path.exists(f"{out}/checkpoint.h5"), "not stopped with a checkpoint")


def late(case):
    """A signal that comes while MPI ends changes nothing: the run is done."""
    out, caught = case.directory(), [1, 1]
    log = open(f"{case.top}/output-late", "w+")
    process = subprocess.Popen([case.program, "run", DECK, "--out", out, "--set", "schedule.1.train.epochs=1"], env=environment(), stdout=log, stderr=log)
    process.log = log.name
    case.wait(process, "done; results in")
    while any(caught) and process.poll() is None:  # the state while MPI ends; between one handler and the next it may be 0 for a moment
        try:
            caught = caught[1:] + [int(re.search(r"SigCgt:\s*(\w+)", open(f"/proc/{process.pid}/status").read()).group(1), 16) >> (signal.SIGTERM - 1) & 1]
            time.sleep(0.003)
        except (AttributeError, OSError):
            break
    if not any(caught):
        os.kill(process.pid, signal.SIGTERM)
    case.end(process, 0)


def interrupt(case):
    """INT to another rank."""
    term(case, signal.SIGINT, 1)


def other_signals(case):
    """A closed terminal, QUIT, and a limit on CPU time, which is announced every second: as TERM. Under nohup a closed terminal changes nothing."""
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU):
        term(case, number, 1)
    out = case.directory()
    log = open(f"{case.top}/output-nohup", "w+")
    process = subprocess.Popen(
        ["nohup", case.program, "run", DECK, "--out", out, *ENDLESS], env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    process.log = log.name
    case.wait(process, "hold")
    os.kill(process.pid, signal.SIGHUP)
    time.sleep(0.5)
    check(process.poll() is None, "HUP ended a run under nohup")
    for _ in range(4):
        os.kill(process.pid, signal.SIGXCPU)
        time.sleep(0.6)
    case.end(process, STOPPED)
    check("asked twice" not in open(process.log).read() and os.path.exists(f"{out}/checkpoint.h5"), "XCPU is taken for a second request")


def second_signal(case):
    """A recall that takes minutes and cannot be cut: the first signal waits for its end, a second one does not; exit 75 all the same."""
    out = case.directory()
    endless = "infer: {patterns: [L, T], flips: [1], samples: 1, method: asynchronous, max_iterations: 2000000000, quiet: 2000000000}"
    short = "train: {patterns: [L, T], field: 20 Oe, pulse: 0.1 ns}"
    process = case.start(out, "--set", f"schedule=[{{{short}}}, {{{endless}}}]", until="train +++", deck=WIRE)
    case.pause(process, 1)
    time.sleep(1)
    rank = case.ranks(process)[1]
    os.kill(rank, signal.SIGTERM)
    time.sleep(1.5)
    check(process.poll() is None, "the first signal ended a step that cannot be cut")
    os.kill(rank, signal.SIGTERM)
    start = time.time()
    case.end(process, STOPPED)
    check(time.time() - start < 20, "it took long")
    check("asked twice" in open(process.log).read(), "it does not say why")
    datasets(f"{out}/run.h5")


def work(case):
    """What takes long without a step of the integrator: the first signal, to one rank, is heeded within two seconds."""
    train = "train: {patterns: [L, T], field: 20 Oe, pulse: 0.1 ns}"
    single = "method: asynchronous, max_iterations: 100000, quiet: 100000"
    tasks = {
        "infer": f"[{{{train}}}, {{infer: {{patterns: [L, T], flips: [1], samples: 1000000000}}}}]",
        "recall": f"[{{{train}}}, {{recall: {{starts: all, {single}, xi: [0.9, 0.91, 0.92, 0.93]}}}}]",
        "wire": "[{wire: {patterns: [L, T], field: 20 Oe, starts: 2, candidates: 100, flips: [1], samples: 2000000000}}]",
    }
    for name, schedule in tasks.items():
        out = case.directory()
        process = case.start(out, "--set", f"schedule={schedule}", until="wire 100 %" if name == "wire" else "train +++", deck=WIRE)
        case.pause(process, 0.2)
        time.sleep(0.7)
        check(process.poll() is None, f"{name} is over")
        os.kill(case.ranks(process)[1], signal.SIGTERM)
        case.end_within(process, 2, STOPPED)
        check(case.info(out)["resumable"].startswith("yes"), f"{name}: {case.info(out)}")
        process = case.start(out, "--set", f"schedule={schedule}", until="resuming", deck=WIRE)  # and again while it repeats what it has done
        time.sleep(0.7)
        os.kill(case.ranks(process)[1], signal.SIGTERM)
        case.end(process, STOPPED)
        check(case.info(out)["resumable"].startswith("yes"), f"{name}, stopped again: {case.info(out)}")
        datasets(f"{out}/run.h5")


def parts(case):
    """A long inference goes on after the last part that was finished, however often it is stopped, and counts what one without parts counts."""
    whole, out, count = case.directory(), case.directory(), 0
    options = "patterns: [L, T], flips: [1, 2], samples: 2000, xi: [0.99], method: asynchronous, max_iterations: 2000000, rules: [outer-product]"
    more = ("--set", f"schedule=[{{train: {{patterns: [L, T], field: 20 Oe, pulse: 0.1 ns}}}}, {{infer: {{{options}}}}}]")
    case.run(whole, more[0], more[1].replace("2000000", "2000"), deck=WIRE)  # in one part: no recall takes so many iterations
    process = case.start(out, *more, until="train +++", deck=WIRE)
    os.kill(case.ranks(process)[1], signal.SIGTERM)
    case.end(process, STOPPED)
    for count in range(60):  # noqa: B007  (how many were needed is told)
        done = subprocess.run(case.command(out, *more, "--max-walltime", "3 s", deck=WIRE), env=environment(), capture_output=True, text=True, timeout=300)
        if done.returncode != STOPPED:
            break
    check(done.returncode == 0, f"exit {done.returncode} after {count + 1} stops\n{done.stdout[-800:]}{done.stderr[-800:]}")
    with h5py.File(f"{out}/checkpoint.h5") as file:
        check(len(file["tape/values"]) > 1000, f"{len(file['tape/values'])} values on the tape: no part of the inference")
    wrong = differences(whole, out, 0)
    check(not wrong, f"after {count + 1} stops: {wrong[:3]}")


def search(case):
    """A search for a wiring continues after the last start that was finished, on any number of ranks, to the result of the undisturbed one."""
    more = ("--set", "schedule.0.wire.starts=4", "--set", "schedule.0.wire.candidates=10000")
    whole = case.directory()
    case.run(whole, *more, deck=WIRE)
    for ranks in (2, 1):
        out = case.directory()
        process = case.start(out, *more, until="wire  55 %", deck=WIRE)
        os.kill(case.ranks(process)[1], signal.SIGTERM)
        case.end(process, STOPPED)
        check(case.info(out)["position"] == "inside item 1 of 4, wire", f"info: {case.info(out)}")
        text = case.run(out, *more, deck=WIRE, ranks=ranks)
        first = int(re.search(r"wire +(\d+) %", text).group(1))
        check(50 <= first <= 60, f"it continues at {first} %, after two of four starts:\n{text[:1500]}")
        wrong = differences(whole, out, 0 if ranks == 2 else 1e-9)
        check(not wrong, f"on {ranks} ranks: {wrong[:3]}")
        for k in (1, 2, 3):
            name = f"wiring-1-{k}.yaml"
            check(open(f"{out}/{name}").read() == open(f"{whole}/{name}").read(), f"on {ranks} ranks: {name}")


def checkpoint_and_flush(case):
    """USR1: a checkpoint, and on. USR2: tables flushed, and on."""
    out = case.directory()
    process = case.start(out, until="hold")
    before = open(process.log).read().count("checkpoint:")
    os.kill(case.ranks(process)[1], signal.SIGUSR1)
    os.kill(case.ranks(process)[0], signal.SIGUSR2)
    case.end(process, 0)
    check(open(process.log).read().count("checkpoint:") > before, "no checkpoint was written")
    check(not differences(case.reference, out, 0), "a signal changed the results")


def stop_file(case):
    """A file STOP: the run ends, and the file is gone."""
    out = case.directory()
    process = case.start(out, until="hold")
    open(f"{out}/STOP", "w").close()
    case.pause(process, 1.5)  # it looks every second
    case.end(process, STOPPED)
    check(not os.path.exists(f"{out}/STOP"), "STOP is still there")
    case.same(out)


def walltime(case):
    """The time limit."""
    out = case.directory()
    case.limited(out)
    case.same(out)


def torn(case):
    """A torn, altered or foreign checkpoint is recognized, and the one before it is used."""
    out = case.directory()
    for damage in ("cut", "bit", "foreign"):
        process = case.start(out, *OFTEN, "--force", until="train")
        os.kill(case.ranks(process)[0], signal.SIGTERM)
        case.end(process, STOPPED)
        name = f"{out}/checkpoint.h5"
        size = os.path.getsize(name)
        with open(name, "r+b") as file:
            if damage == "cut":
                file.truncate(size // 2)
            elif damage == "bit":
                file.seek(size // 2)
                byte = file.read(1)
                file.seek(size // 2)
                file.write(bytes([byte[0] ^ 4]))
            else:
                file.truncate(0)
                file.write(b"no checkpoint at all" * 1000)
        text = case.same(out)
        check("is not used" in text and "previous" in text, f"{damage}: not reported\n{text[:1500]}")
    out = case.directory()
    check("cannot resume" in case.run(out, "--restart", f"{case.top}/nothing.h5", code=FILE), "a missing file is used")


def outlook(case):
    """`hopfilm info` reports whether the run can be continued, and from where; or why not."""
    out, endless = case.directory(), ENDLESS
    process = case.start(out, *endless, "--checkpoint-every", "0", until="train")
    for rank in case.ranks(process):
        os.kill(rank, signal.SIGKILL)
    process.wait(PATIENCE)
    check(case.info(out)["resumable"].startswith("no: there is no checkpoint"), f"none: {case.info(out)}")
    process = case.start(out, *endless, *OFTEN, until="train")
    case.wait(process, "checkpoint:", 2)
    os.kill(case.ranks(process)[0], signal.SIGTERM)
    case.end(process, STOPPED)
    newest = case.info(out)
    with h5py.File(f"{out}/checkpoint.h5") as file:
        time_then, item = file["tape/time"][0], file["output/items_begun"][0]
    check(newest["resumable"].startswith("yes") and newest["checkpoint"] == f"{out}/checkpoint.h5", f"stopped: {newest}")
    check(abs(float(newest["simulated_seconds"]) - time_then) <= 1e-5 * time_then, f"its time is {time_then}: {newest}")
    check(newest["position"].startswith(f"inside item {item} of 3, ") or newest["position"].startswith(f"after item {item} of 3, "), f"{newest}")
    check(0 <= float(newest["seconds_ago"]) < PATIENCE, f"its age: {newest}")
    os.truncate(f"{out}/checkpoint.h5", 1000)
    before = case.info(out)
    check(before["checkpoint"] == f"{out}/checkpoint-previous.h5" and "cut short" in before["not_used"], f"torn: {before}")
    os.truncate(f"{out}/checkpoint-previous.h5", 1000)
    check(case.info(out)["resumable"].startswith("no: no checkpoint is intact"), f"both torn: {case.info(out)}")
    check(case.info(case.reference)["resumable"] == "no: it is finished", f"finished: {case.info(case.reference)}")


def simulated_time(case):
    """Checkpoints by simulated time, at the first step that reaches each: they change no result, and the run can be continued from any of them."""
    out, step = case.directory(), 0.01  # ns, longer than any step of this film
    text = case.run(out, "--checkpoint-every", "0", "--checkpoint-every-simulated", "0.8 ns")
    times = [float(time_then) for time_then in re.findall(r"checkpoint: .* at ([\d.]+) ns", text)]
    check(len(times) == 2 and all(0 <= there - wanted < step for there, wanted in zip(times, (0.8, 1.6))), f"at {times} ns")
    check(not differences(case.reference, out, 0), "checkpoints changed the results")
    earlier = f"{out}-earlier"
    shutil.copytree(out, earlier)
    os.remove(f"{earlier}/checkpoint.h5")
    for place, then in ((out, times[1]), (earlier, times[0])):
        check(abs(1e9 * float(case.info(place)["simulated_seconds"]) - then) < 1e-4, f"info: {case.info(place)}")
        check("resuming" in case.same(place), "it did not resume")


def other_deck(case):
    """Another physics is refused with its keys; a longer schedule and other output are not; a finished run is reported as finished."""
    out = case.directory()
    case.limited(out)
    text = case.run(out, "--set", "film.material.alpha=0.2", "--set", "integrator.tolerance=1e-4", code=DECK_FAULT)
    check("film.material.alpha" in text and "integrator.tolerance" in text, f"the keys are not named:\n{text}")
    text = case.run(out, "--set", "schedule.0.hold.time=0.4 ns", code=DECK_FAULT)
    check("schedule.0" in text, f"the item is not named:\n{text}")
    case.run(out, "--set", "output.compression=3", "--set", "title=another")
    check("finished already" in case.run(out), "a finished run is not reported")
    longer = f"{case.top}/longer.yaml"
    deck = open(DECK).read().replace("../../inputs", os.path.join(HERE, "..", "inputs"))
    with open(longer, "w") as file:
        file.write(deck.replace("output:", "  - hold: {time: 0.1 ns}\noutput:"))
    check("resuming" in case.run(out, deck=longer), "a longer schedule does not resume")
    whole = case.directory()
    case.run(whole, deck=longer)
    check(not differences(whole, out, 0), f"a longer schedule: {differences(whole, out, 0)[:3]}")


def other_files(case):
    """The deck is the same, but a mask, pattern or start field that it names is not: refused with key and file. Written again as it was, it is the same."""
    folder, out = f"{case.top}/files", case.directory()
    os.mkdir(folder)
    with open(f"{folder}/mask.pbm", "w") as file:
        file.write("P1 4 4 1111 1111 1111 1111\n")
    with open(f"{folder}/pattern.pbm", "w") as file:
        file.write("P1 2 1 01\n")
    for name in ("start.h5", "later.h5"):
        shutil.copy(f"{case.reference}/run.h5", f"{folder}/{name}")
    with open(f"{folder}/deck.yaml", "w") as file:
        file.write(
            f"hopfilm: 1\ninclude: {DECK}\npatterns: {{current: pattern.pbm}}\n"
            "film: {shape: {image: {file: mask.pbm, size: [200 nm, 200 nm]}}, initial: {file: {path: start.h5}}}\n"
            "schedule: [hold: {time: 0.1 ns}, train: {patterns: [current], voltage: 25 mV, pulse: 0.1 ns}, initial: {file: {path: later.h5}}]\n"
        )
    deck = f"{folder}/deck.yaml"
    keys = {"film.shape.image.file": "mask.pbm", "patterns.current": "pattern.pbm", "film.initial.file.path": "start.h5"}
    later = {"schedule.2.initial.file.path": "later.h5"}

    def refused(named):
        for key, name in named.items():
            with open(f"{folder}/{name}", "rb") as file:
                before = file.read()
            with open(f"{folder}/{name}", "wb") as file:
                file.write(before[:-2] + b"0\n")  # still an image of the same length
            text = case.run(out, deck=deck, code=DECK_FAULT)
            check(f"{key} ({folder}/{name})" in text and "--restart never" in text, f"{name} is not named:\n{text}")
            check(not any(other in text for other in {**keys, **later} if other != key), f"not {name} alone is named:\n{text}")
            with open(f"{folder}/{name}", "wb") as file:
                file.write(before)

    case.run(out, *AT_ONCE, deck=deck, code=STOPPED)
    refused(keys)
    os.remove(f"{folder}/later.h5")  # of an item that has not begun
    shutil.copy(f"{folder}/start.h5", f"{folder}/later.h5")
    with h5py.File(f"{folder}/later.h5", "r+") as file:
        file["fields/m"][-1] = file["fields/m"][0]
    check("resuming" in case.run(out, deck=deck), "it did not resume")
    check("finished already" in case.run(out, deck=deck), "a finished run is not reported")
    refused(later)
    out = case.directory()  # one without any checkpoint
    case.run(out, "--checkpoint-every", "0", deck=deck)
    refused(later)
    check("finished already" in case.run(out, deck=deck), "without a checkpoint a finished run is not reported")


def cut_at_the_end(case):
    """Killed between the last checkpoint and the end: the results are completed."""
    out = case.directory()
    case.run(out)
    summary = open(f"{out}/summary.yaml").read()
    with open(f"{out}/summary.yaml", "w") as file:
        file.write(summary.replace("status: done", "status: running"))
    os.remove(f"{out}/references.bib")
    check("resuming" in case.same(out), "it did not resume")
    check(status(out) == "done" and os.path.exists(f"{out}/references.bib"), "it has no end")


def other_ranks(case):
    """On another number of ranks the results are the same but for round-off, which this film amplifies."""
    alone = case.directory()
    case.run(alone, ranks=1)
    out = case.directory()
    case.limited(out)
    case.run(out, ranks=1)
    wrong = differences(case.reference, out, 1e-9, spread(case.reference, alone))
    check(not wrong, "; ".join(wrong[:3]))


def too_large(case):
    """Writing fails on the way: exit 4, the last run.h5 stays readable, and the run continues once there is room."""
    out = case.directory()
    process = case.start(out, *OFTEN, until="train", ranks=1)
    before = datasets(f"{out}/run.h5")
    limit = os.path.getsize(f"{out}/run.h5") + 20000
    for rank in case.ranks(process):
        resource.prlimit(rank, resource.RLIMIT_FSIZE, (limit, limit))
    case.end(process, FILE)
    check(re.search("cannot write|not be written", open(process.log).read()), f"no reason is given:\n{open(process.log).read()[-1000:]}")
    after = datasets(f"{out}/run.h5")
    check(all(len(after[name]) >= len(before[name]) for name in before if before[name].ndim), "earlier data are lost")
    alone = case.directory()
    case.run(alone, ranks=1)
    case.run(out, ranks=1)
    check(not differences(alone, out, 0), "it does not continue")


def disk_full(case):
    """The same on a small disk that is full."""
    disk = f"{case.top}/disk"
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True).returncode:
        return "skipped: no tmpfs may be mounted here"
    try:
        text = case.run(f"{disk}/run", "--set", "output.every=0.02 ns", code=FILE)
        check("disk is full" in text, f"no reason is given:\n{text}")
        check("disk is full" in open(f"{disk}/run/log.txt").read(), "the log does not give the reason")
        datasets(f"{disk}/run/run.h5")
    finally:
        subprocess.run(["umount", disk], check=False)
    return None


def vanished(case):
    """The directory is taken away: exit 4."""
    out = case.directory()
    process = case.start(out, *OFTEN, until="train")
    os.rename(out, f"{out}-away")
    case.end(process, FILE)
    datasets(f"{out}-away/run.h5")


def read_only(case):
    """A directory that has become read-only: exit 4."""
    if os.geteuid() == 0:
        return "skipped: nothing is read-only for root"
    out = case.directory()
    process = case.start(out, *OFTEN, until="train")
    os.chmod(out, 0o500)
    try:
        case.end(process, FILE)
        datasets(f"{out}/run.h5")
    finally:
        os.chmod(out, 0o700)
    case.same(out)
    return None


def dead_rank(case):
    """A rank is killed: the others end within seconds, and the run can be continued."""
    out = case.directory()
    process = case.start(out, *OFTEN, until="train")
    os.kill(case.ranks(process)[1], signal.SIGKILL)
    start = time.time()
    process.wait(PATIENCE)
    check(process.returncode != 0 and time.time() - start < 20, f"exit code {process.returncode} after {time.time() - start:.1f} s")
    case.same(out)


CASES = [
    term,
    early,
    late,
    interrupt,
    other_signals,
    second_signal,
    work,
    parts,
    search,
    checkpoint_and_flush,
    stop_file,
    walltime,
    torn,
    outlook,
    simulated_time,
    other_deck,
    other_files,
    cut_at_the_end,
    other_ranks,
    too_large,
    disk_full,
    vanished,
    read_only,
    dead_rank,
    Case.stalled,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--at-once", type=int, default=cores() + 1)  # a case waits for a part of its time
    args = parser.parse_args()
    case = Case(os.path.abspath(args.program), tempfile.mkdtemp(prefix="hopfilm-stop-"))
    case.reference = f"{case.top}/reference"
    case.run(case.reference)

    def verdict_of(one):
        """Its verdict, and the seconds it took."""
        start = time.time()
        try:
            return one(case) or "ok", time.time() - start
        except (Failure, subprocess.TimeoutExpired, OSError) as fault:
            return f"FAILED: {fault}", time.time() - start

    failed, cases = 0, [one for one in CASES if not args.only or one.__name__ in args.only]
    with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
        for one, (verdict, seconds) in zip(cases, pool.map(verdict_of, cases)):
            failed += verdict.startswith("FAILED")
            print(f"{one.__name__:22} {verdict}  ({seconds:.1f} s)", flush=True)
    shutil.rmtree(case.top, ignore_errors=True)
    print(f"stop: {len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
