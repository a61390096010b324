#!/usr/bin/env python3
"""What users get. An unpacked `git archive` knows its commit, compiler flags that the user chooses are used as they are, and warnings are errors only where
that is wished. `cmake --install` into a DESTDIR gives a program that runs an installed deck from another folder, hopfilm-post that reports and watches it,
a manual page without warnings of groff that has every command, option and deck key, and completion that bash and zsh use, typed on a terminal of their own.

Usage: install.py BUILD_FOLDER"""

import glob
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

from launch import ROOT, environment, mpiexec


def check(condition, what):
    if not condition:
        sys.exit(what)


def output(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **options)
    check(done.returncode == 0, f"{' '.join(command)} returns {done.returncode}:\n{done.stdout}")
    return done.stdout


def archive(temporary):
    """Configures an unpacked archive of the last commit; a folder without git has none."""
    if not os.path.exists(os.path.join(ROOT, ".git")):
        return "no git here: no archive"
    commit = output("git", "-C", ROOT, "rev-parse", "HEAD").strip()
    source, build, packed = (os.path.join(temporary, name) for name in ("source", "build", "source.tar"))
    os.mkdir(source)
    output("git", "-C", ROOT, "archive", "--output", packed, "HEAD")
    output("tar", "-xf", packed, "-C", source)
    output("cmake", "-S", source, "-B", build, "-D", "CMAKE_C_FLAGS_RELEASE=-O1", "-D", "BUILD_TESTING=OFF")
    header = open(os.path.join(build, "generated", "hf_commit.h")).read()
    check(f'"{commit}"' in header, f"the archive of {commit} says {header}")
    lines = [entry["command"].split() for entry in json.load(open(os.path.join(build, "compile_commands.json")))]
    check(lines and all("-O1" in words and "-O3" not in words for words in lines), f"-O1 was wished, this is used: {lines[0]}")
    check(not any("-Werror" in words for words in lines), "warnings are errors for a user, too")
    check(not any("tests/unit" in word for words in lines for word in words), "BUILD_TESTING=OFF builds tests")
    return f"the archive knows its commit {commit[:8]}, {len(lines)} files with the user's flags"


def install(build, temporary):
    """The folder usr/ of the installation."""
    output("cmake", "--install", build, "--prefix", "/usr", env={**environment(), "DESTDIR": os.path.join(temporary, "root")})
    check(os.listdir(os.path.join(temporary, "root")) == ["usr"], "something is installed outside the prefix")
    return os.path.join(temporary, "root", "usr")


def run(usr, temporary):
    """The installed program and commands, on an installed deck, from a folder that has nothing to do with the checkout."""
    deck, out = os.path.join(usr, "share/hopfilm/inputs/four-node-switch.yaml"), os.path.join(temporary, "out")
    program = os.path.join(usr, "bin/hopfilm")
    settings = {**environment(), "PATH": os.path.dirname(program) + ":" + os.environ["PATH"]}
    output(*mpiexec(1, program, "run", deck, "--out", out, "--set", "film.cell=100 nm", "--set", "schedule=[probe]"), cwd=temporary, env=settings)
    for words, file in ((["report", out], "report.html"), (["watch", out, "--once"], "watch.png")):
        output("hopfilm-post", *words, cwd=temporary, env=settings)
        check(os.path.getsize(os.path.join(out, file)) > 1000, f"hopfilm-post {words[0]} leaves no {file}")
    for name in ("doc/hopfilm/LICENSE", "hopfilm/hopfilm.schema.json", "hopfilm/jobs/slurm.sh", "hopfilm/python/hopfilm/__init__.py"):
        check(os.path.getsize(os.path.join(usr, "share", name)) > 0, f"share/{name} is missing")
    decks = glob.glob("**/*.yaml", root_dir=os.path.join(ROOT, "inputs"), recursive=True)
    missing = [path for path in decks if not os.path.exists(os.path.join(usr, "share/hopfilm/inputs", path))]
    check(not missing, f"decks are not installed: {missing}")
    return f"{len(decks)} decks; run, report and watch work as installed"


