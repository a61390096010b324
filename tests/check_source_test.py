#!/usr/bin/env python3
"""Each check of check_source.py finds the fault it is meant for, and none in a correct version of the same text.

Usage: check_source_test.py
"""

import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_source.py")
ROOMS = "hf_module(base)\nhf_module(deck hf_base)\nhf_module(grid hf_deck)\nhf_module(magnet hf_grid)\n"

# (what is found; files where it is; files where it is not)
CASES = [
    ("more than 500 lines", {"src/base/long.c": "int x_of(int x);\n" * 501}, {"src/base/long.c": "int x_of(int x);\n" * 500}),
    ("tab", {"src/base/a.c": "\tint f(void);\n"}, {"src/base/a.c": "  int f(void);\n"}),
    ("blanks at the end", {"a.py": "x = 1 \n"}, {"a.py": "x = 1\n"}),
    ("left open", {"a.py": "# TO" + "DO: more\n"}, {"a.py": "# done\n"}),
    ("no newline at the end", {"a.py": "x = 1"}, {"a.py": "x = 1\n"}),
    ("grid must not include hopfilm/magnet.h", {"src/grid/a.c": "#include <hopfilm/magnet.h>\n"}, {"src/magnet/a.c": "#include <hopfilm/grid.h>\n"}),
    ("private header of another folder", {"src/magnet/a.c": '#include "grid/grid_impl.h"\n'}, {"src/grid/a.c": '#include "grid/grid_impl.h"\n'}),
    ("malloc is not used here", {"src/grid/a.c": "void f(void) { g(malloc (3)); }\n"}, {"src/grid/a.c": 'void f(void) { g("malloc(3)"); }\n'}),
    (
        "MPIU_BOOL differs between versions of PETSc",
        {"src/grid/a.c": "int f(void) { return g(MPIU_BOOL); }\n"},
        {"include/hopfilm/petsc_versions.h": "#define HF_MPI_BOOL MPIU_BOOL\n", "src/grid/a.c": "#include <hopfilm/petsc_versions.h>\n"},
    ),
    (
        "world communicator",
        {"src/grid/a.c": "int f(void) { return g(PETSC_COMM_WORLD); }\n"},
        {"src/app/main.c": "int f(void) { return g(PETSC_COMM_WORLD); }\n"},
    ),
    (
        "stderr is not used here",
        {"src/grid/a.c": "void f(void) { fputs(x, stderr); }\n"},
        {"src/base/faults.c": "void f(void) { fputs(x, stderr); }\n"},
    ),
    ("no file in src/grid/shapes/ for 'disk'", {"src/grid/shapes.def": "HF_SHAPE(disk)\n", "src/grid/shapes/ring.c": "int x;\n"}, None),
    (
        "ring.c is not listed",
        {"src/grid/shapes.def": "", "src/grid/shapes/ring.c": "const HfShape HfShape_Ring = {0};\n"},
        {"src/grid/shapes.def": "HF_SHAPE(ring)\n", "src/grid/shapes/ring.c": "const HfShape HfShape_Ring = {0};\n"},
    ),
    (
        "advance reads the deck (HfReal)",
        {"src/grid/a.c": 'static int settings(void) {\n  return 1;\n}\nstatic double advance(HfNode node) {\n  return HfReal (node, "cell");\n}\n'},
        {"src/grid/a.c": "static double read_settings(HfNode n) { return HfReal(n, x); }\ndouble HfSettingsRead(HfNode n) { return HfReal(n, x); }\n"},
    ),
    (
        "a macro reads the deck",
        {"src/grid/a.c": "#define CELL(node) \\\n  HfReal(node, name)\n"},
        {"src/grid/a.c": "#define CELL(node) HfRealText(node)\n"},
    ),
    (
        "create reads the deck (HfChild)",
        {"src/grid/a.c": "int create(HfNode node) { return HfChild(node, x) != 0; }\n"},
        {"src/grid/a.c": "int check_cell(HfNode node) { return HfChild(node, x) != 0; }\n"},
    ),
    (
        "check_cell reads the deck (HfCount)",
        {"src/grid/a.c": "int check_cell(HfNode node) { return HfCount(node, x); }\n"},
        {"src/deck/a.c": "int check_cell(HfNode node) { return HfCount(node, x); }\n"},
    ),
    (
        "find reads the deck (HfNodeFind)",
        {"src/grid/a.c": "int find(HfDeck deck) { return !HfNodeFind(HfDeckRoot(deck), x); }\n"},
        {"src/grid/a.c": "int find(HfNode summary) { return !HfNodeFind(summary, x); }\n"},
    ),
    (
        "'count' changes",
        {"src/grid/a.c": "int f(void) {\n  static int count;\n  return ++count;\n}\n"},
        {"src/grid/a.c": "int f(void) {\n  static const int count = 3;\n  return count;\n}\n"},
    ),
    ("'names' changes", {"src/grid/a.c": 'static const char *names[] = {"a"};\n'}, {"src/grid/a.c": 'static const char *const names[] = {"a"};\n'}),
    ("'hook' changes", {"src/grid/a.c": "static void (*hook)(int) = 0;\n"}, {"src/grid/a.c": "static void hook(int x);\n"}),
    (
        "'level' changes",
        {"src/grid/a.c": "#include <x.h>\nint level = 3;\nint f(void) { return level; }\n"},
        {"src/grid/a.c": "struct level {\n  int x;\n};\nextern const int level;\n"},
    ),
    (
        "grid/grid_impl.h is a header of src/",
        {"src/grid/grid_impl.h": "int f(void);\n", "tests/unit/grid_a.c": '/* A test. */\n#include "grid/grid_impl.h"\n'},
        {"src/grid/grid_impl.h": "int f(void);\n", "tests/unit/grid_a.c": '/* A test. grid/grid_impl.h: no other way. */\n#include "grid/grid_impl.h"\n'},
    ),
    (
        "a deck in a string",
        {"tests/unit/grid_a.c": 'static const char deck[] = "hopfilm: 1\\nfilm: {}\\n";\n'},
        {"tests/unit/grid_a.c": 'static const char message[] = "deck.yaml:1:1: error: film: no\\n";\n'},
    ),
    (
        "no test uses the document disk",
        {"tests/unit/grid_a.c": 'void f(void) { g(DECK("film disks")); }\n', "tests/unit/grid_a.yaml": "--- # film\n--- # disk: of gold\n--- # disks\n"},
        {"tests/unit/grid_a.c": 'void f(void) { g(DECK("film disk")); }\n', "tests/unit/grid_a.yaml": "--- # film\n--- # disk: of gold\n"},
    ),
    (
        "has the same name",
        {"src/grid/a.c": "int f(void);\n", "src/magnet/a.c": "int f(void);\n"},
        {"src/grid/a.c": "int f(void);\n", "src/magnet/b.c": "int f(void);\n"},
    ),
    (
        "has the same name",
        {"src/grid/shapes/a.c": "int f(void);\n", "src/magnet/a.c": "int f(void);\n"},
        {"src/grid/shapes.def": "HF_SHAPE(a)\n", "src/grid/shapes/a.c": "int f(void);\n", "src/magnet/a.c": "int f(void);\n"},
    ),
]


