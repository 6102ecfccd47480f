"""How transfers are done: what is verified, under which name an upload grows, what is kept of the source."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tuiftp.choices import ConflictPolicy, TemporaryUpload, Verification
from tuiftp.transfers.model import Direction

TEMPORARY_FROM = 100 * 1024
"""Bytes from which `auto` uploads a new file under a temporary name; one that is overwritten always."""


SEGMENTED_FROM = 16 << 20
"""Bytes from which a download may be fetched in segments: below, the logins cost more than they bring."""


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """What the user chose for all transfers. May be replaced while they run; holds from the next file on."""

    verify: Verification = Verification.SIZE
    """The size is always compared; a checksum as well, where the server can make one."""
    upload_temporary: TemporaryUpload = TemporaryUpload.AUTO
    """Whether uploads go to a temporary name first."""
    keep_times: bool = True
    """Whether a file gets the time of its source."""
    keep_modes: bool = True
    """Whether a new file gets the permission bits of its source."""
    ascii_extensions: frozenset[str] = frozenset()
    """The endings of files whose line ends are converted: `txt`, in small letters; empty: none."""
    downloads: ConflictPolicy = ConflictPolicy.ASK
    """What to do with local files that exist, where a batch does not say."""
    uploads: ConflictPolicy = ConflictPolicy.ASK
    """What to do with remote files that exist, where a batch does not say."""
    segments: int = 1
    """Over how many connections a large file is fetched; 1: over one, from its beginning to its end."""

    def policy(self, direction: Direction) -> ConflictPolicy:
        """What to do with targets that exist."""
        return self.downloads if direction.is_to_disk else self.uploads

    def is_text(self, name: str) -> bool:
        """Whether a file of this name is transferred as text."""
        extension = os.path.splitext(name)[1][1:].lower()
        return bool(extension) and extension in self.ascii_extensions

    def wants_temporary(self, size: int, *, replaces: bool) -> bool:
        """Whether an upload of so many bytes goes to a temporary name.

        Args:
            size: Bytes of the source.
            replaces: Whether a file is overwritten.
        """
        if self.upload_temporary is TemporaryUpload.AUTO:
            return replaces or size > TEMPORARY_FROM
        return self.upload_temporary is TemporaryUpload.ALWAYS


def parse_extensions(text: str) -> frozenset[str]:
    """Reads a list of endings as a person types it: `txt, .csv *.HTML`."""
    words = text.replace(",", " ").replace(";", " ").split()
    return frozenset(filter(None, (word.lower().removeprefix("*").lstrip(".") for word in words)))
