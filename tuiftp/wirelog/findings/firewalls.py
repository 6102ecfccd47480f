"""Whose firewall blocks a connect: what errors, other sites and TLS tell, and which test tells more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tuiftp.protocol.addresses import same_host
from tuiftp.protocol.hosts import AddressClass
from tuiftp.wirelog.conversation import Dial, DialEnd
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.findings.view import Case, is_public

_OWN_RULE = (
    "Let it connect to the passive ports: `nft list ruleset`, `ufw status` or the security program shows what "
    "blocks them."
)
_OWN = frozenset({"EPERM", "EACCES"})
"""Errors that only our own system gives: its output filter."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose firewall blocks, as far as the evidence tells."""

    is_sure: bool
    """Whether one side alone can be meant."""
    values: dict[str, str]
    """Title, what was seen, the cause, the test that tells more, and what to do."""


def whose_firewall(case: Case, dials: Sequence[Dial], *, is_secure: bool) -> Whose:
    """Says whose firewall blocks our connects to passive ports; several where the evidence fits several."""
    seen = _seen(dials)
    if any(dial.errno in _OWN for dial in dials):
        cause = "The error comes from this machine itself: its own output filter blocks the port."
        return _whose(
            "This machine's own firewall blocks the passive ports", seen, cause, _OWN_RULE, is_sure=True
        )
    sender = next((found[1] for dial in dials if (found := _FROM.search(dial.icmp or ""))), None)
    if sender is not None:
        return _sent_by(case, sender, seen)
    if case.elsewhere is not None:
        cause = f"Your side lets such ports out ({case.elsewhere} was reached), so that it is the server's firewall."
        return _whose("The server's firewall blocks the passive ports", seen, cause, _ACTIVE, is_sure=True)
    helper = (
        ", or a firewall on either side whose FTP helper opens the ports in plain FTP and is blind under TLS"
        if is_secure else ""
    )  # fmt: skip
    cause = (
        "From here two causes look alike: the server's firewall does not let the passive range in, or a firewall of "
        f"your site or of this machine lets only some ports out{helper}. Connect to another high port of the same "
        "host, or to the passive port of another server: if that is answered, it is the server's firewall."
    )
    return _whose("A firewall blocks the passive ports", seen, cause, _ACTIVE)


def _sent_by(case: Case, sender: str, seen: str) -> Whose:
    """Whose firewall it is where an ICMP error says who rejects."""
    told = f"The answer (ICMP) comes from {sender}"
    if _is(sender, case.conversation.local) or class_of(sender) is AddressClass.LOOPBACK:
        title = "This machine's own firewall blocks the passive ports"
        return _whose(title, seen, f"{told}, this machine itself.", _OWN_RULE, is_sure=True)
    if _is(sender, case.peer):
        title = "The server's firewall blocks the passive ports"
        return _whose(title, seen, f"{told}, the server itself.", _ACTIVE, is_sure=True)
    title = "A firewall on the way blocks the passive ports"
    if not is_public(sender) and is_public(case.peer):
        return _whose(title, seen, f"{told}, a router of your own network.", _ACTIVE, is_sure=True)
    cause = f"{told}, a router between: whoever runs it has to let the passive ports through."
    return _whose(title, seen, cause, _ACTIVE)


def _is(host: str, other: str | None) -> bool:
    return other is not None and same_host(host, other)


_FROM = re.compile(r" from (\S+)\Z")
_ACTIVE = "Try active mode: it works where the server can connect to this machine."


def _whose(title: str, seen: str, cause: str, cure: str, *, is_sure: bool = False) -> Whose:
    return Whose(is_sure, {"title": title, "seen": seen, "cause": cause, "cure": cure})


def _seen(dials: Sequence[Dial]) -> str:
    over = [dial for dial in dials if dial.end is not DialEnd.CONNECTED]
    rejected = [dial for dial in over if dial.end is DialEnd.REJECTED]
    count = len(over)
    tries = "its connect" if count == 1 else f"all {count} connects" if count else "the data connection"
    if rejected and len(rejected) == count:
        return f"{tries} was answered: rejected" if count == 1 else f"{tries} were answered: rejected"
    if rejected:
        return f"{tries} failed, {len(rejected)} of them answered: rejected, the others with silence"
    return f"{tries} met silence"
