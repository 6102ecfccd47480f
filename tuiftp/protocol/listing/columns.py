"""Base for dialects made of regular expressions for whole lines; infers the order of day and month."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from tuiftp.entries import Entry
from tuiftp.protocol.listing.dates import Stamp, date_reader, full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, LineReader, Window

TIME = r"\d{1,2}:\d\d(?::\d\d)?"
"""A time of day, inside the pattern of a line."""
NUMBERS = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}"
"""A date of three numbers, inside the pattern of a line."""

_THREE = re.compile(r"(?<!\d)(\d{1,4})([-/.])(\d{1,2})\2(\d{2,4})(?!\d)")
_ORDERS = ("mdy", "dmy", "ymd")
_MAX_SAMPLE = 2000


class Dates:
    """Reads the dates of one listing."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._now = now

    @cached_property
    def worded(self) -> Callable[[str], Stamp | None]:
        """Reads dates in which the month is a word, and all others that `ls` writes."""
        return date_reader(self._now)

    def numbers(self, date: str, time: str | None) -> Stamp | None:
        """Reads a date of three numbers, in the order in which most dates of the listing make sense."""
        match = _THREE.fullmatch(date)
        if match is None:
            return None
        for order in (self._order, *_ORDERS):
            stamp = _in_order(match, order, time)
            if stamp is not None:
                return stamp
        return None

    @cached_property
    def _order(self) -> str:
        """The order that fits most dates. In doubt the month stands first, or the day where dots stand between."""
        found = (_THREE.search(line) for line in islice(self._window.first, _MAX_SAMPLE))
        dates = [match for match in found if match]
        tomorrow = self._now.replace(tzinfo=None)
        try:
            tomorrow += timedelta(days=2)
        except OverflowError:
            pass

        def fit(order: str) -> tuple[int, bool]:
            stamps = [_in_order(match, order, None) for match in dates]
            is_dotted = bool(dates) and dates[0][2] == "."
            return sum(stamp is not None and stamp[0] < tomorrow for stamp in stamps), (
                is_dotted and order == "dmy"
            )

        return max(_ORDERS, key=fit)


def _in_order(match: re.Match[str], order: str, time: str | None) -> Stamp | None:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4 or order == "ymd":
        year, month, day = first, second, third
    elif order == "dmy":
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    return make_stamp(full_year(year), int(month), int(day), time) if len(year) > 1 else None


Build = Callable[[re.Match[str], Dates], Entry | None]
"""Makes an entry of a matched line, or None where what it says cannot be."""


class RowReader:
    """Reads lines by patterns, each with the function that makes an entry of what it matched."""

    def __init__(
        self, forms: Sequence[tuple[re.Pattern[str], Build]], hint: str, window: Window, now: datetime
    ) -> None:
        self._forms = forms
        self._hint = hint
        self._dates = Dates(window, now)

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where no pattern fits."""
        if self._hint not in line:
            return None
        for pattern, build in self._forms:
            match = pattern.fullmatch(line)
            if match is not None:
                entry = build(match, self._dates)
                if entry is not None:
                    return entry
        return None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def drop(match: re.Match[str], dates: Dates) -> Entry:
    """What headers and totals become: nothing."""
    return DROPPED


def rows(name: str, *forms: tuple[re.Pattern[str], Build], hint: str = "") -> Dialect:
    """A dialect whose lines are read one by one, each by the first of these patterns that fits.

    Args:
        name: What to call it.
        forms: Patterns of whole lines, and what makes entries of them.
        hint: What every such line holds. It saves trying the patterns on the lines of others.
    """

    def begin(window: Window, now: datetime) -> LineReader:
        return RowReader(forms, hint, window, now)

    return Dialect(name, begin)
