"""Waterfall: where the time of one operation went, segment by segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuiftp.wirelog.conversation import Attempt, DialEnd


@dataclass(frozen=True, slots=True)
class Segment:
    """A span of time with a name."""

    label: str
    """What was waited for: `227`, `connect`, `150`, `TLS`, `first byte`, `data`, `226`."""
    start_ms: float
    """When it began, in milliseconds since the operation began."""
    length_ms: float
    """How long it took, in milliseconds."""
    failed: bool = False
    """Whether it ended in failure."""


class Clock:
    """Makes segments of points in time, counted from a beginning; a clock that went back gives zero."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self.segments: list[Segment] = []
        """What was made so far."""

    def ms(self, at: datetime) -> float:
        """Milliseconds since the beginning, at least 0."""
        return max(0.0, round((at - self._began).total_seconds() * 1000, 3))

    def add(
        self, label: str, began: datetime | None, ended: datetime | None, *, failed: bool = False
    ) -> None:
        """Adds a segment, if both ends are known."""
        if began is None or ended is None:
            return
        start = self.ms(began)
        self.segments.append(Segment(label, start, max(0.0, round(self.ms(ended) - start, 3)), failed))


def attempt_segments(attempt: Attempt) -> tuple[Segment, ...]:
    """The waterfall of one data connection, as far as its records are there."""
    preparation = attempt.preparation
    clock = Clock(preparation.at)
    reply = preparation.final
    if reply is not None:
        clock.add(str(reply.code), preparation.at, reply.at, failed=reply.is_refusal)
    _add_connect(clock, attempt)
    _add_transfer(clock, attempt)
    return tuple(sorted(clock.segments, key=lambda segment: segment.start_ms))


def _add_connect(clock: Clock, attempt: Attempt) -> None:
    for dial in attempt.dials:
        clock.add("connect", dial.at, dial.end_at, failed=dial.end is not DialEnd.CONNECTED)
    if attempt.is_passive:
        return
    reply = attempt.preparation.final
    waited_from = attempt.transfer.at if attempt.transfer else reply.at if reply else None
    clock.add(
        "wait for connect", waited_from, attempt.stood_at or attempt.gave_up_at, failed=not attempt.has_stood
    )


def _add_transfer(clock: Clock, attempt: Attempt) -> None:
    transfer = attempt.transfer
    if transfer is None:
        return
    preliminary, final = transfer.preliminary, transfer.final
    if preliminary is not None:
        clock.add(str(preliminary.code), transfer.at, preliminary.at)
    begun = max(at for at in (transfer.at, preliminary and preliminary.at, attempt.stood_at) if at)
    clock.add("TLS", begun, attempt.secured_at)
    begun = attempt.secured_at or begun
    clock.add("first byte", begun, attempt.first_byte_at)
    begun = attempt.first_byte_at or begun
    clock.add("data", begun, attempt.closed_at)
    if final is not None:
        # A final reply often comes before our side has closed: then there was nothing to wait for.
        waited_from = min(final.at, attempt.closed_at or attempt.gave_up_at or begun)
        is_alone = preliminary is None and attempt.closed_at is None and attempt.gave_up_at is None
        clock.add(
            str(final.code), transfer.at if is_alone else waited_from, final.at, failed=final.is_refusal
        )
