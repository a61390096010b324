#!/usr/bin/env python3
"""hopfilm/commands/synapse.py, from a checkout."""

from hopfilm.commands.synapse import main

if __name__ == "__main__":
    main()
