#!/usr/bin/env python3
"""hopfilm/commands/ensemble.py, from a checkout."""

from hopfilm.commands.ensemble import main

if __name__ == "__main__":
    main()
