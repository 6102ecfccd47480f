"""Parses replies about one file: modification time (MDTM) and checksums (HASH, XCRC and others). Strict.

A checksum that is misread would call a good file damaged, or a damaged one good: whatever is not of the
expected form counts as no answer.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

DIGITS = {"sha256": 64, "sha512": 128, "sha1": 40, "md5": 32, "crc32": 8}
"""How many hexadecimal digits the checksum of each algorithm has."""

HASH_NAMES = {"SHA-256": "sha256", "SHA-512": "sha512", "SHA-1": "sha1", "MD5": "md5", "CRC32": "crc32"}
"""The names of the algorithms in HASH (draft-bryan-ftpext-hash), by ours."""

CHECKSUM_VERBS = {
    "XSHA256": "sha256", "XSHA512": "sha512", "XSHA1": "sha1", "XSHA": "sha1", "XMD5": "md5", "MD5": "md5",
    "XCRC": "crc32",
}  # fmt: skip
"""The commands that make a checksum, the best first, and what each of them makes."""

_TIME = re.compile(r"(\d{14})(?:\.\d+)?")
_HASH = re.compile(r"([A-Za-z0-9-]+)\s+(\d+)-(\d+)\s+([0-9A-Fa-f]+)(?:\s.*)?", re.DOTALL)
_NEW_CENTURY = re.compile(r"191(\d\d)(\d{10})")


def parse_time(text: str) -> datetime | None:
    """Reads the text of a 213 reply to MDTM, in UTC (RFC 3659 section 2.3); None if it is no time.

    Servers that print the year as 19 and 100 more (`19126…` for 2026) are understood.
    """
    text = text.strip()
    text = _NEW_CENTURY.sub(r"20\1\2", text) if _NEW_CENTURY.fullmatch(text) else text
    found = _TIME.fullmatch(text)
    if found is None or not text.isascii():
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def encode_time(when: datetime) -> str:
    """Writes a time as MDTM and MFMT know it: `20261123094012`, UTC."""
    return f"{when.astimezone(UTC):%Y%m%d%H%M%S}" if when.year >= 1000 else "19700101000000"


def parse_hash(text: str, *, size: int | None = None) -> tuple[str, str] | None:
    """Reads the text of a 213 reply to HASH: `SHA-256 0-49 6ae1… name`.

    Args:
        text: The reply without its code.
        size: How large the file is; an answer about another range is none.

    Returns:
        Our name of the algorithm, and the digest in small letters.
    """
    found = _HASH.fullmatch(text.strip())
    if found is None:
        return None
    algorithm = HASH_NAMES.get(found[1].upper())
    # The range is written with its last byte, or with the one behind it.
    if algorithm is None or int(found[2]) or (size and int(found[3]) not in (size - 1, size)):
        return None
    digest = found[4].lower()
    return (algorithm, digest) if len(digest) == DIGITS[algorithm] else None


def parse_checksum(text: str, verb: str) -> str | None:
    """Reads the text of a 2yz reply to XCRC and the like; MD5 says the name before it.

    Returns:
        The digest in small letters and full length.
    """
    algorithm = CHECKSUM_VERBS[verb]
    length = DIGITS[algorithm]
    word = text.strip()
    if verb == "MD5" or word[: len(verb) + 1].upper() == f"{verb} ":
        word = word.rpartition(" ")[2]
    # Some servers leave the leading zeros of a CRC out.
    least = 1 if algorithm == "crc32" else length
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{least},{length}}}", word):
        return None
    return word.lower().zfill(length)
