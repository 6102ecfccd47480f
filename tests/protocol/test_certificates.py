"""Certificates are read whatever is in them, and what cannot be read raises nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.certificates import DAY, Authority, Identity, Make
from tuiftp.protocol.certificates import (
    MAXIMUM_BYTES,
    Certificate,
    matches_host,
    parse_certificate,
    parse_fingerprint,
    show_fingerprint,
)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Authority(tmp_path_factory.mktemp("certificates")).issue(
        "ftp.example.com", "*.example.org", "192.0.2.7", "2001:db8::7", make=Make(ends=2 * DAY)
    )


def test_all_that_a_person_wants_to_know(identity: Identity) -> None:
    found = parse_certificate(identity.der)
    assert found.subject == "C=DE, O=Ünit test, CN=ftp.example.com"
    assert found.issuer == "C=DE, O=Ünit test, CN=authority"
    assert found.names == ("ftp.example.com", "*.example.org", "192.0.2.7", "2001:db8::7")
    assert found.not_before == identity.certificate.not_valid_before_utc
    assert found.not_after == identity.certificate.not_valid_after_utc
    assert (found.fingerprint, found.is_self_signed) == (identity.fingerprint, False)


def test_a_certificate_that_signs_itself(tmp_path: Path) -> None:
    found = parse_certificate(Identity(tmp_path / "own.pem").der)
    assert found.is_self_signed
    assert found.names == ("test server",)


def test_dates_beyond_2050(tmp_path: Path) -> None:
    """They are written in another form (RFC 5280 section 4.1.2.5)."""
    identity = Identity(tmp_path / "long.pem", make=Make(ends=36500 * DAY))
    found = parse_certificate(identity.der)
    assert found.not_after == identity.certificate.not_valid_after_utc
    assert found.not_after > datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "matches"),
    [
        ("ftp.example.com", True), ("FTP.Example.COM.", True), ("example.com", False),
        ("a.example.org", True), ("a.b.example.org", False), ("example.org", False), (".example.org", False),
        ("192.0.2.7", True), ("192.0.2.8", False), ("2001:db8:0::7", True), ("2001:db8::8", False),
        ("", False),
    ],
)  # fmt: skip
def test_which_hosts_it_is_for(identity: Identity, host: str, matches: bool) -> None:
    assert matches_host(parse_certificate(identity.der), host) is matches


def test_a_star_does_not_stand_for_a_whole_domain() -> None:
    assert not matches_host(Certificate("", names=("*.com", "*")), "example.com")


@pytest.mark.parametrize(
    "text",
    ["ab" * 32, "AB" * 32, ":".join(["AB"] * 32), "SHA-256 " + ":".join(["ab"] * 32), "sha256:" + "Ab" * 32],
)
def test_fingerprints_as_people_write_them(text: str) -> None:
    assert parse_fingerprint(text) == "ab" * 32
    assert parse_fingerprint(show_fingerprint("ab" * 32)) == "ab" * 32


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, "ab" * 33, "ab" * 20])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        parse_fingerprint(text)


@given(st.binary(max_size=400))
def test_junk_is_unreadable_and_no_error(data: bytes) -> None:
    assert len(parse_certificate(data).fingerprint) == 64


@given(st.data())
def test_a_damaged_certificate_is_no_error(identity: Identity, data: st.DataObject) -> None:
    damaged = bytearray(identity.der)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    found = parse_certificate(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    assert len(found.names) <= 200


def test_one_that_is_too_long_is_not_read(identity: Identity) -> None:
    assert parse_certificate(identity.der + bytes(MAXIMUM_BYTES)).subject == ""


def test_lengths_that_lead_astray_cost_no_time() -> None:
    assert parse_certificate(b"\x30\x84\xff\xff\xff\xff" * 1000).subject == ""
    assert parse_certificate(b"\x30\x80" * 100_000).subject == ""
