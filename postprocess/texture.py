#!/usr/bin/env python3
"""hopfilm/commands/texture.py, from a checkout."""

from hopfilm.commands.texture import main

if __name__ == "__main__":
    main()
