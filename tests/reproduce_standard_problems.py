#!/usr/bin/env python3
"""Standard problems of micromagnetics (inputs/validation/): runs their decks, on several grids, and prints what is published of each beside what this
film gives. Exit code 1 when a figure is missed.

Usage: reproduce_standard_problems.py HOPFILM [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-standard-problems)
"""

import sys

import standard_figures as figures
from reproduce import Device

if __name__ == "__main__":
    sys.exit(Device("standard-problems", figures.RUNS, figures.GROUPS, [1], __doc__).main())
