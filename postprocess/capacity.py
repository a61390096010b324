#!/usr/bin/env python3
"""hopfilm/commands/capacity.py, from a checkout."""

from hopfilm.commands.capacity import main

if __name__ == "__main__":
    main()
