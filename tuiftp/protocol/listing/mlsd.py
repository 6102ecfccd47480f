"""MLSD (RFC 3659 section 7): facts, a space, and a name. Times are UTC."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from tuiftp.entries import Entry, EntryKind, Precision, permissions_from_mode, quick_entry
from tuiftp.protocol.listing.lines import (
    DROPPED,
    Dialect,
    Window,
    decode_lines,
    in_turns,
    parse_size,
    unreadable,
)

Values = tuple[str | None, ...]
"""The values of the facts in `_ORDER`, and the name."""

_KINDS = {"file": EntryKind.FILE, "dir": EntryKind.DIR, "link": EntryKind.LINK, "symlink": EntryKind.LINK}
_ORDER = ("type", "size", "modify", "unix.mode", "unix.ownername", "unix.owner", "unix.uid",
          "unix.groupname", "unix.group", "unix.gid", "unique", "sizd", "perm", "name")  # fmt: skip
"""The facts that we want, in the order in which `entry` takes them."""
_FIELDS = {field: field for field in _ORDER[:-1]}
_MAX_SHAPES = 8
_MAX_FACTS = 64
_MAX_SHARED = 1000
_LINK = re.compile(r"os\.[a-z]{1,16}=(?:slink|symlink)(?::(.*))?\Z", re.IGNORECASE | re.DOTALL)
_MODIFY = re.compile(r"(\d{8})(\d{4})(\d\d)?(?:\.(\d{1,6})\d*)?\Z", re.ASCII)
_MODE = re.compile(r"(?:0?[0-7]{3}|0?[1-7][0-7]{3}|0?1[0-7]{5})\Z")


def parse_mlsd(
    lines: Iterable[bytes], *, encoding: str = "utf-8", check: Callable[[], object] = lambda: None
) -> list[Entry]:
    """Reads the lines of an MLSD listing. Raises nothing but what `check` raises, which is called now and then.

    The directory itself and its parent are left out; a line that is none of MLSD becomes an entry of kind
    `OTHER` which holds it.
    """
    reader = MlsdReader(Window(()), is_certain=True)
    read = reader.read
    entries: list[Entry] = []
    for piece in decode_lines(lines, encoding):
        for line in in_turns(piece, check):
            entry = read(line)
            if entry is None:
                if line and not line.isspace() and line not in (".", ".."):
                    entries.append(unreadable(line))
            elif entry.name != "." and entry.name != "..":
                entries.append(entry)
    return reader.finish(entries)


def parse_mlst(line: bytes, *, encoding: str = "utf-8") -> Entry | None:
    """Reads the line of an MLST reply (facts and a path, perhaps behind a blank). Never raises.

    Returns:
        The entry, its name as the server wrote it (often a whole path), or None if this is no such line.
    """
    text = next(decode_lines([line], encoding))[0].removeprefix(" ")
    facts, separator, name = text.partition("; ")
    pairs = [fact.partition("=") for fact in facts.split(";")]
    if not separator or not name or not all(equals for _, equals, _ in pairs):
        return None
    values = _values([(key, equals, _plain_directory(value)) for key, equals, value in pairs], name)
    return MlsdReader(Window(())).entry(values)


def _plain_directory(value: str) -> str:
    return "dir" if value.lower() in ("cdir", "pdir") else value


class _Shape:
    """A sequence of facts: servers send the same ones for every file, so one pattern reads nearly all lines."""

    def __init__(self, keys: Sequence[str]) -> None:
        groups = [_FIELDS.get(key.lower()) for key in keys]
        parts = (
            f"{re.escape(key)}={'([^;]*)' if field else '[^;]*'};"
            for key, field in zip(keys, groups, strict=True)
        )
        self.match = re.compile("".join(parts) + " (.+)", re.DOTALL).fullmatch
        found = [field for field in groups if field] + ["name"]
        # What is not sent is taken from one place behind the end, where `read` puts a None.
        self.pick = itemgetter(*(found.index(field) if field in found else len(found) for field in _ORDER))


class MlsdReader:
    """Reads MLSD lines, and finds the targets of links that are named by a second line.

    Some servers (Pure-FTPd, ProFTPD) give a link and its target the same `unique` fact.
    """

    def __init__(self, window: Window, *, is_certain: bool = False) -> None:
        self._window = window
        self._has_bare_names = True if is_certain else None
        self._shapes: list[_Shape] = []
        self._links: dict[int, list[Entry]] = {}
        # Side by side: a pair for each of 100,000 entries would be work for the garbage collector. And hashes: the
        # facts themselves would take more memory than the names.
        self._uniques = array("q")
        self._entries: list[Entry] = []
        self._shared: dict[str, str] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where it is no MLSD line."""
        for shape in self._shapes:
            match = shape.match(line)
            if match is not None:
                return self.entry(shape.pick((*match.groups(), None)))
        return self._read_unknown(line)

    def _read_unknown(self, line: str) -> Entry | None:
        text, separator, name = line.partition("; ")
        if not separator or not name:
            return self._read_odd(line)
        pairs = [fact.partition("=") for fact in text.split(";")]
        if not all(equals for _, equals, _ in pairs):
            return None
        keys = [key for key, _, _ in pairs]
        fields = [_FIELDS[key.lower()] for key in keys if key.lower() in _FIELDS]
        is_usual = len(keys) <= _MAX_FACTS and len(self._shapes) < _MAX_SHAPES
        if is_usual and len(set(fields)) == len(fields):
            self._shapes.append(_Shape(keys))
        return self.entry(_values(pairs, name))

    def _read_odd(self, line: str) -> Entry | None:
        """A line without facts, or without the `;` behind the last one."""
        if line.startswith(" "):
            is_name = not line.isspace() and self._bare_names_occur()
            return self.entry(_values([], line[1:])) if is_name else None
        separator = ";\t" if ";\t" in line else " "
        text, _, name = line.partition(separator)
        pairs = [fact.partition("=") for fact in text.strip(";").split(";")]
        if not name or not all(equals for _, equals, _ in pairs):
            return None
        is_listed = any(key.lower() == "type" for key, _, _ in pairs)
        return self.entry(_values(pairs, name)) if is_listed else None

    def _bare_names_occur(self) -> bool:
        """Whether a line that begins with one space can be taken for a name: in an MLSD listing only.

        Columns set apart by blanks are the row of some other listing.
        """
        if self._has_bare_names is None:
            self._has_bare_names = all(
                (line.startswith(" ") and "  " not in line) or "=" in line.partition("; ")[0]
                for line in self._window.first
                if line and not line.isspace()
            )
        return self._has_bare_names

    def entry(self, values: Values) -> Entry:
        """The entry that these facts describe; `DROPPED` for the directory itself and its parent."""
        (type_, size, modify, mode, owner_name, owner, uid,
         group_name, group, gid, unique, sizd, perm, name) = values  # fmt: skip
        kind, target = _kind(type_) if type_ else (_kind_without_type(sizd, perm), None)
        if kind is None:
            return DROPPED
        size = size or sizd
        modified = _modified(modify) if modify else None
        entry = quick_entry(
            name or "",
            kind,
            parse_size(size) if size else None,
            modified,
            Precision.SECOND if modified else None,
            _permissions(mode) if mode else None,
            target,
            self._share(owner_name or owner or uid),
            self._share(group_name or group or gid),
        )
        if unique:
            key = hash(unique)
            if kind is EntryKind.LINK and target is None:
                self._links.setdefault(key, []).append(entry)
            self._uniques.append(key)
            self._entries.append(entry)
        return entry

    def _share(self, text: str | None) -> str | None:
        """The same text as ever for an owner or group that has come before: one object for all their entries."""
        if not text:
            return None
        if len(self._shared) > _MAX_SHARED:
            self._shared.clear()
        return self._shared.setdefault(text, text)

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Gives links their targets; a target that is a path is no entry of this directory."""
        if not self._links:
            return entries
        pairs = zip(self._uniques, self._entries, strict=True)
        others = {key: entry for key, entry in pairs if key in self._links and not _is_open_link(entry)}
        targets = {id(link): others[key].name for key in others for link in self._links[key]}
        paths = {id(entry) for entry in others.values() if "/" in entry.name}
        return [
            replace(entry, target=targets[id(entry)]) if id(entry) in targets else entry
            for entry in entries
            if id(entry) not in paths
        ]


def _is_open_link(entry: Entry) -> bool:
    return entry.kind is EntryKind.LINK and entry.target is None


def _values(pairs: Iterable[tuple[str, str, str]], name: str) -> Values:
    facts = {_FIELDS.get(key.lower(), ""): value for key, _, value in pairs}
    return (*(facts.get(field) for field in _ORDER[:-1]), name)


@lru_cache(maxsize=256)
def _kind(value: str) -> tuple[EntryKind | None, str | None]:
    """The kind and, of a link, the target; no kind for the directory itself and its parent."""
    kind = _KINDS.get(value.lower())
    if kind is not None:
        return kind, None
    if value.lower() in ("cdir", "pdir"):
        return None, None
    link = _LINK.match(value)
    return (EntryKind.LINK, link[1] or None) if link else (EntryKind.OTHER, None)


def _kind_without_type(sizd: str | None, perm: str | None) -> EntryKind:
    """A directory where another fact says so: `sizd`, or a permission that only directories have."""
    is_dir = sizd is not None or bool(set((perm or "").lower()) & set("celmp"))
    return EntryKind.DIR if is_dir else EntryKind.FILE


def _modified(text: str) -> datetime | None:
    try:
        if len(text) == 14 and text.isdecimal():
            return datetime.fromisoformat(f"{text[:8]}T{text[8:]}+00:00")
        match = _MODIFY.match(text)
        if match is None:
            return None
        fraction = f".{match[4]:0<6}" if match[4] else ""
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or '00'}{fraction}+00:00")
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _permissions(text: str) -> str | None:
    """Permissions from an octal mode of three to seven digits.

    ProFTPD and Pure-FTPd put a zero before the mode, so five digits may be set-user-id and the like; where
    nobody may execute what would run as another (`06444`), it is a mode with a digit too many.
    """
    text = text.removeprefix("0o")  # as pyftpdlib writes it: Python's `oct`
    if _MODE.match(text) is None:
        return None
    permissions = permissions_from_mode(int(text, 8) & 0o7777)
    return None if len(text) == 5 and "S" in permissions else permissions


def _open(window: Window, now: datetime) -> MlsdReader:
    return MlsdReader(window)


MLSD = Dialect("MLSD", _open)
"""Facts, for servers that answer LIST with them."""
