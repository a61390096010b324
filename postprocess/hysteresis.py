#!/usr/bin/env python3
"""hopfilm/commands/hysteresis.py, from a checkout."""

from hopfilm.commands.hysteresis import main

if __name__ == "__main__":
    main()
