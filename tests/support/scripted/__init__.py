"""The scriptable FTP server, which lives in `tuiftp.demo.lab`: what `tuiftp lab` shows is what the tests use."""

from tuiftp.demo.lab import (
    EPOCH,
    PASSIVE,
    TRANSFERS,
    Directory,
    Faults,
    File,
    Quirk,
    Received,
    ScriptedServer,
    Session,
    Tree,
    mischief,
    quirks,
)

__all__ = [
    "EPOCH",
    "PASSIVE",
    "TRANSFERS",
    "Directory",
    "Faults",
    "File",
    "Quirk",
    "Received",
    "ScriptedServer",
    "Session",
    "Tree",
    "mischief",
    "quirks",
]
