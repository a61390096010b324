#!/usr/bin/env python3
"""hopfilm on other stacks of libraries: builds each of them where it is missing, then hopfilm on it, and runs the tests; prints a matrix stack x stage.

    build       warnings are errors
    unit, physics, parallel, app    the tests of that label by ctest, without the slow ones
    kills       tests/kill.py: killed at random instants and resumed, bitwise
    sanitized   unit tests with the address and undefined-behaviour sanitizers
    exchange    a run stopped on this stack goes on on each of the others (stacks_exchange.py)

Usage: stacks.py [--stacks NAME...] [--stages NAME...] [--regex CTEST_REGEX] [--kills N] [--cache FOLDER] [--jobs N] [--list]

Libraries, builds and logs are kept in --cache (default $XDG_CACHE_HOME/hopfilm-stacks or ~/.cache/hopfilm-stacks). Debian's packages are installed where
they are missing, which needs root; they leave the system's choice of MPI, PETSc and HDF5 as it is. PETSc's source comes from PyPI, or lies there already as
src/petsc-VERSION.tar.gz. A build of it takes 10 to 20 minutes on two cores. Exit code 1 when anything failed."""

import argparse
import dataclasses
import glob
import os
import re
import shlex
import subprocess
import sys
import time

from launch import ROOT, cores, environment

NEWEST = "3.26.1"
LIBRARIES = "/usr/lib/x86_64-linux-gnu"
# C alone, nothing that is downloaded, no GPU that happens to be there.
PETSC_OPTIONS = "--with-cxx=0 --with-fc=0 --with-x=0 --with-hdf5=0 --with-cuda=0 --with-cudac=0 --with-shared-libraries=1"


@dataclasses.dataclass(frozen=True)
class Stack:
    name: str
    what: str
    mpi: str = "openmpi"  # the suffix of its programs on Debian
    preload: str = ""  # source of a library for the ranks of tests that are not sanitized
    packages: tuple = ()
    petsc: str = ""  # PETSc of the system: folder with petsc.pc
    build: str = ""  # PETSc from source: name of this build of it,
    options: str = ""  # options of its configure


STACKS = (
    Stack("debian", "PETSc 3.18, 32-bit indices, Open MPI 4.1"),
    Stack("debian-64", "PETSc 3.18, 64-bit indices, Open MPI 4.1", packages=("libpetsc64-real-dev",), petsc="/usr/lib/petsc64/lib/pkgconfig"),
    Stack("newest", f"PETSc {NEWEST}, optimised, Open MPI 4.1", build="openmpi", options="--with-debugging=0 COPTFLAGS=-O2"),
    Stack(
        "newest-debug-mpich",
        f"PETSc {NEWEST}, debug, MPICH 4.0",
        mpi="mpich",
        preload="stacks_yield.c",
        packages=("mpich", "libmpich-dev", "libhdf5-mpich-dev"),
        build="mpich-debug",
        options="--with-debugging=1 COPTFLAGS='-g -Og'",
    ),
)
STAGES = ("build", "unit", "physics", "parallel", "app", "kills", "sanitized", "exchange")
# These look at the source or the texts, not at what was built.
NO_STACK = "^app/(source|maps|source-test|reproduction|readme-test|configure|kill|glyphs|schema)$"


class Failed(Exception):
    pass


