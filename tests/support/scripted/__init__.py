"""The scriptable FTP server of `tuiftp.demo.lab`, with the faults of the lab and more that only tests use."""

from tests.support.scripted import mischief, quirks
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
