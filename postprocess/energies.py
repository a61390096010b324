#!/usr/bin/env python3
"""hopfilm/commands/energies.py, from a checkout."""

from hopfilm.commands.energies import main

if __name__ == "__main__":
    main()
