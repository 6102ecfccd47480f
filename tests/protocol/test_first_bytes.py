"""What speaks on a data connection where the server has said nothing yet."""

from __future__ import annotations

import pytest

from tuiftp.protocol.first_bytes import protocol_of


@pytest.mark.parametrize(
    ("head", "protocol"),
    [
        (b"SSH-2.0-OpenSSH_9.6", "SSH"), (b"HTTP/1.1 400 Bad", "HTTP"), (b"<html><head>", "HTTP"),
        (b"\x15\x03\x03\x00\x02\x02", "TLS"), (b"\x16\x03\x01\x02\x00", "TLS"), (b"220 Service ready", "greeting"),
        (b"421-busy", "greeting"), (b"-rw-r--r--   1 ft", None), (b"type=file;size=2", None),
        (b"d", None), (b"", None),
        (b"2200 files", None),
    ],
)  # fmt: skip
def test_it_is_named_by_how_it_begins(head: bytes, protocol: str | None) -> None:
    assert protocol_of(head) == protocol