def runtime_packages(usr):
    """The container's small stage has the packages of all libraries that the program names; those of Debian 12."""
    if not os.path.exists("/etc/debian_version") or not open("/etc/debian_version").read().startswith("12"):
        return "runtime packages: not checked, this is not Debian 12"
    if os.environ.get("PKG_CONFIG_PATH"):
        return "the container has other libraries than this build, which PKG_CONFIG_PATH names"
    program = os.path.join(usr, "bin/hopfilm")
    needed = re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", program))
    paths = dict(re.findall(r"(\S+) => (/\S+)", output("ldd", program)))
    stage = open(os.path.join(ROOT, "jobs/Containerfile")).read().split("AS runtime")[1].split("FROM")[0]
    for library in needed:
        path = paths[library]
        owner = subprocess.run(["dpkg", "-S", path, os.path.realpath(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        owners = re.findall(r"^([^:,\s]+)", owner, re.M)
        check("libc6" in owners or any(name in stage.split() for name in owners), f"jobs/Containerfile: stage runtime lacks {library} ({owners})")
    return f"the container's small stage has the {len(needed)} libraries"


def manual(usr):
    page = os.path.join(usr, "share/man/man1/hopfilm.1")
    said = output("groff", "-K", "utf8", "-man", "-ww", "-z", page)
    check(not said, f"groff on the manual page:\n{said}")
    text = output("groff", "-K", "utf8", "-T", "utf8", "-P-cbou", "-rLL=1000n", "-man", page)
    program, words = os.path.join(usr, "bin/hopfilm"), set()
    for line in output(program, "keys", env=environment()).splitlines()[1:]:
        words.add(line.split()[0] + " (")
    helped = output(program, "help", env=environment())
    commands = re.findall(r"^  ([a-z]+)", helped.split("Commands:")[1].split("Options")[0], re.M)
    check({"run", "check", "keys", "help"} <= set(commands), f"commands: {commands}")
    for command in commands:
        words.update(re.findall(r"^  (--[a-z-]+)", output(program, "help", command, env=environment()), re.M), [command])
    missing = [word for word in sorted(words) if not re.search(rf"^ +{re.escape(word)}", text, re.M)]
    check(not missing, f"the manual page lacks {missing}")
    return f"manual page: {len(words)} commands, options and keys, no warning"


class Shell:
    """A shell on a terminal of its own, whose `hopfilm` prints the words that it is given."""

    def __init__(self, command, setup, folder):
        self.process, self.terminal = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execvpe(command[0], command, {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": folder, "LC_ALL": "C.UTF-8"})
        self.lines("PS1='READ''Y> '; " + setup + "; hopfilm() { printf '<%s>' \"$@\"; echo; }")

    def lines(self, typed):
        """What the shell shows until its next prompt."""
        seen = b""
        os.write(self.terminal, typed.encode() + b"\n")
        while not seen.endswith(b"READY> "):
            check(select.select([self.terminal], [], [], 60)[0], f"no prompt comes after {typed}: {seen}")
            seen += os.read(self.terminal, 4096)
        return seen.decode()

    def words(self, typed):
        found = re.findall(r"<([^<>]*)>", self.lines(typed + "\t").rsplit(typed[:9], 1)[-1])
        return [word.rstrip("/") for word in found if word]  # zsh takes the slash back

    def end(self):
        os.write(self.terminal, b"\x15exit\n")
        os.close(self.terminal)
        os.waitpid(self.process, 0)


TYPED = [
    ("hopfilm chec", ["check"]),
    ("hopfilm --vers", ["--version"]),
    ("hopfilm run my-d", ["run", "my-deck.yaml"]),
    ("hopfilm run --out res", ["run", "--out", "results"]),
    ("hopfilm run d.yaml --set film.thi", ["run", "d.yaml", "--set", "film.thickness="]),
    ("hopfilm run d.yaml --set film.material.Ae", ["run", "d.yaml", "--set", "film.material.Aex="]),
    ("hopfilm run d.yaml --set demag=sh", ["run", "d.yaml", "--set", "demag=shape"]),
    ("hopfilm run d.yaml --restart ne", ["run", "d.yaml", "--restart", "never"]),
    ("hopfilm run d.yaml --max-w", ["run", "d.yaml", "--max-walltime"]),
    ("hopfilm keys --json", ["keys", "--json-schema"]),
    ("hopfilm help ru", ["help", "run"]),
    ("hopfilm completion z", ["completion", "zsh"]),
    ("hopfilm info res", ["info", "results"]),
    ("hopfilm export res", ["export", "results"]),
    ("hopfilm export results --data binary8 --v", ["export", "results", "--data", "binary8", "--vtk"]),
    ("hopfilm check --ou", ["check", "--ou"]),  # no option of check
]


def completion(usr, temporary):
    folder = os.path.join(temporary, "typed")
    os.makedirs(os.path.join(folder, "results"))
    for name in ("my-deck.yaml", "my-data.txt"):
        open(os.path.join(folder, name), "w").close()
    share = os.path.join(usr, "share")
    shells = {
        "bash": (["bash", "--norc", "--noprofile", "-i"], f"source {share}/bash-completion/completions/hopfilm"),
        "zsh": (
            ["zsh", "-f", "-i"],
            f"unset zle_bracketed_paste; unsetopt prompt_sp; fpath=({share}/zsh/site-functions $fpath); autoload -U compinit; compinit -u -D",
        ),
    }
    for name, (command, setup) in shells.items():
        check(shutil.which(name), f"there is no {name}: bash jobs/install-packages.sh --test")
        shell = Shell(command, setup, folder)
        for typed, expected in TYPED:
            words = shell.words(typed)
            check(words == expected, f"{name}: {typed}<tab> gives {words}, not {expected}")
        shell.end()
    return f"completion: {len(TYPED)} lines in {' and '.join(shells)}"


with tempfile.TemporaryDirectory() as folder:
    print(archive(folder), flush=True)
    installed = install(os.path.abspath(sys.argv[1]), folder)
    print(run(installed, folder), flush=True)
    print(runtime_packages(installed), flush=True)
    print(manual(installed), flush=True)
    print(completion(installed, folder))
