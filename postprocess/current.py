#!/usr/bin/env python3
"""hopfilm/commands/current.py, from a checkout."""

from hopfilm.commands.current import main

if __name__ == "__main__":
    main()
