"""The values that settings choose from, each with a sentence on what it does and when to use it."""

from __future__ import annotations

from enum import StrEnum

from tuiftp.protocol.modes import AddressPolicy, ConnectionMode
from tuiftp.storage.fields import Choice


class ExistingTarget(StrEnum):
    """What to do when the target of a transfer exists. The words are those of `--overwrite`."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    RESUME = "resume"
    NEWER = "newer"
    RENAME = "rename"
    SKIP = "skip"


MODES = (
    Choice(
        ConnectionMode.AUTO,
        "Auto",
        "You open it, or else the server does; remembers what worked. Fits nearly always.",
    ),
    Choice(
        ConnectionMode.PASSIVE,
        "Passive",
        "You open it (PASV, EPSV). Use it behind a firewall or NAT of your own.",
    ),
    Choice(
        ConnectionMode.ACTIVE,
        "Active",
        "The server opens it (PORT, EPRT). For servers behind NAT; open your firewall.",
    ),
)
"""Who opens the data connection."""

ADDRESS_POLICIES = (
    Choice(
        AddressPolicy.SMART,
        "Smart",
        "Uses the announced address unless it cannot be reached from here; then the server's own.",
    ),
    Choice(
        AddressPolicy.PEER,
        "Peer",
        "Always uses the address that the control connection leads to. Safe, and right behind most NATs.",
    ),
    Choice(
        AddressPolicy.ANNOUNCED,
        "As announced",
        "Believes the server. Needed only where files come from another machine than the commands go to.",
    ),
)
"""Which address to connect to after a 227 reply."""

EXISTING_TARGETS = (
    Choice(ExistingTarget.ASK, "Ask", "Asks each time, or once for all files of a batch."),
    Choice(ExistingTarget.OVERWRITE, "Overwrite", "Replaces the file, once the new one is complete."),
    Choice(ExistingTarget.RESUME, "Resume", "Goes on where a shorter file ends; asks about others."),
    Choice(ExistingTarget.NEWER, "Newer", "Replaces the file only if the source is newer."),
    Choice(ExistingTarget.RENAME, "Rename", "Keeps both: the new one gets a number behind its name."),
    Choice(ExistingTarget.SKIP, "Skip", "Leaves the file that is there."),
)
"""What to do when the target exists."""
