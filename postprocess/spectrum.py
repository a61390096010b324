#!/usr/bin/env python3
"""hopfilm/commands/spectrum.py, from a checkout."""

from hopfilm.commands.spectrum import main

if __name__ == "__main__":
    main()
