#!/usr/bin/env python3
"""hopfilm/commands/inference.py, from a checkout."""

from hopfilm.commands.inference import main

if __name__ == "__main__":
    main()
