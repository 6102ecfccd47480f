"""Advice from a probe's rows: the settings to choose for the site, and remedies for what failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.protocol.addresses import AddressClass, classify, same_host
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog import remedies
from tuiftp.wirelog.probing.model import Advice, ProbeRow, Security, Way, WayVerdict
from tuiftp.wirelog.remedies import TAKES_WHAT_IT_SEES, PortRange, Remedy, Software

_DROPPED = (WayVerdict.TIMED_OUT, WayVerdict.CONNECT_REFUSED)
_PREFERENCE = (Way.PASV_PEER, Way.PASV_ANNOUNCED, Way.EPSV, Way.PORT_LOCAL, Way.PORT_EXTERNAL, Way.EPRT)
_SLOW = 1000.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known besides the rows."""

    ports: PortRange | None = None
    """The port range that tuiftp listens on in active mode; None: any."""
    control_port: int = 21
    """The server's control port."""
    software: Software | None = None
    """Which server it is."""


# -- what to choose -----------------------------------------------------------------------------------------


def advise(rows: Sequence[ProbeRow]) -> Advice:
    """Says what to choose for the site."""
    works = {row.way for row in rows if row.verdict is WayVerdict.OK}
    tried = {row.way for row in rows if row.verdict is not WayVerdict.NOT_TRIED}
    if not tried:
        return Advice("Nothing could be tried.")
    if not works and any(row.verdict is WayVerdict.BROKEN for row in rows):
        return Advice(
            "No way carries a file whole, though data connections come about: what was sent or fetched over them did "
            "not arrive, or ended early. The rows say how far it came; the server's log says the rest."
        )
    if not works:
        return Advice(
            "No data connection comes about in any way: neither from here to the server nor from the server "
            "to here. Something has to be changed on the server, on a firewall or on the router."
        )
    if not any(way.is_passive for way in works):
        return _only_active(rows, works)
    if advice := _address_to_choose(works, tried):
        return advice
    if Way.EPSV in works and not works & {Way.PASV_PEER, Way.PASV_ANNOUNCED} and Way.PASV_PEER in tried:
        return _prefer_extended(rows)
    if works == tried:
        return Advice("Every way works: Auto is fine.", ConnectionMode.AUTO)
    best = next(way for way in _PREFERENCE if way in works)
    return Advice(f"Auto is fine: it uses {best.command}, which works.", ConnectionMode.AUTO)


def _only_active(rows: Sequence[ProbeRow], works: set[Way]) -> Advice:
    first = next(way for way in _PREFERENCE if way in works)
    external = None
    if not works & {Way.PORT_LOCAL, Way.EPRT}:
        external = next((row.announced for row in rows if row.way is Way.PORT_EXTERNAL), None)
    extended = first.command is DataCommand.EPRT and Way.PORT_LOCAL in {row.way for row in rows}
    text = f"Only active mode works ({first.command}): choose Active, and no time is lost on the others."
    if external is not None:
        text += f" Announce {external} as the active address."
    return Advice(
        text, ConnectionMode.ACTIVE, prefer_extended=extended or None, active_address=external
    )  # fmt: skip


def _address_to_choose(works: set[Way], tried: set[Way]) -> Advice | None:
    """Where only one of the two addresses after a 227 works."""
    if not {Way.PASV_PEER, Way.PASV_ANNOUNCED} <= tried:
        return None
    if Way.PASV_ANNOUNCED in works and Way.PASV_PEER not in works:
        return Advice(
            "Passive mode works at the address that the server announces, not at its own: choose “as announced” "
            "for the passive address.", ConnectionMode.AUTO, passive_address=AddressPolicy.ANNOUNCED,
        )  # fmt: skip
    if Way.PASV_PEER in works and Way.PASV_ANNOUNCED not in works:
        return Advice(
            "Auto is fine: it connects to the server's own address, because the one that the server announces "
            "does not work. Other programs may fail there until the server is mended.", ConnectionMode.AUTO,
        )  # fmt: skip
    return None


def _prefer_extended(rows: Sequence[ProbeRow]) -> Advice:
    lost = max((row.took_ms or 0 for row in rows if row.way is Way.PASV_PEER), default=0.0)
    if lost < _SLOW:
        return Advice("Auto is fine: EPSV works where PASV does not.", ConnectionMode.AUTO)
    return Advice(
        f"EPSV works and PASV does not: let EPSV and EPRT come first, and the {lost / 1000:.0f} s are saved that "
        "Auto needs to find out.", ConnectionMode.AUTO, prefer_extended=True,
    )  # fmt: skip


