#!/usr/bin/env python3
"""Standard problems of micromagnetics (inputs/validation/): runs their decks, on several grids, and prints what is published of each beside what this
film gives; what the demagnetizing field does to the learning devices, and fluctuations (group thermal). Exit code 1 when a figure is missed.

Usage: standard_problems.py HOPFILM [--seeds 1] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-standard-problems)
"""

import sys

import standard_devices
import standard_textures
import standard_thermal
import standard_traces

from device import Device

MODULES = [standard_traces, standard_textures, standard_devices, standard_thermal]  # each has RUNS and GROUPS

if __name__ == "__main__":
    runs, groups = ({name: value for module in MODULES for name, value in getattr(module, kind).items()} for kind in ("RUNS", "GROUPS"))
    sys.exit(Device("standard-problems", runs, groups, [1], __doc__).main())
