"""MLSD (RFC 3659 section 7): facts, a space, and a name. Times are UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from tuiftp.protocol.entries import Entry, EntryKind, Precision, permissions_from_mode
from tuiftp.protocol.listing.lines import DROPPED, Dialect, decode_lines, parse_size, unreadable

_KINDS = {"file": EntryKind.FILE, "dir": EntryKind.DIR, "link": EntryKind.LINK, "symlink": EntryKind.LINK}
_LINK = re.compile(r"os\.unix=(?:slink|symlink)(?::(.*))?\Z", re.IGNORECASE | re.DOTALL)
_MODIFY = re.compile(r"(\d{8})(\d{4})(\d\d)?(?:\.(\d{1,6})\d*)?\Z", re.ASCII)
_MODE = re.compile(r"(?:0?[0-7]{3}|[1-7][0-7]{3}|0?1[0-7]{5})\Z")


def parse_mlsd(lines: Iterable[bytes], *, encoding: str = "utf-8") -> list[Entry]:
    """Reads the lines of an MLSD listing. Never raises.

    The directory itself and its parent are left out; a line that is none of MLSD becomes an entry of kind
    `OTHER` which holds it.
    """
    decoded = decode_lines(lines, encoding)
    reader = MlsdReader(decoded, is_certain=True)
    read = reader.read
    entries: list[Entry] = []
    for line in decoded:
        entry = read(line)
        if entry is None:
            if line and not line.isspace():
                entries.append(unreadable(line))
        elif entry.name != "." and entry.name != "..":
            entries.append(entry)
    return reader.finish(entries)


class MlsdReader:
    """Reads MLSD lines, and finds the targets of links that are named by a second line.

    Some servers (Pure-FTPd, ProFTPD) give a link and its target the same `unique` fact.
    """

    def __init__(self, lines: Sequence[str], *, is_certain: bool = False) -> None:
        self._lines = lines
        self._has_bare_names = True if is_certain else None
        self._links: dict[str, list[Entry]] = {}
        self._others: dict[str, Entry] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where it is no MLSD line."""
        text, separator, name = line.partition("; ")
        if not separator or not name:
            return self._read_odd(line)
        facts: dict[str, str] = {}
        for fact in text.split(";"):
            key, equals, value = fact.partition("=")
            if not equals:
                return None
            facts[_small(key)] = value
        return self._entry(facts, name)

    def _read_odd(self, line: str) -> Entry | None:
        """A line without facts, or without the `;` behind the last one."""
        if line.startswith(" "):
            return self._entry({}, line[1:]) if len(line) > 1 and self._bare_names_occur() else None
        text, _, name = line.partition(" ")
        pairs = [fact.partition("=") for fact in text.strip(";").split(";")]
        if not name or not all(equals for _, equals, _ in pairs):
            return None
        facts = {_small(key): value for key, _, value in pairs}
        return self._entry(facts, name) if "type" in facts else None

    def _bare_names_occur(self) -> bool:
        """Whether a line that begins with one space can be taken for a name: in an MLSD listing only.

        Columns set apart by blanks are the row of some other listing.
        """
        if self._has_bare_names is None:
            self._has_bare_names = all(
                (line.startswith(" ") and "  " not in line) or "=" in line.partition("; ")[0]
                for line in self._lines
                if line and not line.isspace()
            )
        return self._has_bare_names

    def _entry(self, facts: dict[str, str], name: str) -> Entry | None:
        kind, target = _kind(facts)
        if kind is None:
            return DROPPED
        get = facts.get
        size = get("size") or get("sizd")
        modified = _modified(get("modify", ""))
        entry = Entry(
            name,
            kind,
            parse_size(size) if size else None,
            modified,
            Precision.SECOND if modified else None,
            _permissions(get("unix.mode", "")),
            target,
            get("unix.ownername") or get("unix.owner") or get("unix.uid"),
            get("unix.groupname") or get("unix.group") or get("unix.gid"),
        )
        unique = get("unique")
        if unique:
            if kind is EntryKind.LINK and target is None:
                self._links.setdefault(unique, []).append(entry)
            else:
                self._others[unique] = entry
        return entry

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Gives links their targets; a target that is a path is no entry of this directory."""
        targets = {id(link): self._others[key].name for key, links in self._links.items()
                   if key in self._others for link in links}  # fmt: skip
        if not targets:
            return entries
        paths = {id(self._others[key]) for key in self._links if "/" in self._others.get(key, DROPPED).name}
        return [
            replace(entry, target=targets[id(entry)]) if id(entry) in targets else entry
            for entry in entries
            if id(entry) not in paths
        ]


@lru_cache(maxsize=256)
def _small(key: str) -> str:
    return key.lower()


def _kind(facts: dict[str, str]) -> tuple[EntryKind | None, str | None]:
    """The kind and, of a link, the target; no kind for the directory itself and its parent."""
    value = facts.get("type")
    if value is None:
        return _kind_without_type(facts), None
    kind = _KINDS.get(value) or _KINDS.get(value.lower())
    if kind is not None:
        return kind, None
    if value.lower() in ("cdir", "pdir"):
        return None, None
    link = _LINK.match(value)
    return (EntryKind.LINK, link[1] or None) if link else (EntryKind.OTHER, None)


def _kind_without_type(facts: dict[str, str]) -> EntryKind:
    """A directory where another fact says so: `sizd`, or a permission that only directories have."""
    is_dir = "sizd" in facts or bool(set(facts.get("perm", "").lower()) & set("celmp"))
    return EntryKind.DIR if is_dir else EntryKind.FILE


@lru_cache(maxsize=4096)
def _modified(text: str) -> datetime | None:
    match = _MODIFY.match(text)
    if match is None:
        return None
    fraction = f".{match[4]:0<6}" if match[4] else ""
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or '00'}{fraction}+00:00")
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _permissions(text: str) -> str | None:
    return permissions_from_mode(int(text, 8) & 0o7777) if _MODE.match(text) else None


def _open(lines: Sequence[str], now: datetime) -> MlsdReader:
    return MlsdReader(lines)


MLSD = Dialect("MLSD", _open)
"""Facts, for servers that answer LIST with them."""
