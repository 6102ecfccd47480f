"""Rules about the control connection and what servers say on it: limits, idle timers, TLS, odd orders."""

from __future__ import annotations

import re

from tuiftp.protocol.modes import speaks_of_session_reuse
from tuiftp.wirelog.conversation import DialEnd, LostHow
from tuiftp.wirelog.conversation.model import PREPARATIONS, TRANSFERS, Attempt
from tuiftp.wirelog.findings.rule import HIGH, LOW, MEDIUM, Claim, claim, rule
from tuiftp.wirelog.findings.view import Case, Occasion

IDLE_S = 55.0
"""Seconds of silence on the control connection that make an idle timer likely."""
_FRESH_S = 15.0

_BAD_IP = re.compile(
    r"bad ip connecting|data connection security|security: |from (?:a )?foreign|"
    r"peer (?:ip )?address (?:does(?:n't| not) match|mismatch)|"
    r"ip address(?:es)? (?:do(?:es)?n't|do(?:es)? not) match",
    re.IGNORECASE,
)
_TOO_MANY = re.compile(
    r"too many (?:\w+ ){0,3}(?:connections?|users?|clients?|sessions?|logins?|hosts?|anonymous)|"
    r"maximum (?:number of )?(?:\w+ ){0,2}(?:connections?|clients?|users?|sessions?|logins?|sites)|"
    r"(?:connection|user|client|session)s? limit|limit (?:of|for) (?:\w+ ){0,3}(?:connections?|users?|clients?)|"
    r"already (?:logged in|connected)|no more (?:connections|users)",
    re.IGNORECASE,
)
_BYTES = re.compile(r"\((\d+) bytes\)", re.IGNORECASE)
_BAD_LOGIN = re.compile(r"fail|attempt|password|incorrect|invalid", re.IGNORECASE)
_IDLE = re.compile(r"time ?-?out|timed ?out|idle|inactiv|no transfer time|try typing", re.IGNORECASE)
_FAMILY = re.compile(
    r"(?:pasv|port|epsv|eprt)\b.*\bipv[46]|\bipv[46]\b.*\b(?:pasv|port|epsv|eprt)|network protocol not supported|"
    r"protocol not supported, use",
    re.IGNORECASE,
)
_TLS = re.compile(r"\btls\b|\bssl\b|\bprot\b", re.IGNORECASE)
_HANGS = re.compile(r"timed? ?out|no answer|hang|not answered|within [\d.]+ s", re.IGNORECASE)


@rule("R8", Occasion.LOST)
def cut_at_preparation(case: Case) -> Claim | None:
    """The control connection broke right after PASV, EPSV, PORT or EPRT, instead of an answer."""
    exchange, moment = case.moment.exchange, case.moment
    if exchange is None or exchange.verb not in PREPARATIONS or exchange.silence > _FRESH_S:
        return None
    if case.conversation.died is not None:
        return None  # it was dying already when this was sent
    if moment.how is LostHow.BROKEN:
        took = (moment.at - exchange.at).total_seconds()
        return claim(HIGH if took < 5 else MEDIUM, exchange.index, moment.index, command=exchange.verb)
    if moment.how is LostHow.SILENT:
        return claim(LOW, exchange.index, moment.index, command=exchange.verb)
    return None


@rule("R15", Occasion.REPLIED, Occasion.UNASKED)
def session_reuse(case: Case) -> Claim | None:
    """The server wants the data connection to resume the TLS session of the control connection."""
    exchange, reply = case.moment.exchange, case.moment.reply
    if reply is None or (exchange is not None and exchange.verb not in TRANSFERS | PREPARATIONS):
        return None
    index = exchange.index if exchange else None
    if speaks_of_session_reuse(reply.code, reply.whole):
        return claim(HIGH, index, reply.index, says=reply.text)
    # ProFTPD's words for it, which mean another thing without TLS.
    if reply.code == 425 and case.conversation.is_secure and "operation not permitted" in reply.text.lower():
        return claim(MEDIUM, index, reply.index, says=reply.text)
    return None


@rule("R16", Occasion.REPLIED)
def two_addresses(case: Case) -> Claim | None:
    """The server saw the data connection come from another address than the control connection."""
    exchange, reply = case.moment.exchange, case.moment.reply
    if reply is None or exchange is None or exchange.verb not in TRANSFERS or reply.code not in (425, 426):
        return None
    if not _BAD_IP.search(reply.whole):
        return None
    evidence = case.attempt.evidence() if case.attempt else ()
    return claim(HIGH, *evidence, exchange.index, reply.index, says=reply.text)


@rule("R18", Occasion.LOST, Occasion.REPLIED, Occasion.UNASKED)
def idle_timer(case: Case) -> Claim | None:
    """The control connection ended after a long silence."""
    moment, reply = case.moment, case.moment.reply
    if reply is not None:
        silence = case.conversation.quiet
        if reply.code not in (421, 426) or _TOO_MANY.search(reply.text) or not _says_idle(reply, silence):
            return None
        index = moment.exchange.index if moment.exchange else None
        return claim(HIGH, index, reply.index, silence=_words(silence), who="The server")
    silence = case.conversation.silence(moment.at)
    if moment.how not in (LostHow.BROKEN, LostHow.SILENT) or silence < IDLE_S or _is_final_lost(case):
        return None
    index = moment.exchange.index if moment.exchange else None
    return claim(MEDIUM, index, moment.index, silence=_words(silence), who="A NAT, a firewall or the server")


