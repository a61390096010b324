#!/usr/bin/env python3
"""Conventions of the source that no compiler checks. check_source_test.py proves that each of these checks can fail.

    text        file length, tabs, trailing blanks, open ends
    includes    a room of src/ includes only headers of the rooms that CMakeLists.txt links it with
    calls       banned functions, the world communicator, stderr and stdout, what differs between versions of PETSc
    lists       the lists of plug-ins and the files of their folders name the same
    readers     values of the deck are read by key only in functions named after settings: at creation, never while time steps run
    basenames   the name of a .c file is unique, or its plug-in folder completes it (steps/recall.c)
    state       no static or global variables that change
    privates    a test that includes a header of src/ gives the reason in its head, beside the header's name
    decks       the decks of C tests stand in the YAML file beside them, whose documents all have a name that the test uses
    subjects    of new commits: at most 72 characters

Usage: check_source.py [FOLDER]   prints FILE:LINE: what is wrong; exit code 1 when anything is.
"""

import os
import re
import subprocess
import sys

MAX_LINES = 500
SKIPPED_FOLDERS = re.compile(r"^(build.*|runs|\.git|\.venv|\.ruff_cache|__pycache__|.*\.egg-info)$")
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
# Exceptions: signal handlers, which have no alternative.
EXCEPT = {"src/base/signals.c": "_exit"}
# Exceptions: the file that prints faults, the deck's verdict, the log's echo on the terminal.
ALLOWED = {
    "stderr": {"src/base/faults.c", "src/deck/messages.c"},
    "stdout": {"src/base/faults.c", "src/output/progress.c"},
}

# What differs between versions of PETSc has names of our own in one header, which every room may include.
PETSC_VERSIONS = "hopfilm/petsc_versions.h"
VERSIONED = re.compile(r"\b(PETSC_VERSION_(?:LT|LE|EQ|GE|GT)|MPIU_BOOL|KSPSetDMActive|VecGetState|MPIU_Allreduce)\b")

# Readers of values of the deck, and of the places in it that an error names.
VALUE_READERS = re.compile(
    r"\b(?:HfHas|HfGiven|HfReal|HfUnitIndex|HfInteger|HfFlag|HfText|HfCount|HfRealAt|HfIntegerAt|HfTextAt|HfIsWordAt|HfVariant)(?=\s*\()"
)
PLACE_READERS = re.compile(r"\b(?:HfChild|HfItem)(?=\s*\()|\bHfNodeFind(?=\s*\(\s*(?:HfDeckRoot\b|root\b))")
READS_VALUES = re.compile(r"settings", re.I)
READS_PLACES = re.compile(r"settings|check", re.I)

# Variables that change and outlive a call, by nature one per process.
STATE = {
    "src/base/faults.c": {"log_path": "a fault is written to the log wherever it occurs, without a handle", "last": "and so is the reason in the summary"},
    "src/base/citations.c": {"cited": "a feature cites its paper wherever it is used, without a handle, as with PETSc's own list of citations"},
    "src/base/profile.c": {"events": "PETSc's table of events is process-wide", "registered": "PETSc's table of events is process-wide"},
    "src/base/system_memory.c": {"beside": "the ranks of the program on a node, which the members of an ensemble cannot count by themselves"},
    "src/base/signals.c": {
        **dict.fromkeys(("caught", "twice", "first", "watched", "half_over"), "a signal handler has no arguments but the signal"),
        "hang_up_ignored": "seen before main() begins",
    },
}

SUBJECT_LENGTH = 72  # as .gitmessage says, since the commit that added it


