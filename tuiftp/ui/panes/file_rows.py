"""Row model of a file list: entries, sorted row numbers, hidden entries, marks. No Textual.

Nothing here is proportional to the directory's length but `arrange` and what says so; those run in a thread
for long directories, in slices, so that the event loop is never late.
"""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import translate
from functools import partial
from itertools import chain
from operator import eq
from typing import TYPE_CHECKING, Any

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import cell_width

if TYPE_CHECKING:
    from tuiftp.storage.settings import Settings

PARENT = -1
"""The row number that stands for `..`."""
AT_ONCE = 2000
"""Up to so many entries are sorted on the spot; more go to a thread."""
LONG = 20_000
"""More entries than that are kept out of the garbage collector's way."""
_LONGEST = 100
SLICE = 4096
"""Entries handled in one go, before others get their turn."""


class SortKey(StrEnum):
    """What a list is sorted by."""

    NAME = "name"
    SIZE = "size"
    MODIFIED = "modified"
    PERMISSIONS = "permissions"

    @property
    def begins_descending(self) -> bool:
        """Whether the biggest, or the newest, comes first when this is chosen."""
        return self in (SortKey.SIZE, SortKey.MODIFIED)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the entries are to be shown."""

    key: SortKey = SortKey.NAME
    """What to sort by."""
    is_descending: bool = False
    """Whether the order is turned round."""
    directories_first: bool = True
    """Whether directories stand above everything else, in either order."""
    show_hidden: bool = False
    """Whether names that begin with a dot are shown."""

    def by(self, key: SortKey) -> Arrangement:
        """Sorted by `key`; if it is already, the other way round."""
        if key is self.key:
            return replace(self, is_descending=not self.is_descending)
        return replace(self, key=key, is_descending=key.begins_descending)


def arrangement_of(settings: Settings) -> Arrangement:
    """How the settings want entries to be shown."""
    return Arrangement(directories_first=settings.directories_first, show_hidden=settings.show_hidden)


@dataclass(slots=True)
class FileRows:
    """The entries of a directory, and the order in which they are shown."""

    entries: Sequence[Entry] = ()
    """In the order in which they came."""
    has_parent: bool = False
    """Whether a `..` row comes first."""
    arrangement: Arrangement = Arrangement()
    """How `order` was made."""
    order: list[int] = field(default_factory=list)
    """Numbers of entries, as shown from the top; `PARENT` for `..`."""
    rows: list[int] = field(default_factory=list)
    """For each entry the row it stands in; -1: hidden."""
    places: dict[str, int] = field(default_factory=dict)
    """From a name to its entry."""
    total_size: int = 0
    """Bytes of the entries that have a row."""
    marks: set[int] = field(default_factory=set)
    """Numbers of the marked entries."""
    marked_size: int = 0
    """Bytes of the marked entries."""
    longest: int = 0
    """Cells of the longest name, about."""
    keys: dict[SortKey, list[Any]] = field(default_factory=dict, repr=False)
    """Sort keys made so far, so that another order costs only the sorting."""

    def __len__(self) -> int:
        return len(self.order)

    def entry_at(self, row: int) -> Entry | None:
        """The entry in a row; None for `..` and beyond the end."""
        if 0 <= row < len(self.order) and self.order[row] != PARENT:
            return self.entries[self.order[row]]
        return None

    def row_of(self, name: str) -> int | None:
        """The row that shows `name`, if one does."""
        place = self.places.get(name)
        return self.rows[place] if place is not None and self.rows[place] >= 0 else None

    @property
    def shown_count(self) -> int:
        """How many entries have a row."""
        return len(self.order) - self.has_parent

    def toggle(self, row: int) -> bool:
        """Marks the entry in a row, or takes its mark away; false for `..`."""
        if not 0 <= row < len(self.order) or self.order[row] == PARENT:
            return False
        place = self.order[row]
        self.set_mark(place, place not in self.marks)
        return True

    def set_mark(self, place: int, on: bool) -> None:
        """Marks one entry, or takes its mark away."""
        if on == (place in self.marks):
            return
        size = _bytes_of(self.entries[place])
        if on:
            self.marks.add(place)
            self.marked_size += size
        else:
            self.marks.discard(place)
            self.marked_size -= size

    def marked(self) -> list[Entry]:
        """The marked entries, in the order shown; proportional to the number of marks."""
        return [self.entries[place] for place in sorted(self.marks, key=self.rows.__getitem__)]

    def apply(self, order: Order) -> None:
        """Shows another order. An entry that is hidden now loses its mark: what is not seen is not copied."""
        self.order, self.rows, self.arrangement = order.order, order.rows, order.arrangement
        self.total_size = order.size
        for place in [place for place in self.marks if self.rows[place] < 0]:
            self.set_mark(place, False)

    def has_match(self, pattern: str) -> bool:
        """Whether the name of a shown entry matches a shell pattern. Safe in a thread."""
        matches = compile_pattern(pattern).match
        return any(matches(self.entries[place].name) for places in self.slices() for place in places)

    def slices(self) -> Iterator[list[int]]:
        """All shown entries, a slice at a time."""
        start = int(self.has_parent)
        for first in range(start, len(self.order), SLICE):
            yield self.order[first : first + SLICE]


@dataclass(frozen=True, slots=True)
class Order:
    """The result of sorting, computed while the old order is still shown."""

    arrangement: Arrangement
    """What was asked for."""
    order: list[int]
    """Numbers of entries, from the top."""
    rows: list[int]
    """For each entry the row it stands in; -1: hidden."""
    size: int
    """Bytes of the entries that have a row."""


def settle(count: int) -> None:
    """Tells the garbage collector that a long directory is here to stay.

    A full collection walks over everything that is alive; over 100,000 entries more it holds the event loop
    for 50 ms and longer. Entries have no cycles: they are freed by their counts when the pane leaves.
    """
    if count > LONG:
        gc.freeze()


def prepare(
    entries: Sequence[Entry], arrangement: Arrangement, *, has_parent: bool, marked: Iterable[str] = ()
) -> FileRows:
    """Makes the rows of a directory that was just read. Proportional to its length."""
    rows = FileRows(entries=entries, has_parent=has_parent)
    rows.places = {entry.name: place for place, entry in enumerate(entries)}
    rows.longest = max(map(_cells_of, entries), default=0)
    rows.apply(arrange(rows, arrangement))
    for name in marked:
        place = rows.places.get(name)
        if place is not None and rows.rows[place] >= 0:
            rows.set_mark(place, True)
    return rows


async def prepare_rows(
    entries: Sequence[Entry], arrangement: Arrangement, *, has_parent: bool, marked: Sequence[str] = ()
) -> FileRows:
    """Makes rows without holding the event loop, however many entries there are."""
    work = partial(prepare, entries, arrangement, has_parent=has_parent, marked=marked)
    return work() if len(entries) <= AT_ONCE else await asyncio.to_thread(work)


async def renew_rows(rows: FileRows, entries: Sequence[Entry]) -> FileRows | None:
    """Makes rows of the same directory read anew, marks included; None where nothing has changed.

    Marks that are set or taken away meanwhile count too.
    """
    before, has_parent = set(rows.marks), rows.has_parent

    def work() -> FileRows | None:
        if len(entries) == len(rows.entries) and all(map(eq, entries, rows.entries)):
            return None
        marked = [rows.entries[place].name for place in before]
        return prepare(entries, rows.arrangement, has_parent=has_parent, marked=marked)

    fresh = work() if len(entries) <= AT_ONCE else await asyncio.to_thread(work)
    for place in (before ^ rows.marks) if fresh is not None else ():
        name = rows.entries[place].name
        if fresh is not None and fresh.row_of(name) is not None:
            fresh.set_mark(fresh.places[name], place in rows.marks)
    return fresh


async def arrange_rows(rows: FileRows, arrangement: Arrangement) -> Order:
    """Finds another order without holding the event loop."""
    if len(rows.entries) <= AT_ONCE:
        return arrange(rows, arrangement)
    return await asyncio.to_thread(arrange, rows, arrangement)


def arrange(rows: FileRows, arrangement: Arrangement) -> Order:
    """Finds another order, without touching what is shown. Proportional to the directory's length."""
    places = _chosen(rows.entries, arrangement.show_hidden)
    if arrangement.directories_first:
        entries = rows.entries
        groups = [[p for p in places if entries[p].is_dir], [p for p in places if not entries[p].is_dir]]
    else:
        groups = [places]
    order = [PARENT] if rows.has_parent else []
    for group in groups:
        order.extend(_sorted(rows, group, arrangement))
    shown_in = [-1] * len(rows.entries)
    for row, place in enumerate(order):
        if place != PARENT:
            shown_in[place] = row
    return Order(arrangement, order, shown_in, sum(_bytes_of(rows.entries[place]) for place in places))


