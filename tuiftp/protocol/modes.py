"""Data connection modes: plans which of EPSV, PASV, EPRT and PORT to try next, and why.

A pure plan. `plan_steps` says in which order the four commands are tried; `judge_reply` says what a refusal
means for the plan. Whoever owns the sockets (`ftp.data.connection`) walks the plan and reports what happened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuiftp.choices import ConnectionMode


class DataCommand(StrEnum):
    """The four commands that prepare a data connection (RFC 959, RFC 2428)."""

    PASV = "PASV"
    EPSV = "EPSV"
    PORT = "PORT"
    EPRT = "EPRT"

    @property
    def is_passive(self) -> bool:
        """Whether the server listens and we connect."""
        return self in (DataCommand.PASV, DataCommand.EPSV)

    @property
    def mode(self) -> ConnectionMode:
        """The family that the command belongs to."""
        return ConnectionMode.PASSIVE if self.is_passive else ConnectionMode.ACTIVE


@dataclass(frozen=True, slots=True)
class ModeRules:
    """The data connection settings of one site."""

    mode: ConnectionMode = ConnectionMode.AUTO
    """Auto, or pinned to one family."""
    allow_fallback: bool = False
    """Whether a pinned mode may go over to the other family. Auto always may."""
    prefer_extended: bool = False
    """Whether EPSV and EPRT come before PASV and PORT on IPv4."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan: a mode to try."""

    command: DataCommand
    """The command that prepares the connection."""
    why: str
    """Why it is tried at this place, for the status line: "remembered", "first choice", "next"."""
    is_patient: bool
    """Whether the full timeout applies (the mode is pinned) instead of Auto's short one."""


def plan_steps(
    rules: ModeRules,
    *,
    is_ipv6: bool,
    remembered: DataCommand | None = None,
    not_understood: Collection[DataCommand] = (),
    doubted: Sequence[DataCommand] = (),
) -> tuple[Step, ...]:
    """Says which ways to try, in order.

    Args:
        rules: The mode and its settings.
        is_ipv6: Whether the control connection is IPv6: PASV and PORT cannot express such an address.
        remembered: What worked last time for this server from this network. Tried first, if the mode allows.
        doubted: Ways over which the server says it had no data connection, though one stood here. They come
            last, the one that was doubted first before the others.
        not_understood: Commands that this session's server answered with 500, 501, 502, 504 or 522.
    """
    passive = _family((DataCommand.PASV, DataCommand.EPSV), rules, is_ipv6)
    active = _family((DataCommand.PORT, DataCommand.EPRT), rules, is_ipv6)
    first, second = (active, passive) if rules.mode is ConnectionMode.ACTIVE else (passive, active)
    may_cross = rules.mode is ConnectionMode.AUTO or rules.allow_fallback
    order = [*first, *(second if may_cross else ())]
    if remembered in order:
        order.remove(remembered)
        order.insert(0, remembered)
    order = [command for command in order if command not in not_understood]
    order.sort(key=lambda command: doubted.index(command) + 1 if command in doubted else 0)
    # Patience is for a mode that leaves no other way; where another step follows, the short limit serves.
    is_patient = rules.mode is not ConnectionMode.AUTO
    return tuple(
        Step(command, _why(command, place, remembered), is_patient) for place, command in enumerate(order)
    )


def _family(pair: tuple[DataCommand, DataCommand], rules: ModeRules, is_ipv6: bool) -> list[DataCommand]:
    plain, extended = pair
    if is_ipv6:
        return [extended]
    return [extended, plain] if rules.prefer_extended else [plain, extended]


def _why(command: DataCommand, place: int, remembered: DataCommand | None) -> str:
    if command is remembered:
        return "remembered"
    return "first choice" if place == 0 else "next"


class Verdict(StrEnum):
    """What a refusal means for the plan."""

    NEXT_STEP = "next step"
    """This way does not work now: try the next."""
    NOT_UNDERSTOOD = "not understood"
    """The server does not know the command: try the next, and do not ask again on this session."""
    RECONNECT = "reconnect"
    """The control connection is going away: reconnect, then go on with the next step."""
    GIVE_UP = "give up"
    """Another way would not help: tell the user."""


_TLS_REUSE = re.compile(r"\bsession\b|\bresum|\breuse\b|\breused\b", re.IGNORECASE)
_TLS = re.compile(r"\btls\b|\bssl\b|\bprot\b", re.IGNORECASE)
_CRASH = re.compile(r"\AOOPS:", re.IGNORECASE)
_NOT_UNDERSTOOD = frozenset({500, 501, 502, 504})


def speaks_of_session_reuse(code: int, text: str) -> bool:
    """Whether a refusal is about TLS session reuse: vsftpd's 522, FileZilla Server's 425 and 450."""
    return code in (425, 450, 522) and _TLS_REUSE.search(text) is not None


def speaks_of_crash(code: int, text: str) -> bool:
    """Whether a server's process says with this that it dies: vsftpd's `500 OOPS: …`."""
    return code == 500 and _CRASH.match(text) is not None


def judge_preparation(code: int, text: str) -> Verdict:
    """What a refusal of PASV, EPSV, PORT or EPRT means."""
    if code == 421 or speaks_of_crash(code, text):
        return Verdict.RECONNECT
    if code == 530 or speaks_of_session_reuse(code, text):
        return Verdict.GIVE_UP
    if code in _NOT_UNDERSTOOD or (code == 522 and not _TLS.search(text)):
        return Verdict.NOT_UNDERSTOOD
    return Verdict.NEXT_STEP


def judge_transfer(code: int, text: str) -> Verdict:
    """What a refusal of the transfer command, before any byte moved, means.

    Only 425 and 426 speak of the data connection; everything else is about the file, the login or the disk.
    """
    if code == 421 or speaks_of_crash(code, text):
        return Verdict.RECONNECT
    if code in (425, 426) and not speaks_of_session_reuse(code, text):
        return Verdict.NEXT_STEP
    return Verdict.GIVE_UP
