"""Whether two looks at a file show the same version of it, and which of two files is newer. Pure.

A listing gives minutes or days, and a time without a zone where it is not MLSD: what cannot be told is
answered by "no" or None, never guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tuiftp.entries import Entry, Precision

_GRAIN = {
    Precision.SECOND: timedelta(seconds=2),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.DAY: timedelta(1),
}
"""How far off a time of this precision may be; 2 seconds is what FAT keeps."""

_ANY_ZONE = timedelta(hours=14)
"""How far the zone of a server's clock may be from UTC."""


def is_same_version(first: Entry, now: Entry | None) -> bool:
    """Whether a file is, by size and time, the one that was first seen. Doubt is a no.

    Args:
        first: As first seen.
        now: As it is seen now; None where it is gone.
    """
    if now is None or now.kind is not first.kind:
        return False
    if first.size is None or now.size != first.size:
        return False
    if first.modified is None or now.modified is None:
        return False
    if (first.modified.tzinfo is None) != (now.modified.tzinfo is None):
        return False
    return _cut(first.modified, _coarser(first, now)) == _cut(now.modified, _coarser(first, now))


def is_unchanged(first: Entry, now: Entry) -> bool:
    """Whether a file looks as it did: by its time too, unless neither look could tell one. Doubt is a no."""
    if first.modified is None and now.modified is None:
        return first.kind is now.kind and first.size is not None and first.size == now.size
    return is_same_version(first, now)


def is_same_time(first: Entry, second: Entry) -> bool | None:
    """Whether two files, one here and one there, have the same time as far as it can be known; None: no telling.

    A difference of exactly one hour is none where one of the times is to the minute: a listing without a zone,
    and a summer time that one side knows and the other does not.
    """
    if first.modified is None or second.modified is None:
        return None
    if (first.modified.tzinfo is None) != (second.modified.tzinfo is None):
        return None
    difference = abs(_aware(first.modified) - _aware(second.modified))
    return difference <= _coarser(first, second) or _is_summer_time(difference, first, second)


def _is_summer_time(difference: timedelta, first: Entry, second: Entry) -> bool:
    grain = _coarser(first, second)
    return grain == _GRAIN[Precision.MINUTE] and abs(difference - timedelta(hours=1)) <= grain


def is_newer(source: Entry, target: Entry) -> bool | None:
    """Whether `source` was changed later than `target`; None where it cannot be told.

    A time without a zone is taken as UTC with the doubt of any zone on earth.
    """
    if source.modified is None or target.modified is None:
        return None
    both_naive = source.modified.tzinfo is None and target.modified.tzinfo is None
    one_naive = not both_naive and (source.modified.tzinfo is None or target.modified.tzinfo is None)
    doubt = max(_grain(source), _grain(target)) + (_ANY_ZONE if one_naive else timedelta(0))
    difference = _aware(source.modified) - _aware(target.modified)
    if difference > doubt:
        return None if not both_naive and _is_summer_time(difference, source, target) else True
    if difference <= (-doubt if one_naive else doubt):
        return False
    return None


def _grain(entry: Entry) -> timedelta:
    return _GRAIN[entry.precision or Precision.DAY]


def _coarser(first: Entry, second: Entry) -> timedelta:
    return max(_grain(first), _grain(second))


def _cut(when: datetime, grain: timedelta) -> datetime:
    if grain >= timedelta(1):
        return when.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain >= timedelta(minutes=1):
        return when.replace(second=0, microsecond=0)
    return when.replace(microsecond=0)


def _aware(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
