"""Sample files of the lab's servers, and hostile listings."""

from __future__ import annotations

from random import Random
from typing import Final

from tuiftp.demo.content import prose
from tuiftp.demo.lab.tree import Tree

_SIZE: Final = 1_500_000

_NAMES: Final = (
    b"../../escape.txt",
    b"/etc/passwd",
    b"..",
    b".",
    b"a/b.txt",
    b"back\\slash.txt",
    b"\x1b[31mred\x1b[0m.txt",
    b"\x1b]0;title\x07.txt",
    b"[red]markup[/red].txt",
    b"[@click=app.quit]link.txt",
    b"nul\x00inside.txt",
    b"not utf-8 \xff\xfe.txt",
    "right-to-left \u202egpj.exe".encode(),
    b"  two spaces before.txt",
    b"trailing space ",
    b"-rf",
    b"x" * 300,
)

HOSTILE_LINES: Final = b"".join(
    b"-rw-r--r--   1 ftp      ftp                5 Nov 23  2026 " + name + b"\r\n" for name in _NAMES
)
"""Such names as LIST writes them."""

HOSTILE_FACTS: Final = b"".join(
    b"type=file;size=5;modify=20261123094012; " + name + b"\r\n" for name in _NAMES
)
"""Such names as MLSD writes them."""


def make_tree() -> Tree:
    """A few files and directories, always the same, with one that is large enough to be cut."""
    random = Random(2428)
    return Tree({
        "README.txt": b"A server of the lab: it does one thing wrong.\n",
        "large.bin": random.randbytes(_SIZE),
        "incoming": {},
        "docs": {f"chapter {number}.txt": prose(random, 4) for number in range(1, 8)},
        "pub": {f"file{number:02}.bin": random.randbytes(20_000) for number in range(1, 13)},
    })  # fmt: skip