def _says_idle(reply: object, silence: float) -> bool:
    text, code = getattr(reply, "text", ""), getattr(reply, "code", 0)
    return bool(_IDLE.search(text)) if code == 426 else bool(_IDLE.search(text)) or silence >= IDLE_S


def _words(seconds: float) -> str:
    if seconds < 1:
        return "a silence"
    if seconds < 90:
        return f"{seconds:.0f} s of silence"
    return f"{seconds / 60:.0f} min of silence"


def _is_final_lost(case: Case) -> bool:
    attempt = case.attempt
    if attempt is None or attempt.transfer is None or attempt.transfer.final is not None:
        return False
    return attempt.closed is not None and attempt.transfer.preliminary is not None


def _is_whole(attempt: Attempt) -> bool:
    """Whether as many bytes came as the preliminary reply named, where it named a number."""
    preliminary = attempt.transfer.preliminary if attempt.transfer else None
    named = _BYTES.search(preliminary.text) if preliminary else None
    return named is None or attempt.bytes is None or attempt.bytes >= int(named[1])


@rule("R19", Occasion.LOST)
def final_lost(case: Case) -> Claim | None:
    """All data went over, and the control connection was dead when the final reply was due."""
    moment, attempt = case.moment, case.attempt
    is_dead = moment.how in (LostHow.BROKEN, LostHow.SILENT, LostHow.NO_FINAL)
    if not is_dead or attempt is None or not _is_final_lost(case):
        return None
    silence = case.conversation.silence(moment.at)
    assert attempt.transfer is not None
    if moment.how is LostHow.BROKEN and (silence < IDLE_S or not _is_whole(attempt)):
        return None  # a server that was stopped or killed ends both connections: nothing forgot one of them
    return claim(
        HIGH if silence >= IDLE_S or moment.how is LostHow.NO_FINAL else MEDIUM,
        *attempt.evidence(), attempt.closed, moment.index, verb=attempt.transfer.verb, silence=_words(silence),
    )  # fmt: skip


@rule("R20", Occasion.GREETED, Occasion.REPLIED, Occasion.UNASKED)
def too_many(case: Case) -> Claim | None:
    """A connection was turned away because there are too many."""
    exchange, reply = case.moment.exchange, case.moment.reply
    if reply is None or reply.code not in (421, 430, 530) or not _TOO_MANY.search(reply.whole):
        return None
    if _BAD_LOGIN.search(reply.whole) or (
        exchange is not None and exchange.verb not in ("", "USER", "PASS", "ACCT", "AUTH")
    ):
        return None
    others = [index for conn, index in case.site.open.items() if conn != case.conversation.conn]
    number = len(others)
    limit = "1 connection" if number == 1 else f"{number or 'fewer'} connections"
    return claim(
        HIGH, *others, exchange.index if exchange and exchange.verb else None, reply.index,
        says=reply.text, nth=number + 1, limit=limit,
    )  # fmt: skip


@rule("R21", Occasion.REPLIED)
def wrong_family(case: Case) -> Claim | None:
    """The command cannot express the kind of address that the control connection has."""
    exchange, reply = case.moment.exchange, case.moment.reply
    if reply is None or exchange is None or exchange.verb not in PREPARATIONS or not reply.is_refusal:
        return None
    if not (_FAMILY.search(reply.whole) or reply.code == 522) or (
        reply.code == 522 and _TLS.search(reply.whole)
    ):
        return None
    return claim(HIGH, exchange.index, reply.index, command=exchange.verb, says=reply.text)


@rule("R23", Occasion.HANDSHAKE_FAILED)
def early_handshake(case: Case) -> Claim | None:
    """TLS was begun on the data connection before the server had said 1yz, and hung."""
    attempt, moment = case.attempt, case.moment
    if attempt is None or not attempt.has_stood or not _HANGS.search(moment.text):
        return None
    if attempt.transfer is not None and attempt.transfer.preliminary is not None:
        return None
    return claim(HIGH, *attempt.evidence(), moment.index)


@rule("R25", Occasion.REPLIED, Occasion.CLOSED)
def no_preliminary(case: Case) -> Claim | None:
    """A transfer went well without the 1yz reply that should have announced it."""
    attempt = case.attempt
    transfer = attempt.transfer if attempt else None
    if attempt is None or transfer is None or transfer.final is None or transfer.preliminary is not None:
        return None
    if not transfer.final.is_success or not attempt.bytes or not _has_really_stood(case):
        return None
    return claim(HIGH, transfer.index, transfer.final.index, attempt.closed, verb=transfer.verb)


def _has_really_stood(case: Case) -> bool:
    attempt = case.attempt
    assert attempt is not None
    return attempt.arrived is not None or any(dial.end is DialEnd.CONNECTED for dial in attempt.dials)


RULES = (
    cut_at_preparation, session_reuse, two_addresses, idle_timer, final_lost, too_many, wrong_family,
    early_handshake, no_preliminary,
)  # fmt: skip
