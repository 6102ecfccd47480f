"""The choices of the settings as the screen shows them: a label each, and a sentence on when to use it."""

from __future__ import annotations

from enum import StrEnum

from tuiftp.choices import AddressPolicy, ConflictPolicy, ConnectionMode, TemporaryUpload, Verification
from tuiftp.storage.fields import Choice


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
    Choice(ConflictPolicy.ASK, "Ask", "Asks each time, or once for all files of a batch."),
    Choice(ConflictPolicy.OVERWRITE, "Overwrite", "Replaces the file, once the new one is complete."),
    Choice(ConflictPolicy.RESUME, "Resume", "Goes on where a shorter file ends; asks about others."),
    Choice(ConflictPolicy.NEWER, "Newer", "Replaces the file only if the source is newer."),
    Choice(
        ConflictPolicy.SIZE_DIFFERS, "Size differs", "Replaces the file only if the sizes are not the same."
    ),
    Choice(
        ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
        "Newer or size",
        "Replaces the file if the source is newer, or the sizes are not the same.",
    ),
    Choice(ConflictPolicy.RENAME, "Rename", "Keeps both: the new one gets a number behind its name."),
    Choice(ConflictPolicy.SKIP, "Skip", "Leaves the file that is there."),
)
"""What to do when the target exists."""

VERIFICATIONS = (
    Choice(Verification.SIZE, "Size", "Compares how many bytes are on both sides. Costs next to nothing."),
    Choice(
        Verification.CHECKSUM,
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
    Choice(TemporaryUpload.AUTO, "Auto", "For files that are overwritten, and for those above 100 KiB."),
    Choice(TemporaryUpload.ALWAYS, "Always", "Nobody sees half a file. Costs one round trip a file."),
    Choice(TemporaryUpload.NEVER, "Never", "For servers that act on each new name at once."),
)
"""Whether an upload goes to a temporary name first."""
