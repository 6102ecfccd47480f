"""The options that only `get`, `put` and `cp` take: going on, how fast, how safely, how patiently."""

from __future__ import annotations

import argparse

from tuiftp.cli.argument_types import number, rate

GLOBS = """\
The last part of a URL may hold *, ? and [...], in quotes so that the shell leaves them alone:
  tuiftp get 'ftp://ftp.example.com/pub/*.tar.gz'
They stand for all names that match; a file that really has such a name goes before. Names that begin with
a dot are matched only by a pattern that does.
"""
"""What the help of `get` says of patterns."""


def add_transfer_options(parser: argparse.ArgumentParser, *, is_download: bool) -> None:
    """Adds them, shown in the help."""
    add = parser.add_argument_group("how").add_argument
    add(
        "-c", "--continue", dest="is_continued", action="store_true",
        help="go on with what the same command left when it was interrupted, and keep what has come when this "
        "one is; files that exist are gone on with where they end, unless --overwrite says otherwise",
    )  # fmt: skip
    add(
        "--limit-rate", dest="limit", type=rate, metavar="RATE",
        help="bytes a second for all files together, as 500k or 2M (2,000,000)",
    )  # fmt: skip
    add(
        "--verify", dest="is_verified", action="store_true",
        help="compare checksums too, where the server can make one; the size is always compared",
    )  # fmt: skip
    add(
        "--retries", type=number(int, 0, 1000), metavar="N",
        help="how often in a row to try again what failed for the moment; 0: not at all",
    )  # fmt: skip
    if is_download:
        add(
            "--segments", type=number(int, 1, 8), metavar="N",
            help="fetch each file from 16 MiB on in so many segments at once, for far servers; 1: whole",
        )  # fmt: skip
