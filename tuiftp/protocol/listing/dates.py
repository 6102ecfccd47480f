"""Parses the dates of listings: every order, with and without a year, in the server's time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import datetime, timedelta

from tuiftp.entries import Precision
from tuiftp.protocol.listing.months import month_number

Stamp = tuple[datetime, Precision]
"""A time, naive as the server prints it, and how exactly it is known."""

_WORD = r"[^\s\d,:/;=-]{2,24}"
# What stands behind a number (月); read as UTF-8, the last byte of a Shift-JIS sign may be a letter.
_SIGN = r"(?:[^\x00-\x7f\s]{1,3}[@-~]?)?"
_TIME = r"\d{1,2}:\d{1,2}(?::\d\d(?:[.,]\d+)?)?"
_FULL_TIME = r"\d{1,2}:\d\d:\d\d"
_ZONE = r"(?:\s?[+-]\d{2}:?\d{2}|Z)?"

# Each shape with the names of its parts; the order matters where one shape begins another.
_SHAPES: tuple[str, ...] = (
    # ls -l --full-time, --time-style=long-iso and iso (long ago); dots and slashes from other servers
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:(?:\s+|T)(?P<time>{_TIME}){_ZONE})?",
    # VShell: Oct 08, 2002 09:47; others without the comma
    rf"(?P<month>{_WORD})\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})\s+(?P<time>{_TIME})",
    # ls -lT of the BSDs: Nov  5 12:00:00 2018, perhaps with a weekday and a zone
    rf"(?:{_WORD}\s+)?(?P<month>{_WORD})\s+(?P<day>\d{{1,2}})\s+(?P<time>{_FULL_TIME})\s+(?:[A-Z]{{3,5}}\s+)?(?P<year>\d{{4}})",
    # the usual: Nov  5 12:00, Nov  5  2018
    rf"(?P<month>{_WORD})\s+(?P<day>\d{{1,2}})[.,]?\s+(?:(?P<time>{_TIME})|(?P<year>\d{{4}}))",
    # day first: 5. Nov 2018, 26. Juli, 20:10, 05-Nov-2018 12:00, 5-Nov-18
    rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>{_WORD}),?\s+(?P<year>\d{{4}})\s+(?P<time>{_TIME})",
    rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>{_WORD}),?\s+(?:(?P<time>{_TIME})|(?P<year>\d{{4}}))",
    # Hungarian: 2020. jan.  3.
    rf"(?P<year>\d{{4}})\.\s+(?P<month>{_WORD})\s+(?P<day>\d{{1,2}})\.(?:\s+(?P<time>{_TIME}))?",
    rf"(?P<day>\d{{1,2}})-(?P<month>{_WORD})-(?P<year>\d{{4}}|\d\d)(?:\s+(?P<time>{_TIME}))?",
    # 24-04-2003 17:12, 24.04.03 17:12
    rf"(?P<first>\d{{1,2}})[-/.](?P<second>\d{{1,2}})[-/.](?P<year>\d{{4}})(?:\s+(?P<time>{_TIME}))?",
    rf"(?P<first>\d{{1,2}})\.(?P<second>\d{{1,2}})\.(?P<year>\d\d)\s+(?P<time>{_TIME})",
    # --time-style=iso: 09-26 13:45; others: 09-26 2000
    r"(?P<month>\d{1,2})-(?P<day>\d{1,2})\s+(?:(?P<time>" + _TIME + r")|(?P<year>\d{4}))",
    # East Asian: 8月 17 08:52, 4月 18日 2003年; and 2003年 3月 20日
    r"(?P<month>\d{1,2}[^\x00-\x7f\s]{1,3})\s*(?P<day>\d{1,2})" + _SIGN + r"\s+(?:(?P<time>" + _TIME + r")|"
    r"(?P<year>\d{4})" + _SIGN + r")",
    r"(?P<year>\d{4})(?:[^\x00-\x7f\s]{1,3}[@-~]?\s*|\s+)(?P<month>\d{1,2}[^\x00-\x7f\s]{1,3})\s*(?P<day>\d{1,2})"
    + _SIGN + r"(?:\s+(?P<time>" + _TIME + r"))?",
    # numbers only: 3 29 03:26
    rf"(?P<month>\d{{1,2}})\s+(?P<day>\d{{1,2}})\s+(?:(?P<time>{_TIME})|(?P<year>\d{{4}}))",
)  # fmt: skip

_MAX_SEEN = 20_000

_SHAPE_PATTERNS = tuple(re.compile(shape) for shape in _SHAPES)

DATE_PATTERN = "(?:" + "|".join(re.sub(r"\(\?P<\w+>", "(?:", shape) for shape in _SHAPES) + ")"
"""Matches any of the shapes, without groups; for use inside the pattern of a whole line."""


def date_reader(now: datetime) -> Callable[[str], Stamp | None]:
    """A function that reads dates as they look at `now`, remembering those it has seen.

    Args:
        now: The server's time as well as it is known; whether it is aware does not matter.
    """
    clock = now.replace(tzinfo=None)
    latest = _half_a_year_after(clock)
    seen: dict[str, Stamp | None] = {}

    def read(text: str) -> Stamp | None:
        try:
            return seen[text]
        except KeyError:
            if len(seen) > _MAX_SEEN:
                seen.clear()
            stamp = seen[text] = _read_date(text, clock, latest)
            return stamp

    return read


def _read_date(text: str, clock: datetime, latest: datetime) -> Stamp | None:
    for pattern in _SHAPE_PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            stamp = _from_parts(match.groupdict(), text, clock, latest)
            if stamp is not None:
                return stamp
    return None


def _from_parts(parts: dict[str, str | None], text: str, clock: datetime, latest: datetime) -> Stamp | None:
    month, day = _month_and_day(parts, text)
    if month is None:
        return None
    year = parts.get("year")
    if year is not None:
        return make_stamp(full_year(year), month, day, parts.get("time"))
    time, precision = clock_time(parts.get("time"))
    is_end = time == (24, 0, 0)
    try:
        moment = infer_year(month, day, time=(0, 0, 0) if is_end else time, clock=clock, latest=latest)
        return moment + timedelta(days=is_end), precision
    except (ValueError, OverflowError):
        return None


def make_stamp(year: int, month: int, day: int, time: str | None) -> Stamp | None:
    """A time from its parts, or None where there is no such time. `24:00` is the midnight that follows."""
    clock, precision = clock_time(time)
    try:
        if clock == (24, 0, 0):
            return datetime(year, month, day) + timedelta(days=1), precision
        return datetime(year, month, day, *clock), precision
    except (ValueError, OverflowError):
        return None


def full_year(text: str) -> int:
    """A year of two digits (up to 68 in this century) or four; `103` is 2003 to a server that counts on."""
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 69 else 1900)
    return year + 1900 if len(text) == 3 else year


def _month_and_day(parts: dict[str, str | None], text: str) -> tuple[int | None, int]:
    first, second = parts.get("first"), parts.get("second")
    if first is not None and second is not None:
        one, two = int(first), int(second)
        is_month_first = "/" in text and one <= 12
        return (one, two) if is_month_first or two > 12 else (two, one)
    word = parts["month"] or ""
    return (int(word) if word.isdecimal() else month_number(word)), int(parts["day"] or 0)


def clock_time(text: str | None) -> tuple[tuple[int, int, int], Precision]:
    """Hours, minutes and seconds of `12:05` or `12:05:33.64`, and how exact that is; midnight for none."""
    if text is None:
        return (0, 0, 0), Precision.DAY
    hour, minute, *rest = (int(number) for number in re.split(r"[:.,]", text)[:3])
    return (hour, minute, rest[0] if rest else 0), Precision.SECOND if rest else Precision.MINUTE


def _half_a_year_after(clock: datetime) -> datetime:
    year, month = divmod(clock.year * 12 + clock.month - 1 + 6, 12)
    if year > 9999:
        return datetime.max
    return clock.replace(year=year, month=month + 1, day=min(clock.day, monthrange(year, month + 1)[1]))


def infer_year(
    month: int, day: int, *, time: tuple[int, int, int], clock: datetime, latest: datetime
) -> datetime:
    """The year that a date without one stands in.

    `ls` leaves the year out for half a year in both directions. So it is this year, unless that lies half a
    year or more ahead: then it was the last. Around New Year a server's clock (or zone) may be a day ahead of
    ours. 29 February belongs to the last leap year.

    Raises:
        ValueError: There is no such day in any year.
    """
    if not 1 <= month <= 12:
        raise ValueError(month)
    try:
        tomorrow = clock + timedelta(days=1)
    except OverflowError:
        tomorrow = datetime.max
    for year in range(min(clock.year + 1, 9999), max(clock.year - 9, 0), -1):
        try:
            candidate = datetime(year, month, day, *time)
        except ValueError:
            continue
        if candidate <= tomorrow if year > clock.year else candidate < latest:
            return candidate
    raise ValueError(day)
