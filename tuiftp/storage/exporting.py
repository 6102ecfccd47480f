"""Exports saved sites as FileZilla XML, which FileZilla and our own import read. Never contains passwords."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from tuiftp.choices import ConnectionMode
from tuiftp.errors import LocalFileError
from tuiftp.protocol.text import shown
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.importers.filezilla import COLOURS, MODES, PROTOCOLS
from tuiftp.storage.importers.filezilla_path import encode_directory
from tuiftp.storage.sites import SavedSite, SiteColour

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<FileZilla3>\n  <Servers>\n'
_TAIL = "  </Servers>\n</FileZilla3>\n"
_ANONYMOUS, _ASK = 0, 2
_DEEPEST = 50
"""Folders within each other; what is deeper is put into one."""
_MOST_CONNECTIONS = 10
_PROTOCOL_OF = {tls: number for number, tls in PROTOCOLS.items()}
_MODE_OF: dict[ConnectionMode | None, str] = {mode: word for word, mode in MODES.items()}
_COLOUR_OF = {colour: number for number, colour in reversed(COLOURS.items())}

_NO_PLACE = {
    "active_address": "the address to announce",
    "passive_address": "which passive address to use",
    "extended": "the order of EPSV and EPRT",
    "ca_file": "the authorities to believe",
    "client_certificate": "the client certificate",
    "tls_minimum": "the oldest TLS version",
}
"""Fields that FileZilla has no place for, in words."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export has written."""

    count: int
    """How many sites."""
    notes: tuple[str, ...]
    """What FileZilla has no place for, in sentences; made visible."""


def export_filezilla(path: Path, sites: Sequence[SavedSite], *, replaces: bool = False) -> Exported:
    """Writes the sites into a file that its owner alone can read.

    Args:
        path: The file.
        sites: What to write.
        replaces: Whether a file that is there is replaced.

    Raises:
        LocalFileError: It cannot be written, or is there already. What was there before is untouched.
    """
    if not path.parent.is_dir():
        raise LocalFileError(f"{path} cannot be written: its directory does not exist.", path=str(path))
    if path.exists() and not replaces:
        raise LocalFileError(f"{path} exists already.", path=str(path))
    write_atomic(path, encode_filezilla(sites))
    return Exported(len(sites), tuple(note for site in sites for note in _notes(site)))


def encode_filezilla(sites: Sequence[SavedSite]) -> str:
    """The sites as FileZilla's XML."""
    lines = [_HEAD]
    inside: list[str] = []

    def add(line: str) -> None:
        lines.append(f"{'  ' * (len(inside) + 2)}{line}\n")

    for site in sorted(sites, key=_order):
        path = _folders(site)
        while inside != path[: len(inside)]:
            inside.pop()
            add("</Folder>")
        for name in path[len(inside) :]:
            add(f'<Folder expanded="1">{escape(name)}')
            inside.append(name)
        add("<Server>")
        for tag, text in _fields(site):
            add(f"  <{tag}>{escape(text)}</{tag}>")
        add("</Server>")
    while inside:
        inside.pop()
        add("</Folder>")
    return "".join([*lines, _TAIL])


def _order(site: SavedSite) -> tuple[list[str], str]:
    return _folders(site), site.name.casefold()


def _folders(site: SavedSite) -> list[str]:
    path = site.folder.split("/") if site.folder else []
    return path if len(path) <= _DEEPEST else [*path[: _DEEPEST - 1], "-".join(path[_DEEPEST - 1 :])]


def _fields(site: SavedSite) -> Iterator[tuple[str, str]]:
    """The elements of a site, in the order that FileZilla writes them in."""
    yield "Host", site.host
    yield "Port", str(site.port)
    yield "Protocol", str(_PROTOCOL_OF[site.tls])
    yield "Type", "0"
    if not site.is_anonymous:
        yield "User", site.user
    yield "Logontype", str(_ANONYMOUS if site.is_anonymous else _ASK)
    zone = site.zone
    ahead = zone.utcoffset(None) if zone is not None else timedelta(0)
    yield "TimezoneOffset", str(-(ahead // timedelta(minutes=1)))
    yield "PasvMode", _MODE_OF.get(site.mode, "MODE_DEFAULT")
    yield "MaximumMultipleConnections", str(min(site.connections, _MOST_CONNECTIONS))
    yield from _encoding(site.encoding)
    yield "BypassProxy", "0"
    yield "Name", site.name
    yield "Comments", site.note
    yield "Colour", "0" if site.colour is SiteColour.NONE else str(_COLOUR_OF[site.colour])
    yield "LocalDir", site.local_directory
    yield "RemoteDir", encode_directory(site.remote_directory)
    yield "SyncBrowsing", str(int(site.synchronized))
    yield "DirectoryComparison", "0"


def _encoding(encoding: str) -> Iterator[tuple[str, str]]:
    if not encoding:
        yield "EncodingType", "Auto"
    elif encoding == "utf-8":
        yield "EncodingType", "UTF-8"
    else:
        yield "EncodingType", "Custom"
        yield "CustomEncoding", encoding.replace("_", "-")


def _notes(site: SavedSite) -> Iterator[str]:
    usual = SavedSite()
    left = [words for name, words in _NO_PLACE.items() if getattr(site, name) != getattr(usual, name)]
    if site.remote_directory and not encode_directory(site.remote_directory):
        left.append("the directory there, which is relative,")
    if site.connections > _MOST_CONNECTIONS:
        left.append("more than 10 connections")
    return (f"{shown(site.name)}: {what} cannot be told to FileZilla" for what in left)
