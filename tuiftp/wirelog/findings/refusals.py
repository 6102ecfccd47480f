"""What a refusal of PASV, EPSV, PORT or EPRT speaks of, as far as its words tell."""

from __future__ import annotations

import re
from enum import StrEnum

from tuiftp.protocol.modes import speaks_of_session_reuse
from tuiftp.wirelog.conversation import ReplySeen
from tuiftp.wirelog.conversation.texts import is_last_word


class Subject(StrEnum):
    """What a refusal is about."""

    CRASH = "crash"
    """The server's process died at the command."""
    PORTS = "ports"
    """The server has no port left to listen on."""
    LOGIN = "login"
    """Nobody is logged in."""
    FAMILY = "family"
    """The command does not fit IPv4 or IPv6."""
    TLS = "tls"
    """TLS, or its session, is missing."""
    ADDRESS = "address"
    """The address that was announced."""
    PORT_NUMBER = "port number"
    """The port that was announced."""
    UNKNOWN = "unknown"
    """The server does not know the command, or has it switched off."""
    FORBIDDEN = "forbidden"
    """The command is not allowed."""
    PLAIN = "plain"
    """A refusal of the command that does not say why."""
    OTHER = "other"
    """Something else, or what the words do not tell."""


_PORTS = re.compile(
    r"\bno (?:\w+ )?(?:more |free |available |unused |spare )+(?:\w+ ){0,3}ports?\b|"
    r"\bports? (?:are |is )?(?:all )?(?:busy|exhausted|in use)|"
    r"\b(?:out of|run out of|find an? (?:open|free|unused)) (?:\w+ ){0,2}ports?\b|"
    r"address already in use|vsf_sysutil_bind|(?:can't|cannot|could not|unable to|failed to) (?:bind|listen)",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"\blog ?in\b|logged in|authenticat|\bUSER and PASS\b", re.IGNORECASE)
_FAMILY = re.compile(r"\bipv[46]\b|network protocol not supported|protocol not supported, use", re.IGNORECASE)
_TLS = re.compile(r"\btls\b|\bssl\b|\bprot\b|encrypt", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\bonly to [0-9a-f.:]{3,}|foreign (?:ip|address|host)|foreign data|"
    r"(?:won't|will not|can't|cannot) (?:open a )?connect(?:ion)? to (?!specified)|bad ip\b|"
    r"not your (?:own )?(?:ip|address)|your own (?:ip|address)|peer (?:ip|address)|third[- ]party|"
    r"(?:invalid|illegal|wrong|different|bad|private|internal|foreign) (?:ip|address|host|network address)\b|"
    r"(?:ip )?address(?:es)? (?:is |in \w+ |of \w+ )?(?:not (?:allowed|permitted|yours)|does(?:n't| not) match|"
    r"do(?:n't| not) match|mismatch|differs?)|cannot accept argument|requested ip",
    re.IGNORECASE,
)
_PORT_NUMBER = re.compile(
    r"port (?:number )?(?:is )?(?:too (?:low|high|small)|out of range|below|reserved|privileged)|"
    r"\b(?:low|reserved|privileged|invalid|illegal) port (?:number|range|\d)|"
    r"bad port number",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"not (?:understood|implemented|recogni[sz]ed|supported)|unknown|unrecogni[sz]ed|"
    r"\bdisabled|switched off|turned off|not enabled",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"permission denied|not (?:allowed|permitted|authori[sz]ed)|forbidden|prohibited|access denied|denied",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?:illegal|invalid|bad|unacceptable|rejected|refused) (?:\w+ )?(?:pasv|epsv|port|eprt)\b|"
    r"\b(?:pasv|epsv|port|eprt)\b(?: command)? (?:is |was )?(?:illegal|invalid|bad|rejected|refused|failed)|"
    r"(?:command|request) (?:is |was )?(?:rejected|refused|denied)",
    re.IGNORECASE,
)


def subject_of(reply: ReplySeen) -> Subject:
    """What a refusal of a preparation is about."""
    text = reply.whole
    if is_last_word(reply.text):
        return Subject.CRASH
    if _PORTS.search(text):
        return Subject.PORTS
    if reply.code in (530, 332) or _LOGIN.search(text):
        return Subject.LOGIN
    if speaks_of_session_reuse(reply.code, text) or _TLS.search(text):
        return Subject.TLS
    if reply.code == 522 or _FAMILY.search(text):
        return Subject.FAMILY
    if _PORT_NUMBER.search(text):
        return Subject.PORT_NUMBER
    if _ADDRESS.search(text):
        return Subject.ADDRESS
    if _UNKNOWN.search(text) or reply.code == 502:
        return Subject.UNKNOWN
    if reply.code in (550, 553) or _FORBIDDEN.search(text):
        return Subject.FORBIDDEN
    return Subject.PLAIN if reply.code >= 500 and _PLAIN.search(text) else Subject.OTHER
