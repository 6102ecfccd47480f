"""Named ways in which the control connection goes wrong; each changes a ScriptedServer before it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import Received, Session
from tuiftp.demo.lab.transfer import pour_payload, send_payload
from tuiftp.demo.lab.verbs import Handler

ENDLESS = 64 * 1024 * 1024
"""Bytes after which even an endless answer ends: a careless client fails and fills no memory."""


def on(verb: str, handler: Handler) -> Quirk:
    """Answer a command with a handler of the test's own."""

    def apply(server: ScriptedServer) -> None:
        server.verbs[verb] = handler

    return apply


def banner(data: bytes) -> Quirk:
    """Greet with these bytes, line ends and all."""

    def apply(server: ScriptedServer) -> None:
        server.banner = data

    return apply


def features(*names: bytes) -> Quirk:
    """Name other features in FEAT; without MLSD among them, MLSD is unknown too."""

    def apply(server: ScriptedServer) -> None:
        server.features = names
        if not any(name.startswith(b"MLST") for name in names):
            server.verbs.pop("MLSD", None)
            server.verbs.pop("MLST", None)

    return apply


def says_raw(verb: str, data: bytes) -> Quirk:
    """Answer a command with exactly these bytes: several replies, multi-line, latin-1, nonsense."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(data)

    return on(verb, handler)


def stale_reply(verb: str, data: bytes = b"226 Transfer complete.\r\n", *, before: bool = False) -> Quirk:
    """Send a reply that nobody asked for behind the answer to a command (or before it), once."""

    async def extra(session: Session, argument: bytes, usual: Handler) -> None:
        if before:
            await session.raw(data)
        await usual(session, argument)
        if not before:
            await session.raw(data)

    return _once_around(verb, 1, extra)


def raw_listing(payload: bytes, *verbs: str) -> Quirk:
    """Send these bytes as the listing, whatever the directory."""

    async def handler(session: Session, _: bytes) -> None:
        await send_payload(session, payload)

    def apply(server: ScriptedServer) -> None:
        server.verbs.update(dict.fromkeys(verbs or ("LIST", "MLSD"), handler))

    return apply


def endless_listing(line: bytes = b"-rw-r--r-- 1 ftp ftp 12 Nov 23 2026 again.txt") -> Quirk:
    """Send the same line as a listing that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        block = (line + b"\r\n") * 1024
        await pour_payload(session, block, times=4 * ENDLESS // len(block))

    def apply(server: ScriptedServer) -> None:
        # Only LIST: the line is none of MLSD.
        features(b"EPSV", b"EPRT", b"SIZE", b"UTF8")(server)
        server.verbs["LIST"] = handler

    return apply


def endless_line(verb: str) -> Quirk:
    """Answer a command with a line that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(b"200 ")
        await _pour(session, b"x" * 65536)

    return on(verb, handler)


def endless_reply(verb: str) -> Quirk:
    """Answer a command with a multi-line reply that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(b"200-And\r\n")
        await _pour(session, b" and another line\r\n" * 4096)

    return on(verb, handler)


def drip_replies() -> Quirk:
    """Write every reply byte by byte."""

    def apply(server: ScriptedServer) -> None:
        server.faults.drip = True

    return apply


def silent(verb: str) -> Quirk:
    """Never answer a command; the connection stays open."""

    async def handler(session: Session, _: bytes) -> None:
        await session.gone.wait()

    return on(verb, handler)


def closes_with_421(verb: str, text: bytes = b"Timeout.", *, times: int = 1) -> Quirk:
    """Answer a command with 421 and close, so many times in all."""

    async def closing(session: Session, _: bytes, __: Handler) -> None:
        await session.reply(421, text)
        session.cut()

    return _once_around(verb, times, closing)


def cuts_control(verb: str, *, answered: bool = False, reset: bool = False, times: int = 1) -> Quirk:
    """Cut the control connection at a command, before it is done or when it was done and answered."""

    async def cutting(session: Session, argument: bytes, usual: Handler) -> None:
        if answered:
            await usual(session, argument)
        session.cut(reset=reset)

    return _once_around(verb, times, cutting)


def loses_reply(verb: str, *, times: int = 1) -> Quirk:
    """Do what the command says, and cut the control connection instead of answering."""

    async def losing(session: Session, argument: bytes, usual: Handler) -> None:
        session.muted = True
        await usual(session, argument)
        session.cut()

    return _once_around(verb, times, losing)


def cuts_at_command(number: int, *, with_421: bool = False, reset: bool = False) -> Quirk:
    """Cut the control connection at the n-th command line of the server's life, counted from 1."""

    def apply(server: ScriptedServer) -> None:
        async def guard(session: Session, command: Received) -> bool:
            if server.received.index(command) + 1 != number:
                return False
            if with_421:
                await session.reply(421, "Service not available, closing control connection.")
            session.cut(reset=reset)
            return True

        server.guards.append(guard)

    return apply


def idle_drop(seconds: float) -> Quirk:
    """Close a control connection that says nothing for so long."""

    def apply(server: ScriptedServer) -> None:
        server.faults.idle_drop = seconds

    return apply


def too_many(limit: int, code: int = 421, text: str = "Too many connections from your address.") -> Quirk:
    """Refuse the login of every connection above a number of open ones."""

    def apply(server: ScriptedServer) -> None:
        usual = server.verbs["USER"]

        async def handler(session: Session, argument: bytes) -> None:
            if sum(not one.gone.is_set() for one in server.sessions) <= limit:
                await usual(session, argument)
                return
            await session.reply(code, text)
            session.cut()

        server.verbs["USER"] = handler

    return apply


def _once_around(
    verb: str, times: int, around: Callable[[Session, bytes, Handler], Awaitable[None]]
) -> Quirk:
    def apply(server: ScriptedServer) -> None:
        usual = server.handler(verb)
        left = times

        async def handler(session: Session, argument: bytes) -> None:
            nonlocal left
            if left <= 0:
                await usual(session, argument)
                return
            left -= 1
            await around(session, argument, usual)

        server.verbs[verb] = handler

    return apply


async def _pour(session: Session, block: bytes) -> None:
    for _ in range(ENDLESS // len(block)):
        if session.gone.is_set():
            return
        await session.raw(block)
        await asyncio.sleep(0)
