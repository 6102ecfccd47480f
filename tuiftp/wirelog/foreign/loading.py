"""Loads a log file of any client: detects the format from its lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from tuiftp.errors import LocalFileError
from tuiftp.wirelog.foreign import curl, filezilla, lftp, own, vsftpd, winscp
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

READERS: Final[tuple[Reader, ...]] = (
    own.READER, vsftpd.READER, winscp.READER, lftp.READER, filezilla.READER, curl.READER,
)  # fmt: skip
"""All readers; of those that fit as well, the first is taken."""
MAX_BYTES: Final = 512 * 1024 * 1024
"""The longest file that is read."""
MAX_LINES: Final = 2_000_000
"""Lines that are read; what comes after is left out."""
_MAX_LINE: Final = 64 * 1024
_SAMPLE: Final = 400


def load_any(source: bytes | str | Iterable[str]) -> ForeignLog:
    """Reads a log of ours, or FileZilla's, lftp's, curl's, WinSCP's or vsftpd's. Never raises on what it holds.

    Args:
        source: The bytes of a file, its text, or its lines.
    """
    lines = _lines(source)
    reader = _choose(lines)
    if reader is None:
        return ForeignLog((), sum(1 for line in lines if line.strip()), "unknown")
    return reader.read(lines)


def load_file(path: Path) -> ForeignLog:
    """Reads a log from a file.

    Raises:
        LocalFileError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return load_any(file.read(MAX_BYTES))
    except OSError as error:
        raise LocalFileError(f"cannot read {path}: {error.strerror}", path=str(path)) from error


def _lines(source: bytes | str | Iterable[str]) -> Sequence[str]:
    if isinstance(source, bytes):
        source = _decoded(source)
    lines = source.splitlines() if isinstance(source, str) else source
    return [line.rstrip("\r\n")[:_MAX_LINE] for line in islice(lines, MAX_LINES)]


def _decoded(data: bytes) -> str:
    """Windows programs like UTF-16 and byte order marks."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _choose(lines: Sequence[str]) -> Reader | None:
    sample = list(islice((line for line in lines if line.strip()), _SAMPLE))
    best, most = None, 0
    for reader in READERS:
        fits = sum(map(reader.is_typical, sample))
        if fits > most:
            best, most = reader, fits
    return best
