"""Explanation: what a view shows when a line of the log is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """One part of a line, decoded."""

    name: str
    """What it is: `address`, `port`, `path`."""
    value: str
    """Its value, with what there is to say about it."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the line says, held against what the sockets did."""

    text: str
    """A sentence."""
    ok: bool | None
    """Whether they agree; None where it is worth knowing and neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one record. Texts may quote a server: use `protocol.text.shown` before display."""

    title: str
    """`PASV`, `227`, `data connection`, `status`."""
    meaning: str
    """What it means, in a sentence or two."""
    section: str = ""
    """Where it is defined: `RFC 959 section 4.1.2`; empty for what is in no standard."""
    arguments: tuple[Argument, ...] = ()
    """Its parts."""
    checks: tuple[Check, ...] = ()
    """Whether the parts agree with the sockets."""
    took_ms: float | None = None
    """How long the answer took."""
    usually_next: tuple[str, ...] = ()
    """What usually comes next."""
    known_text: str = ""
    """What else is known of a server's wording."""
    findings: tuple[str, ...] = ()
    """Ids of the findings that it is evidence of."""
    related: tuple[int, ...] = ()
    """Indexes of the records that belong to it: the command of a reply, the reply of a command, the connect."""
