"""Patterns by which other clients' logs report a failed data or control connection."""

from __future__ import annotations

import re

REFUSED = re.compile(r"ECONNREFUSED|connection refused|actively refused", re.IGNORECASE)
"""The other side refused."""
TIMED_OUT = re.compile(r"ETIMEDOUT|timed? ?-?out|timeout", re.IGNORECASE)
"""Nobody answered."""
BROKEN = re.compile(
    r"ECONNRESET|ECONNABORTED|connection reset|connection aborted|connection closed by (?:server|peer|remote)|"
    r"server (?:has )?closed (?:the )?connection|lost connection|broken pipe|recv failure",
    re.IGNORECASE,
)
"""The connection broke."""


def why_failed(text: str) -> str | None:
    """`connection refused` or `timed out`, if the text says so."""
    if REFUSED.search(text):
        return "connection refused"
    if TIMED_OUT.search(text):
        return "timed out"
    return None