class Workshop:
    """The cache, and what is run there: every command leaves a log."""

    def __init__(self, args):
        self.args, self.cache = args, os.path.abspath(os.path.expanduser(args.cache))
        for folder in ("src", "bin", "logs", "build"):
            os.makedirs(f"{self.cache}/{folder}", exist_ok=True)

    def log(self, stack, stage):
        return f"{self.cache}/logs/{stack}-{stage}.log"

    def run(self, log, *command, env=None, cwd=None, append=False):
        """Exit code 0 or Failed with the place of the log; returns what was printed."""
        with open(log, "a" if append else "w") as file:
            print(f"$ {shlex.join(command)}", file=file, flush=True)
            code = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT).returncode
        text = open(log, errors="replace").read()
        if code:
            raise Failed(f"exit code {code}, {log}\n{text[-1500:]}")
        return text

    # ---- libraries ----

    def petsc_folder(self, stack):
        return f"{self.cache}/petsc-{NEWEST}-{stack.build}/lib/pkgconfig" if stack.build else stack.petsc

    def environment(self, stack, preload=False):
        """mpiexec and mpicc are those of the stack, pkg-config finds its PETSc first."""
        env = environment()
        if preload and stack.preload:
            env["LD_PRELOAD"] = f"{self.cache}/bin/{os.path.splitext(stack.preload)[0]}.so"
            source = os.path.join(ROOT, "tests", stack.preload)
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", env["LD_PRELOAD"], source, "-ldl"], check=True)
        env["CTEST_OUTPUT_ON_FAILURE"] = "1"
        folders = [folder for folder in (self.petsc_folder(stack), env.get("PKG_CONFIG_PATH")) if folder]
        if folders:
            env["PKG_CONFIG_PATH"] = ":".join(folders)
        if stack.name != "debian":
            programs = f"{self.cache}/bin/{stack.name}"
            os.makedirs(programs, exist_ok=True)
            for name in ("mpiexec", "mpirun", "mpicc"):
                path = f"{programs}/{name}"
                if os.path.lexists(path):
                    os.remove(path)
                with open(path, "w") as script:  # not a link: MPICH's looks for its own programs beside the path that it was called by
                    print(f'#!/bin/sh\nexec /usr/bin/{name}.{stack.mpi} "$@"', file=script)
                os.chmod(path, 0o755)
            env["PATH"] = f"{programs}:{env['PATH']}"
        return env

    def prepare(self, stack):
        self.install(stack)
        if stack.build and not os.path.exists(f"{self.petsc_folder(stack)}/complete"):
            self.build_petsc(stack)

    def install(self, stack):
        status = {name: subprocess.run(["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True).stdout for name in stack.packages}
        missing = [name for name in stack.packages if not status[name].startswith("install ok installed")]
        if not missing:
            return
        print(f"{stack.name}: installing {' '.join(missing)}", flush=True)
        root = [] if os.getuid() == 0 else ["sudo"]
        before, choice = alternatives(), system_choice()
        log, apt = self.log(stack.name, "packages"), [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        self.run(log, *apt, "update")
        self.run(log, *apt, "install", "--no-install-recommends", *missing, append=True)
        for name, path in alternatives().items():
            if before.get(name, path) != path:
                self.run(log, *root, "update-alternatives", "--set", name, before[name], append=True)
        if system_choice() != choice:
            raise Failed(f"{' '.join(missing)} changed the system's MPI, PETSc or HDF5:\n{choice}\nbecame\n{system_choice()}")

    def source(self):
        archive, log = f"{self.cache}/src/petsc-{NEWEST}.tar.gz", f"{self.cache}/logs/source.log"
        if not os.path.exists(archive):
            # pip asks the package for its dependencies, by programs that it would otherwise fetch for itself.
            tools = f"{self.cache}/src/pip"
            self.run(log, sys.executable, "-m", "venv", tools)
            self.run(log, f"{tools}/bin/pip", "install", "-q", "--upgrade", "pip", "setuptools", "wheel", append=True)
            download = ("download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", f"{self.cache}/src", f"petsc=={NEWEST}")
            self.run(log, f"{tools}/bin/pip", *download, append=True)
        return archive

    def build_petsc(self, stack):
        folder, prefix, log = f"{self.cache}/src/{stack.name}", os.path.dirname(os.path.dirname(self.petsc_folder(stack))), self.log(stack.name, "petsc")
        print(f"{stack.name}: building PETSc {NEWEST}, log {log}", flush=True)
        archive = self.source()
        os.makedirs(folder, exist_ok=True)
        self.run(log, "tar", "xzf", archive, "-C", folder)
        env, top = {name: value for name, value in environment().items() if name not in ("PETSC_DIR", "PETSC_ARCH")}, f"{folder}/petsc-{NEWEST}"
        options = ["PETSC_ARCH=arch", f"--prefix={prefix}", f"--with-cc=mpicc.{stack.mpi}", f"--with-mpiexec=mpiexec.{stack.mpi}"]
        options += [f"--with-make-np={self.args.jobs}", "--with-make-load=100", *PETSC_OPTIONS.split(), *shlex.split(stack.options)]
        self.run(log, sys.executable, "./configure", *options, cwd=top, env=env, append=True)
        for target in ("all", "install"):
            self.run(log, "make", f"PETSC_DIR={top}", "PETSC_ARCH=arch", target, cwd=top, env=env, append=True)
        open(f"{self.petsc_folder(stack)}/complete", "w").close()  # one that was cut short is built again
        self.run(log, "rm", "-rf", folder, append=True)

    # ---- stages ----

    def build_folder(self, stack, sanitized=False):
        return f"{self.cache}/build/{stack.name}{'-sanitized' if sanitized else ''}"

    def configure(self, stack, log, *options, sanitized=False):
        cache = f"{self.build_folder(stack, sanitized)}/CMakeCache.txt"
        if os.path.exists(cache) and f"CMAKE_HOME_DIRECTORY:INTERNAL={ROOT}\n" not in open(cache).read():
            os.remove(cache)  # of another copy of the sources
        command = ["cmake", "-S", ROOT, "-B", self.build_folder(stack, sanitized), "-G", "Ninja", "-D", "HOPFILM_WERROR=ON", *options]
        self.run(log, *command, env=self.environment(stack))

    def compile(self, stack, log, *targets, sanitized=False):
        target = [word for name in targets for word in ("--target", name)]
        self.run(log, "cmake", "--build", self.build_folder(stack, sanitized), "-j", str(self.args.jobs), *target, env=self.environment(stack), append=True)

    def ctest(self, stack, log, label, sanitized=False, **more):
        command = ["ctest", "--test-dir", self.build_folder(stack, sanitized), "-L", f"^{label}$", "-LE", "slow", "-j", str(self.args.jobs)]
        command += ["-R", self.args.regex] if self.args.regex else ["-E", NO_STACK]
        try:
            text = self.run(log, *command, env={**self.environment(stack, preload=not sanitized), **more}, append=sanitized)
        except Failed:
            text = open(log, errors="replace").read()
            failed = re.findall(r"^\s*\d+ - (\S+) \((?:Failed|Timeout|Subprocess aborted|SEGFAULT|Not Run|Child).*\)", text, re.M)
            raise Failed(f"{len(failed)} of {count(text)}\n{log}: {' '.join(failed)}") from None
        skipped = text.count("***Skipped")
        return f"{count(text) - skipped}{f', {skipped} skipped' if skipped else ''}"

    def stage_build(self, stack):
        log = self.log(stack.name, "build")
        self.configure(stack, log, "-D", "CMAKE_BUILD_TYPE=Release")
        self.compile(stack, log)
        steps = re.findall(r"^\[\d+/(\d+)\]", open(log).read(), re.M)
        return f"{steps[-1]} steps" if steps else "up to date"

    def stage_kills(self, stack):
        command = ("bash", "jobs/python.sh", "tests/kill.py", f"{self.build_folder(stack)}/hopfilm", "--kills", str(self.args.kills), "--seed", "3")
        try:
            text = self.run(self.log(stack.name, "kills"), *command, env=self.environment(stack, preload=True), cwd=ROOT)
        except Failed as fault:
            raise Failed(f"{str(fault).splitlines()[-1]}\n{self.log(stack.name, 'kills')}") from None
        return re.search(r"^(\d+) kills in \d+ runs", text, re.M).group(1)

    def stage_sanitized(self, stack):
        log = self.log(stack.name, "sanitized")
        self.configure(stack, log, "-D", "CMAKE_BUILD_TYPE=Debug", "-D", "HOPFILM_SANITIZE=ON", sanitized=True)
        self.compile(stack, log, "unit_tests", sanitized=True)
        suppressions = f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0"
        more = {"UBSAN_OPTIONS": "print_stacktrace=1", "ASAN_OPTIONS": "fast_unwind_on_malloc=0", "LSAN_OPTIONS": suppressions}
        return self.ctest(stack, log, "unit", sanitized=True, **more)

    def stage_exchange(self, stack):
        others = [f"{other.name}={self.build_folder(other)}" for other in STACKS if os.path.exists(f"{self.build_folder(other)}/hopfilm") and other != stack]
        if not others:
            return "no other stack"
        command = ["bash", "jobs/python.sh", "tests/stacks_exchange.py", f"{stack.name}={self.build_folder(stack)}", *others, "--path", f"{self.cache}/bin"]
        try:
            text = self.run(self.log(stack.name, "exchange"), *command, env=environment(), cwd=ROOT)
        except Failed as fault:
            raise Failed(f"{str(fault).splitlines()[-1]}\n{self.log(stack.name, 'exchange')}") from None
        return re.search(r"^(\d+) runs", text, re.M).group(1)

    def do(self, stack, stage):
        """What stands in the matrix."""
        start = time.time()
        try:
            if stage in ("unit", "physics", "parallel", "app"):
                verdict = self.ctest(stack, self.log(stack.name, stage), stage)
            else:
                verdict = getattr(self, f"stage_{stage}")(stack)
            ok = True
        except Failed as fault:
            short, _, rest = str(fault).partition("\n")
            verdict, ok = f"FAILED {short}", False
            print(f"---- {stack.name}, {stage}: {short}\n{rest}\n----", flush=True)
        print(f"{stack.name}, {stage}: {verdict}, {time.time() - start:.0f} s", flush=True)
        return verdict if ok else f"FAILED {short.split(',')[0]}", ok


def count(text):
    found = re.findall(r"tests failed out of (\d+)", text)
    return int(found[-1]) if found else 0


def alternatives():
    lines = subprocess.run(["update-alternatives", "--get-selections"], capture_output=True, text=True).stdout.splitlines()
    return {fields[0]: fields[2] for fields in map(str.split, lines) if len(fields) == 3}


def system_choice():
    """What a build finds that asks for nothing in particular."""
    found = [os.path.realpath(f"/usr/bin/{name}") for name in ("mpicc", "mpiexec", "h5pcc")]
    for names in (("petsc",), ("hdf5",), ("hdf5-openmpi",), ("ompi-c",)):
        found.append(subprocess.run(["pkg-config", "--cflags", "--libs", *names], capture_output=True, text=True).stdout.strip())
    found.extend(os.path.realpath(path) for path in sorted(glob.glob(f"{LIBRARIES}/libpetsc_real*.so") + glob.glob(f"{LIBRARIES}/lib[bl]*as.so.3")))
    return "\n".join(found)


def show(matrix, stages):
    """The matrix as a table of Markdown."""
    shown = [stack for stack in STACKS if stack.name in matrix]
    rows = [["stack", *stages]] + [[f"{stack.name}: {stack.what}", *(matrix[stack.name].get(stage, "-") for stage in stages)] for stack in shown]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for k, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if k == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [stack.name for stack in STACKS]
    parser.add_argument("--stacks", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES), metavar="NAME")
    parser.add_argument("--regex", help="only these tests of ctest")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--cache", default=os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "hopfilm-stacks"))
    parser.add_argument("--jobs", type=int, default=cores())
    parser.add_argument("--list", action="store_true", help="names of the stacks, nothing is run")
    args = parser.parse_args()
    if args.list:
        for stack in STACKS:
            print(f"{stack.name:20} {stack.what}")
        return 0
    workshop, matrix, failures = Workshop(args), {}, 0
    # Every stack is built before a run of one is continued by another.
    order = [(stack, stage) for late in (False, True) for stack in STACKS if stack.name in args.stacks for stage in STAGES if (stage == "exchange") == late]
    for stack, stage in order:
        row = matrix.setdefault(stack.name, {})
        if stage not in args.stages or row.get("libraries") == "FAILED" or row.get("build", "").startswith("FAILED"):
            continue
        if not row:
            try:
                workshop.prepare(stack)
            except Failed as fault:
                print(f"---- {stack.name}, libraries: {fault}\n----", flush=True)
                row["libraries"] = "FAILED"
                failures += 1
                continue
        row[stage], ok = workshop.do(stack, stage)
        failures += not ok
    print()
    show(matrix, [stage for stage in ("libraries", *STAGES) if any(stage in row for row in matrix.values())])
    print(f"\n{sum(len(row) for row in matrix.values())} stages on {len(matrix)} stacks, {failures} failed; logs in {workshop.cache}/logs")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
