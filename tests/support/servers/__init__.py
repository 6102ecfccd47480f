"""Real FTP servers, each with a fresh home: pyftpdlib everywhere, three of Debian's where there are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NoReturn

import pytest

from .daemons import Daemon, Proftpd, Pureftpd, Vsftpd, why_missing
from .pyftpd import Pyftpdlib
from .running import PASSWORD, USER, Place, RunningServer, ServerFailed
from .tls import make_tls_server

DAEMONS: dict[str, type[Daemon]] = {"vsftpd": Vsftpd, "proftpd": Proftpd, "pureftpd": Pureftpd}
"""The servers that are processes of their own."""

KINDS = ("pyftpdlib", *DAEMONS)
"""Every server that tests run against."""


def required() -> bool:
    """Return whether a missing server is a failure and no reason to skip."""
    return os.environ.get("TUIFTP_REQUIRE_REAL_SERVERS") == "1"


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    if required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def make_server(kind: str, place: Place | None = None, options: Sequence[str] = ()) -> RunningServer:
    """Return a server that has not been started; skip or fail when it is not installed."""
    where = place or Place()
    if kind == "pyftpdlib":
        return Pyftpdlib(where)
    reason = why_missing(DAEMONS[kind])
    if reason is not None:
        skip_or_fail(reason)
    return DAEMONS[kind](where, options)


__all__ = [
    "DAEMONS",
    "KINDS",
    "PASSWORD",
    "USER",
    "Place",
    "Pyftpdlib",
    "RunningServer",
    "ServerFailed",
    "Vsftpd",
    "make_server",
    "make_tls_server",
    "required",
    "skip_or_fail",
]
