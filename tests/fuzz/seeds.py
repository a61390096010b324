#!/usr/bin/env python3
"""Where the fuzzers start: the decks and images of the repository, each deck also in one piece and on a coarse film; and the words of decks.

Usage: seeds.py FOLDER HOPFILM     fills FOLDER/{deck,check,image,node,checkpoint,ovf} and writes FOLDER/words, a dictionary for libFuzzer from `hopfilm keys`
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COARSE = {"letters": "500 nm", "digits": "500 nm", "wire": "500 nm", "four-node": "100 nm", "maze": "20 nm"}
SYNTAX = [": ", "- ", "[", "]", "{", "}", "&a ", "*a", "|\\x0a", ">\\x0a", "#", "~", "\\x22", "'", "? ", "<<: ", "!!", "%", "---\\x0a", "...\\x0a"]
UNITS = ["nm", "um", "m", "s", "ns", "ps", "V", "mV", "kA/m", "Oe", "mT", "pJ/m", "S/m", "ohm", "K", "mJ/m^2", "A m", "%"]
SETS = ["film.cell=10 nm", "schedule.0=relax", "electrodes.0.at=[1 nm, 2 nm]", "film.shape.disk.diameter=1 um", "film.initial=random"]
NUMBERS = ["0", "-1", "1e308", "1e-320", "2147483648", "9223372036854775807", "1e999", "nan", ".inf", "0x10", "1_000", "1e9"]


def merge(base, over):
    """As decks are merged, except that the table of keys is not at hand: a section with a single key, different from the one before, counts as a variant."""
    for key, value in over.items():
        old = base.get(key)
        if isinstance(value, dict) and isinstance(old, dict) and not (len(value) == len(old) == 1 and value.keys() != old.keys()):
            merge(old, value)
        else:
            base[key] = value
    return base


def whole(path):
    """The deck with its includes, a tree of texts."""
    deck = yaml.load(open(path, encoding="utf-8"), Loader=yaml.BaseLoader)
    if not isinstance(deck, dict):
        return {}
    merged, includes = {}, deck.pop("include", [])
    for name in [includes] if isinstance(includes, str) else includes:
        merge(merged, whole(os.path.join(os.path.dirname(path), name)))
    return merge(merged, deck)


def coarse(path):
    deck = whole(path)
    for start, cell in COARSE.items():
        if os.path.basename(path).startswith(start) and isinstance(deck.get("film"), dict):
            deck["film"]["cell"] = cell
    return yaml.safe_dump(deck, sort_keys=False, allow_unicode=True, width=200)


def main():
    folder, program = sys.argv[1:]
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # of MPI, which fuzz_TARGET knows to pass over
    for target in ("deck", "check", "image", "node", "checkpoint", "ovf"):
        os.makedirs(os.path.join(folder, target), exist_ok=True)
    decks = [
        p for pattern in ("inputs/**/*.yaml", "tests/decks/*.yaml", "tests/bad-decks/*.yaml") for p in glob.glob(os.path.join(ROOT, pattern), recursive=True)
    ]
    for path in decks:
        name = os.path.relpath(path, ROOT).replace("/", "-")
        for target in ("deck", "check", "node"):
            shutil.copy(path, os.path.join(folder, target, name))
        try:
            text = coarse(path)
        except (yaml.YAMLError, OSError, RecursionError, UnicodeDecodeError):
            continue
        with open(os.path.join(folder, "deck", "set-" + name), "w", encoding="utf-8") as file:
            file.write("".join(f"#set {argument}\n" for argument in SETS[len(text) % 3 :]) + text)
        for target in ("deck", "check"):
            with open(os.path.join(folder, target, "whole-" + name), "w", encoding="utf-8") as file:
                file.write(text)
    for path in glob.glob(os.path.join(ROOT, "inputs/images/*.pbm")) + glob.glob(os.path.join(ROOT, "tests/**/*.p[bgn][mg]"), recursive=True):
        shutil.copy(path, os.path.join(folder, "image"))
    for path in glob.glob(os.path.join(ROOT, "tests/fields/*.ovf")):
        shutil.copy(path, os.path.join(folder, "ovf"))
    small = {
        "p1": b"P1\n# dots\n3 2\n101\n010\n",
        "p2": b"P2 3 2 255\n0 10 20 30 255 128\n",
        "p4": b"P4\n9 2\n\xaa\x80\x55\x00",
        "p5": b"P5 3 2 255\n\x00\x10\x20\x30\xff\x80",
        "p5-wide": b"P5 2 1 65535 \x00\x10\x20\x30",
    }
    for name, data in small.items():
        with open(os.path.join(folder, "image", name), "wb") as file:
            file.write(data)
    with tempfile.TemporaryDirectory() as tmp:  # a true checkpoint: after its first byte, as the target has it, with its seal and to be sealed
        run = [program, "run", os.path.join(ROOT, "tests/fuzz/checkpoint.yaml"), "--out", os.path.join(tmp, "run")]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL, env=environment)
        with open(os.path.join(tmp, "run", "checkpoint.h5"), "rb") as file:
            data = file.read()
        for name, seed in (("whole", b"\0" + data), ("to-be-sealed", b"\1" + data[:-32]), ("cut", b"\0" + data[:5000])):
            with open(os.path.join(folder, "checkpoint", name), "wb") as file:
                file.write(seed)
    schema = json.loads(subprocess.run([program, "keys", "--json-schema"], check=True, stdout=subprocess.PIPE, env=environment).stdout)
    words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_-]{2,}", " ".join(keys_of(schema))))
    with open(os.path.join(folder, "words"), "w") as file:
        file.writelines(f'"{word}: "\n' for word in sorted(words))
        file.writelines(f'"{word}"\n' for word in SYNTAX + UNITS + NUMBERS)


def keys_of(schema):
    """Names of keys and of choices, wherever they stand in the schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value
            if key in ("enum", "required"):
                yield from (str(word) for word in value)
            if key == "const":
                yield str(value)
            yield from keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys_of(value)


if __name__ == "__main__":
    main()
