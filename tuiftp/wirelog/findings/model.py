"""Finding: what a rule says about an exchange, on what evidence, and what to change where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure a rule is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """A number that grows with it."""
        return {"high": 2, "medium": 1, "low": 0}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis. Texts are plain sentences; addresses of the exchange are filled in."""

    code: str
    """The rule's id: `R1` to `R25`."""
    title: str
    """A heading of a few words."""
    verdict: str
    """What is wrong, in one or two sentences."""
    confidence: Confidence
    """How sure that is."""
    evidence: tuple[int, ...]
    """Indexes of the records that show it, counted from the first record that was fed."""
    client: tuple[str, ...] = ()
    """What to change on this side, one thing each."""
    server: tuple[str, ...] = ()
    """What to change on the server: sentences and lines of configuration."""
    firewall: tuple[str, ...] = ()
    """What to change on a firewall or router: sentences and commands."""
    site: str = ""
    """The site, `host:port` as it was asked for."""
    conn: int = 0
    """The control connection on which it showed."""
    external: str | None = None
    """Our external address, where the server has named it: something to offer, not to apply unasked."""

    @property
    def advice(self) -> str:
        """The first thing to do, for one line of a log."""
        return next(iter((*self.client, *self.server, *self.firewall)), "")
