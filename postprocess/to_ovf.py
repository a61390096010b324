#!/usr/bin/env python3
"""hopfilm/commands/to_ovf.py, from a checkout."""

from hopfilm.commands.to_ovf import main

if __name__ == "__main__":
    main()
