#!/usr/bin/env python3
"""The published figures of the four-node film beside those that this tree measures: jobs/reproduce/four_node.py as a test, with its options."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "jobs", "reproduce"))
from four_node import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
