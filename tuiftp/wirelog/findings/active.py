"""Rules about active mode: what we announce, and connections that do not arrive or come from elsewhere."""

from __future__ import annotations

import re

from tuiftp.protocol.addresses import quoted_address
from tuiftp.wirelog.conversation import Attempt
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.findings.rule import HIGH, LOW, MEDIUM, Claim, claim, rule
from tuiftp.wirelog.findings.view import (
    Case,
    Occasion,
    Why,
    announced_host,
    announced_port,
    is_nowhere,
    is_public,
    why_failed,
)

_ADDRESS_REFUSED = re.compile(
    r"illegal port|only to|foreign|won't open|will not open|bad ip|not your|your own|security|"
    r"invalid (?:ip|address|port)|illegal (?:ip|address)|wrong (?:ip|address)|different (?:ip|address)|"
    r"address (?:is )?not (?:allowed|permitted)|don't match|do(?:es)? not match|peer ip|private",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"not (?:understood|implemented|recogni[sz]ed|supported)|unknown|unrecogni[sz]ed|syntax|disabled",
    re.IGNORECASE,
)
_REFUSING = frozenset({425, 500, 501, 504, 530, 553})


@rule("R9", Occasion.REPLIED)
def address_refused(case: Case) -> Claim | None:
    """PORT or EPRT was refused for the address in it."""
    exchange, attempt = case.moment.exchange, case.attempt
    if exchange is None or exchange.final is None or exchange.verb not in ("PORT", "EPRT") or attempt is None:
        return None
    host, reply = announced_host(attempt), exchange.final
    if reply.code not in _REFUSING or host is None or is_nowhere(host, case.peer):
        return None
    named = quoted_address(reply.whole, not_in=[host, *([case.peer] if case.peer else [])])
    is_inside = not is_public(host) and is_public(case.peer)
    says_so = bool(_ADDRESS_REFUSED.search(reply.text))
    if not named and not says_so and not (is_inside and not _UNKNOWN.search(reply.text)):
        return None
    confidence = HIGH if named or (says_so and is_inside) else MEDIUM
    return claim(
        confidence, attempt.listening, exchange.index, reply.index,
        announced=host, kind=class_of(host), says=reply.text,
        right=f" It names {named}, the address that it sees us at." if named else "",
        external=named or "your external address", named=named,
    )  # fmt: skip


@rule("R10", Occasion.ACTIVE_OVER)
def repelled(case: Case) -> Claim | None:
    """PORT was accepted, and the server's connect was refused at once."""
    return _not_arrived(case, Why.REPELLED)


@rule("R11", Occasion.ACTIVE_OVER)
def dropped(case: Case) -> Claim | None:
    """PORT was accepted, and the server's connect met silence."""
    return _not_arrived(case, Why.NOT_ARRIVED)


def _not_arrived(case: Case, why: Why) -> Claim | None:
    found = [
        attempt
        for attempt in case.failed
        if attempt.is_prepared
        and attempt.intruded is None
        and not is_nowhere(announced_host(attempt), case.peer)
    ]
    if not found or why_failed(found[0]) is not why:
        return None
    first = found[0]
    if first.is_secure and (first.command, False) in case.site.worked:
        return None
    worked = case.site.any_worked(is_passive=False)
    host = announced_host(first)
    behind_nat = not is_public(host) and is_public(case.peer)
    ports = ", ".join(str(announced_port(attempt)) for attempt in found)
    evidence = [index for attempt in found for index in attempt.evidence()]
    return claim(
        LOW if worked else HIGH, *evidence, announced=host, kind=class_of(host), ports=ports,
        cause=_cause(behind_nat, why), title=_title(behind_nat), port=announced_port(first),
    )  # fmt: skip


def _title(behind_nat: bool) -> str:
    return "A NAT is in the way of active mode" if behind_nat else "Active connections do not arrive"


def _cause(behind_nat: bool, why: Why) -> str:
    if behind_nat:
        return "A NAT stands between, and nothing forwards that port to you."
    if why is Why.REPELLED:
        return "This host's firewall, or a router before it, rejects connections from outside."
    return "This host's firewall, or a router before it, drops connections from outside."


@rule("R12", Occasion.WORKED)
def one_form_only(case: Case) -> Claim | None:
    """One of PORT and EPRT works and the other does not."""
    attempt = case.attempt
    if attempt is None or attempt.is_passive:
        return None
    other = "EPRT" if attempt.command == "PORT" else "PORT"
    failed = case.site.failed.get((other, attempt.is_secure))
    if failed is None or why_failed(failed) not in (Why.NOT_ARRIVED, Why.REPELLED):
        return None
    return claim(HIGH, *failed.evidence(), *attempt.evidence(), works=attempt.command, fails=other)


@rule("R13", Occasion.INTRUDED)
def stranger(case: Case) -> Claim | None:
    """A connection to our listener came from another address than the server's."""
    attempt = case.attempt
    evidence = attempt.evidence() if attempt else ()
    return claim(
        MEDIUM, *evidence, case.moment.index, says=case.moment.text[:1].upper() + case.moment.text[1:]
    )


@rule("R22", Occasion.COMMAND)
def announces_nowhere(case: Case) -> Claim | None:
    """PORT or EPRT names 0.0.0.0 or a loopback address, and the server is elsewhere."""
    exchange, attempt = case.moment.exchange, case.attempt
    if exchange is None or exchange.verb not in ("PORT", "EPRT") or attempt is None:
        return None
    host = announced_host(attempt)
    if not is_nowhere(host, case.peer):
        return None
    return claim(HIGH, exchange.index, announced=host, kind=class_of(host))


def _is_data_failure(attempt: Attempt) -> bool:
    return why_failed(attempt) in (Why.TIMED_OUT, Why.CLOSED_PORT, Why.NOT_ARRIVED, Why.REPELLED)


@rule("R14", Occasion.WORKED, Occasion.FAILED)
def plain_only(case: Case) -> Claim | None:
    """The same way works in plain text and fails under TLS."""
    attempt = case.attempt
    if attempt is None:
        return None
    site = case.site
    plain = site.worked.get((attempt.command, False))
    secure = site.failed.get((attempt.command, True))
    if plain is None or secure is None or not _is_data_failure(secure):
        return None
    return claim(HIGH, *plain.evidence(), *secure.evidence(), command=attempt.command)


RULES = (address_refused, repelled, dropped, one_form_only, stranger, announces_nowhere, plain_only)