# -- what would mend it -------------------------------------------------------------------------------------


def prescribe(rows: Sequence[ProbeRow], circumstances: Circumstances) -> tuple[Remedy, ...]:
    """Names the settings and rules that would mend what failed; nothing where nothing did."""
    found = [*_passive(rows, circumstances), *_active(rows, circumstances)]
    if any(row.verdict is WayVerdict.TLS_FAILED and _is_reuse(row) for row in rows):
        found += remedies.waive_session_reuse(software=circumstances.software)
    if any(_is_two_addresses(row) for row in rows):
        found += remedies.allow_two_addresses(software=circumstances.software)
    return tuple(dict.fromkeys(found))


def _is_reuse(row: ProbeRow) -> bool:
    spoken = f"{row.transfer_reply} {row.reason}".lower()
    return any(word in spoken for word in ("reuse", "resum", "session"))


def _is_two_addresses(row: ProbeRow) -> bool:
    """vsftpd's `425 Security: Bad IP connecting.`: we left through another address than before."""
    return "bad ip connecting" in (row.transfer_reply or "").lower()


def _passive(rows: Sequence[ProbeRow], circumstances: Circumstances) -> Iterable[Remedy]:
    passive = [row for row in rows if row.way.is_passive and row.verdict is not WayVerdict.NOT_TRIED]
    software = circumstances.software
    wrong = next((row for row in passive if _names_another(row)), None)
    if wrong is not None and wrong.peer is not None and wrong.verdict is not WayVerdict.OK:
        yield from remedies.announce_address(wrong.peer, software=software)
    own = [row for row in passive if not _names_another(row)]
    if own and all(row.verdict in _DROPPED for row in own):
        if wrong is None:
            yield from remedies.fix_passive_range(software=software)
        yield from remedies.open_passive_ports()
        if wrong is not None and wrong.announced is not None and _is_private(wrong.announced):
            yield from remedies.forward_passive_ports(remedies.USUAL_PORTS, wrong.announced)
    elif own and all(row.verdict is WayVerdict.REFUSED_REPLY for row in own):
        yield from remedies.fix_passive_range(software=software)


def _is_private(host: str) -> bool:
    try:
        return classify(host) in (AddressClass.PRIVATE, AddressClass.CGNAT)
    except ValueError:
        return False


def _names_another(row: ProbeRow) -> bool:
    """Whether this is the way that goes to an announced address which is not the server's."""
    if row.way is not Way.PASV_ANNOUNCED or row.announced is None or row.peer is None:
        return False
    return not same_host(row.announced, row.peer)


def _active(rows: Sequence[ProbeRow], circumstances: Circumstances) -> Iterable[Remedy]:
    active = [row for row in rows if not row.way.is_passive and row.verdict is not WayVerdict.NOT_TRIED]
    if not active or any(row.verdict is WayVerdict.OK for row in active):
        return
    ports = circumstances.ports or remedies.USUAL_PORTS
    first = active[0]
    missed = [row for row in active if row.verdict is WayVerdict.NO_CONNECTION]
    has_seen_us = first.verdict is WayVerdict.NO_CONNECTION and circumstances.software in TAKES_WHAT_IT_SEES
    is_behind_nat = _is_behind_nat(first) and not has_seen_us
    named = next((row.named for row in active if row.named), None)
    tried = next((row.announced for row in active if row.way is Way.PORT_EXTERNAL), None)
    if is_behind_nat:
        outside = named or tried or "your external address"
        yield from remedies.set_active_address(outside, ports)
        yield from remedies.forward_active_ports(ports, first.local or "")
        if first.security is Security.PLAIN:  # a helper cannot look into TLS
            yield from remedies.load_helper(circumstances.control_port)
    elif missed and circumstances.ports is None:
        yield from remedies.set_active_ports(ports)
    if missed or is_behind_nat:
        yield from remedies.open_active_ports(ports, server=first.peer)
    elif all(row.verdict is WayVerdict.REFUSED_REPLY for row in active):
        yield from remedies.allow_active(software=circumstances.software)


def _is_behind_nat(row: ProbeRow) -> bool:
    """Whether a server on a public address was told of one that means nothing out there."""
    try:
        return (
            classify(row.peer or "") is AddressClass.PUBLIC
            and classify(row.local or "") is not AddressClass.PUBLIC
        )
    except ValueError:
        return False
