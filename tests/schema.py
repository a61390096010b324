#!/usr/bin/env python3
"""The JSON schema of decks. inputs/hopfilm.schema.json is what the program prints; every deck of inputs/ names it for editors and is accepted, read by YAML 1.1
and by YAML 1.2, as editors do; decks of tests/bad-decks/ whose head says `# schema: PATH` are refused at that place (bad_decks.py requires the line of every
deck with an unknown key, a wrong type or unit, or a value out of range); and so are wrong units in one value of every quantity of the table.

Usage: schema.py HOPFILM [--write]      --write: writes inputs/hopfilm.schema.json"""

import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml
from launch import ROOT, environment

FILE = "inputs/hopfilm.schema.json"
MODELINE = "# yaml-language-server: $schema="


class Editor(yaml.SafeLoader):
    """Scalars as YAML 1.2 has them: 1e-3 is a number, `on` is a text."""


Editor.yaml_implicit_resolvers = {}
for tag, pattern in (
    ("null", "~|null|"),
    ("bool", "true|false"),
    ("int", "[-+]?[0-9]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan"),
):
    Editor.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(f"^(?:{pattern})$"), None)
Editor.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("^<<$"), None)


class EditorFloat(Editor):
    pass


EditorFloat.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value.replace(".inf", "inf").replace(".nan", "nan")))


def check(condition, what):
    if not condition:
        sys.exit(what)


def decks():
    return sorted(glob.glob(os.path.join(ROOT, "inputs/**/*.yaml"), recursive=True))


def places(errors):
    """The paths of all errors, those inside alternatives included."""
    for error in errors:
        yield error.json_path
        yield from places(error.context)


def name(path):
    return os.path.relpath(path, ROOT)


def accepts_decks(validator):
    for path in decks():
        text = open(path).read()
        lines = [line for line in text.splitlines() if line.startswith(MODELINE)]
        check(len(lines) == 1, f"{name(path)}: needs one line `{MODELINE}...` for editors")
        schema = os.path.normpath(os.path.join(os.path.dirname(path), lines[0][len(MODELINE) :]))
        check(schema == os.path.join(ROOT, FILE), f"{name(path)}: names {schema} as schema, not {FILE}")
        for loader in (yaml.SafeLoader, EditorFloat):
            errors = list(validator.iter_errors(yaml.load(text, loader)))
            check(not errors, f"{name(path)}: {jsonschema.exceptions.best_match(errors)}")
    return len(decks())


def refuses_bad_decks(validator):
    refused = 0
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/bad-decks/*.yaml"))):
        text = open(path, errors="replace").read()
        wanted = re.findall(r"^# schema: (.*)$", text, re.M)
        for loader in (yaml.SafeLoader, EditorFloat) if wanted else ():
            found = set(places(validator.iter_errors(yaml.load(text, loader))))
            check(wanted[0] in found, f"{name(path)}: not refused at {wanted[0]} but at {sorted(found)}")
        refused += len(wanted)
    check(refused >= 10, f"only {refused} bad decks have a line `# schema: PATH`")
    return refused


SAMPLES = {  # unit of the table: what it takes, what it refuses
    "m": ("5 nm, 5nm, 0.5 um, 1e-9 m, 1e-9, 3 µm, 2 nanometers", "5 V, 5 ms, 5 m2, five, 5 nm nm, -, 1 T"),
    "s": ("5 ns, 1.5 ps, 2 min, 3 us", "5 nm, 5 Hz, 1 S"),
    "A/m|T": ("20 Oe, 10 mT, 8e5 A/m, 3 kA/m, 0.1 T, 5 kOe, 2 gauss, 1 kA m-1", "5 A, 5 V/m, 5 T/m, 5 J"),
    "J/m^3|A/m": ("4e5 J/m^3, 4 kJ/m3, 5 kA/m, 1 MJ/m³, 1e6 erg/cm3", "5 J, 5 J/m2, 5 V"),
    "K": ("300 K, 4 mK", "300 C/m, 300 J"),
    "rad": ("1 rad, 90 deg, 45 degrees", "1 m, 1 Hz"),
    "ohm": ("5 ohm, 5 Ohm, 5 kohm, 3 Ω", "5 S, 5 V"),
    "m/(A s)": ("1e5 m/(A s), 2 m/A/s", "5 m/s, 5 m/A"),
    "A/m^2": ("1e12 A/m2, 1 MA/cm^2, 1e10 A/m**2", "5 A/m, 5 A/m3"),
}


def knows_units(schema, program):
    """Patterns of $defs by the unit in their description, against samples; the program itself takes and refuses the same."""
    tried = 0
    patterns = {entry["description"]: entry["allOf"][0]["pattern"] for key, entry in schema["$defs"].items() if key.startswith("quantity-")}
    for unit, (right, wrong) in SAMPLES.items():
        ends = " in " + " or ".join(unit.split("|"))
        pattern = [text for description, text in patterns.items() if description.endswith(ends)]
        check(len(pattern) == 1, f"{len(pattern)} patterns for the unit {unit}")
        for text in right.split(", "):
            check(re.search(pattern[0], text), f"unit {unit}: {text} is refused")
        for text in wrong.split(", "):
            check(not re.search(pattern[0], text), f"unit {unit}: {text} is accepted")
        tried += 1
    for description, pattern in patterns.items():
        units = description.rsplit(" in ", 1)[1].split(" or ")
        for unit in units:
            if unit != "1":
                check(re.search(pattern, "2 " + unit), f"{description}: 2 {unit} is refused")
        check(not re.search(pattern, "2 cd"), f"{description}: candela is accepted")
    return tried, len(patterns)


def main():
    program = os.path.abspath(sys.argv[1])
    text = subprocess.run([program, "keys", "--json-schema"], stdout=subprocess.PIPE, text=True, check=True, env=environment()).stdout
    path = os.path.join(ROOT, FILE)
    if "--write" in sys.argv:
        open(path, "w").write(text)
    check(text == open(path).read(), f"{FILE} is not what the program prints: python3 tests/schema.py {sys.argv[1]} --write")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    print(f"{accepts_decks(validator)} decks accepted, {refuses_bad_decks(validator)} bad decks refused", flush=True)
    print("units: %d of %d with samples" % knows_units(schema, program))


main()
