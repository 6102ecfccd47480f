"""Parses the fields of an X.509 certificate that a person wants to see, from DER; verifies nothing.

The `ssl` module tells the subject, the names and the dates only of certificates that it could verify; here they are
read for those that it could not, so that a person can decide. The bytes come from a stranger: every length is
checked against what is there, nothing recurses, and what cannot be read is said to be unreadable.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MAXIMUM_BYTES = 256 * 1024
"""Bytes that a certificate may have."""
_MAXIMUM_NAMES = 200

_SEQUENCE, _SET, _OID = 0x30, 0x31, 0x06
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_EXTENSIONS, _VERSION = 0xA3, 0xA0
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_TEXT_ENCODINGS = {0x0C: "utf-8", 0x13: "latin-1", 0x14: "latin-1", 0x16: "latin-1", 0x1E: "utf-16-be"}
_COMMON_NAME = bytes.fromhex("550403")
_SUBJECT_ALT_NAME = bytes.fromhex("551d11")
_SHORT = {
    _COMMON_NAME: "CN", bytes.fromhex("550406"): "C", bytes.fromhex("550407"): "L",
    bytes.fromhex("550408"): "ST", bytes.fromhex("55040a"): "O", bytes.fromhex("55040b"): "OU",
    bytes.fromhex("2a864886f70d010901"): "email",
}  # fmt: skip


class CertificateReason(StrEnum):
    """Why a certificate is not trusted, in words that follow "the certificate …"."""

    CHANGED = "is another one than the one that was trusted before"
    EXPIRED = "has expired"
    NOT_YET_VALID = "is not valid yet"
    WRONG_NAME = "is for another name"
    SELF_SIGNED = "is signed by itself, so that nobody vouches for it"
    UNKNOWN_ISSUER = "is signed by an authority that this system does not know"
    ISSUER_EXPIRED = "is signed by an authority whose own certificate has expired"
    ISSUER_NOT_YET_VALID = "is signed by an authority whose own certificate is not valid yet"
    REVOKED = "was revoked by its issuer"
    BAD_SIGNATURE = "bears a signature that does not match: it was altered, or is not from who it names"
    WEAK_KEY = "has a key that is too short to be safe"
    WEAK_ISSUER_KEY = "is signed by an authority with a key that is too short to be safe"
    WEAK_SIGNATURE = "is signed by an outdated method that can be forged, such as SHA-1 or MD5"
    NOT_FOR_SERVERS = "is made for another purpose than to prove who a server is"
    NO_AUTHORITY = "is signed with a certificate that may not sign others"
    TOO_MANY_ISSUERS = "is vouched for over more authorities than they allow themselves"
    OUTSIDE_ITS_NAMES = "is for a name that its authority may not vouch for"
    UNKNOWN_EXTENSION = "has a condition marked as critical that cannot be checked"
    DISTRUSTED = "is marked on this system as not to be trusted"
    MALFORMED = "does not follow the rules for certificates"
    OTHER = "cannot be verified"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of itself. Texts come from a stranger: use `protocol.text.shown`."""

    fingerprint: str
    """SHA-256 of the whole, 64 lower-case hexadecimal digits."""
    subject: str = ""
    """Whose it is: `CN=ftp.example.com, O=Example`."""
    issuer: str = ""
    """Who signed it."""
    names: tuple[str, ...] = ()
    """The host names and addresses that it is for; the common name where it lists none."""
    not_before: datetime | None = None
    """From when on it is valid, UTC."""
    not_after: datetime | None = None
    """Until when it is valid, UTC."""
    is_self_signed: bool = False
    """Whether its issuer is its subject."""

    @property
    def shown_fingerprint(self) -> str:
        """The fingerprint as people compare it: `SHA-256 AB:CD:…`."""
        return show_fingerprint(self.fingerprint)


def fingerprint_of(der: bytes) -> str:
    """The SHA-256 fingerprint of a certificate."""
    return hashlib.sha256(der).hexdigest()


def parse_fingerprint(text: str) -> str:
    """Reads a SHA-256 fingerprint as people write it: with or without colons, spaces, or `SHA256` before it.

    Raises:
        ValueError: It is not one.
    """
    digits = text.strip().lower().removeprefix("sha-256").removeprefix("sha256").lstrip(":= ")
    digits = digits.replace(":", "").replace(" ", "")
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits")
    return digits


