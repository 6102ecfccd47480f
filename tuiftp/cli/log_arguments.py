"""The arguments of `tuiftp log`."""

from __future__ import annotations

import argparse

from tuiftp import __version__

_ABOUT = """\
Open a saved protocol log without a server: the log, the exchange view, and what is wrong. It reads the logs of
tuiftp (--log), FileZilla, lftp (debug), curl -v, WinSCP and vsftpd. Two logs are compared: first the one that works.
"""


def log_parser() -> argparse.ArgumentParser:
    """The parser of `tuiftp log`."""
    parser = argparse.ArgumentParser(
        prog="tuiftp log", usage="tuiftp log [--text] FILE [FILE2]", description=_ABOUT, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"tuiftp {__version__}")
    parser.add_argument("paths", nargs="+", metavar="FILE", help="the log, or two logs to compare")
    parser.add_argument(
        "--text", dest="is_text", action="store_true", help="print the log and the findings, and open nothing"
    )
    return parser
