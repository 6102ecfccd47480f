"""Compares the addresses in PORT, EPRT, 227 and 229 with those that the sockets used."""

from __future__ import annotations

from tuiftp.protocol.addresses import is_flagged_port, same_host
from tuiftp.protocol.hosts import AddressClass
from tuiftp.wirelog.conversation import Attempt, DialEnd
from tuiftp.wirelog.ends import class_of, split_end
from tuiftp.wirelog.explain.model import Argument, Check

_CLASSES = {
    AddressClass.PUBLIC: "public: reachable from anywhere",
    AddressClass.PRIVATE: "private (RFC 1918): reachable from its own network alone",
    AddressClass.CGNAT: "a provider's NAT (RFC 6598): not reachable from outside",
    AddressClass.LINK_LOCAL: "link-local: reachable on one cable alone",
    AddressClass.LOOPBACK: "loopback: reachable from its own host alone",
    AddressClass.UNSPECIFIED: "unspecified: no address at all",
    AddressClass.MULTICAST: "multicast: nobody can listen there",
    AddressClass.RESERVED: "reserved: used by nobody",
}


def describe_host(host: str) -> str:
    """An address with its class in words."""
    kind = class_of(host)
    return f"{host}, {_CLASSES[kind]}" if kind is not None else host


def attempt_arguments(attempt: Attempt) -> tuple[Argument, ...]:
    """The address and port that were announced, decoded."""
    if attempt.announced is None:
        return (Argument("address", "cannot be read"),) if attempt.is_unreadable else ()
    host, port = attempt.announced
    parts = []
    if host is not None:
        parts.append(Argument("address", describe_host(host)))
    high, low = divmod(port, 256)
    arithmetic = f"{port} = {high}×256+{low}" if attempt.command in ("PASV", "PORT") else str(port)
    flag = is_flagged_port(port)
    parts.append(Argument("port", f"{arithmetic} ⚠ {flag}" if flag else arithmetic))
    return tuple(parts)


def attempt_checks(attempt: Attempt, *, peer: str | None) -> tuple[Check, ...]:
    """Sentences on whether the announcement agrees with the sockets."""
    if attempt.announced is None:
        return ()
    return tuple(_passive_checks(attempt, peer) if attempt.is_passive else _active_checks(attempt, peer))


def _passive_checks(attempt: Attempt, peer: str | None) -> list[Check]:
    assert attempt.announced is not None
    host, port = attempt.announced
    checks: list[Check] = []
    if host is not None and peer is not None:
        is_same = same_host(host, peer)
        differs = f"The address is not the server's, {describe_host(peer)}."
        checks.append(Check("The address is the server's own." if is_same else differs, is_same))
    for dial in attempt.dials:
        end = split_end(dial.remote)
        where = "as announced"
        if end is not None and end[1] != port:
            checks.append(Check(f"We connected to port {end[1]}, not to the announced {port}.", False))
        if end is not None and host is not None and not same_host(end[0], host):
            where = "not to the announced address"
        result = {DialEnd.CONNECTED: "it stands", DialEnd.OPEN: "still waiting"}.get(dial.end, str(dial.end))
        ok = {DialEnd.CONNECTED: True, DialEnd.OPEN: None}.get(dial.end, False)
        if dial.end is DialEnd.CONNECTED and (amiss := _amiss(attempt)) is not None:
            result, ok = f"it stood, {amiss}", False
        checks.append(Check(f"We connected to {dial.remote} ({where}): {result}.", ok))
    return checks


def _amiss(attempt: Attempt) -> str | None:
    """What was wrong with a connection that stood; None where nothing was, or nothing is known yet."""
    transfer = attempt.transfer
    if attempt.speaks is not None:
        return f"and something else than the server answered (it speaks {attempt.speaks})"
    if attempt.errno is not None:
        return f"and broke ({attempt.errno}) after {attempt.bytes or 0:,} bytes"
    if attempt.closed is None or transfer is None:
        return None
    if attempt.fell_silent:
        return f"and fell silent after {attempt.bytes or 0:,} bytes"
    is_denied = transfer.final is not None and transfer.final.code in (425, 426)
    if transfer.preliminary is None and not attempt.bytes and (transfer.final is None or is_denied):
        return "and the server began no transfer over it"
    return None


def _active_checks(attempt: Attempt, peer: str | None) -> list[Check]:
    assert attempt.announced is not None
    host, port = attempt.announced
    checks = _listener_checks(attempt, host or "", port)
    if class_of(host) is not AddressClass.PUBLIC and class_of(peer) is AddressClass.PUBLIC:
        checks.append(Check(f"The server at {peer} cannot reach {describe_host(host or '')}.", False))
    if attempt.arrived is not None and attempt.arrived_from:
        end = split_end(attempt.arrived_from)
        is_peer = end is not None and peer is not None and same_host(end[0], peer)
        checks.append(Check(f"The connection came from {attempt.arrived_from}.", is_peer or peer is None))
    elif attempt.gave_up is not None:
        checks.append(Check("No connection arrived.", False))
    return checks


def _listener_checks(attempt: Attempt, host: str, port: int) -> list[Check]:
    bound = split_end(attempt.listens_on)
    if bound is None:
        return []
    if same_host(bound[0], host) and bound[1] == port:
        return [Check(f"We really listen there: {attempt.listens_on}.", True)]
    # An external address, or a port that a router forwards, differs by intent.
    return [Check(f"We listen on {attempt.listens_on}: a router has to forward {host}:{port} to it.", None)]
