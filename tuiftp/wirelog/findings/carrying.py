"""Rules about data connections that stand and carry nothing, the wrong thing, or not all."""

from __future__ import annotations

from tuiftp.wirelog.conversation import Attempt, DialEnd, LostHow
from tuiftp.wirelog.conversation.model import Exchange
from tuiftp.wirelog.findings.rule import HIGH, MEDIUM, Claim, claim, rule
from tuiftp.wirelog.findings.view import Case, Occasion, is_plain_425

_RESETS = frozenset({"ECONNRESET", "ECONNABORTED", "EPIPE"})
_MOST = 8
_SMALL = 1_200
"""Bytes that fit into one packet on every link."""
_UPLOADS = frozenset({"STOR", "APPE", "STOU"})
_SPOKEN = {
    "SSH": "an SSH server's greeting", "HTTP": "an HTTP answer", "TLS": "a TLS record",
    "greeting": "another server's greeting",
}  # fmt: skip
_LIKE = 0.05


@rule("R28", Occasion.FAILED, Occasion.WORKED)
def relays_nothing(case: Case) -> Claim | None:
    """Our connect was answered, and the server knows nothing of the connection."""
    attempt, site = case.attempt, case.site
    if attempt is None:
        return None
    if attempt.has_worked:
        if attempt.is_passive:
            site.mute.clear()
            return None
    elif _is_mute(attempt, case.moment.how):
        site.mute.append(attempt)
        del site.mute[:-_MOST]
    if not site.mute:
        return None
    return _relays_nothing(case, site.mute, worked=attempt if attempt.has_worked else None)


def _relays_nothing(case: Case, mute: list[Attempt], *, worked: Attempt | None) -> Claim:
    commands = list(dict.fromkeys(attempt.command for attempt in mute))
    denied = next((attempt for attempt in mute if _final(attempt) is not None), None)
    evidence = [index for attempt in mute for index in attempt.evidence()]
    if worked is not None:
        said = f"{worked.command} works, so that the server is well: it is something between."
        evidence += worked.evidence()
    elif denied is not None:
        said = "The server says itself that it had no connection: something between took ours."
    else:
        said = (
            "From here two causes look alike: something between that accepts connections in the server's stead and "
            "hands nothing on (a proxy, a balancer, a security program), or a server that hangs. Active mode tells: "
            "if that works, it is something between."
        )
    is_sure = worked is not None or denied is not None
    return claim(HIGH if is_sure else MEDIUM, *evidence, commands=" and ".join(commands), cause=said)


def _is_mute(attempt: Attempt, how: LostHow | None) -> bool:
    transfer = attempt.transfer
    if (
        not attempt.is_passive
        or not attempt.has_stood
        or transfer is None
        or transfer.preliminary is not None
    ):
        return False
    if attempt.bytes or attempt.speaks or attempt.errno in _RESETS:
        return False
    if how is not LostHow.SILENT and (attempt.closed is None or how is LostHow.BROKEN):
        return False
    return transfer.final is None or is_plain_425(transfer.final)


def _final(attempt: Attempt) -> object | None:
    return attempt.transfer.final if attempt.transfer else None


@rule("R29", Occasion.FAILED)
def reset_at_once(case: Case) -> Claim | None:
    """The data connection was reset before its first byte."""
    attempt = case.attempt
    if attempt is None or not attempt.is_passive or attempt.bytes:
        return None
    transfer = attempt.transfer
    if attempt.has_stood:
        is_reset = attempt.errno in _RESETS
    else:
        is_reset = any(dial.end is DialEnd.FAILED and dial.errno in _RESETS for dial in attempt.dials)
    if not is_reset or (transfer and transfer.final and not is_plain_425(transfer.final)):
        return None
    began = transfer is not None and transfer.preliminary is not None
    said = (
        "The server had begun the transfer: a firewall that looks into data, or the server itself, cut it. The "
        "server's log tells which: an error there names it."
        if began
        else "The server has said nothing of it: most likely something before it took the connection (a balancer "
        "without a server behind that port, an intrusion prevention), else a process of the server that died. Active "
        "mode tells: if that works, it is something before it."
    )
    return claim(MEDIUM, *attempt.evidence(), attempt.closed, command=attempt.command, cause=said)


@rule("R30", Occasion.FAILED, Occasion.LOST)
def another_server(case: Case) -> Claim | None:
    """Bytes came over the data connection which are not the server's."""
    attempt = case.attempt or _newest(case)
    transfer = attempt.transfer if attempt else None
    if attempt is None or transfer is None or not attempt.is_passive or transfer.preliminary is not None:
        return None
    if transfer.final is not None and not is_plain_425(transfer.final):
        return None
    if not attempt.speaks and not (attempt.bytes and case.moment.index != attempt.closed):
        return None
    what = _SPOKEN.get(attempt.speaks or "", f"{attempt.bytes or 0:,} bytes")
    return claim(
        HIGH if attempt.speaks else MEDIUM, *attempt.evidence(), attempt.closed, case.moment.index,
        what=what[:1].upper() + what[1:], verb=transfer.verb, remote=attempt.remote or "the passive port",
    )  # fmt: skip


def _newest(case: Case) -> Attempt | None:
    return case.conversation.attempts.newest


@rule("R31", Occasion.CLOSED)
def nothing_comes(case: Case) -> Claim | None:
    """The server had begun the transfer, and not one byte came."""
    attempt = case.attempt
    if attempt is None or not _has_stalled(attempt) or attempt.bytes:
        return None
    small = [
        other for other in case.site.worked.values()
        if other is not attempt and other.bytes and other.bytes <= _SMALL and other.is_passive is attempt.is_passive
    ]  # fmt: skip
    seen = f" {small[0].bytes:,} bytes passed over {small[0].command} before." if small else ""
    evidence = [index for other in small[:1] for index in other.evidence()]
    transfer = attempt.transfer
    assert transfer is not None
    return claim(
        MEDIUM,
        *attempt.evidence(),
        attempt.closed,
        *evidence,
        verb=transfer.verb,
        command=attempt.command,
        seen=seen,
    )


@rule("R32", Occasion.CLOSED)
def stops(case: Case) -> Claim | None:
    """A transfer fell silent in the middle."""
    attempt = case.attempt
    if attempt is None or not _has_stalled(attempt) or not attempt.bytes:
        return None
    transfer, stalls, count = attempt.transfer, case.site.stalls, attempt.bytes
    assert transfer is not None
    alike = [other for other in stalls if abs(other - count) <= count * _LIKE]
    stalls.append(count)
    del stalls[:-_MOST]
    if alike:
        cause = (
            f"It stopped at nearly the same number of bytes {len(alike) + 1} times: a limit on the way, or in the "
            "server, rather than chance. Another way (active, or under TLS) tells: if that goes further, it is on "
            "the way."
        )
    else:
        cause = (
            "From here a server that stopped and a firewall or a line that drops what follows look alike. Retry: if "
            "it stops at the same number of bytes, it is a limit on the way."
        )
    sent = "were handed to the system" if transfer.verb in _UPLOADS else "came"
    return claim(
        HIGH if alike else MEDIUM, *attempt.evidence(), attempt.closed, verb=transfer.verb, count=f"{count:,}",
        sent=sent, cause=cause,
    )  # fmt: skip


def _has_stalled(attempt: Attempt) -> bool:
    transfer: Exchange | None = attempt.transfer
    return (
        attempt.fell_silent
        and transfer is not None
        and transfer.preliminary is not None
        and transfer.final is None
    )


RULES = (relays_nothing, reset_at_once, another_server, nothing_comes, stops)
