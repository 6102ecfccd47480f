"""Rules about passive mode: addresses in 227, connects that fail, replies that routers change."""

from __future__ import annotations

from tuiftp.protocol.addresses import is_flagged_port, same_host
from tuiftp.protocol.hosts import AddressClass
from tuiftp.wirelog.conversation import Attempt, Dial, DialEnd
from tuiftp.wirelog.ends import class_of, split_end
from tuiftp.wirelog.findings.firewalls import whose_firewall
from tuiftp.wirelog.findings.rule import HIGH, LOW, MEDIUM, Claim, claim, rule
from tuiftp.wirelog.findings.view import (
    Case,
    Occasion,
    SiteView,
    Why,
    announced_host,
    announced_port,
    dial_goes_to,
    is_flagged,
    is_public,
    why_failed,
)

_QUICK_MS = 2_500.0
_MOST_TRIES = 12
_NAMED = 4


def _is_passive_reply(case: Case) -> bool:
    exchange = case.moment.exchange
    return exchange is not None and exchange.verb in ("PASV", "EPSV") and exchange.final is not None


@rule("R1", Occasion.REPLIED)
def inside_address(case: Case) -> Claim | None:
    """227 names a private, loopback or unspecified address, and the server is reached at another."""
    attempt = case.attempt
    if not _is_passive_reply(case) or attempt is None:
        return None
    host = announced_host(attempt)
    if case.peer is None:
        return _inside_by_client(case, attempt, host)
    kind, peer_kind = class_of(host), class_of(case.peer)
    if host is None or kind in (None, AddressClass.PUBLIC) or same_host(host, case.peer):
        return None
    is_sure = peer_kind is AddressClass.PUBLIC or kind in (AddressClass.UNSPECIFIED, AddressClass.LOOPBACK)
    if not is_sure and (kind is peer_kind and _is_near(host, case.peer)):
        return None
    return claim(
        HIGH if is_sure else MEDIUM, attempt.preparation.index, case.moment.index,
        announced=host, kind=kind, peer_kind=peer_kind or "unknown",
    )  # fmt: skip


def _inside_by_client(case: Case, attempt: Attempt, host: str | None) -> Claim | None:
    """In a server's own log its outside address is not named: the class of the client's tells."""
    client, kind = case.conversation.local, class_of(host)
    if kind not in (AddressClass.PRIVATE, AddressClass.CGNAT) or not is_public(client):
        return None
    return claim(
        MEDIUM, attempt.preparation.index, case.moment.index, announced=host, kind=kind, peer_kind="public",
        peer=f"an address that this log does not name, by a client at {client}",
    )  # fmt: skip


def _is_near(a: str, b: str) -> bool:
    """Whether two addresses are in one /24: a server with two cards, rather than one behind a NAT."""
    return a.rpartition(".")[0] == b.rpartition(".")[0] != ""


def _dial_to(attempt: Attempt, host: str | None) -> Dial | None:
    return next((dial for dial in attempt.dials if dial_goes_to(dial.remote, host)), None)


def _to_server(case: Case, attempt: Attempt) -> list[Dial]:
    """The connects that went to the server's own address, or of which it is not known where they went."""
    return [
        dial for dial in attempt.dials
        if case.peer is None or split_end(dial.remote) is None or dial_goes_to(dial.remote, case.peer)
    ]  # fmt: skip


@rule("R2", Occasion.DIALLED)
def stale_address(case: Case) -> Claim | None:
    """227 names another public address than the server's, and the server's own is the one that works."""
    attempt, dial = case.attempt, case.moment.dial
    if not _differs_in_public(case) or attempt is None or dial is None:
        return None
    if dial.end is not DialEnd.CONNECTED or not dial_goes_to(dial.remote, case.peer):
        return None
    host = announced_host(attempt)
    other = _dial_to(attempt, host)
    return claim(
        HIGH if other else MEDIUM, *attempt.evidence(), announced=host,
        tried="cannot be reached" if other else "was not needed",
    )  # fmt: skip


@rule("R3", Occasion.DIALLED)
def balancer(case: Case) -> Claim | None:
    """227 names another public address than the server's, and that one works where the server's does not."""
    attempt, dial = case.attempt, case.moment.dial
    if not _differs_in_public(case) or attempt is None or dial is None:
        return None
    host = announced_host(attempt)
    if dial.end is not DialEnd.CONNECTED or not dial_goes_to(dial.remote, host):
        return None
    other = _dial_to(attempt, case.peer)
    if other is None or other.end is DialEnd.CONNECTED:
        return None
    return claim(HIGH if other.end is DialEnd.REFUSED else MEDIUM, *attempt.evidence(), announced=host)


def _differs_in_public(case: Case) -> bool:
    host = announced_host(case.attempt) if case.attempt and case.attempt.is_passive else None
    if host is None or case.peer is None or same_host(host, case.peer):
        return False
    return is_public(host) and is_public(case.peer)


