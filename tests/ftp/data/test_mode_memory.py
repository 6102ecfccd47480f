"""What worked is remembered per server and local network, for seven days, and survives a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tuiftp.ftp.data.mode_memory import ModeMemory, StepOutcome
from tuiftp.protocol.modes import DataCommand

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def outcome(command: str, *, ok: bool, at: datetime = NOON) -> StepOutcome:
    return StepOutcome(at=at, command=DataCommand(command), ok=ok, reason="because", ms=1.0)


def test_success_is_remembered_for_the_network_it_was_seen_on() -> None:
    memory = ModeMemory(now=Clock())
    memory.record("a:21", "192.168.1.7", outcome("PASV", ok=False))
    assert memory.recall("a:21", "192.168.1.7") is None
    memory.record("a:21", "192.168.1.7", outcome("PORT", ok=True))
    assert memory.recall("a:21", "192.168.1.99") is DataCommand.PORT
    assert memory.recall("a:21", "10.0.0.7") is None
    assert memory.recall("a:2121", "192.168.1.7") is None


def test_it_grows_old() -> None:
    clock = Clock()
    memory = ModeMemory(now=clock)
    memory.record("a:21", "10.0.0.1", outcome("EPSV", ok=True))
    clock.now += timedelta(days=6)
    assert memory.recall("a:21", "10.0.0.1") is DataCommand.EPSV
    clock.now += timedelta(days=2)
    assert memory.recall("a:21", "10.0.0.1") is None


def test_the_ledger_tells_each_change_once() -> None:
    memory = ModeMemory(now=Clock())
    for command, ok in (("PASV", False), ("PORT", True), ("PORT", True), ("PORT", True)):
        memory.record("a:21", "10.0.0.1", outcome(command, ok=ok))
    assert [(step.command, step.ok) for step in memory.mode_history("a:21")] == [
        ("PASV", False),
        ("PORT", True),
    ]


def test_it_survives_as_plain_values_and_shrugs_at_nonsense() -> None:
    memory = ModeMemory(now=Clock())
    memory.record("a:21", "::1", outcome("EPRT", ok=True))
    again = ModeMemory(now=Clock())
    again.load_dict({**memory.to_dict(), "x": 7, "y": ["NOPE", "never"], "z": ["PASV", "2026-01-01"]})
    assert again.recall("a:21", "::1") is DataCommand.EPRT
    assert set(again.to_dict()) == set(memory.to_dict())


def test_saving_is_asked_for_when_something_changed() -> None:
    memory = ModeMemory(now=Clock())
    calls: list[int] = []
    memory.on_change = lambda: calls.append(1)
    memory.record("a:21", "10.0.0.1", outcome("PASV", ok=True))
    memory.record("a:21", "10.0.0.1", outcome("PASV", ok=True))
    assert len(calls) == 1
    memory.forget("a:21")
    assert len(calls) == 2
    assert memory.recall("a:21", "10.0.0.1") is None
    assert memory.mode_history("a:21") == ()
