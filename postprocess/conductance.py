#!/usr/bin/env python3
"""hopfilm/commands/conductance.py, from a checkout."""

from hopfilm.commands.conductance import main

if __name__ == "__main__":
    main()
