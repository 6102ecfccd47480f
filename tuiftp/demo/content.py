"""Makes up what is in the files of the demo tree: prose, logs, source code and pictures."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta
from random import Random

TEXT = (
    "the server answers on one connection and sends the files on another so a router that rewrites addresses must "
    "know both while a firewall opens a port only when somebody asked for it before every listing begins with a "
    "question where shall the data go and every transfer ends with a reply that says whether all of it arrived"
)
"""What prose is made of."""

WORDS = tuple(TEXT.split())
"""The same, word by word."""

PAGES = ("/", "/index.html", "/pub/", "/pub/releases/", "/docs/manual.html", "/favicon.ico", "/robots.txt")
"""What the visitors of the access log ask for."""


def prose(random: Random, paragraphs: int) -> bytes:
    """Return paragraphs of plain text, wrapped at about 72 columns."""
    return "\n\n".join(_paragraph(random) for _ in range(paragraphs)).encode() + b"\n"


def _paragraph(random: Random) -> str:
    lines, line = [], ""
    words = [word for _ in range(random.randint(2, 5)) for word in _sentence(random)]
    for word in words:
        if len(line) + len(word) > 71:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _sentence(random: Random) -> list[str]:
    words = random.choices(WORDS, k=random.randint(6, 14))
    return [words[0].capitalize(), *words[1:-1], words[-1] + "."]


def access_log(random: Random, day: datetime, lines: int) -> bytes:
    """Return a day of a web server's access log; every visitor has an address for documentation (RFC 5737)."""
    moment, made = day, []
    for _ in range(lines):
        moment += timedelta(seconds=random.randint(1, 80))
        stamp = moment.strftime("%d/%b/%Y:%H:%M:%S +0000")
        visitor = f"198.51.100.{random.randint(1, 254)}"
        status = random.choice((200, 200, 200, 304, 404))
        size = random.randint(180, 90_000)
        made.append(f'{visitor} - - [{stamp}] "GET {random.choice(PAGES)} HTTP/1.1" {status} {size}')
    return "\n".join(made).encode() + b"\n"


def source(random: Random, name: str) -> bytes:
    """Return a small Python module that does compile."""
    lines = [f'"""The {name} part of the sample project."""', ""]
    for _ in range(random.randint(3, 9)):
        first, second = random.sample(WORDS, 2)
        function = f"count_{first}_{second}"
        lines += [
            "", f"def {function}(items: list[str]) -> int:",
            f'    """Count the items that begin with {first} and do not hold {second}."""',
            f"    return sum(item.startswith({first!r}) and {second!r} not in item for item in items)", "",
        ]  # fmt: skip
    return "\n".join(lines).encode()


def picture(random: Random, width: int, height: int) -> bytes:
    """Return a PNG file with a gradient (ISO/IEC 15948)."""
    red, green, blue = (random.randint(40, 215) for _ in range(3))
    rows = b"".join(
        b"\0" + bytes(part for x in range(width) for part in (red * x // width, green * y // height, blue))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
