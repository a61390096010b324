#!/usr/bin/env python3
"""The films of many nodes (Niu et al. 2024, Fig. 5): runs their decks from several random starts and prints what is required beside what every start
gives, with all controls. Exit code 1 when a figure is missed.

Usage: letters.py HOPFILM [--seeds 1 2 3] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-letters)
"""

import sys

import letters_device_figures
import letters_figures
import letters_wired_figures

from device import Device

MODULES = [letters_figures, letters_wired_figures, letters_device_figures]  # each has RUNS and GROUPS

if __name__ == "__main__":
    runs, groups = ({name: value for module in MODULES for name, value in getattr(module, kind).items()} for kind in ("RUNS", "GROUPS"))
    sys.exit(Device("letters", runs, groups, [1, 2, 3], __doc__).main())
