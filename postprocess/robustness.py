#!/usr/bin/env python3
"""hopfilm/commands/robustness.py, from a checkout."""

from hopfilm.commands.robustness import main

if __name__ == "__main__":
    main()
