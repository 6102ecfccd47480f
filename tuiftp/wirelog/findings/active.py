"""Rules about active mode: what we announce, and connections that do not arrive or come from elsewhere."""

from __future__ import annotations

from dataclasses import replace

from tuiftp.protocol.addresses import quoted_address
from tuiftp.wirelog.conversation import Attempt
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.findings.model import Confidence
from tuiftp.wirelog.findings.refusals import Subject, subject_of
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
from tuiftp.wirelog.remedies import Software, software_of

_FIRST_FREE_PORT = 1024


@rule("R9", Occasion.REPLIED)
def address_refused(case: Case) -> Claim | None:
    """PORT or EPRT was refused for the address in it: the words say so, or nothing but the address can be meant."""
    exchange, attempt = case.moment.exchange, case.attempt
    if exchange is None or exchange.final is None or exchange.verb not in ("PORT", "EPRT") or attempt is None:
        return None
    host, reply = announced_host(attempt), exchange.final
    if not reply.is_refusal or host is None or is_nowhere(host, case.peer):
        return None
    subject = subject_of(reply)
    named = quoted_address(reply.whole, not_in=[host, *([case.peer] if case.peer else [])])
    if subject is not Subject.ADDRESS:
        named = None
    is_inside = not is_public(host) and is_public(case.peer)
    confidence = _how_sure(case, subject, named, is_inside=is_inside)
    if confidence is None:
        return None
    found = claim(
        confidence, attempt.listening, exchange.index, reply.index,
        announced=host, kind=class_of(host), says=reply.text,
        right=f" It names {named}, the address that it sees us at." if named else "",
        external=named or "the address that the server sees you at (STAT tells it on many)", named=named,
    )  # fmt: skip
    # A server that may connect to anybody still cannot reach a private address: then it would be no remedy.
    return replace(found, is_own=named is not None, purposes=() if is_inside else None)


def _how_sure(case: Case, subject: Subject, named: str | None, *, is_inside: bool) -> Confidence | None:
    if subject is Subject.ADDRESS:
        return HIGH if named or is_inside else MEDIUM
    if subject is not Subject.PLAIN:
        return None
    greeting = case.conversation.greeting
    is_vsftpd = greeting is not None and software_of(greeting.whole) is Software.VSFTPD
    port = announced_port(case.attempt) if case.attempt else None
    if is_vsftpd and port is not None and port >= _FIRST_FREE_PORT:
        return HIGH if is_inside else MEDIUM  # it says so of low ports and of addresses alone
    return MEDIUM if is_inside else None


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