def _cells_of(entry: Entry) -> int:
    """About as many cells as the name takes; links say what they lead to as well."""
    text = f"{entry.name} → {entry.target}" if entry.target else entry.name
    return len(text) if text.isascii() else cell_width(text[:_LONGEST])


def _bytes_of(entry: Entry) -> int:
    """What an entry adds to a sum. What servers call the size of a directory is not that of its files."""
    return 0 if entry.is_dir else entry.size or 0


def _chosen(entries: Sequence[Entry], show_hidden: bool) -> list[int]:
    if show_hidden:
        return list(range(len(entries)))
    return [place for place, entry in enumerate(entries) if not entry.name.startswith(".")]


def _sorted(rows: FileRows, group: list[int], arrangement: Arrangement) -> list[int]:
    by_name = _merge_sorted(group, _keys(rows, SortKey.NAME), False)
    if arrangement.key is SortKey.NAME:
        return by_name[::-1] if arrangement.is_descending else by_name
    return _merge_sorted(by_name, _keys(rows, arrangement.key), arrangement.is_descending)


def _merge_sorted(group: list[int], keys: list[Any], is_descending: bool) -> list[int]:
    """Sorts, stable, without ever holding the interpreter for long.

    One call of `sort` on 100,000 numbers lets no other thread run until it is done. Sorted slices joined and
    sorted again cost the last call one comparison an entry: the sort finds the runs and merges them.
    """
    key = keys.__getitem__
    runs = [
        sorted(group[at : at + SLICE], key=key, reverse=is_descending) for at in range(0, len(group), SLICE)
    ]
    while len(runs) > 1:
        pairs = [runs[at : at + 2] for at in range(0, len(runs), 2)]
        runs = [sorted(chain.from_iterable(pair), key=key, reverse=is_descending) for pair in pairs]
    return runs[0] if runs else []


