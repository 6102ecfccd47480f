"""Faults of data connections: those of the lab, and more that only tests use. Each changes a ScriptedServer."""

from __future__ import annotations

from collections.abc import Iterable

from tuiftp.demo.lab.faults import DataFault
from tuiftp.demo.lab.quirks import (
    announce,
    both,
    cut_data,
    data_fault,
    disk_full,
    doubled_completion,
    early_completion,
    epsv_reply,
    missing_completion,
    never_connects,
    no_preliminary,
    passive_port,
    pasv_answers_229,
    pasv_reply,
    refuse,
    refuse_active,
    refuse_passive,
    refuse_transfer,
    rest_ignored,
    stall_data,
    stranger_first,
    upload_truncated,
)
from tuiftp.demo.lab.server import Quirk, ScriptedServer

__all__ = [
    "announce",
    "both",
    "cut_data",
    "disk_full",
    "doubled_completion",
    "early_completion",
    "epsv_answers_227",
    "epsv_reply",
    "hold_data",
    "missing_completion",
    "never_connects",
    "no_preliminary",
    "passive_port",
    "pasv_answers_229",
    "pasv_reply",
    "pasv_without_parentheses",
    "preliminary_first",
    "refuse",
    "refuse_active",
    "refuse_passive",
    "refuse_transfer",
    "rest_ignored",
    "stall_data",
    "stranger_first",
    "upload_truncated",
]


def pasv_without_parentheses() -> Quirk:
    """Write the six numbers of a 227 bare."""
    return pasv_reply(b"227 Entering Passive Mode %s")


def epsv_answers_227() -> Quirk:
    """Answer EPSV as if it were PASV."""
    return pasv_reply(b"227 Entering Passive Mode (%s).", "EPSV")


def preliminary_first() -> Quirk:
    """Say 150 before the data connection stands, as many servers do."""

    def apply(server: ScriptedServer) -> None:
        server.faults.preliminary_first = True

    return apply


def hold_data(
    after: int, *, verbs: Iterable[str] = ("RETR", "STOR", "APPE"), times: int | None = None
) -> Quirk:
    """Stop after so many bytes (`server.fault_reached` is set) and go on when `server.release` is set."""
    return data_fault(DataFault(after, "hold", None, frozenset(verbs), times))
