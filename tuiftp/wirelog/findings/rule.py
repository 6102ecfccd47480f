"""Rule and Claim: a rule is an id, the occasions on which it looks, and a small function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tuiftp.wirelog.findings.model import Confidence
from tuiftp.wirelog.findings.texts import Opening, Purpose
from tuiftp.wirelog.findings.view import Case, Occasion

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of a rule: what it has found, and how sure it is."""

    confidence: Confidence
    """How sure it is."""
    evidence: tuple[int, ...]
    """Indexes of the records that show it."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What to fill into its texts."""
    is_own: bool = False
    """Whether the evidence stands by itself, so that no other finding explains it away."""
    purposes: tuple[Purpose, ...] | None = None
    """Which lines of server configuration belong to it; None: those of the rule's text."""
    opening: Opening | None = None
    """Which ports a firewall has to open, where the rule's text leaves that to the evidence."""


Look = Callable[[Case], Claim | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    """Its id."""
    occasions: frozenset[Occasion]
    """When it looks."""
    look: Look
    """What it does."""


def rule(code: str, *occasions: Occasion) -> Callable[[Look], Rule]:
    """Makes a rule of a function."""
    return lambda look: Rule(code, frozenset(occasions), look)


def claim(confidence: Confidence, *evidence: int | None, **values: object) -> Claim:
    """Makes a claim; evidence that is not there is left out."""
    found = sorted({index for index in evidence if index is not None})
    return Claim(confidence, tuple(found), values)
