#!/usr/bin/env python3
"""What tests/readme.py accepts as the same output, and what it does not; anchors of headings; blocks.

Usage: readme_test.py
"""

import sys

import readme

SAME = [
    ("margin 0.845", "[     1.3 s] margin 0.846"),
    ("G = 1.234e-03 S", "G = 1.2341e-03 S"),
    ("took … s", "took 12.3 s"),
    ("  4 of 4", "  4 of 4"),
    ("H 1591.55", "H 1590.1"),
    ("plain", "plain  "),
]
OTHER = [
    ("margin 0.845", "margin 0.875"),
    ("4 of 4", "3 of 4"),
    ("minimum ++--", "minimum +-+-"),
    ("margin 0.5", "margin -0.5"),
    ("took … s", "took 12 min"),
    ("a (b)", "a  b "),
    ("7 of 7", "7.0 of 7"),
]
PRINTED = ["one 1", "two 2", "three 3", ""]
ORDER = [(["one 1", "two 2"], 0), (["one 1", "three 3"], 1), (["...", "three 3", "..."], 0), (["...", "two 2", "one 1"], 1), (["four 4"], 1)]


def main():
    failed = [f"not the same: {pair}" for pair in SAME if not readme.same_line(*pair)] + [f"the same: {pair}" for pair in OTHER if readme.same_line(*pair)]
    for expected, findings in ORDER:
        readme.findings.clear()
        readme.check_output("x", 1, expected, PRINTED)
        if len(readme.findings) != findings:
            failed.append(f"{expected}: {readme.findings}")
    if readme.anchors("# A film, and `its` [own](x)\n```\n# no\n```\n## A\n## A\n") != {"a-film-and-its-own", "a", "a-1"}:
        failed.append("anchors")
    if [(language, lines) for language, _, lines in readme.blocks_of("a\n```sh\nb\n```\n```\nc\n```")] != [("sh", ["b"]), ("", ["c"])]:
        failed.append("blocks")
    print("\n".join(failed) or "readme: all as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
