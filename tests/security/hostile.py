"""Servers whose trees, names and links are attacks: what the tests of this package share."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.scripted import ScriptedServer, Session
from tests.support.scripted.tree import Content
from tuiftp.demo.lab.transfer import send_payload
from tuiftp.demo.lab.tree import mlsd_lines

WHEN = "modify=20260101101010;"


def listing(*lines: str | bytes) -> bytes:
    """Lines as they go over the wire."""
    return b"".join((one.encode() if isinstance(one, str) else one) + b"\r\n" for one in lines)


def listed(
    tree: dict[str, Content], extra: dict[str, bytes], *, without_mlsd: bool = False
) -> ScriptedServer:
    """A server that adds lines of the test's own to the listings of some directories."""
    server = ScriptedServer(tree)
    usual = server.verbs["LIST"]

    async def mlsd(session: Session, _: bytes) -> None:
        path = b"/" + b"/".join(session.cwd)
        directory = session.server.tree.directory(session.cwd)
        true = b"".join(line + b"\r\n" for line in mlsd_lines(directory))
        await send_payload(session, true + extra.get(path.decode(), b""))

    async def plain(session: Session, argument: bytes) -> None:
        path = (b"/" + b"/".join(session.cwd)).decode()
        if path in extra:
            await send_payload(session, extra[path])
        else:
            await usual(session, argument)

    server.verbs["MLSD"] = mlsd
    server.verbs["LIST"] = plain
    if without_mlsd:
        server.features = (b"SIZE", b"REST STREAM", b"UTF8")
        del server.verbs["MLSD"], server.verbs["MLST"]
    return server


def endless() -> ScriptedServer:
    """A server on which every directory holds a directory `x` and a file `f`, however deep."""
    server = ScriptedServer({})

    async def into(session: Session, argument: bytes) -> None:
        session.cwd = session.server.tree.path(session.cwd, argument)
        await session.reply(250, "Gone there.")

    async def mlsd(session: Session, _: bytes) -> None:
        await send_payload(session, listing(f"type=dir;{WHEN} x", f"type=file;size=1;{WHEN} f"))

    async def read(session: Session, _: bytes) -> None:
        await send_payload(session, b"1")

    server.verbs |= {"CWD": into, "MLSD": mlsd, "RETR": read}
    return server


def below(folder: Path) -> list[str]:
    """All that lies in a folder, however deep; a link is marked."""
    found = (f"{path.relative_to(folder)}{'@' if path.is_symlink() else ''}" for path in folder.rglob("*"))
    return sorted(found)


MEGABYTES = 1024 * 1024
ALLOWED = 20 * MEGABYTES
"""What a server may make us take more than before."""


@contextmanager
def bounded_memory(limit: int = ALLOWED) -> Iterator[None]:
    """Fails where more is taken in between, at any moment."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < limit, f"{(peak - before) / MEGABYTES:.0f} MB were taken"
