#!/usr/bin/env python3
"""hopfilm/commands/report.py, from a checkout."""

from hopfilm.commands.report import main

if __name__ == "__main__":
    main()
