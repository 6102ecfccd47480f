"""What lies in the demo tree: releases, docs, images, logs, a source tree, and names that hurt a client."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from tuiftp.demo import content
from tuiftp.demo.planting import Sample

SEED = 959
"""The same tree every time."""

NEWEST = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
"""When the newest of the files was changed."""

BIG = 64 * 1024 * 1024
"""The size of the one big file, in bytes."""

WELCOME = b"This is the demo server of tuiftp. Change what you like: it is all gone at the end.\n"
"""What the README says."""

VERSIONS = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "2.0.0-rc1", "2.0.0")
"""The releases under /pub/releases."""

CHAPTERS = (
    "01-introduction", "02-two-connections", "03-passive-mode", "04-active-mode", "05-firewalls", "06-nat-routers",
    "07-encryption", "08-listings", "09-resuming", "10-troubleshooting", "glossary", "index",
)  # fmt: skip
"""The chapters of the manual."""

PACKAGES = ("client", "server", "listing", "transfer", "network", "report")
"""The parts of the sample project."""

ODD_NAMES = (
    "two  spaces and a trailing one ",
    " leading space.txt",
    "-rf",
    "--help",
    ".hidden",
    "..two dots",
    "...",
    "100% sure; $HOME `date` & more.txt",
    "quote\"s and 'apostrophes'.txt",
    "back\\slash.txt",
    "tab\there.txt",
    "[red]brackets.txt",
    "[nope] a[b.txt",
    "[@click=app.quit]a link.txt",
    "escape \x1b[31mred\x1b[0m.txt",
    "right-to-left \u202egpj.exe",
    "zero\u200bwidth.txt",
    "日本語のファイル名.txt",
    "中文目录说明.txt",
    "Ελληνικά.txt",
    "Кириллица.txt",
    "resume\u0301 with combining marks.txt",
    "résumé in one piece.txt",
    "👩\u200d👩\u200d👧 family.txt",
    "CON",
    "nul.txt",
    "colon: and star *.txt",
    "a long name " + "that goes on and on " * 11 + ".txt",
)
"""Names that some client, some day, got wrong."""


def samples() -> Iterator[Sample]:
    """Yield everything in the tree, always the same."""
    random = Random(SEED)
    yield Sample("README.txt", NEWEST, WELCOME)
    yield Sample("incoming", NEWEST, None)
    yield Sample("empty directory", NEWEST - timedelta(days=400), None)
    for part in (_releases, _docs, _images, _logs, _project, _odd, _deep, _links):
        yield from part(random)


def _releases(random: Random) -> Iterator[Sample]:
    for number, version in enumerate(VERSIONS):
        day = NEWEST - timedelta(days=90 * (len(VERSIONS) - number), hours=number)
        folder, sums = f"pub/releases/{version}", []
        for suffix in (".tar.gz", ".zip", "-py3-none-any.whl", "-linux-amd64.tar.xz", "-windows.exe"):
            name = f"sample-{version}{suffix}"
            data = random.randbytes(random.randint(20_000, 160_000))
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
            yield Sample(f"{folder}/{name}", day, data)
        yield Sample(f"{folder}/SHA256SUMS", day + timedelta(minutes=4), "".join(sums).encode())
        yield Sample(f"{folder}/CHANGES.txt", day - timedelta(hours=1), content.prose(random, 6))
    yield Sample("pub/images/sample-live.iso", NEWEST - timedelta(days=1), b"CD001", size=BIG)
    yield Sample("pub/images/sample-live.iso.size", NEWEST - timedelta(days=1), f"{BIG}\n".encode())


def _docs(random: Random) -> Iterator[Sample]:
    for number, chapter in enumerate(CHAPTERS):
        day = NEWEST - timedelta(days=3 * number, hours=number)
        yield Sample(f"docs/manual/{chapter}.txt", day, content.prose(random, 12))
        yield Sample(f"docs/manual/de/{chapter}.txt", day - timedelta(days=9), content.prose(random, 10))
    for number in range(24):
        day = NEWEST - timedelta(days=31 * number)
        yield Sample(f"docs/minutes/{day:%Y-%m-%d}.md", day, content.prose(random, 3))
    yield Sample("docs/private notes.txt", NEWEST - timedelta(days=2), content.prose(random, 1), mode=0o600)


def _images(random: Random) -> Iterator[Sample]:
    for number in range(1, 33):
        day = NEWEST - timedelta(days=7 * number, minutes=number)
        yield Sample(f"images/IMG_{4200 + number}.png", day, content.picture(random, 48, 32))
    for name in ("diagram", "logo", "screenshot"):
        yield Sample(f"images/site/{name}.png", NEWEST - timedelta(days=50), content.picture(random, 64, 64))


def _logs(random: Random) -> Iterator[Sample]:
    for number in range(60):
        day = (NEWEST - timedelta(days=number)).replace(hour=0, minute=0, second=3)
        yield Sample(f"logs/access-{day:%Y%m%d}.log", day, content.access_log(random, day, 120))
    yield Sample("logs/empty.log", NEWEST, b"")


def _project(random: Random) -> Iterator[Sample]:
    for package in PACKAGES:
        for name in ("__init__", "model", "reader", "writer", "errors"):
            day = NEWEST - timedelta(days=random.randint(1, 300))
            yield Sample(f"src/sample/{package}/{name}.py", day, content.source(random, f"{package} {name}"))
        day = NEWEST - timedelta(days=random.randint(1, 300))
        yield Sample(f"src/tests/test_{package}.py", day, content.source(random, f"{package} tests"))
    yield Sample("src/build.sh", NEWEST, b"#!/bin/sh\necho nothing to build\n", mode=0o755)
    yield Sample("src/.gitignore", NEWEST - timedelta(days=700), b"build/\n")


def _odd(random: Random) -> Iterator[Sample]:
    for number, name in enumerate(ODD_NAMES):
        yield Sample(f"odd names/{name}", NEWEST - timedelta(days=number), content.prose(random, 1))
    # A slash cannot be in a name; as a path this one reads like a pair of tags all the same.
    yield Sample("odd names/[red]brackets[/red].txt", NEWEST, content.prose(random, 1))


def _deep(random: Random) -> Iterator[Sample]:
    folder = "deep"
    for level in range(1, 13):
        folder = f"{folder}/level {level}"
        yield Sample(f"{folder}/here.txt", NEWEST - timedelta(days=level), content.prose(random, 1))


def _links(_: Random) -> Iterator[Sample]:
    for path, target in (
        ("pub/releases/latest", VERSIONS[-1]),
        ("latest notes.txt", f"pub/releases/{VERSIONS[-1]}/CHANGES.txt"),
        ("odd names/broken link", "nowhere"),
        ("deep/loop", "."),
    ):
        yield Sample(path, NEWEST, target=target)
