"""Lets `python -m tuiftp` do what the `tuiftp` command does."""

import sys

from tuiftp.cli import main

if __name__ == "__main__":
    sys.exit(main())
