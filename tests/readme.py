#!/usr/bin/env python3
"""Checks every README: its commands run as they stand and print what it says, its decks are valid, its links lead somewhere, the gallery is complete.
CITATION.cff and CHANGELOG.md must know the version of the program.

Usage: readme.py [HOPFILM] [README...]      without HOPFILM nothing is run; without README all of them

Fenced blocks:
  sh       run by bash in a folder that looks like the top of the tree after the build; those in ELSEWHERE are run by another part of CI
  yaml     written to the file that its first line names (`# my-film.yaml`); without such a line it is a fragment, which must be YAML
  output   lines that the sh block above prints in this order; a line `...` stands for any lines, `…` for any text. The time at the start of a line of the
           log is ignored, integers must agree, other numbers within 2 of their last digit or 1 %
  python   compiled only; tests/package.py runs it
  text     shown only: commands of a cluster, diagrams
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

import yaml
from launch import ROOT, environment

# Commands that are not run here, and what runs them.
ELSEWHERE = {
    "bash tests/run.sh": ".ci/run",
    "bash jobs/quickstart.sh": "tests/run.sh",
}
GALLERY, PICTURE_BYTES, ALL_PICTURES_BYTES = ".readme/gallery", 40_000, 2_500_000
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
findings = []


def report(path, number, what):
    findings.append(f"{path}:{number}: {what}")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blocks_of(text):
    """(language, line number of the first line, lines) of every fenced block."""
    found, open_block = [], None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("```"):
            if open_block:
                open_block[2].append(line)
        elif open_block:
            found.append(open_block)
            open_block = None
        else:
            open_block = (line[3:].strip(), number + 1, [])
    return found


def without_code(text):
    """The same lines without fenced blocks and code between backticks."""
    lines, inside = [], False
    for line in text.split("\n"):
        fence = line.startswith("```")
        inside = inside != fence
        lines.append("" if inside or fence else re.sub(r"`[^`]*`", "", line))
    return lines


def anchors(text):
    """Targets of links to headings, as GitHub makes them."""
    names = set()
    for line in re.sub(r"^```.*?^```", "", text, flags=re.M | re.S).split("\n"):
        if re.match(r"#{1,6} ", line):
            name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip()).lower()).replace(" ", "-")
            names.add(name if name not in names else f"{name}-1")
    return names


def check_links(path, text):
    folder = os.path.dirname(path)
    for number, line in enumerate(without_code(text), 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line) + re.findall(r'src="([^"]+)"', line):
            if re.match(r"\w+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = os.path.normpath(os.path.join(folder, urllib.parse.unquote(name))) if name else path
            if not os.path.exists(os.path.join(ROOT, file)):
                report(path, number, f"there is no {file}")
            elif anchor and anchor not in anchors(read(file)):
                report(path, number, f"{file} has no heading #{anchor}")


def check_gallery():
    """Every deck of inputs/ is linked, every deck that runs has a picture, and no picture is too large or shown nowhere."""
    path = "inputs/README.md"
    text = read(path)
    decks = [os.path.relpath(p, os.path.join(ROOT, "inputs")) for p in glob.glob(os.path.join(ROOT, "inputs", "**", "*.yaml"), recursive=True)]
    for deck in sorted(decks):
        lines = [line for line in text.split("\n") if f"({deck})" in line]
        if deck.startswith("tutorial/"):
            lines = lines or [deck for line in read("inputs/tutorial/README.md").split("\n") if os.path.basename(deck) in line]
        elif os.path.dirname(deck) in ("", "validation", "ensembles", "learners") and lines and not any("<img " in line for line in lines):
            report(path, 1, f"{deck} has no picture")
        if not lines:
            report(path, 1, f"{deck} is missing")
    total, texts = 0, "".join(map(read, readmes()))
    for picture in sorted(glob.glob(os.path.join(ROOT, GALLERY, "*"))):
        size, name = os.path.getsize(picture), f"{GALLERY}/{os.path.basename(picture)}"
        total += size
        if size > PICTURE_BYTES:
            report(name, 1, f"{size} bytes, more than {PICTURE_BYTES}")
        if name not in texts:
            report(name, 1, "no README shows it")
    if total > ALL_PICTURES_BYTES:
        report(GALLERY, 1, f"{total} bytes, more than {ALL_PICTURES_BYTES}")


def check_totals():
    """The top README states the totals of the table of reproduction, and fits on a page."""
    claims, missed = re.search(r"(\d+) published claims, (\d+) missed", read("tests/README.md")).groups()
    text = re.sub(r"\s+", " ", read("README.md"))
    if f"Of {claims} published claims that were tried, {missed} are missed" not in text:
        report("README.md", 1, f"tests/README.md has {claims} published claims, {missed} missed")
    lines = read("README.md").count("\n")
    if lines > 100:
        report("README.md", lines, "longer than a page of 100 lines")


def check_version():
    """CITATION.cff and CHANGELOG.md know the version of the program."""
    version = read("postprocess/hopfilm/version.txt").strip()
    citation = yaml.safe_load(read("CITATION.cff"))
    if citation["version"] != version:
        report("CITATION.cff", 1, f"version {citation['version']}, but the program has {version}")
    if f"## {version} - {citation['date-released']}" not in read("CHANGELOG.md"):
        report("CHANGELOG.md", 1, f"no section for {version} of {citation['date-released']}")


def same_number(expected, found):
    if re.fullmatch(r"[-+]?\d+", expected):
        return re.fullmatch(r"[-+]?\d+", found) is not None and int(expected) == int(found)
    mantissa, _, exponent = expected.lower().partition("e")
    digit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(found) - float(expected)) <= max(2.001 * digit, 0.01 * abs(float(expected)))


def same_line(expected, found):
    """Whether a printed line is the one that the README shows."""
    stamp = re.compile(r"^\[\s*[\d.]+ \w+\] ?")
    expected, found = stamp.sub("", expected).rstrip(), stamp.sub("", found).rstrip()
    pattern = "(.*)".join(NUMBER.sub("\0", part).join(["", ""]) for part in expected.split("…"))
    pattern = re.escape(pattern).replace(re.escape("(.*)"), ".*").replace(re.escape("\0"), f"({NUMBER.pattern})")
    match = re.fullmatch(pattern, found)
    return bool(match) and all(same_number(a, b) for a, b in zip(NUMBER.findall(expected.replace("…", " ")), match.groups()))


def check_output(path, number, expected, printed):
    """Each expected line is the next printed one; after `...`, any later one. The first line may stand anywhere."""
    at, anywhere = 0, True
    for offset, line in enumerate(expected):
        if line.strip() == "...":
            anywhere = True
            continue
        places = range(at, len(printed)) if anywhere else range(at, min(at + 1, len(printed)))
        at = next((k + 1 for k in places if same_line(line, printed[k])), None)
        if at is None:
            report(path, number + offset, f"not printed{'' if anywhere else ' here'}: {line}")
            return
        anywhere = False


def scratch(program, folder):
    """A folder that looks like the top of the tree after the build; what runs leave in it is deleted with it."""
    for name in os.listdir(ROOT):
        if not name.startswith((".", "build", "runs")):
            os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
    os.symlink(os.path.dirname(os.path.abspath(program)), os.path.join(folder, "build"))


def commands_of(lines):
    """The lines that are run here."""
    return [line for line in lines if re.sub(r"\s+#.*", "", line).strip() not in ELSEWHERE]


def check_blocks(path, text, program):
    with tempfile.TemporaryDirectory() as folder:
        if program:
            scratch(program, folder)
        printed = None
        for language, number, lines in blocks_of(text):
            if language == "yaml":
                try:
                    yaml.safe_load("\n".join(lines))
                except yaml.YAMLError as error:
                    report(path, number, f"not YAML: {error}")
                name = re.fullmatch(r"# ([\w./-]+\.yaml)\b.*", lines[0] if lines else "")
                if name and program:
                    os.makedirs(os.path.dirname(os.path.join(folder, name.group(1))), exist_ok=True)
                    with open(os.path.join(folder, name.group(1)), "w", encoding="utf-8") as file:
                        file.write("\n".join(lines) + "\n")
            elif language == "sh" and program and commands_of(lines):
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", "\n".join(commands_of(lines))],
                    cwd=folder,
                    env=environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=600,
                )
                printed = done.stdout.decode(errors="replace").split("\n")
                print(f"ran    {path}:{number}: {'; '.join(re.sub(' +#.*', '', line) for line in commands_of(lines))}", flush=True)
                if done.returncode:
                    report(path, number, f"exit code {done.returncode}:\n  " + "\n  ".join(printed[-20:]))
            elif language == "output":
                if program and printed is None:
                    report(path, number, "no command above this output")
                elif program:
                    check_output(path, number, lines, printed)
            elif language == "python":
                try:
                    compile("\n".join(lines), path, "exec")
                except SyntaxError as error:
                    report(path, number + (error.lineno or 1) - 1, f"not Python: {error.msg}")
            elif language not in ("sh", "text"):
                report(path, number, f"a block of unknown kind `{language}`")


def check_elsewhere():
    """What is run elsewhere is run there."""
    for command, place in ELSEWHERE.items():
        if command not in read(place) and command.replace("bash ", "exec bash ") not in read(place):
            report(place, 1, f"does not run `{command}`")


def readmes():
    found = glob.glob(os.path.join(ROOT, "README.md")) + [
        p for top in ("inputs", "jobs", "postprocess", "src", "tests") for p in glob.glob(os.path.join(ROOT, top, "**", "README.md"), recursive=True)
    ]
    return sorted(os.path.relpath(p, ROOT) for p in found)


def main():
    arguments = sys.argv[1:]
    program = arguments.pop(0) if arguments and not arguments[0].endswith(".md") else None
    paths = arguments or readmes()
    for path in paths:
        text = read(path)
        check_links(path, text)
        check_blocks(path, text, program)
    if not arguments:
        check_gallery()
        check_totals()
        check_version()
        check_elsewhere()
    for line in findings:
        print(line)
    print(f"readme: {len(paths)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
