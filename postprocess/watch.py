#!/usr/bin/env python3
"""hopfilm/commands/watch.py, from a checkout."""

from hopfilm.commands.watch import main

if __name__ == "__main__":
    main()
