"""The pure rules of the queue: what is tried again, what counts as the same file, which one is newer, speed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import (
    CommandRefused,
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    DataConnectionFailed,
    DiskFull,
    FileRefused,
    LocalFileError,
    LoginRefused,
    SizeMismatch,
    StorageFull,
    TransferInterrupted,
    TuiftpError,
    UnsafeName,
)
from tuiftp.transfers.retry_policy import RetryRules, Verdict
from tuiftp.transfers.same_version import is_newer, is_same_version
from tuiftp.transfers.speed_meter import SpeedMeter, seconds_left

NOON = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


def refused(kind: type[CommandRefused], code: int) -> CommandRefused:
    return kind(f"{code} no", command="RETR", code=code, text="no")


def crowded() -> LoginRefused:
    """A login that is refused because there are too many."""
    error = LoginRefused("530 no", command="PASS", code=530, text="no")
    error.is_limit = True
    return error


@pytest.mark.parametrize(
    ("error", "first", "last"),
    [
        (TransferInterrupted("x"), Verdict.RETRY, Verdict.GIVE_UP),
        (DataConnectionFailed("x"), Verdict.RETRY, Verdict.GIVE_UP),
        (SizeMismatch("x"), Verdict.RETRY, Verdict.GIVE_UP),
        (ConnectionLost("x"), Verdict.RETRY, Verdict.GIVE_UP),
        (ConnectionFailed("x"), Verdict.RETRY, Verdict.HOLD),
        (refused(CommandRefused, 451), Verdict.RETRY, Verdict.GIVE_UP),
        (refused(CommandRefused, 502), Verdict.GIVE_UP, Verdict.GIVE_UP),
        (refused(FileRefused, 550), Verdict.GIVE_UP, Verdict.GIVE_UP),
        (refused(FileRefused, 450), Verdict.RETRY, Verdict.GIVE_UP),
        (refused(LoginRefused, 530), Verdict.HOLD, Verdict.HOLD),
        (crowded(), Verdict.RETRY, Verdict.HOLD),
        (refused(StorageFull, 552), Verdict.HOLD, Verdict.HOLD),
        (DiskFull("x"), Verdict.HOLD, Verdict.HOLD),
        (LocalFileError("x"), Verdict.GIVE_UP, Verdict.GIVE_UP),
        (UnsafeName("x"), Verdict.GIVE_UP, Verdict.GIVE_UP),
        (ConfigurationError("x"), Verdict.GIVE_UP, Verdict.GIVE_UP),
    ],
)
def test_what_becomes_of_a_failure(error: TuiftpError, first: Verdict, last: Verdict) -> None:
    rules = RetryRules()
    assert rules.judge(error, 1) is first
    assert rules.judge(error, 99) is last


def test_the_waits_double_up_to_a_limit() -> None:
    rules = RetryRules(longest_wait=30)
    assert [rules.wait(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert rules.wait(10_000) == 30


def entry(
    size: int | None = 10,
    modified: datetime | None = NOON,
    precision: Precision | None = Precision.SECOND,
    kind: EntryKind = EntryKind.FILE,
) -> Entry:
    return Entry("a", kind, size, modified, precision)


@pytest.mark.parametrize(
    ("now", "is_same"),
    [
        (entry(), True),
        (entry(size=11), False),
        (entry(size=None), False),
        (entry(modified=None), False),
        (entry(modified=NOON + timedelta(seconds=1)), False),
        (entry(modified=NOON.replace(second=0), precision=Precision.MINUTE), True),
        (entry(modified=NOON.replace(hour=0, minute=0, second=0), precision=Precision.DAY), True),
        (entry(modified=NOON.replace(minute=1, second=0), precision=Precision.MINUTE), False),
        (entry(modified=NOON.replace(tzinfo=None)), False),
        (entry(kind=EntryKind.LINK), False),
        (None, False),
    ],
)
def test_only_what_is_the_same_beyond_doubt_is_the_same(now: Entry | None, is_same: bool) -> None:
    assert is_same_version(entry(), now) is is_same


def test_without_a_time_nothing_is_the_same() -> None:
    assert not is_same_version(entry(modified=None), entry(modified=None))
    assert not is_same_version(entry(size=None), entry(size=None))


@pytest.mark.parametrize(
    ("source", "newer"),
    [
        (entry(modified=NOON + timedelta(minutes=1)), True),
        (entry(modified=NOON - timedelta(minutes=1)), False),
        (entry(modified=NOON), False),
        (entry(modified=NOON + timedelta(seconds=30), precision=Precision.MINUTE), False),
        (entry(modified=None), None),
        (entry(modified=(NOON + timedelta(hours=5)).replace(tzinfo=None)), None),
        (entry(modified=(NOON - timedelta(hours=5)).replace(tzinfo=None)), None),
        (entry(modified=(NOON + timedelta(hours=20)).replace(tzinfo=None)), True),
        (entry(modified=(NOON - timedelta(hours=20)).replace(tzinfo=None)), False),
    ],
)
def test_newer_is_said_only_where_it_can_be_told(source: Entry, newer: bool | None) -> None:
    assert is_newer(source, entry()) is newer


def test_two_times_of_one_server_are_compared_as_they_are() -> None:
    here, there = NOON.replace(tzinfo=None), (NOON + timedelta(hours=1)).replace(tzinfo=None)
    assert is_newer(entry(modified=there), entry(modified=here)) is True


def test_speed_is_taken_over_the_last_seconds() -> None:
    meter = SpeedMeter(0.0, 0)
    assert meter.add(0.0, 0) == 0
    assert meter.add(1.0, 100) == 100
    for second in range(2, 20):
        speed = meter.add(float(second), 100 * second)
    assert speed == 100
    for second in range(20, 30):
        speed = meter.add(float(second), 1900)
    assert speed == 0


def test_speed_does_not_count_what_was_there_before() -> None:
    meter = SpeedMeter(0.0, 1_000_000)
    assert meter.add(2.0, 1_000_200) == 100


def test_what_is_left_is_told_only_where_it_can_be() -> None:
    assert seconds_left(100, 50) == 2
    assert seconds_left(-5, 50) == 0
    assert seconds_left(None, 50) is None
    assert seconds_left(100, 0) is None
