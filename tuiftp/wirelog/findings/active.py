"""Rules about active mode: what we announce, and connections that do not arrive or come from elsewhere."""

from __future__ import annotations

from dataclasses import replace

from tuiftp.protocol.addresses import quoted_address
from tuiftp.wirelog.conversation import Attempt
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.findings.model import Confidence
from tuiftp.wirelog.findings.refusals import Subject, subject_of
from tuiftp.wirelog.findings.rule import HIGH, MEDIUM, Claim, claim, rule
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
from tuiftp.wirelog.remedies import TAKES_WHAT_IT_SEES, Software, software_of

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
    other, site = (_OTHER_FORM[first.command], first.is_secure), case.site
    if (
        other in site.worked
        and other not in site.failed
        and (first.command, first.is_secure) not in site.worked
    ):
        return None  # one form has never worked and the other does: `one_form_only`
    host = announced_host(first)
    is_nat = _shows_nat(case, host)
    before = [attempt for (_, is_secure), attempt in case.site.worked.items()
              if not attempt.is_passive and is_secure is first.is_secure]  # fmt: skip
    changed = " It worked before: something has changed since." if before else ""
    evidence = [index for attempt in (*found, *before[:1]) for index in attempt.evidence()]
    return claim(
        HIGH, *evidence, announced=host, kind=class_of(host),
        ports=", ".join(str(announced_port(attempt)) for attempt in found),
        cause=_cause(case, first, is_nat=is_nat) + changed, title=_title(why, is_nat=is_nat),
        port=announced_port(first), cure=_BEHIND_NAT if is_nat else _LET_IN,
        where=_FORWARDED if is_nat else _OPENED,
    )  # fmt: skip


_OTHER_FORM = {"PORT": "EPRT", "EPRT": "PORT"}
_BEHIND_NAT = "Use passive mode, or set the external address and forward the active ports."
_FORWARDED = "On this host, and forwarded from the router before it:"
_OPENED = "Where it is this machine's firewall, open the active ports:"
_LET_IN = "Use passive mode, or let the server's connections in to the active ports."


def _shows_nat(case: Case, host: str | None) -> bool:
    """Whether an address shows that a NAT is between: ours is private, and the server is not in that network.

    A server that takes no address but the one it sees has seen us there, or a helper has changed what we sent: then
    the address shows nothing.
    """
    greeting = case.conversation.greeting
    software = software_of(greeting.whole) if greeting is not None else None
    return not is_public(host) and is_public(case.peer) and software not in TAKES_WHAT_IT_SEES


def _title(why: Why, *, is_nat: bool) -> str:
    if is_nat:
        return "A NAT is in the way of active mode"
    return "Active connections are refused" if why is Why.REPELLED else "Active connections do not arrive"


def _cause(case: Case, attempt: Attempt, *, is_nat: bool) -> str:
    if is_nat:
        return "A NAT stands between, and nothing forwards that port to you."
    if case.active_elsewhere is not None:
        return (
            f"Active connections of {case.active_elsewhere} do arrive here, so that it is this server's side: its "
            "own firewall has to let it connect to clients."
        )
    port = announced_port(attempt)
    return (
        "From here three causes look alike: this machine's firewall, a firewall or router of your site, or the "
        "server's own rules for what it may connect to. `nft list ruleset`, `ufw status` or "
        f"`firewall-cmd --list-all` shows the first; a connect to port {port} from another machine of your network "
        "tells the second, and active mode with another server the third: what works there is not the cause."
    )


@rule("R12", Occasion.WORKED, Occasion.FAILED)
def one_form_only(case: Case) -> Claim | None:
    """One of PORT and EPRT works and the other does not, whichever was tried first."""
    attempt, site = case.attempt, case.site
    if attempt is None or attempt.is_passive:
        return None
    one, two = ((command, attempt.is_secure) for command in (attempt.command, _OTHER_FORM[attempt.command]))
    for works, fails in ((one, two), (two, one)):
        worked, failed = site.worked.get(works), site.failed.get(fails)
        if worked is None or failed is None or (works in site.failed and worked is not attempt):
            continue  # what worked once and has failed since works no more
        if why_failed(failed) not in (Why.NOT_ARRIVED, Why.REPELLED):
            continue
        return claim(MEDIUM, *failed.evidence(), *worked.evidence(), works=works[0], fails=fails[0])
    return None


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
