"""Whose firewall it is that blocks passive ports: what connects to other ports of the same host tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Knocked(StrEnum):
    """What came of a plain connect."""

    OPEN = "it stands"
    RESET = "answered by a reset"
    ICMP = "rejected by ICMP"
    OWN = "stopped by this machine"
    SILENT = "met silence"


@dataclass(frozen=True, slots=True)
class Knock:
    """A plain connect to a port, which was closed at once."""

    host: str
    """Where to."""
    port: int
    """To which port."""
    end: Knocked
    """What came of it."""
    detail: str = ""
    """The ICMP error and its sender, or the system's name for the error."""

    @property
    def has_passed(self) -> bool:
        """Whether it came as far as the host, and an answer back."""
        return self.end in (Knocked.OPEN, Knocked.RESET)

    @property
    def text(self) -> str:
        """In words."""
        return f"port {self.port}: {self.end}" + (f" ({self.detail})" if self.detail else "")


def conclude(passive: Knock, other: Knock, known: Knock, *, own: str | None = None) -> list[str]:
    """Says whose firewall it is, in sentences; both that look alike where they do.

    Args:
        passive: To a passive port that was announced; nobody listens there any more.
        other: To a high port away from it.
        known: To a well-known port.
        own: Our address: an ICMP error from there is our own filter's.
    """
    seen = f"Plain connects to {passive.host}: {passive.text}; {other.text}; {known.text}."
    return [seen, _named(passive, own) or _compared(other, known)]


def _named(passive: Knock, own: str | None) -> str | None:
    """What the answer at the passive port says by itself; None where there was none."""
    sender = passive.detail.rpartition(" from ")[2]
    if passive.detail in ("EPERM", "EACCES") or (passive.end is Knocked.ICMP and sender == own):
        return "This machine's own output filter blocks the port; neither the server nor the way to it does."
    if passive.end is Knocked.OWN:
        return "This machine found no way to that address; that shows no firewall of the server's."
    if passive.end is Knocked.ICMP and sender == passive.host:
        return "The server's own host rejects the port: it is its firewall, and not one of your side."
    if passive.end is Knocked.ICMP:
        return "A router or firewall on the way rejects the port: the one that sent the ICMP error."
    if passive.end is Knocked.RESET:
        return (
            "The port answers with a reset. A firewall that rejects, and a port on which the server does not "
            "listen, look alike from here: `ss -ltn` on the server tells, while it waits after PASV."
        )
    if passive.end is Knocked.OPEN:
        return "The port is open now, without PASV: another program listens there, or something before the server."
    return None


def _compared(other: Knock, known: Knock) -> str:
    """What the other ports tell of the silence at the passive one."""
    if other.has_passed:
        return (
            "Your side lets high ports out, for another one is answered: most likely it is the server's firewall, or "
            "one before it, that drops the passive range."
        )
    if known.has_passed:
        return (
            "Two causes look alike: the server's firewall drops all ports that it does not serve, or your side lets "
            "out only well-known ones. Connect from another network, or to a high port of another host: if that is "
            "answered from here, it is the server's firewall."
        )
    return (
        "No other port is answered either: the server's firewall may drop all that it does not serve, and so may "
        "your side. A connect from another network to the passive port tells: if it is answered, it is your side."
    )
