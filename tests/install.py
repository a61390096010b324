#!/usr/bin/env python3
"""Sources as they are handed on: an unpacked `git archive` knows its commit, compiler flags that the user chooses are used as they are, and warnings are
errors only where that is wished.

Usage: install.py BUILD_FOLDER"""

import json
import os
import subprocess
import sys
import tempfile

from launch import ROOT


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


with tempfile.TemporaryDirectory() as folder:
    print(archive(folder))