def _keys(rows: FileRows, key: SortKey) -> list[Any]:
    """The sort keys of all entries, made once a directory."""
    known = rows.keys.get(key)
    if known is None:
        known = [_KEY_OF[key](entry) for entry in rows.entries]
        rows.keys[key] = known
    return known


def _name_key(entry: Entry) -> str:
    # The name itself follows, so that `a` and `A` always stand in the same order.
    return f"{entry.name.casefold()}\0{entry.name}"


def _time_key(entry: Entry) -> float:
    when = entry.modified
    if when is None:
        return float("-inf")
    if when.tzinfo is None:
        return (when - _EPOCH_NAIVE).total_seconds()
    return (when - _EPOCH).total_seconds()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_NAIVE = datetime(1970, 1, 1)
_KEY_OF: dict[SortKey, Callable[[Entry], Any]] = {
    SortKey.NAME: _name_key,
    SortKey.SIZE: lambda entry: -1 if entry.size is None else entry.size,
    SortKey.MODIFIED: _time_key,
    SortKey.PERMISSIONS: lambda entry: entry.permissions or "",
}


def is_ordinary(entry: Entry) -> bool:
    """Whether inverting marks touches it: directories are left alone, as in other file managers."""
    return entry.kind is not EntryKind.DIR


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A shell pattern (`*.txt`, `data-??`), several with blanks or commas between, without regard to case."""
    parts = [part for part in re.split(r"[\s,;]+", pattern) if part]
    return re.compile("|".join(translate(part) for part in parts) or r"(?!)", re.IGNORECASE)