def show_fingerprint(fingerprint: str) -> str:
    """`SHA-256 AB:CD:…` of 64 digits."""
    pairs = (fingerprint[place : place + 2] for place in range(0, len(fingerprint), 2))
    return "SHA-256 " + ":".join(pairs).upper()


def parse_certificate(der: bytes) -> Certificate:
    """Reads a certificate. Never raises: of one that cannot be read only the fingerprint is known."""
    fingerprint = fingerprint_of(der)
    try:
        return _parse(der, fingerprint)
    except (ValueError, IndexError, OverflowError):
        return Certificate(fingerprint)


def matches_host(certificate: Certificate, host: str) -> bool:
    """Whether a certificate is for `host` (RFC 6125: one whole label may be a wildcard, the leftmost)."""
    host = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return any(_matches(name.rstrip(".").lower(), host) for name in certificate.names)
    return any(_same_address(name, address) for name in certificate.names)


def _same_address(name: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return ipaddress.ip_address(name) == address
    except ValueError:
        return False


def _matches(pattern: str, host: str) -> bool:
    if pattern == host:
        return True
    first, _, rest = pattern.partition(".")
    label, _, domain = host.partition(".")
    return first == "*" and "." in rest and label != "" and domain == rest


# -- DER ----------------------------------------------------------------------------------------------------


def _parse(der: bytes, fingerprint: str) -> Certificate:
    if len(der) > MAXIMUM_BYTES:
        raise ValueError("too long")
    body = _first(_first(der)[1])[1]
    parts = list(_items(body))
    if parts[0][0] == _VERSION:
        del parts[0]
    issuer, validity, subject = parts[2][1], parts[3][1], parts[4][1]
    dates = [_date(tag, value) for tag, value in _items(validity)]
    return Certificate(
        fingerprint=fingerprint,
        subject=_distinguished_name(subject),
        issuer=_distinguished_name(issuer),
        names=_names(parts, subject),
        not_before=dates[0],
        not_after=dates[1],
        is_self_signed=issuer == subject,
    )


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the content of each element in a row.

    Raises:
        ValueError: A length goes beyond what is there, or a form is not DER.
    """
    place = 0
    while place < len(data):
        tag, length, place = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("not a DER length")
            length, place = int.from_bytes(data[place : place + count], "big"), place + count
        if place + length > len(data):
            raise ValueError("an element is longer than the whole")
        yield tag, data[place : place + length]
        place += length


def _first(data: bytes) -> tuple[int, bytes]:
    for item in _items(data):
        return item
    raise ValueError("an element is missing")


def _attributes(name: bytes) -> Iterator[tuple[bytes, str]]:
    for tag, part in _items(name):
        for _, pair in _items(part) if tag == _SET else ():
            (_, oid), (kind, value) = list(_items(pair))[:2]
            yield oid, value.decode(_TEXT_ENCODINGS.get(kind, "latin-1"), "replace")


def _distinguished_name(name: bytes) -> str:
    return ", ".join(f"{_SHORT.get(oid, oid.hex())}={value}" for oid, value in _attributes(name))


def _date(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        # RFC 5280: two digits from 50 on are of the last century.
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("not a date")
    moment = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    zone = text[14:]
    if zone in ("Z", ""):
        return moment
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return moment - shift if zone[0] == "+" else moment + shift


def _names(parts: list[tuple[int, bytes]], subject: bytes) -> tuple[str, ...]:
    found = [name for tag, value in parts if tag == _EXTENSIONS for name in _alternative_names(value)]
    if not found:
        found = [value for oid, value in _attributes(subject) if oid == _COMMON_NAME]
    return tuple(found[:_MAXIMUM_NAMES])


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _, extension in _items(_first(extensions)[1]):
        fields = list(_items(extension))
        if not fields or fields[0] != (_OID, _SUBJECT_ALT_NAME):
            continue
        tag, names = _first(fields[-1][1])
        for kind, value in _items(names) if tag == _SEQUENCE else ():
            if kind == _DNS_NAME:
                yield value.decode("latin-1")
            elif kind == _IP_ADDRESS:
                yield str(ipaddress.ip_address(value))
