"""Builds a Finding from a rule's claim: fills in text templates and adds configuration lines."""

from __future__ import annotations

from collections.abc import Mapping

from tuiftp.wirelog import remedies
from tuiftp.wirelog.ends import split_end
from tuiftp.wirelog.findings.model import Finding
from tuiftp.wirelog.findings.rule import Claim
from tuiftp.wirelog.findings.texts import TEXTS, Opening, Purpose, RuleText
from tuiftp.wirelog.findings.view import Case
from tuiftp.wirelog.remedies import USUAL_PORTS, Remedy, Software, software_of

_IDLE = 900
"""Seconds of silence that a server should bear."""
_LOGINS = 10
"""Logins of one address that are enough for any client."""
_GIVES_UP_A_PROTECTION = frozenset({Purpose.FOREIGN, Purpose.TWO_ADDRESSES})
_BOUNCE = (
    "Only as the last resort, and only where none but known clients can log in: the next lines give up the "
    "protection against FTP bounce (RFC 2577), by which a stranger can use the server against third machines."
)
"""What goes before lines that make a server serve addresses other than the control connection's."""
_OTHERS = {"PASV": "EPSV", "EPSV": "PASV", "PORT": "EPRT", "EPRT": "PORT"}


def word(code: str, claim: Claim, case: Case, *, active_ports: tuple[int, int] | None) -> Finding:
    """Puts a claim into words.

    Args:
        code: The rule's id.
        claim: What it has seen.
        case: Where.
        active_ports: The range of ports that we listen on, if it is fixed.
    """
    text = TEXTS[code]
    values = _values(claim, case)
    greeting = case.conversation.greeting
    software = software_of(greeting.whole) if greeting else None
    purposes = text.purposes if claim.purposes is None else claim.purposes
    lines = [line for purpose in purposes for line in _lines_of_server(purpose, values, software)]
    return Finding(
        code=code,
        title=text.title.format_map(values),
        verdict=text.verdict.format_map(values),
        confidence=claim.confidence,
        evidence=claim.evidence,
        client=tuple(line.format_map(values) for line in text.client),
        server=(*(line.format_map(values) for line in text.server), *lines),
        firewall=_firewall(text, claim, values, case, active_ports),
        site=case.site.name,
        conn=case.conversation.conn,
        external=_external(claim),
    )


def _lines_of_server(purpose: Purpose, values: Mapping[str, object], software: Software | None) -> list[str]:
    found = [remedy.text for remedy in _of_server(purpose, values, software)]
    return [_BOUNCE, *found] if found and purpose in _GIVES_UP_A_PROTECTION else found


def _external(claim: Claim) -> str | None:
    named = claim.values.get("named")
    return named if isinstance(named, str) else None


def _values(claim: Claim, case: Case) -> Mapping[str, object]:
    asked = split_end(case.conversation.asked)
    command = str(claim.values.get("command", ""))
    return {
        "peer": case.peer or "the server",
        "address": case.peer or "the outside address",
        "control_port": asked[1] if asked else 21,
        "others": _OTHERS.get(command, "EPSV"),
        **claim.values,
    }


def _firewall(
    text: RuleText,
    claim: Claim,
    values: Mapping[str, object],
    case: Case,
    active_ports: tuple[int, int] | None,
) -> tuple[str, ...]:
    said = tuple(line.format_map(values) for line in text.firewall)
    opening = claim.opening or text.opening
    if opening is Opening.ACTIVE:
        found = remedies.open_active_ports(active_ports or USUAL_PORTS, server=case.peer)
    elif opening is Opening.PASSIVE:
        found = remedies.open_passive_ports()
    else:
        found = ()
    return (*said, *(" && ".join(remedy.lines) for remedy in found))


def _of_server(
    purpose: Purpose, values: Mapping[str, object], software: Software | None
) -> tuple[Remedy, ...]:
    """What the server has to be set to; for all the usual ones where it is not known which it is."""
    match purpose:
        case Purpose.ADDRESS:
            return remedies.announce_address(str(values["address"]), software=software)
        case Purpose.RANGE:
            return remedies.fix_passive_range(software=software)
        case Purpose.REUSE:
            return remedies.waive_session_reuse(software=software)
        case Purpose.TWO_ADDRESSES:
            return remedies.allow_two_addresses(software=software)
        case Purpose.FOREIGN:
            return remedies.allow_foreign_port(software=software)
        case Purpose.IDLE:
            return remedies.allow_longer_idle(_IDLE, software=software)
        case Purpose.LIMIT:
            return remedies.allow_more_logins(_LOGINS, software=software)
        case Purpose.ALLOW_PASSIVE:
            return remedies.allow_passive(software=software)
        case Purpose.ALLOW_ACTIVE:
            return remedies.allow_active(software=software)
