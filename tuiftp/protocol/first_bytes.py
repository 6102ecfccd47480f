"""What the first bytes of a connection speak, where they are not those of a listing or a file."""

from __future__ import annotations

import re
from typing import Final

PEEKED: Final = 16
"""Bytes that are enough to tell."""

_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
_GREETING = re.compile(rb"(?:220|221|421|500|554)[ -]")


def protocol_of(head: bytes) -> str | None:
    """Names the protocol of some first bytes: `SSH`, `HTTP`, `TLS`, or a `greeting` as of FTP and SMTP."""
    if head.startswith(b"SSH-"):
        return "SSH"
    if head.startswith((b"HTTP/", b"<!DOCTYPE", b"<html")):
        return "HTTP"
    if head.startswith(_TLS_RECORDS):
        return "TLS"
    return "greeting" if _GREETING.match(head) else None
