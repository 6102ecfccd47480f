"""Candidate addresses to connect to after a 227 (PASV) reply, in order, with the reason for each."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from tuiftp.choices import AddressPolicy
from tuiftp.protocol.hosts import (
    AddressClass,
    classify,
    normalize_host,
    parse_address,
    same_host,
    without_scope,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address to connect to."""

    host: str
    """The address, in its usual form."""
    why: str
    """Why this one, for the log."""


_NOWHERE: Final = (AddressClass.UNSPECIFIED, AddressClass.MULTICAST, AddressClass.RESERVED)


def passive_candidates(
    announced_host: str, peer_host: str, *, policy: AddressPolicy, local_host: str
) -> tuple[Candidate, ...]:
    """Says which addresses to try after a 227 reply, in order; never none.

    A server that is reached at a public address never makes us connect to a loopback or private one,
    whatever the policy: that would turn the client into a scanner of its own network.

    Args:
        announced_host: The address in the reply.
        peer_host: The other end of the control connection, as the socket says.
        policy: What the user wants.
        local_host: Our end of the control connection.
    """
    peer = normalize_host(peer_host)
    announced = normalize_host(announced_host)
    if same_host(announced, peer):
        return (Candidate(peer, "the server's address"),)
    if policy is AddressPolicy.PEER:
        return (Candidate(peer, "the server's address, as the settings ask"),)
    if refusal := _why_never(announced, peer, local_host):
        return (Candidate(peer, f"the server's address, because {refusal}"),)
    if policy is AddressPolicy.ANNOUNCED:
        return (Candidate(announced, "as announced, as the settings ask"),)
    return _smart(announced, peer)


def _why_never(announced: str, peer: str, local_host: str) -> str | None:
    """Why the announced address is out of the question under any policy, or None."""
    try:
        kind, peer_kind = classify(announced), classify(peer)
    except ValueError:
        return f"the reply names no address ({announced})"
    if kind in _NOWHERE:
        return f"the reply names {_named(announced, kind)}"
    if kind is AddressClass.LOOPBACK and peer_kind is not AddressClass.LOOPBACK:
        return f"the reply names a loopback address ({announced})"
    if peer_kind is AddressClass.PUBLIC and kind is not AddressClass.PUBLIC:
        return f"the reply of a public server names {_named(announced, kind)}"
    if same_host(announced, local_host) and kind is not AddressClass.LOOPBACK:
        return f"the reply names our own address ({announced})"
    return None


def _smart(announced: str, peer: str) -> tuple[Candidate, ...]:
    kind, peer_kind = classify(announced), classify(peer)
    if kind is not peer_kind:
        why = f"the server's address, because the reply names {_named(announced, kind)}"
        return (Candidate(peer, why),)
    if kind is not AddressClass.PUBLIC and _is_same_network(announced, peer, kind):
        return (
            Candidate(announced, "as announced, on the server's own network"),
            Candidate(peer, "the server's address, as a second try"),
        )
    return (
        Candidate(peer, "the server's address"),
        Candidate(announced, "as announced, as a second try"),
    )


def _is_same_network(announced: str, peer: str, kind: AddressClass) -> bool:
    """Whether two addresses are neighbours. The real mask is not known: /24 and /64 are the usual ones."""
    a, b = parse_address(announced), parse_address(peer)
    if a.version != b.version:
        return False
    bits = {AddressClass.LOOPBACK: 8, AddressClass.LINK_LOCAL: 16}.get(kind, 24) if a.version == 4 else 64
    network = ipaddress.ip_network(f"{without_scope(b)}/{bits}", strict=False)
    return without_scope(a) in network


def _named(host: str, kind: AddressClass) -> str:
    article = "an" if kind is AddressClass.UNSPECIFIED else "a"
    return f"{article} {kind} address ({host})"


def address_difference(announced: str, peer: str) -> str | None:
    """One sentence for the log where a reply names another address than the server's; else None."""
    if same_host(announced, peer):
        return None
    return f"The reply names {_with_class(announced)}, but the server is reached at {_with_class(peer)}."


def _with_class(host: str) -> str:
    host = normalize_host(host)
    try:
        return f"{host} ({classify(host)})"
    except ValueError:
        return host
