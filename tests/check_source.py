#!/usr/bin/env python3
"""The habits of the source that no compiler checks: file length, include direction, banned calls, the lists of plug-ins, blanks.

Usage: check_source.py [FOLDER]   prints FILE:LINE: what is wrong; exit code 1 when anything is.
"""

import os
import re
import sys

MAX_LINES = 500
SKIPPED_FOLDERS = re.compile(r"^(build.*|runs|\.git|__pycache__)$")
TEXT_FILES = re.compile(r"\.(c|h|def|inc|py|sh|cmake|yaml|json|md|supp)$|(^|/)(CMakeLists\.txt|LICENSE|run)$")
CODE_FILES = re.compile(r"\.(c|h|def|inc|py|sh|cmake)$")

# What library code (src/, but the program in src/app) must not call, and what to use.
BANNED = {
    r"(?<!\w)(malloc|calloc|realloc|free|strdup)\s*\(": "PetscMalloc, PetscStrallocpy and PetscFree",
    r"(?<!\w)(sprintf|vsprintf|strcpy|strcat|gets|strtok)\s*\(": "the bounded form (PetscSNPrintf, PetscStrncpy)",
    r"(?<!\w)(atoi|atof|atol|rand|srand|random|drand48)\s*\(": "strtod and strtol with their end checked, HfRandom...",
    r"(?<!\w)(exit|abort|_exit)\s*\(": "a returned error code",
    r"(?<!\w)(printf|puts|putchar|PetscPrintf)\s*\(": "HfFault, HfDeckWarn or the recorder's log",
    r"(?<!\w)SETERRABORT\s*\(": "PetscCheck",
}
# A signal handler can do no other: what is banned elsewhere may stand there.
EXCEPT = {"src/base/signals.c": "_exit"}
# Exceptions: the file that prints faults, the deck's verdict, the log's echo on the terminal.
ALLOWED = {
    "stderr": {"src/base/faults.c", "src/deck/messages.c"},
    "stdout": {"src/base/faults.c", "src/output/log.c"},
}


def without_comments(text):
    """The C text with comments and the inside of strings blanked, line numbers kept."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda m: m.group(0) if m.group(0)[0] == '"' and include_line(text, m.start()) else blank(m), text)


def include_line(text, position):
    return text[text.rfind("\n", 0, position) + 1 : position].lstrip().startswith("#include")


def allowed_folders(root):
    """For each folder of src/ the folders whose headers it may include: its libraries in CMakeLists.txt, and theirs."""
    links = {}
    for name, rest in re.findall(r"^hf_module\((\w+)([^)]*)\)", open(os.path.join(root, "CMakeLists.txt")).read(), re.M):
        links[name] = {name}.union(*(links[library[3:]] for library in rest.split())) if rest.split() else {name}
    links["app"] = set(links)
    return links


def check_text(path, text, report):
    lines = text.split("\n")
    if CODE_FILES.search(path) and len(lines) - 1 > MAX_LINES:
        report(path, len(lines) - 1, f"more than {MAX_LINES} lines")
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            report(path, number, "tab")
        if line != line.rstrip():
            report(path, number, "blanks at the end of the line")
        if re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b", line):
            report(path, number, "left open: do it or open an issue")
    if text and not text.endswith("\n"):
        report(path, len(lines), "no newline at the end of the file")


def check_includes(path, code, folders, report):
    parts = path.split("/")
    folder = parts[1] if parts[0] == "src" else None
    if parts[0] == "include":
        folder = os.path.splitext(parts[-1])[0]
    for match in re.finditer(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', code, re.M):
        number = code.count("\n", 0, match.start()) + 1
        name = match.group(1)
        public = re.match(r"hopfilm/(\w+)\.h$", name)
        if folder in folders and public and public.group(1) not in folders[folder]:
            report(path, number, f"{folder} must not include {name}: CMakeLists.txt does not link hf_{folder} with it")
        if parts[0] == "src" and name.split("/")[0] in folders and name.split("/")[0] != folder and not public:
            report(path, number, f"private header of another folder: {name}")
        if parts[0] in ("src", "include") and ".." in name.split("/") and name.startswith("../../"):
            report(path, number, f"include reaches out of its folder: {name}")


def check_calls(path, code, report):
    in_library = path.startswith("src/") and not path.startswith("src/app/")
    for number, line in enumerate(code.split("\n"), 1):
        if re.search(r"\b(MPI_COMM_WORLD|PETSC_COMM_WORLD)\b", line) and path.startswith(("src/", "include/")) and path != "src/app/main.c":
            report(path, number, "the world communicator belongs to src/app/main.c; use the object's")
        if not in_library:
            continue
        for pattern, instead in BANNED.items():
            match = re.search(pattern, line)
            if match and EXCEPT.get(path) != match.group(0).rstrip("( "):
                report(path, number, f"{match.group(0).rstrip('( ')} is not used here; use {instead}")
        for stream, files in ALLOWED.items():
            if re.search(rf"\b{stream}\b", line) and path not in files:
                report(path, number, f"{stream} is not used here; use HfFault, HfDeckWarn or the recorder's log")


def check_lists(root, path, report):
    """NAME.def lists the files of the folder NAME (its own folder, or the one beside it): every name a file, every file a name."""
    folder, stem = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    beside = os.path.join(folder, stem)
    own_folder = not os.path.isdir(os.path.join(root, beside))
    plugins = folder if own_folder else beside
    plain = lambda name: re.sub(r"[^a-z0-9]", "", name.lower())
    names = {}
    text = without_comments(open(os.path.join(root, path)).read())
    for match in re.finditer(r"^HF_\w+\(\s*(\w+)", text, re.M):
        names[plain(match.group(1))] = text.count("\n", 0, match.start()) + 1
    files = {plain(f[:-2]): f for f in os.listdir(os.path.join(root, plugins)) if f.endswith(".c")}
    for name, number in names.items():
        if name not in files:
            report(path, number, f"no file in {plugins}/ for '{name}'")
    for name, file in files.items():
        descriptor = re.search(r"^const Hf\w+ Hf\w+_\w+ = \{", open(os.path.join(root, plugins, file)).read(), re.M)
        if descriptor and name not in names:
            report(path, 1, f"{plugins}/{file} is not listed")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    root = os.path.normpath(root)
    found = []
    report = lambda path, number, what: found.append(f"{path}:{number}: {what}")
    folders = allowed_folders(root)
    count = 0
    for directory, subfolders, files in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if not SKIPPED_FOLDERS.match(s))
        for file in sorted(files):
            path = os.path.relpath(os.path.join(directory, file), root)
            if not TEXT_FILES.search(path) or "bad-decks/" in path:
                continue
            count += 1
            text = open(os.path.join(root, path), encoding="utf-8").read()
            check_text(path, text, report)
            if path.endswith((".c", ".h", ".inc")):
                code = without_comments(text)
                check_includes(path, code, folders, report)
                check_calls(path, code, report)
            if path.endswith(".def"):
                check_lists(root, path, report)
    for line in found:
        print(line)
    print(f"source check: {count} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
