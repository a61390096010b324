#!/usr/bin/env python3
"""hopfilm-post, where the package is not installed by pip."""

from hopfilm.commands import main

if __name__ == "__main__":
    main()
