"""Writes a small new file in one go: it has no name before it is whole, and so nothing half can be left anywhere.

Where the system knows files without a name (Linux, most of its file systems), a kill leaves nothing behind at all;
elsewhere a part is made and renamed, as for any download. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime

from tuiftp.files.disk import local_errors
from tuiftp.files.part_file import Finish, Part, Register
from tuiftp.files.safe_open import Folder, Place, usual_umask

_OWNER = 0o600
"""What its owner may do with a file, whatever the server and the umask say."""


def write_new(
    folder: Folder,
    place: Place,
    data: bytes,
    *,
    token: str | None = None,
    modified: datetime | None = None,
    mode: int | None = None,
    register: Register | None = None,
) -> tuple[int, int]:
    """Makes the file of a place, which must not be there yet, with all that it is to hold.

    The bytes are on the disk before the name is (fsync).

    Args:
        folder: The directory of the place, open.
        place: Where.
        data: What it holds.
        token: The secret in the name of a part, where one is needed.
        modified: The time to give it (aware); the moment by default.
        mode: Its permission bits; the usual ones by default. The umask holds for them too.
        register: Who writes down that there is a part, where one is needed.

    Returns:
        Which file it is: device and number.

    Raises:
        LocalFileError: The disk refused, or something has the name.
    """
    bits = 0o666 if mode is None else mode & 0o777 | _OWNER
    descriptor = folder.create_nameless(bits)
    if descriptor is not None:
        try:
            identity = _fill(descriptor, place, data, modified, mode)
            if folder.give_name(descriptor, place.name):
                return identity
        finally:
            os.close(descriptor)
    part = Part(place, token, register=register)
    return _by_part(part, data, Finish(replace=False, modified=modified, mode=mode))


def _fill(
    descriptor: int, place: Place, data: bytes, modified: datetime | None, mode: int | None
) -> tuple[int, int]:
    with local_errors("write", place.root, *place.parts, place.name):
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        if modified is not None:
            # A time that the disk cannot hold (before 1901, after 2106) is no reason to lose the file.
            with suppress(OSError, OverflowError, ValueError):
                seconds = modified.timestamp()
                os.utime(descriptor, (seconds, seconds))
        os.fsync(descriptor)
        if mode is not None and usual_umask() & _OWNER:
            os.fchmod(descriptor, mode & 0o777 & ~usual_umask() | _OWNER)
        found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _by_part(part: Part, data: bytes, how: Finish) -> tuple[int, int]:
    try:
        part.begin(is_lasting=False)
        part.fill(data)
        part.publish(len(data), how)
    finally:
        part.discard()
    assert part.published is not None, "what is published has become a file"
    return part.published
