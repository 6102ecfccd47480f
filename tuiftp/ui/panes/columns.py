"""Columns of a file list: which ones fit, their widths, and the date format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tuiftp.entries import Precision

SIZE = 7
"""Cells for `99.9 MB`."""
DATE = 12
"""Cells for `Nov 23 09:12`."""
SHORT_DATE = 6
"""Cells for `Nov 23`."""
PERMISSIONS = 9
"""Cells for `rwxr-xr-x`."""
MUCH = 32
"""Cells of a name with which nearly every name is shown whole."""
LITTLE = 12
"""Cells that a name gets before there is anything beside it."""
_GAP = 2
_RECENT = timedelta(days=180)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells each column has; 0: it is not shown."""

    lead: int
    """The cells before the name: the sign, with a blank on each side where there is room."""
    name: int
    """Cells of the name."""
    size: int
    """Cells of the size."""
    modified: int
    """Cells of the time."""
    permissions: int
    """Cells of the permissions."""
    gap: int
    """Blanks between two columns."""
    trail: int
    """Blanks after the last column."""


def layout_columns(
    width: int, *, longest: int = MUCH, prefers_permissions: bool = False, least: int = LITTLE
) -> Columns:
    """Decides what fits into `width` cells. The name is the last to give way: permissions go first, then half of the
    date, then all of it, then the size.

    Args:
        width: The cells of a line.
        longest: The cells of the longest name: the others may have what it does not need.
        prefers_permissions: Whether permissions are shown wherever the names leave room for them (on a server they
            often matter); else only where there is a lot of room.
        least: The cells that a name gets before there is a size beside it.
    """
    is_wide = width >= 48
    lead, trail = (3, 1) if is_wide else (2, 0)
    gap = _GAP if is_wide else 1
    rest = width - lead - trail - gap - SIZE
    wanted = max(least, min(longest, MUCH))
    for modified, permissions, enough in (
        (DATE, PERMISSIONS, wanted if prefers_permissions else MUCH), (DATE, 0, min(wanted, 28)),
        (SHORT_DATE, 0, min(wanted, 20)), (0, 0, least),
    ):  # fmt: skip
        name = rest - sum(gap + cells for cells in (modified, permissions) if cells)
        if name >= enough:
            return Columns(lead, name, SIZE, modified, permissions, gap, trail)
    return Columns(min(lead, width), max(0, width - lead), 0, 0, 0, 0, 0)


def date_text(when: datetime, precision: Precision | None, now: datetime, width: int) -> str:
    """Words a time in `width` cells, and never more exactly than it is known.

    Args:
        when: Aware, or naive as the server prints it.
        precision: How exactly it is known.
        now: The present, aware, in the zone to show times in.
        width: `DATE` or `SHORT_DATE`.
    """
    if when.tzinfo is not None:
        try:
            when = when.astimezone(now.tzinfo).replace(tzinfo=None)
        except (OverflowError, ValueError):  # the very first or last day of the calendar
            when = when.replace(tzinfo=None)
    now = now.replace(tzinfo=None)
    clock = "" if precision is Precision.DAY else f"{when.hour:02}:{when.minute:02}"
    day = f"{_MONTHS[when.month - 1]} {when.day:02}"
    is_today = when.date() == now.date()
    is_recent = abs(now - when) <= _RECENT or (when.year == now.year and when < now)
    if width < DATE:
        if is_today:
            return clock or "today"
        return day if is_recent else f"{when.year:4}"
    if is_today:
        return f"today {clock}".rstrip()
    if is_recent:
        return f"{day} {clock}".rstrip()
    return f"{day}  {when.year:4}"
