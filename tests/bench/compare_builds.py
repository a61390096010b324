"""Speed of the right-hand side in several builds, in CPU time and in turns, relative to the first: gcc beside clang, one set of flags beside another.
Usage: compare_builds.py [--rounds 9] [--ranks 1] BUILD BUILD...      needs bench_magnet_rhs built in each; exit code 1 if one takes more than 10 % longer"""

import argparse
import os
import re
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import launch

SLOWEST = 1.10  # CPU time of the right-hand side relative to the first build


def rates(build, ranks, options):
    """Cell evaluations per CPU second, by what was evaluated."""
    program = os.path.join(build, "bench", "bench_magnet_rhs")
    command = launch.mpiexec(ranks, program, *options)
    text = subprocess.run(command, env=launch.environment(), check=True, capture_output=True, text=True).stdout
    found, film = {}, None
    for line in text.splitlines():
        if not line.startswith(" "):
            film = line.split(",")[0]
        elif rate := re.match(r"  (right-hand side|through TS): .*; ([0-9.]+) M cell", line):
            found[film, rate[1]] = float(rate[2])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("builds", nargs="+")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("-n", type=int, default=512, help="cells along each side")
    args = parser.parse_args()
    options = ["-n", str(args.n), "-seconds", "0.1"]
    measured = []
    for k in range(args.rounds):
        order = args.builds if k % 2 == 0 else args.builds[::-1]
        one = {build: rates(build, args.ranks, options) for build in order}
        measured.append(one)
    slow = 0
    for other in args.builds[1:]:
        print(f"{other}: CPU time relative to {args.builds[0]}, median of {args.rounds} rounds (quartiles)")
        for what in measured[0][args.builds[0]]:
            ratios = [one[args.builds[0]][what] / one[other][what] for one in measured]
            low, median, high = statistics.quantiles(ratios, n=4)
            print(f"  {', '.join(what):70} {median:.3f} ({low:.3f} to {high:.3f})")
            slow += what[1] == "right-hand side" and median > SLOWEST
    return int(slow > 0)


sys.exit(main())
