"""Makes a Finding of a rule's claim: fills in the texts and adds concrete lines of configuration."""

from __future__ import annotations

from collections.abc import Mapping

from tuiftp.wirelog.ends import split_end
from tuiftp.wirelog.findings.firewall import SUGGESTED, open_ports
from tuiftp.wirelog.findings.model import Finding
from tuiftp.wirelog.findings.rule import Claim
from tuiftp.wirelog.findings.servers import server_lines, which_server
from tuiftp.wirelog.findings.texts import TEXTS, Opening, RuleText
from tuiftp.wirelog.findings.view import Case

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
    server = which_server(greeting.whole) if greeting else None
    lines = [line for purpose in text.purposes for line in server_lines(purpose, server, values)]
    return Finding(
        code=code,
        title=text.title.format_map(values),
        verdict=text.verdict.format_map(values),
        confidence=claim.confidence,
        evidence=claim.evidence,
        client=tuple(line.format_map(values) for line in text.client),
        server=(*(line.format_map(values) for line in text.server), *lines),
        firewall=_firewall(text, values, case, active_ports),
        site=case.site.name,
        conn=case.conversation.conn,
        external=_external(claim),
    )


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
        "first": SUGGESTED[0],
        "last": SUGGESTED[1],
        **claim.values,
    }


def _firewall(
    text: RuleText, values: Mapping[str, object], case: Case, active_ports: tuple[int, int] | None
) -> tuple[str, ...]:
    said = tuple(line.format_map(values) for line in text.firewall)
    if text.opening is Opening.ACTIVE:
        return (*said, *open_ports(active_ports or SUGGESTED, source=case.peer))
    if text.opening is Opening.PASSIVE:
        return (*said, *open_ports(SUGGESTED))
    return said
