#!/usr/bin/env python3
"""Builds jobs/Containerfile without a container engine: every stage is a folder made by debootstrap, in which chroot runs the RUN lines. Then runs a deck in
the last stage and prints what each stage weighs. Needs root, debootstrap and the network; takes minutes.

Usage: container.py [--work FOLDER] [--apptainer]      --apptainer: %post of jobs/container.def instead
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from launch import ROOT

MOUNTS = ("proc", "sys", "dev")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        sys.exit(f"failed ({done.returncode}): {' '.join(command)}\n{done.stdout[-4000:]}")
    return done.stdout


class Stage:
    def __init__(self, folder, parent=None):
        self.root = folder
        self.environment = dict(parent.environment) if parent else {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
        self.directory, self.entry, self.command = ("/", [], []) if not parent else (parent.directory, parent.entry, parent.command)

    def run(self, command):
        """One shell command in the stage, with the proxy of this machine."""
        environment = {**self.environment, **{name: value for name, value in os.environ.items() if name.endswith("_proxy")}}
        environment["DEBIAN_FRONTEND"] = "noninteractive"
        for name in MOUNTS:
            run("mount", "--rbind", "/" + name, os.path.join(self.root, name))
            run("mount", "--make-rslave", os.path.join(self.root, name))
        try:
            return run("chroot", self.root, "/bin/sh", "-c", f"cd {shlex.quote(self.directory)} && {command}", env=environment, stdin=subprocess.DEVNULL)
        finally:
            for name in reversed(MOUNTS):
                run("umount", "-lR", os.path.join(self.root, name))

    def path(self, name):
        return os.path.join(self.root, os.path.join(self.directory, name).lstrip("/"))

    def size(self):
        return int(run("du", "-sxm", self.root).split()[0])


def base(work, distribution):
    """The distribution's image: a bare Debian with the package sources and the resolver of this machine."""
    names = {"debian:12": "bookworm"}
    folder = os.path.join(work, distribution.replace(":", "-"))
    if not os.path.isdir(folder):
        part = folder + ".part"
        run("debootstrap", "--variant=minbase", names[distribution], part)
        shutil.copytree("/etc/apt", os.path.join(part, "etc/apt"), dirs_exist_ok=True)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(os.path.join("/etc", name), os.path.join(part, "etc", name))
        os.rename(part, folder)
    return folder


def copy_of(folder, name):
    shutil.rmtree(name, ignore_errors=True)
    run("cp", "-a", "--reflink=auto", folder, name)
    return name


def source(work):
    """What `COPY .` sees: the last commit."""
    folder = os.path.join(work, "context")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    archive = subprocess.Popen(["git", "-C", ROOT, "archive", "HEAD"], stdout=subprocess.PIPE)
    run("tar", "-x", "-C", folder, stdin=archive.stdout)
    return folder


def copy(words, stage, stages, context):
    start = context
    if words[0].startswith("--from="):
        start = stages[words.pop(0).split("=")[1]].root
    *names, target = words
    for name in names:
        origin, aim = os.path.normpath(os.path.join(start, name.lstrip("/"))), stage.path(target)
        os.makedirs(aim if os.path.isdir(origin) else os.path.dirname(aim), exist_ok=True)
        run("cp", "-a", origin + "/." if os.path.isdir(origin) else origin, aim)


def build(file, work):
    """{name: Stage} of a Containerfile."""
    context, stages, stage = source(work), {}, None
    text = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", open(file).read(), flags=re.M))
    for line in filter(None, map(str.strip, text.splitlines())):
        word, rest = line.split(None, 1)
        start = time.time()
        if word == "FROM":
            origin, _, name = re.fullmatch(r"(\S+)( AS (\S+))", rest).groups()
            parent = stages.get(origin)
            stages[name] = stage = Stage(copy_of(parent.root if parent else base(work, origin), os.path.join(work, "stage-" + name)), parent)
        elif word == "RUN":
            stage.run(rest)
        elif word == "COPY":
            copy(rest.split(), stage, stages, context)
        elif word == "WORKDIR":
            stage.directory = rest
            os.makedirs(stage.path("."), exist_ok=True)
        elif word == "ENV":
            stage.environment.update(part.split("=", 1) for part in shlex.split(rest))
        elif word == "ENTRYPOINT":
            stage.entry = json.loads(rest)
        elif word == "CMD":
            stage.command = json.loads(rest)
        else:
            sys.exit(f"{file}: {word} is not understood")
        print(f"{time.time() - start:6.0f} s  {line[:110]}", flush=True)
    return stages


def try_out(stage, report):
    """The entry point as it is, then a deck on two ranks, and its report."""
    helped = stage.run(" ".join(stage.entry + stage.command))
    if "Commands:" not in helped:
        sys.exit(f"the entry point prints no help: {helped}")
    print(stage.run(" ".join(stage.entry + ["version"])).strip())
    deck = "/usr/local/share/hopfilm/inputs/four-node-switch.yaml"
    stage.run(f"mpiexec --oversubscribe -n 2 hopfilm run {deck} --out /tmp/run --set 'film.cell=100 nm' --set 'schedule=[probe]'")
    print(stage.run("hopfilm info /tmp/run").strip())
    if report:
        print(stage.run("hopfilm-post report /tmp/run").strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", metavar="FOLDER", help="where the stages are built; a bare Debian found there is used again")
    parser.add_argument("--apptainer", action="store_true", help="run %%post of jobs/container.def instead")
    options = parser.parse_args()
    work = options.work or tempfile.mkdtemp()
    os.makedirs(work, exist_ok=True)
    if options.apptainer:
        text = open(os.path.join(ROOT, "jobs/container.def")).read()
        stage = Stage(copy_of(base(work, "debian:12"), os.path.join(work, "stage-apptainer")))
        copy([".", "/opt/hopfilm"], stage, {}, source(work))
        stage.run("set -e\n" + re.search(r"^%post\n(.*?)^%", text, re.M | re.S).group(1))
        stage.environment.update(re.findall(r"^ *export (\w+)=(\S+)", text, re.M))
        # Apptainer runs as the user, chroot as root.
        stage.environment.update({"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
        stage.entry, stage.command = ["hopfilm"], ["help"]
        stages = {"apptainer": stage}
    else:
        stages = build(os.path.join(ROOT, "jobs/Containerfile"), work)
    for name, stage in stages.items():
        if stage.entry:
            print(f"stage {name}, {stage.size()} MB, {stage.size() - Stage(base(work, 'debian:12')).size()} MB more than a bare Debian:")
            try_out(stage, report=name != "runtime")


main()