def without_comments(text):
    """The C text with comments, strings and characters blanked, line numbers kept."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    pattern = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", re.S)
    return pattern.sub(lambda m: m.group(0) if m.group(0)[0] == '"' and include_line(text, m.start()) else blank(m), text)


def include_line(text, position):
    return text[text.rfind("\n", 0, position) + 1 : position].lstrip().startswith("#include")


def without_preprocessor(code):
    """The code with directives blanked, macros included, line numbers kept."""
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda match: re.sub(r"[^\n]", " ", match.group(0)), code, flags=re.M)


def outer_parts(code):
    """Functions and other declarations of a C text without comments: (functions, declarations), each a list of (head, first, last position). The head is
    what stands before the body of a function or the value of a variable."""
    code = without_preprocessor(code)
    functions, declarations = [], []
    depth, start, opened, head = 0, 0, 0, ""
    for match in re.finditer(r"[{};]", code):
        if match.group(0) == "{":
            if depth == 0:
                head, opened = code[start : match.start()], match.start()
            depth += 1
        elif match.group(0) == "}":
            depth -= 1
            if depth == 0 and "(" in head and not head.rstrip().endswith("="):
                functions.append((head, opened, match.end()))
                start = match.end()
        elif depth == 0:
            declarations.append((code[start : match.start()], start, match.end()))
            start = match.end()
    return functions, declarations


def function_name(head):
    return re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head, flags=re.S)).group(1)


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
        if folder in folders and public and name != PETSC_VERSIONS and public.group(1) not in folders[folder]:
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
        if VERSIONED.search(line) and path != "include/" + PETSC_VERSIONS:
            report(path, number, f"{VERSIONED.search(line).group(1)} differs between versions of PETSc; use what {PETSC_VERSIONS} gives")
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


def check_readers(path, code, report):
    """Values of the deck are read in functions named after settings, places in it also in those named after checks."""
    if not path.startswith("src/") or path.startswith("src/deck/"):
        return
    bodies = [(function_name(head), first, last) for head, first, last in outer_parts(code)[0]]
    for pattern, allowed in ((VALUE_READERS, READS_VALUES), (PLACE_READERS, READS_PLACES)):
        for match in pattern.finditer(code):
            name = next((name for name, first, last in bodies if first <= match.start() < last), "a macro")
            if not allowed.search(name):
                report(path, code.count("\n", 0, match.start()) + 1, f"{name} reads the deck ({match.group(0)}): the functions that do are named settings")


def changes(declaration):
    """Whether a variable declared so can change: it, or the pointer that it is, is not const."""
    return not re.search(r"\bconst\b[^*]*$", declaration)


def check_state(path, code, report):
    """No variable that changes outlives the call of a function, but for those in STATE."""
    if not path.startswith("src/"):
        return
    known = STATE.get(path, {})
    plain = without_preprocessor(code)
    found = {}
    for match in re.finditer(r"\b(?:static|_Thread_local)\s+([^;={(]*)(\(\s*\*[\s\w]+\))?([;={(])", plain):
        if match.group(2) or match.group(3) != "(":
            found[match.start()] = (match.group(1) + (match.group(2) or "")).split("[")[0]
    for head, first, _ in outer_parts(code)[1]:
        declared = head.split("=")[0].split("[")[0]
        if not re.search(r"^\s*(static|extern|typedef|struct\s+\w+\s*(\{|$)|enum\b|union\s+\w+\s*(\{|$)|_Static_assert)|\(|^\s*$|^\s*\w+\s*$", declared):
            found[first + len(head) - len(head.lstrip())] = declared
    for position, declared in sorted(found.items()):
        name = re.findall(r"\w+", declared)[-1]
        if changes(declared) and name not in known:
            report(path, code.count("\n", 0, position) + 1, f"'{name}' changes and outlives the call: put it into the struct of its owner")


def check_basenames(root, paths, report):
    """The name of a .c file says what is in it, alone or with the folder of plug-ins where it stands."""
    lists = [path[: -len(".def")] for path in paths if path.endswith(".def")]
    plugins = {stem if os.path.isdir(os.path.join(root, stem)) else os.path.dirname(stem) for stem in lists}
    seen = {}
    for path in paths:
        if not path.startswith("src/") or not path.endswith(".c") or os.path.dirname(path) in plugins:
            continue
        other = seen.setdefault(os.path.basename(path), path)
        if other != path:
            report(path, 1, f"{other} has the same name")


def check_test(root, path, text, report):
    """A C test uses public headers, or its head says why not; its decks are documents of the YAML file beside it."""
    if not re.match(r"tests/(unit|physics|parallel|bench)/\w+\.c$", path):
        return
    head = re.match(r"/\*.*?\*/", text, re.S)
    for match in re.finditer(r'^#include [<"]([^>"]+)[>"]', text, re.M):
        name = match.group(1)
        if os.path.exists(os.path.join(root, "src", name)) and not (head and name in head.group(0)):
            report(path, text.count("\n", 0, match.start()) + 1, f"{name} is a header of src/: the head of a test says why it is needed")
    if "/bench/" in path:
        return
    for match in re.finditer(r'"[^"\n]*\b(hopfilm: 1|(film|schedule|electrodes):)[^"\n]*\\n', text):
        if not re.search(r"error:|\\t|\\x", match.group(0)):  # a message; what YAML does not hold
            report(path, text.count("\n", 0, match.start()) + 1, "a deck in a string: it belongs into the YAML file beside the test")


def check_documents(root, path, text, report):
    """Every document of tests/<kind>/<test>.yaml is used by the test beside it, every one of tests/shared.yaml by some test."""
    if path == "tests/shared.yaml":
        tests = [os.path.join("tests", kind, file) for kind in ("unit", "physics", "parallel") for file in os.listdir(os.path.join(root, "tests", kind))]
    elif re.match(r"tests/(unit|physics|parallel)/\w+\.yaml$", path):
        tests = [path[: -len("yaml")] + "c"]
    else:
        return
    code = "".join(
        open(os.path.join(root, test), encoding="utf-8").read() for test in tests if test.endswith(".c") and os.path.exists(os.path.join(root, test))
    )
    words = set(re.findall(r"[^\s\"]+", " ".join(re.findall(r'"([^"\n]*)"', code))))
    for match in re.finditer(r"^--- # ([^:\n]+)", text, re.M):
        if match.group(1) not in words:
            report(path, text.count("\n", 0, match.start()) + 1, f"no test uses the document {match.group(1)}")


def check_subjects(root, report):
    """Returns how many commits were looked at: none where there is no history."""
    git = lambda *words: subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout
    try:
        added = git("log", "--diff-filter=A", "--format=%H", "--", ".gitmessage").split()
        commits = git("log", "--no-merges", "-n", "50", "--format=%h %s", f"{added[-1]}..HEAD").splitlines() if added else []
    except (OSError, subprocess.CalledProcessError):
        return 0
    for commit in commits:
        name, _, subject = commit.partition(" ")
        if len(subject) > SUBJECT_LENGTH:
            report(f"commit {name}", 1, f"the subject has {len(subject)} characters, more than {SUBJECT_LENGTH}: {subject}")
    return len(commits)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    root = os.path.normpath(root)
    found = []
    report = lambda path, number, what: found.append(f"{path}:{number}: {what}")
    folders = allowed_folders(root)
    paths = []
    for directory, subfolders, files in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if not SKIPPED_FOLDERS.match(s))
        for file in sorted(files):
            path = os.path.relpath(os.path.join(directory, file), root)
            if not TEXT_FILES.search(path) or "bad-decks/" in path:
                continue
            paths.append(path)
            text = open(os.path.join(root, path), encoding="utf-8").read()
            check_text(path, text, report)
            if path.endswith((".c", ".h", ".inc")):
                code = without_comments(text)
                check_includes(path, code, folders, report)
                check_calls(path, code, report)
                check_readers(path, code, report)
                check_state(path, code, report)
                check_test(root, path, text, report)
            if path.endswith(".yaml"):
                check_documents(root, path, text, report)
            if path.endswith(".def"):
                check_lists(root, path, report)
    check_basenames(root, paths, report)
    commits = check_subjects(root, report)
    for line in found:
        print(line)
    print(f"source check: {len(paths)} files, {commits} commits, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