@rule("R4", Occasion.PASSIVE_OVER)
def range_blocked(case: Case) -> Claim | None:
    """The server agreed to passive mode, and every connect met silence, or was rejected on the way."""
    agreed = [
        attempt for attempt in case.failed
        if attempt.is_prepared and not attempt.is_unreadable and not is_flagged(attempt)
        and (_to_server(case, attempt) or not attempt.dials)
    ]  # fmt: skip
    blocked = [attempt for attempt in agreed if why_failed(attempt) in (Why.TIMED_OUT, Why.REJECTED)]
    if not blocked or len(blocked) < len(agreed) or _worked_plain(case, blocked[0]):
        return None
    tries = _all_tries(case.site, blocked)
    commands = _commands(tries)
    evidence = [index for attempt in tries for index in attempt.evidence()]
    dials = [dial for attempt in tries for dial in attempt.dials]
    found = whose_firewall(case, dials, is_secure=blocked[0].is_secure)
    return claim(
        HIGH if len(commands) > 1 or len(tries) > 2 or found.is_sure else MEDIUM, *evidence,
        ports=_named_ports(tries), commands=" and ".join(commands), **found.values,
    )  # fmt: skip


def _all_tries(site: SiteView, blocked: list[Attempt]) -> list[Attempt]:
    """The attempts of this operation, and those of earlier ones that met the same."""
    known = {(attempt.conn, attempt.number) for attempt in site.blocked}
    site.blocked += [attempt for attempt in blocked if (attempt.conn, attempt.number) not in known]
    del site.blocked[:-_MOST_TRIES]
    return [attempt for attempt in site.blocked if attempt.is_secure is blocked[0].is_secure]


def _named_ports(tries: list[Attempt]) -> str:
    ports = list(
        dict.fromkeys(str(port) for attempt in tries if (port := announced_port(attempt)) is not None)
    )
    more = f" and {len(ports) - _NAMED} more" if len(ports) > _NAMED else ""
    return f"{'port' if len(ports) == 1 else 'ports'} {', '.join(ports[:_NAMED])}{more}"


def _commands(attempts: list[Attempt]) -> list[str]:
    return list(dict.fromkeys(attempt.command for attempt in attempts))


def _worked_plain(case: Case, attempt: Attempt) -> bool:
    """Whether the same way works without TLS: then another rule speaks."""
    return attempt.is_secure and (attempt.command, False) in case.site.worked


@rule("R5", Occasion.FAILED)
def closed_port(case: Case) -> Claim | None:
    """The connect to the port that the server named was refused at once."""
    attempt = case.attempt
    if attempt is None or not attempt.is_passive or why_failed(attempt) is not Why.CLOSED_PORT:
        return None
    if is_flagged(attempt) or _worked_plain(case, attempt):
        return None
    dials = _to_server(case, attempt)
    if not dials:
        return None  # what is told of the announced address is told by other rules
    took = max((dial.ms or 0.0) for dial in dials)
    dial = dials[-1]
    return claim(
        HIGH if took < _QUICK_MS else MEDIUM, *attempt.evidence(), remote=dial.remote, command=attempt.command
    )


@rule("R6", Occasion.WORKED)
def epsv_dropped(case: Case) -> Claim | None:
    """The connect after 229 met silence, the one after 227 worked."""
    attempt = case.attempt
    if attempt is None or attempt.command != "PASV":
        return None
    failed = case.site.failed.get(("EPSV", attempt.is_secure))
    if failed is None or why_failed(failed) is not Why.TIMED_OUT or is_flagged(failed):
        return None
    return claim(HIGH, *failed.evidence(), *attempt.evidence())


@rule("R7", Occasion.REPLIED)
def mangled_reply(case: Case) -> Claim | None:
    """A 227 in plain text that cannot be read; surer where it can be read under TLS."""
    attempt = case.attempt
    if not _is_passive_reply(case) or attempt is None or not attempt.is_prepared:
        return None
    if attempt.is_unreadable and not attempt.is_secure:
        case.site.mangled = attempt
        fine = next((a for a in case.site.worked.values() if a.is_secure and a.command == "PASV"), None)
        evidence = (*attempt.evidence(), *(fine.evidence() if fine else ()))
        return claim(HIGH if fine else MEDIUM, *evidence)
    mangled = case.site.mangled
    if mangled is not None and attempt.is_secure and attempt.command == "PASV" and not attempt.is_unreadable:
        return claim(HIGH, *mangled.evidence(), *attempt.evidence())
    return None


@rule("R17", Occasion.WORKED, Occasion.FAILED, Occasion.PASSIVE_OVER)
def helper_port(case: Case) -> Claim | None:
    """A passive port that a router's helper watches failed, and others work."""
    flagged = case.site.flagged
    if flagged is None:
        return None
    others = [a for a in case.site.worked.values() if a.is_passive and not is_flagged(a)]
    port = announced_port(flagged)
    assert port is not None
    values = {"port": port, "flag": is_flagged_port(port)}
    if others:
        return claim(HIGH, *flagged.evidence(), *others[-1].evidence(), **values)
    agreed = [a for a in case.failed if a.is_prepared]
    if agreed and all(is_flagged(a) for a in agreed):
        return claim(LOW, *flagged.evidence(), **values)
    return None


@rule("R24", Occasion.REPLIED)
def crossed_answer(case: Case) -> Claim | None:
    """229 for PASV, or 227 for EPSV."""
    exchange = case.moment.exchange
    if not _is_passive_reply(case) or exchange is None or exchange.final is None:
        return None
    if (exchange.verb, exchange.final.code) not in (("PASV", 229), ("EPSV", 227)):
        return None
    return claim(HIGH, exchange.index, exchange.final.index, command=exchange.verb, code=exchange.final.code)


RULES = (
    inside_address, stale_address, balancer, range_blocked, closed_port, epsv_dropped, mangled_reply,
    helper_port, crossed_answer,
)  # fmt: skip
