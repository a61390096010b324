"""The command line: `hopfilm-post COMMAND`, one command per module of this folder. From a checkout: bash jobs/python.sh postprocess/COMMAND.py."""

import ast
import importlib
import os
import sys

os.environ.setdefault("MPLBACKEND", "Agg")  # commands write files; none opens a window

FOLDER = os.path.dirname(os.path.abspath(__file__))


def purposes():
    """{command: the first line of its docstring}, without importing any."""
    found = {}
    for file in sorted(os.listdir(FOLDER)):
        if file.endswith(".py") and not file.startswith("_"):
            with open(os.path.join(FOLDER, file), encoding="utf-8") as source:
                found[file[:-3]] = ast.get_docstring(ast.parse(source.read())).split("\n")[0]
    return found


def main():
    commands = purposes()
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help", "help"):
        print("usage: hopfilm-post COMMAND DIR ...      options of a command: hopfilm-post COMMAND --help\n")
        for name, purpose in commands.items():
            print(f"  {name.replace('_', '-'):12} {purpose}")
        return
    name = sys.argv[1].replace("-", "_")
    if name not in commands:
        sys.exit(f"hopfilm-post has no command {sys.argv[1]}; hopfilm-post help lists them")
    sys.argv[:2] = [f"hopfilm-post {sys.argv[1]}"]
    importlib.import_module("." + name, __name__).main()
