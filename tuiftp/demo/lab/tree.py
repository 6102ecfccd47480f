"""The files that a scripted server serves: a tree in memory, its names kept as bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

EPOCH = datetime(2026, 11, 23, 9, 40, 12, tzinfo=UTC)
"""When every file was last changed unless a test says otherwise."""

Content: TypeAlias = "bytes | File | Mapping[str, Content] | Mapping[bytes, Content]"
"""What a test writes down: bytes are a file, a mapping is a directory."""


class NoSuchPath(Exception):
    """The path leads nowhere, or through something that is no directory."""


@dataclass(slots=True)
class File:
    """A file."""

    data: bytes = b""
    """What RETR sends."""
    modified: datetime = EPOCH
    """What MDTM and the listings say."""
    mode: int = 0o644
    """The permission bits."""
    announced_size: int | None = None
    """A lie that SIZE and the listings tell instead of the length of the data."""

    @property
    def size(self) -> int:
        """Bytes, as SIZE and the listings say."""
        return len(self.data) if self.announced_size is None else self.announced_size


@dataclass(slots=True)
class Directory:
    """A directory."""

    children: dict[bytes, Node] = field(default_factory=dict)
    """What is in it, by name."""
    modified: datetime = EPOCH
    """What the listings say."""
    mode: int = 0o755
    """The permission bits."""

    @property
    def size(self) -> int:
        """What a listing says of a directory."""
        return 4096


Node: TypeAlias = File | Directory
Path: TypeAlias = tuple[bytes, ...]


def directory_of(content: Mapping[str, Content] | Mapping[bytes, Content]) -> Directory:
    """Build a directory from nested mappings; names in `str` are encoded as UTF-8."""
    built = Directory()
    for name, value in content.items():
        key = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
        if isinstance(value, File):
            built.children[key] = value
        elif isinstance(value, bytes):
            built.children[key] = File(value)
        else:
            built.children[key] = directory_of(value)
    return built


class Tree:
    """A root directory and what FTP does to it."""

    def __init__(self, content: Mapping[str, Content] | Mapping[bytes, Content] | None = None) -> None:
        self.root = directory_of(content or {})

    @staticmethod
    def path(current: Path, argument: bytes) -> Path:
        """Resolve an argument against the current directory, as a server does."""
        parts = [] if argument.startswith(b"/") else list(current)
        for part in argument.split(b"/"):
            if part == b"..":
                del parts[-1:]
            elif part not in (b"", b"."):
                parts.append(part)
        return tuple(parts)

    def get(self, path: Path) -> Node:
        """Return what is at `path`, or raise NoSuchPath."""
        node: Node = self.root
        for part in path:
            if not isinstance(node, Directory) or part not in node.children:
                raise NoSuchPath(path)
            node = node.children[part]
        return node

    def file(self, path: Path) -> File:
        """Return the file at `path`, or raise NoSuchPath."""
        node = self.get(path)
        if not isinstance(node, File):
            raise NoSuchPath(path)
        return node

    def directory(self, path: Path) -> Directory:
        """Return the directory at `path`, or raise NoSuchPath."""
        node = self.get(path)
        if not isinstance(node, Directory):
            raise NoSuchPath(path)
        return node

    def put(self, path: Path, node: Node) -> None:
        """Put `node` at `path`, in the place of what was there."""
        if not path:
            raise NoSuchPath(path)
        self.directory(path[:-1]).children[path[-1]] = node

    def remove(self, path: Path) -> Node:
        """Take away what is at `path` and return it."""
        node = self.get(path)
        if not path:
            raise NoSuchPath(path)
        del self.directory(path[:-1]).children[path[-1]]
        return node

    def read(self, path: str) -> bytes:
        """Return the content of a file, for a test to look at."""
        return self.file(self.path((), path.encode("utf-8", "surrogateescape"))).data

    def names(self, path: str = "/") -> list[str]:
        """Return the names in a directory, for a test to look at."""
        found = self.directory(self.path((), path.encode("utf-8", "surrogateescape")))
        return sorted(name.decode("utf-8", "surrogateescape") for name in found.children)


def unix_lines(directory: Directory) -> Iterator[bytes]:
    """Yield the lines of a LIST, as `ls -l` of an FTP server writes them, without their line ends."""
    for name, node in directory.children.items():
        kind = "d" if isinstance(node, Directory) else "-"
        stamp = node.modified.strftime("%b %d  %Y")
        yield f"{kind}{_rwx(node.mode)}   1 ftp      ftp      {node.size:>12} {stamp} ".encode() + name


def mlsd_lines(directory: Directory) -> Iterator[bytes]:
    """Yield the lines of an MLSD (RFC 3659 section 7), without their line ends."""
    for name, node in directory.children.items():
        yield mlsx_facts(node) + b" " + name


def mlsx_facts(node: Node) -> bytes:
    """Return the facts of one entry, up to and with the last semicolon."""
    modify = node.modified.strftime("%Y%m%d%H%M%S")
    if isinstance(node, Directory):
        return f"type=dir;modify={modify};UNIX.mode=0{node.mode:o};".encode()
    return f"type=file;size={node.size};modify={modify};UNIX.mode=0{node.mode:o};".encode()


def _rwx(mode: int) -> str:
    return "".join(sign if mode >> (8 - place) & 1 else "-" for place, sign in enumerate("rwxrwxrwx"))
