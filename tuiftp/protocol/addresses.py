"""Encodes PORT and EPRT arguments and parses 227 (PASV) and 229 (EPSV) replies (RFC 959, RFC 2428).

What belongs with them is offered here too: the kind of an address (`hosts`), and which one to trust after a
227 (`candidates`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Final

from tuiftp.protocol.candidates import Candidate, address_difference, passive_candidates
from tuiftp.protocol.hosts import (
    AddressClass,
    classify,
    normalize_host,
    parse_address,
    same_host,
    without_scope,
)

__all__ = [
    "AddressClass",
    "Candidate",
    "address_difference",
    "classify",
    "decode_eprt",
    "decode_port",
    "encode_eprt",
    "encode_port",
    "is_flagged_port",
    "normalize_host",
    "parse_address",
    "parse_epsv_reply",
    "parse_pasv_reply",
    "passive_candidates",
    "quoted_address",
    "same_host",
]


def encode_port(host: str, port: int) -> str:
    """Writes the argument of PORT: `192,168,1,100,195,80`.

    Raises:
        ValueError: The address is not IPv4, or the port is not from 1 to 65535.
    """
    address = parse_address(host)
    if address.version != 4:
        raise ValueError(f"PORT cannot express the IPv6 address {address}")
    high, low = divmod(_checked_port(port), 256)
    return f"{str(address).replace('.', ',')},{high},{low}"


def encode_eprt(host: str, port: int) -> str:
    """Writes the argument of EPRT: `|1|192.168.1.100|50000|`, `|2|2001:db8::1|50000|`.

    Raises:
        ValueError: It is no address, or the port is not from 1 to 65535.
    """
    address = without_scope(parse_address(host))
    return f"|{1 if address.version == 4 else 2}|{address}|{_checked_port(port)}|"


def _checked_port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise ValueError(f"port {port} is not from 1 to 65535")
    return port


_NUMBER = r"(?<![0-9])([0-9]{1,3})(?![0-9])"
_SIX_NUMBERS = re.compile(r"[ \t]*,[ \t]*".join([_NUMBER] * 6))


def decode_port(text: str) -> tuple[str, int]:
    """Reads the argument of PORT into address and port.

    Raises:
        ValueError: It is not six numbers from 0 to 255, or the port is 0.
    """
    found = _SIX_NUMBERS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not the six numbers h1,h2,h3,h4,p1,p2: {_quoted(text)}")
    return _from_six(found)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


def _from_six(found: re.Match[str]) -> tuple[str, int]:
    a, b, c, d, high, low = numbers = tuple(map(int, found.groups()))
    if max(numbers) > 255:
        raise ValueError(f"{max(numbers)} is more than 255 in {found[0]!r}")
    return f"{a}.{b}.{c}.{d}", _checked_port(high * 256 + low)


def decode_eprt(text: str) -> tuple[str, int]:
    """Reads the argument of EPRT, with whatever delimiter, into address and port.

    Raises:
        ValueError: It is not of the form `|1|address|port|`, or its parts do not fit.
    """
    text = text.strip()
    parts = text.split(text[0]) if text else []
    if len(parts) != 5 or parts[0] or parts[4] or not re.fullmatch(r"[0-9]{1,5}", parts[3]):
        raise ValueError(f"not of the form |1|address|port|: {_quoted(text)}")
    address = parse_address(parts[2])
    written = ipaddress.ip_address(parts[2])
    if {4: "1", 6: "2"}[written.version] != parts[1]:
        raise ValueError(f"the protocol number {parts[1]} does not fit the address {parts[2]}")
    return str(address), _checked_port(int(parts[3]))


def parse_pasv_reply(text: str) -> tuple[str, int]:
    """Finds address and port in a 227 reply: the first six numbers, with or without parentheses.

    Args:
        text: The reply, with or without its code.

    Raises:
        ValueError: There are no six numbers from 0 to 255, or the port is 0.
    """
    problem = None
    for found in _SIX_NUMBERS.finditer(text):
        try:
            return _from_six(found)
        except ValueError as error:
            problem = problem or error
    raise problem or ValueError("there is no address in the reply")


# From the form of RFC 2428 to what some servers make of it: no parentheses, the address filled in, the last
# delimiter missing, nothing but the number.
_PORT_NUMBER = r"[ \t]*([0-9]{1,9})[ \t]*"
_EPSV_FORMS: Final = (
    re.compile(rf"\(([^\w\s])\1\1{_PORT_NUMBER}\1\)"),
    re.compile(rf"([^\w\s])\1\1{_PORT_NUMBER}(?:\1|\)|\s|$)"),
    re.compile(rf"([^\w\s])[12]?\1[0-9A-Fa-f.:]{{0,45}}\1{_PORT_NUMBER}\1"),
    re.compile(rf"(\(){_PORT_NUMBER}\)"),
)


def is_masked(reply: str) -> bool:
    """Whether somebody has made the six numbers of a 227 unreadable before showing it: `(203,X,X,X,XX,XX)`.

    Those who ask for help do that to their logs; it is no fault of the server, nor of a router.
    """
    found = _SIX_MASKED.search(reply)
    return found is not None and not found[0].replace(",", "").replace(" ", "").isdigit()


def parse_epsv_reply(text: str) -> int:
    """Finds the port in a 229 reply, whatever its delimiter.

    Args:
        text: The reply, with or without its code.

    Raises:
        ValueError: There is no port from 1 to 65535 in it.
    """
    for form in _EPSV_FORMS:
        if found := form.search(text):
            return _checked_port(int(found[2]))
    raise ValueError("there is no port in the reply")


_WATCHED_PORTS: Final = {
    554: "RTSP",
    1719: "H.323",
    1720: "H.323",
    1723: "PPTP",
    2000: "SCCP (Cisco phones)",
    5060: "SIP",
    5061: "SIP",
}


def is_flagged_port(port: int) -> str | None:
    """Says what is suspicious about a data port, or None if nothing is."""
    if not 1 <= port <= 65535:
        return f"port {port} does not exist"
    if service := _WATCHED_PORTS.get(port):
        return (
            f"port {port} belongs to {service}: routers that look into it may change or drop the connection"
        )
    if port < 1024:
        return f"port {port} is below 1024, where only well-known services listen"
    return None


_IN_TEXT = re.compile(
    r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])(?!\w)"
    r"|(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*:)[0-9A-Fa-f:.]*[0-9A-Fa-f:](?![\w]))"
)
_CONNECTED = re.compile(r"\bconnected (?:to|from) ", re.IGNORECASE)
_SIX_MASKED = re.compile(r"(?<![\w*#])(?:[0-9xX*#]{1,4} ?, ?){5}[0-9xX*#]{1,4}")
_USABLE: Final = (AddressClass.PUBLIC, AddressClass.PRIVATE, AddressClass.CGNAT)


def quoted_address(text: str, *, not_in: Collection[str]) -> str | None:
    """Finds the address that a server itself named when it refused ours.

    Pure-FTPd says "I won't open a connection to 10.28.14.115 (only to 203.0.113.45)": that is how the server
    sees us, and so what PORT has to announce.

    Args:
        text: The refusal.
        not_in: Addresses that cannot be meant: ours, and the server's.
    """
    _, only, behind = text.partition("only to")
    for part in (behind, text) if only else (text,):
        for found in _IN_TEXT.finditer(part):
            host = normalize_host(found[0])
            if _is_usable(host) and not any(same_host(host, other) for other in not_in):
                return host
    return None


def status_address(text: str, *, not_in: Collection[str]) -> str | None:
    """Finds our address as the server sees it in its answer to STAT (RFC 959 section 4.1.3).

    vsftpd says "Connected to 203.0.113.45", ProFTPD "Connected from name (203.0.113.45)"; the "Connected to:" of
    pyftpdlib is the server's own end, and others tell nothing.

    Args:
        text: The whole reply.
        not_in: Addresses that would be no news: ours, and the server's.
    """
    for line in text.splitlines():
        if _CONNECTED.search(line) and (host := quoted_address(line, not_in=not_in)):
            return host
    return None


def _is_usable(host: str) -> bool:
    try:
        return classify(host) in _USABLE
    except ValueError:
        return False