def found_in(files, commits=()):
    """What the check prints of a tree of these files, with one commit for each subject."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"CMakeLists.txt": ROOMS, ".gitmessage": "\n", **files}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        git = ["git", "-C", root, "-c", "user.name=test", "-c", "user.email=test@example.org"]
        if commits:
            subprocess.run([*git, "init", "-q"], check=True)
            subprocess.run([*git, "add", "-A"], check=True)
        for subject in commits:
            subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", subject], check=True)
        done = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)
        assert done.returncode in (0, 1) and "source check:" in done.stdout, done.stderr
        return done.stdout, done.returncode


def main():
    wrong = []

    def expect(what, files, found, commits=()):
        text, code = found_in(files, commits)
        if (what in text) != found or code != int(found):
            wrong.append(f"{what!r} {'not found' if found else 'found'} in {files or commits}:\n{text}")

    for what, bad, good in CASES:
        expect(what, bad, True)
        if good is not None:
            expect(what, good, False)
    long, short = "a" * 73, "a" * 72
    expect("73 characters", {}, True, ["first", long, "last"])
    expect("characters, more", {}, False, [long, short])  # older than the rule, and just short enough
    print("\n".join(wrong))
    print(f"test of the source check: {len(CASES) + 1} checks fail as they must, {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
