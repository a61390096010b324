#!/usr/bin/env python3
"""Checks that everything named in src/README.md exists, that its table of rooms agrees with CMakeLists.txt, and that the paths named in the READMEs, in the
decks and in the job scripts lead to files. Looks also for what Doxygen passes over in silence in the public headers.

Usage: maps.py      prints FILE:LINE: what is wrong; exit code 1 when anything is

Between backticks, in src/README.md: `room/file.c:function` is defined in src/room/file.c; `room/file.c` and `folder/` exist; `HfName` and `HF_NAME` occur in
the source; `HF_NAME(...)` in `file.def` is a line of that form. NAME, ROOM and WHAT stand for anything.
"""

import glob
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
MAP = "src/README.md"
TOP = "src|include|tests|jobs|inputs|postprocess"
OTHERS = [
    "README.md",
    "inputs/README.md",
    "jobs/README.md",
    "postprocess/README.md",
    "tests/README.md",
    "inputs/tutorial/README.md",
    "inputs/**/*.yaml",
    "jobs/**/*.sh",
    "jobs/**/*.py",
]


def read(path):
    return open(os.path.join(ROOT, path), encoding="utf-8").read()


def exists(path):
    path = re.sub(r"[A-Z_]*(NAME|ROOM|WHAT)[A-Z_]*", "*", path)
    return bool(glob.glob(os.path.join(ROOT, path)))


def sources():
    found = [p for folder in ("src", "include") for end in ("c", "h", "def") for p in glob.glob(os.path.join(ROOT, folder, "**", "*." + end), recursive=True)]
    return "\n".join(open(p, encoding="utf-8").read() for p in found)


def defines(path, function):
    """Whether the C file has a definition of the function: its name, parameters, an opening brace."""
    return re.search(rf"^\w[\w *]*\b{function}\([^;{{]*\)\s*\{{", read(path), re.M)


def paths_of(text):
    """Paths from the top of the tree, with the numbers of their lines."""
    for number, line in enumerate(text.split("\n"), 1):
        for match in re.finditer(rf"(?<![\w/.-])(?:{TOP})/[\w./*?$<{{-]*", line):
            path = match.group(0).rstrip(".-")
            if not re.search(r"[*?$<{]", path):
                yield number, path


def found_below(folder, name):
    """Whether a file or folder of this name stands anywhere below: `steps/` of the room experiment."""
    return bool(glob.glob(os.path.join(ROOT, folder, "**", name.rstrip("/")), recursive=True))


def check_words(text, source, report):
    for number, line in enumerate(text.split("\n"), 1):
        for word in re.findall(r"`([^`]+)`", line):
            place = re.fullmatch(r"([\w/]+\.[ch]):(\w+)", word)
            if place:
                path = "src/" + place.group(1)
                if not os.path.exists(os.path.join(ROOT, path)):
                    report(MAP, number, f"there is no {path}")
                elif not defines(path, place.group(2)):
                    report(MAP, number, f"{path} does not define {place.group(2)}()")
            inside = re.fullmatch(r"[a-z_]\w*(?:/\w+)*(?:\.(?:c|h|def|py)|/)", word)
            if inside and not exists(word) and not exists("src/" + word) and not found_below("src", word):
                report(MAP, number, f"there is no {word}")
            name = re.fullmatch(r"(?:const )?(Hf\w+|HF_\w+)(\(.*\))?", word)
            if name and not re.search(r"\b" + name.group(1).replace("NAME", r"\w+") + r"\b", source):
                report(MAP, number, f"{name.group(1)} does not occur in the source")
        line_of = re.search(r"`(HF_\w+)\(.*\)` in `(\S+\.def)`", line)
        if line_of and not re.search(rf"^{line_of.group(1)}\(", read(line_of.group(2)), re.M):
            report(MAP, number, f"{line_of.group(2)} has no line {line_of.group(1)}(...)")


def check_rooms(text, report):
    """| `room` | what | `used`, `used` |  against hf_module(room hf_used hf_used)."""
    modules = {name: re.findall(r"hf_(\w+)", rest) for name, rest in re.findall(r"^hf_module\((\w+)([^)]*)\)", read("CMakeLists.txt"), re.M)}
    for name, uses in re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) ?\|$", text, re.M):
        if name != "app" and (name not in modules or sorted(re.findall(r"`(\w+)`", uses)) != sorted(modules[name])):
            report(MAP, 1, f"the room {name} uses {', '.join(modules.get(name, ['nothing, for it does not exist']))} in CMakeLists.txt")
        modules.pop(name, None)
    for name in modules:
        report(MAP, 1, f"the room {name} is missing")


def check_headers(report):
    """Doxygen looks for undocumented functions only in files that are documented themselves, and takes `[n]: text` for the target of a link."""
    for path in sorted(glob.glob(os.path.join(ROOT, "include/hopfilm/*.h"))):
        name, text = os.path.relpath(path, ROOT), open(path, encoding="utf-8").read()
        if not text.startswith("/** @file"):
            report(name, 1, "a public header starts with /** @file")
        for match in re.finditer(r"/\*\*<? *\[[^]\n]*\]:", text):
            report(name, text.count("\n", 0, match.start()) + 1, "Doxygen drops a comment that starts with [...]: put a comma after the brackets")


def main():
    found = []
    report = lambda path, number, what: found.append(f"{path}:{number}: {what}")
    text = read(MAP)
    check_words(text, sources(), report)
    check_rooms(text, report)
    check_headers(report)
    files = [MAP] + [os.path.relpath(p, ROOT) for pattern in OTHERS for p in glob.glob(os.path.join(ROOT, pattern), recursive=True)]
    for path in files:
        for number, name in paths_of(read(path)):
            if not exists(name):
                report(path, number, f"there is no {name}")
    for line in found:
        print(line)
    print(f"maps: {len(files)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
