"""A line of the protocol log leads back to the transfer that had its connection then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tuiftp.transfers.connection_owners import ConnectionOwners

START = datetime(2026, 11, 24, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_last_one_that_had_it() -> None:
    owners = ConnectionOwners()
    owners.note(3, at(0), 1)
    owners.note(3, at(10), 2)
    owners.note(4, at(5), 9)
    owners.note(None, at(5), 7)
    found = [owners.find(3, at(seconds)) for seconds in (-1, 0, 9.9, 10, 99)]
    assert found == [1, 1, 1, 2, 2]
    assert owners.find(4, at(0)) == 9
    assert owners.find(5, at(0)) is None
