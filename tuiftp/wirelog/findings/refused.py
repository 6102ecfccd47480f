"""Rules about refusals: no port is free, the server died at a command, a whole mode is switched off."""

from __future__ import annotations

from dataclasses import replace

from tuiftp.wirelog.conversation import Attempt
from tuiftp.wirelog.conversation.model import PREPARATIONS
from tuiftp.wirelog.conversation.texts import is_last_word
from tuiftp.wirelog.findings.refusals import Subject, subject_of
from tuiftp.wirelog.findings.rule import HIGH, MEDIUM, Claim, claim, rule
from tuiftp.wirelog.findings.texts import Purpose
from tuiftp.wirelog.findings.view import Case, Occasion, announced_host

_PASSIVE = frozenset({"PASV", "EPSV"})
_SILENT = "Its words do not tell why"


@rule("R26", Occasion.REPLIED)
def no_port_or_crash(case: Case) -> Claim | None:
    """The server has no passive port left, or its process died at a command (vsftpd's `500 OOPS:`)."""
    exchange, reply = case.moment.exchange, case.moment.reply
    if exchange is None or reply is None or not reply.is_refusal:
        return None
    has_died = is_last_word(reply.text)
    is_about_ports = exchange.verb in _PASSIVE and (
        subject_of(reply) is Subject.PORTS or (has_died and "bind" in reply.text.lower())
    )
    if not has_died and not is_about_ports:
        return None
    died = f" The server's process died at {exchange.verb}, and the connection with it."
    values = {"command": exchange.verb, "says": reply.text, "died": died if has_died else ""}
    if is_about_ports:
        found = claim(HIGH, exchange.index, reply.index, **values, **_NO_PORT)
        return replace(found, purposes=(Purpose.RANGE,))
    return claim(HIGH, exchange.index, reply.index, **values, **_CRASH)


_NO_PORT = {
    "title": "No passive port is free on the server",
    "cause": "Every port that it may use for passive mode is taken, by other clients or by another program, or was "
    "used a moment ago. No firewall does this.",
    "what": "Try again in a minute, with fewer connections at once, or use active mode.",
    "cure": "Give the server a passive range with more ports than clients transfer at the same time, and let "
    "nothing else listen in it.",
}
_CRASH = {
    "title": "The server crashed",
    "cause": "This is a failure of the server itself, of its settings or its permissions; no firewall does this.",
    "what": "Tell whoever runs the server; another command or mode may get round it.",
    "cure": "Look for the cause in the words after OOPS, and in the server's log at this time.",
}


@rule("R27", Occasion.PASSIVE_OVER, Occasion.ACTIVE_OVER)
def mode_refused(case: Case) -> Claim | None:
    """Every command of one mode was refused as such: the server has it switched off, or does not know it."""
    refused = [attempt for attempt in case.failed if _refusal(attempt) is not None]
    if not refused or len(refused) < len(case.failed):
        return None
    refused += _refused_before(case, refused)
    subjects = {_refusal(attempt) for attempt in refused}
    if not subjects <= {Subject.UNKNOWN, Subject.FORBIDDEN, Subject.PLAIN}:
        return None
    commands = list(dict.fromkeys(attempt.command for attempt in refused))
    is_all = len(commands) > 1 or ":" in (case.peer or "")
    if not is_all and Subject.FORBIDDEN not in subjects:
        return None
    first = refused[0]
    assert first.preparation.final is not None
    evidence = [index for attempt in refused for index in attempt.evidence()]
    mode, other = ("passive", "active") if first.is_passive else ("active", "passive")
    found = claim(
        MEDIUM if Subject.PLAIN in subjects else HIGH, *evidence,
        mode=mode, other=other, commands=" and ".join(commands), says=first.preparation.final.text,
        cause=_cause(subjects, first),
    )  # fmt: skip
    return replace(found, purposes=(Purpose.ALLOW_PASSIVE if first.is_passive else Purpose.ALLOW_ACTIVE,))


def _refusal(attempt: Attempt) -> Subject | None:
    reply = attempt.preparation.final
    return subject_of(reply) if reply is not None and reply.is_refusal else None


def _refused_before(case: Case, refused: list[Attempt]) -> list[Attempt]:
    """The other command of the mode, where it was refused earlier and is not asked any more."""
    first, asked = refused[0], {attempt.command for attempt in refused}
    return [
        attempt for (command, is_secure), attempt in case.site.failed.items()
        if command not in asked and is_secure is first.is_secure and attempt.is_passive is first.is_passive
        and attempt.command in PREPARATIONS and _refusal(attempt) is not None
    ]  # fmt: skip


def _cause(subjects: set[Subject | None], first: Attempt) -> str:
    if Subject.PLAIN in subjects:
        if first.is_passive:
            return f"{_SILENT}; the server's log does."
        host = announced_host(first)
        return (
            f"{_SILENT}: active mode may be switched off, or {host} may not be the address that it sees us at. STAT "
            "tells that address on many servers: if it is another, it is the address, else the mode."
        )
    if Subject.FORBIDDEN in subjects:
        return "It knows the command and does not allow it: the mode is switched off in its settings."
    return "It does not know these commands, or has them switched off."


RULES = (no_port_or_crash, mode_refused)
