#!/usr/bin/env python3
"""hopfilm/commands/memories.py, from a checkout."""

from hopfilm.commands.memories import main

if __name__ == "__main__":
    main()
