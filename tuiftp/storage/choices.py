"""The values that settings choose from, each with a sentence on what it does and when to use it."""

from __future__ import annotations

from enum import StrEnum

from tuiftp.protocol.modes import AddressPolicy, ConnectionMode
from tuiftp.storage.fields import Choice


class ExistingTarget(StrEnum):
    """What to do when the target of a transfer exists. The words are those of the queue's policies."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    RESUME = "resume"
    NEWER = "newer"
    SIZE_DIFFERS = "size"
    NEWER_OR_SIZE_DIFFERS = "newer-or-size"
    RENAME = "rename"
    SKIP = "skip"


class Verify(StrEnum):
    """What is compared when a transfer has ended."""

    SIZE = "size"
    CHECKSUM = "checksum"


class UploadName(StrEnum):
    """Whether an upload goes to a temporary name first."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class FinishNotice(StrEnum):
    """How it is told that all transfers have ended."""

    NONE = "none"
    BELL = "bell"
    OSC9 = "osc9"
    OSC777 = "osc777"


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
    Choice(
        ExistingTarget.SIZE_DIFFERS, "Size differs", "Replaces the file only if the sizes are not the same."
    ),
    Choice(
        ExistingTarget.NEWER_OR_SIZE_DIFFERS,
        "Newer or size",
        "Replaces the file if the source is newer, or the sizes are not the same.",
    ),
    Choice(ExistingTarget.RENAME, "Rename", "Keeps both: the new one gets a number behind its name."),
    Choice(ExistingTarget.SKIP, "Skip", "Leaves the file that is there."),
)
"""What to do when the target exists."""

VERIFICATIONS = (
    Choice(Verify.SIZE, "Size", "Compares how many bytes are on both sides. Costs next to nothing."),
    Choice(
        Verify.CHECKSUM,
        "Size and checksum",
        "Has the server read the file again and compares its checksum, where it can make one.",
    ),
)
"""What is compared when a transfer has ended."""

FINISH_NOTICES = (
    Choice(FinishNotice.NONE, "Nothing", "Says so on the screen alone."),
    Choice(FinishNotice.BELL, "Bell", "Rings the terminal's bell. Every terminal knows it."),
    Choice(FinishNotice.OSC9, "OSC 9", "A desktop notification in iTerm2, WezTerm, kitty, Windows Terminal."),
    Choice(FinishNotice.OSC777, "OSC 777", "A desktop notification in urxvt, foot, Ghostty, VTE terminals."),
)
"""How it is told that all transfers have ended."""

UPLOAD_NAMES = (
    Choice(UploadName.AUTO, "Auto", "For files that are overwritten, and for those above 100 KiB."),
    Choice(UploadName.ALWAYS, "Always", "Nobody sees half a file. Costs one round trip a file."),
    Choice(UploadName.NEVER, "Never", "For servers that act on each new name at once."),
)
"""Whether an upload goes to a temporary name first."""
